"""The table [mqtt], and the secrets that may stand beside it."""

from pathlib import Path

import pytest

from kiosk.config import effective, examine, load
from kiosk.errors import ConfigError
from kiosk.mqtt.broker import SECRETS
from tests.config.files import CANARY, RIGHT, store_secret, written

BROKER = '\n[mqtt]\nhost = "broker.example"\n'
KEY = "mqtt-canary-0123456789-0123456789"


def with_broker(folder: Path, *lines: str) -> Path:
    return written(folder, RIGHT + BROKER + "\n".join(lines) + "\n")


def test_a_machine_may_have_no_operators_side(tmp_path: Path) -> None:
    assert load(written(tmp_path)).mqtt is None


def test_a_broker_is_reached_by_tls_unless_something_else_is_said(tmp_path: Path) -> None:
    found = load(with_broker(tmp_path)).mqtt
    assert found is not None
    assert (found.address, found.tls, found.prefix) == (("broker.example", 8883), True, "kiosk/v1")


def test_home_assistant_finds_nothing_unless_it_is_said(tmp_path: Path) -> None:
    found = load(with_broker(tmp_path)).mqtt
    assert found is not None
    assert found.home_assistant is None


def test_home_assistant_is_told_where_it_looks(tmp_path: Path) -> None:
    found = load(with_broker(tmp_path, 'home_assistant = "homeassistant"')).mqtt
    assert found is not None
    assert found.home_assistant == "homeassistant"


@pytest.mark.parametrize(
    ("line", "key", "reason"),
    [
        ("tls = false", "mqtt.tls", "is off and the broker is not this machine"),
        ('certificate = "/etc/qris-kiosk/kiosk.crt"', "mqtt.certificate", "comes with its `key`"),
        ("prot = 8883", "mqtt.prot", "no such setting"),
        ("port = 0", "mqtt.port", "at least 1"),
        ('prefix = "kiosk/#"', "mqtt.prefix", "divided by /"),
        ('home_assistant = "+"', "mqtt.home_assistant", "divided by /"),
        ('password = "letmein"', "mqtt.password", "no such setting"),
    ],
)
def test_what_is_wrong_with_it_is_said_with_its_line(
    line: str, key: str, reason: str, tmp_path: Path
) -> None:
    configuration, problems = examine(with_broker(tmp_path, line))
    assert configuration is None
    (problem,) = problems
    assert problem.key == key
    assert reason in problem.reason
    assert "letmein" not in str(problem)
    assert with_broker(tmp_path, line).read_text().splitlines()[problem.line - 1] == line


def test_a_broker_without_an_address_is_said_once(tmp_path: Path) -> None:
    problems = examine(written(tmp_path, RIGHT + "\n[mqtt]\ntls = false\n"))[1]
    assert [problem.key for problem in problems] == ["mqtt.host"]


def test_a_file_that_tls_cannot_use_is_named_before_the_machine_starts(tmp_path: Path) -> None:
    rubbish = tmp_path / "ca.crt"
    rubbish.write_text("no certificate")
    (problem,) = examine(with_broker(tmp_path, f'ca = "{rubbish}"'))[1]
    assert problem.key == "mqtt.ca"
    assert str(rubbish) in problem.reason


@pytest.mark.parametrize("secret", [f"mqtt.{name}" for name in SECRETS])
def test_a_secret_of_the_broker_may_be_missing_or_empty(secret: str, tmp_path: Path) -> None:
    assert secret not in load(with_broker(tmp_path)).secrets
    store_secret(tmp_path / "credentials", "\n", secret)
    assert secret not in load(with_broker(tmp_path)).secrets


def test_a_secret_of_the_broker_that_is_there_is_read_and_shown_as_dots(tmp_path: Path) -> None:
    path = with_broker(tmp_path)
    store_secret(tmp_path / "credentials", KEY, "mqtt.command_key")
    configuration = load(path)
    assert configuration.secrets_of("mqtt")["command_key"].reveal() == KEY
    shown = [setting for setting in effective(configuration) if "mqtt.command_key" in setting.key]
    assert [(setting.value, setting.origin) for setting in shown] == [("•••", "credential")]


def test_a_broker_that_is_not_used_needs_no_secret_to_be_right(tmp_path: Path) -> None:
    store_secret(tmp_path / "credentials", "short", "mqtt.command_key")
    assert load(written(tmp_path)).secrets.keys() == {"midtrans.server_key"}


@pytest.mark.parametrize("secret", ["mqtt.command_key", "mqtt.command_key_next"])
def test_a_command_key_that_can_be_guessed_is_refused_and_not_told(secret: str, tmp_path: Path) -> None:
    store_secret(tmp_path / "credentials", KEY[:31], secret)
    with pytest.raises(ConfigError) as caught:
        load(with_broker(tmp_path))
    assert "fewer than 32 characters" in str(caught.value)
    assert KEY[:31] not in str(caught.value)


def test_a_password_that_everybody_can_read_is_refused(tmp_path: Path) -> None:
    store_secret(tmp_path / "credentials", CANARY, "mqtt.password", mode=0o644)
    (problem,) = examine(with_broker(tmp_path))[1]
    assert "everybody on this machine can read" in problem.reason


def test_the_simulators_broker_is_on_this_machine(tmp_path: Path) -> None:
    keys = [problem.key for problem in examine(_simulated(tmp_path, "broker.example"))[1]]
    assert "mqtt.host" in keys


def test_a_simulator_without_tls_is_at_home(tmp_path: Path) -> None:
    keys = [problem.key for problem in examine(_simulated(tmp_path, "127.0.0.1"))[1]]
    assert [key for key in keys if key.startswith("mqtt")] == []


def _simulated(folder: Path, host: str) -> Path:
    text = RIGHT.replace("production", "simulator") + f'\n[mqtt]\nhost = "{host}"\ntls = false\n'
    return written(folder, text)


def test_where_all_must_be_signed_a_lost_key_opens_nothing(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"mqtt\.command_key: this secret is missing"):
        load(with_broker(tmp_path, "signed = true"))


def test_where_all_must_be_signed_the_key_is_used(tmp_path: Path) -> None:
    path = with_broker(tmp_path, "signed = true")
    store_secret(tmp_path / "credentials", KEY, "mqtt.command_key")
    assert load(path).secrets["mqtt.command_key"].reveal() == KEY
