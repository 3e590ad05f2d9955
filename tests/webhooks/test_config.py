"""The webhook service's file: every problem at once, and to each role its own secrets."""

from pathlib import Path

import pytest

from kiosk.errors import ConfigError
from kiosk.webhooks.config import Role, load

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "systemd" / "webhooks" / "webhooks.toml"
NAMES = (
    "midtrans.server_key",
    "doku.secret_key",
    "doku.shared_key",
    "doku_indodana.secret_key",
    "indodana.secret_key",
)
NODE = 'host and port, such as "10.0.0.1:6379"'
GOOD = """
[receiver]
prefix = "/hooks"
kiosks = ["K*", "J01"]
[redis]
nodes = ["10.0.0.1:6379", "10.0.0.2:6379"]
cluster = true
partitions = 8
replicas = 1
[mqtt]
host = "broker.example"
[midtrans]
server_keys = ["midtrans.server_key", "midtrans.server_key.old"]
[interactive]
"""


class Place:
    """A file and its credentials."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "webhooks.toml"
        self.credentials = folder / "credentials"
        self.credentials.mkdir(mode=0o700)

    def put(self, *names: str, text: str = "a-key\n") -> None:
        for name in names:
            path = self.credentials / name
            path.touch(0o600)
            path.write_text(text)

    def problems(self, text: str, role: Role = Role.SERVE) -> list[str]:
        self.path.write_text(text)
        with pytest.raises(ConfigError) as caught:
            load(self.path, role, self.credentials)
        return [problem.replace(f"{self.path.parent}/", "") for problem in caught.value.problems]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_a_good_file_has_a_row_of_keys_for_each_gateway(place: Place) -> None:
    place.put("midtrans.server_key", "midtrans.server_key.old", "redis.password", "mqtt.user")
    place.path.write_text(GOOD)
    settings = load(place.path, Role.SERVE, place.credentials)
    assert settings.keys.keys() == {"midtrans", "interactive"}
    assert len(settings.keys["midtrans"]["server_keys"]) == 2
    assert settings.secrets.keys() == {"redis.password", "mqtt.user"}
    assert settings.file.redis.places == [("10.0.0.1", 6379), ("10.0.0.2", 6379)]


def test_each_role_reads_its_own_secrets_and_no_others(place: Place) -> None:
    place.put("redis.user", "mqtt.user", "mqtt.password")
    place.path.write_text(GOOD)
    forwarder = load(place.path, Role.FORWARD, place.credentials)
    assert not forwarder.keys
    assert forwarder.secrets.keys() == {"redis.user", "mqtt.user", "mqtt.password"}
    place.put("midtrans.server_key", "midtrans.server_key.old")
    receiver = load(place.path, Role.RECEIVE, place.credentials)
    assert receiver.secrets.keys() == {"redis.user"}


def test_what_systemd_hands_over_for_no_secret_is_none(place: Place) -> None:
    place.put("redis.user", "mqtt.user", text="\n")
    place.path.write_text(GOOD)
    assert load(place.path, Role.FORWARD, place.credentials).secrets == {}


def test_every_problem_is_said_at_once_with_its_line(place: Place) -> None:
    assert place.problems('[reciever]\n[redis]\nnodes = "x"\npartitions = 0\n[mqtt]\nhost = 7\n') == [
        "webhooks.toml:1: reciever: no such setting; did you mean receiver?",
        f"webhooks.toml:3: redis.nodes: must be a list in [ ], each {NODE}, at least 1 of them",
        "webhooks.toml:4: redis.partitions: must be a whole number, at least 1, at most 64",
        "webhooks.toml:6: mqtt.host: must be a host's name or its address, in quotes; write it in quotes",
    ]


@pytest.mark.parametrize(
    ("text", "role", "problem"),
    [
        ("[midtrans]\n", Role.FORWARD, "mqtt: is missing: it says where the broker is"),
        ('[mqtt]\nhost = "b"\n', Role.RECEIVE, "names no gateway; add a table for each, such as [midtrans]"),
        (
            '[redis]\nnodes = ["a:1", "b:2"]\n[midtrans]\n', Role.RECEIVE,
            "redis.nodes: several are for a cluster; say `cluster = true`, or name one",
        ),
        ('[redis]\nnodes = ["a:70000"]\n[midtrans]\n', Role.RECEIVE, "redis.nodes: a port is 1 to 65535"),
        ('[redis]\nca = "/x"\n[midtrans]\n', Role.RECEIVE, "redis.ca: is for TLS, which is off"),
        ('[mqtt]\nhost = "b"\ntls = false\n', Role.FORWARD, "mqtt.tls: is off and the broker is not"),
        ('[receiver]\nprefix = "hooks/"\n[midtrans]\n', Role.RECEIVE, "receiver.prefix: must be a path"),
        ('[receiver]\nkiosks = ["k1"]\n[midtrans]\n', Role.RECEIVE, "receiver.kiosks: must be"),
        ('[midtrans]\nserver_keys = ["../x"]\n', Role.RECEIVE, "midtrans.server_keys: must be"),
        ('[midtrans]\nserver_key = "SB-secret"\n', Role.RECEIVE, "did you mean server_keys?"),
    ],
)  # fmt: skip
def test_what_does_not_fit_together_is_said(place: Place, text: str, role: Role, problem: str) -> None:
    (said,) = place.problems(text, role)
    assert problem in said
    assert "secret" not in said


def test_a_missing_key_names_its_file(place: Place) -> None:
    (said,) = place.problems('[midtrans]\nserver_keys = ["midtrans.server_key"]\n', Role.RECEIVE)
    assert said.startswith("credentials/midtrans.server_key: this secret is missing")


def test_a_certificate_that_is_not_there_is_said_in_its_line_beside_a_missing_key(place: Place) -> None:
    text = (
        '[redis]\ntls = true\nca = "{}"\n[mqtt]\nhost = "b"\nca = "{}"\n[midtrans]\nserver_keys = ["ab.c"]\n'
    )
    rubbish = place.path.parent / "rubbish.pem"
    rubbish.write_text("no certificate")
    redis, broker, key = place.problems(text.format("/nowhere/ca.pem", "/nowhere/ca.pem"))
    assert redis == "webhooks.toml:3: redis.ca: /nowhere/ca.pem: cannot be read: No such file or directory"
    assert broker == "webhooks.toml:6: mqtt.ca: /nowhere/ca.pem: cannot be read: No such file or directory"
    assert key.startswith("credentials/ab.c: this secret is missing")
    redis, broker, _ = place.problems(text.format(rubbish, rubbish))
    assert "redis.ca: rubbish.pem: holds no certificate" in redis
    assert "mqtt.ca: rubbish.pem: holds nothing that TLS can use" in broker


def test_a_receiver_needs_no_certificate_of_the_broker(place: Place) -> None:
    place.path.write_text('[mqtt]\nhost = "b"\nca = "/nowhere/ca.pem"\n[interactive]\n')
    assert load(place.path, Role.RECEIVE, place.credentials).file.mqtt


def test_a_key_that_everybody_can_read_is_refused(place: Place) -> None:
    place.put("midtrans.server_key")
    (place.credentials / "midtrans.server_key").chmod(0o644)
    (said,) = place.problems('[midtrans]\nserver_keys = ["midtrans.server_key"]\n', Role.RECEIVE)
    assert "everybody on this machine can read this secret" in said


def test_the_sample_is_right(place: Place) -> None:
    place.put(*NAMES)
    settings = load(SAMPLE, Role.SERVE, place.credentials)
    assert "midtrans" in settings.keys


def test_every_line_of_the_sample_is_explained() -> None:
    settings = [line for line in SAMPLE.read_text().splitlines() if "=" in line and not line.startswith("#")]
    assert settings
    assert [line for line in settings if " # " not in line] == []
