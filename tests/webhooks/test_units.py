"""What systemd and the proxy are told fits the service."""

import re
from pathlib import Path

import pytest

from kiosk.webhooks.config import MOST_PARTITIONS, SECRETS, Role, load
from kiosk.webhooks.impatience import KEEP
from kiosk.webhooks.verdicts import LARGEST

SYSTEMD = Path(__file__).parents[2] / "systemd"
SAMPLE = SYSTEMD / "webhooks" / "webhooks.toml"
KEYS = re.findall(r'"([a-z_]+\.[a-z_]+_key)"', SAMPLE.read_text())
LOGINS = ["redis.user", "redis.password"]
UNITS = {
    "qris-kiosk-webhooks": [*KEYS, *LOGINS, "mqtt.user", "mqtt.password"],
    "qris-kiosk-webhooks-receive@": [*KEYS, *LOGINS],
    "qris-kiosk-webhooks-forward@": [*LOGINS, "mqtt.user", "mqtt.password"],
}


@pytest.mark.parametrize("name", UNITS)
def test_each_unit_gets_its_secrets_and_no_others_and_starts_without_them(name: str) -> None:
    unit = (SYSTEMD / f"{name}.service").read_text()
    handed = re.findall(r"^LoadCredential=(.*):/etc/qris-kiosk/credentials/\1$", unit, re.MULTILINE)
    assert sorted(handed) == sorted(UNITS[name])
    assert re.findall(r"^SetCredential=(.*):\\n$", unit, re.MULTILINE) == handed
    assert set(SECRETS) <= {*UNITS["qris-kiosk-webhooks"]}


@pytest.mark.parametrize("name", UNITS)
def test_each_unit_starts_a_role_that_there_is(name: str) -> None:
    unit = (SYSTEMD / f"{name}.service").read_text()
    (act,) = re.findall(r"^ExecStart=\S+/kiosk webhooks (\S+)", unit, re.MULTILINE)
    assert act in [role.value for role in Role]


@pytest.mark.parametrize("name", ["qris-kiosk-webhooks", "qris-kiosk-webhooks-forward@"])
def test_each_unit_that_forwards_has_room_for_the_most_partitions(name: str) -> None:
    """Two threads for each, its own and its line's; the receiver and what resolves names need some, too."""
    (tasks,) = re.findall(r"^TasksMax=(\d+)$", (SYSTEMD / f"{name}.service").read_text(), re.MULTILINE)
    assert int(tasks) >= 2 * MOST_PARTITIONS + 32


def test_what_systemd_hands_over_while_nothing_is_set_names_the_first_missing_secret(tmp_path: Path) -> None:
    for name in UNITS["qris-kiosk-webhooks"]:
        (tmp_path / name).touch(0o400)
        (tmp_path / name).write_text("\n")
    with pytest.raises(ValueError, match=r"midtrans\.server_key: is empty") as caught:
        load(SAMPLE, Role.SERVE, tmp_path)
    assert "redis" not in str(caught.value), "a login may be missing"


def test_the_proxy_fits_the_receiver() -> None:
    proxy = (SYSTEMD / "webhooks" / "nginx.conf").read_text()
    (body,) = re.findall(r"client_max_body_size (\d+)k;", proxy)
    (keep,) = re.findall(r"keepalive_timeout (\d+)s;", proxy)
    assert int(body) * 1024 == LARGEST
    assert int(keep) < KEEP
    (trouble,) = re.findall(r"proxy_next_upstream ([^;]+);", proxy)
    assert trouble == "error timeout non_idempotent", "a 503 is for the gateway, whichever receiver says it"
    assert "location /hooks/" in proxy
    assert 'prefix = "/hooks"' in SAMPLE.read_text()
    assert "proxy_pass http://qris_kiosk_webhooks;" in proxy, "with a path it would take the prefix off"


def test_the_proxy_writes_no_request_into_a_log() -> None:
    """DOKU may write the payer's name into the address, and nginx repeats that in its ordinary errors."""
    proxy = (SYSTEMD / "webhooks" / "nginx.conf").read_text()
    levels = re.findall(r"^ *(access_log|error_log) ([^;]+);", proxy, re.MULTILINE)
    assert levels == [("access_log", "off"), ("error_log", "/var/log/nginx/error.log crit")]
