"""The operator's own file and keys."""

from pathlib import Path

import pytest

from kiosk.errors import ConfigError, KioskError
from kiosk.operator import documents, settings
from kiosk.operator.settings import Keys, Settings

KEY = "an example key, for this page only"
GOOD = """
user = "operator"
password = "/etc/secret"
timezone = "Asia/Makassar"

[mqtt]
host = "broker.example"
port = 8884
"""


def written(folder: Path, text: str, name: str = "operator.toml") -> Path:
    path = folder / name
    path.write_text(text)
    path.chmod(0o600)
    return path


def test_the_file_is_read(tmp_path: Path) -> None:
    known = settings.read(written(tmp_path, GOOD))
    assert known.mqtt.address == ("broker.example", 8884)
    assert (known.user, known.password, known.timezone) == ("operator", Path("/etc/secret"), "Asia/Makassar")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[mqtt]\nhots = "x"\n', "operator.toml:2: mqtt.hots: no such setting; did you mean host?"),
        ('[mqtt]\nhost = "x"\ntls = false\n', "mqtt: tls: is off and the broker is not this machine"),
        ("user = 1\n[mqtt]\nhost = 'x'\n", "operator.toml:1: user: must be a text in quotes"),
        ('user = "a"\n', "mqtt"),
        ("user =\n", "operator.toml:1: cannot be read as TOML"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as raised:
        settings.read(written(tmp_path, text))
    assert said in str(raised.value)


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(KioskError, match="--broker names another file"):
        settings.read(tmp_path / "operator.toml")


def test_a_time_zone_that_is_none_is_refused() -> None:
    with pytest.raises(KioskError, match="Asia/Jakarta"):
        settings.zone_of("Jakarta")


def test_one_key_signs_for_all(tmp_path: Path) -> None:
    key = Keys(written(tmp_path, KEY, "key")).of("K01")
    assert key
    assert key.reveal() == KEY


def test_each_machine_may_have_its_own_key(tmp_path: Path) -> None:
    written(tmp_path, KEY + "1", "K01")
    keys = Keys(tmp_path)
    key = keys.of("K01")
    assert key
    assert key.reveal() == KEY + "1"
    with pytest.raises(KioskError, match=r"K02: is not there; write the command key"):
        keys.of("K02")


def test_without_a_key_nothing_is_signed() -> None:
    assert Keys(None).of("K01") is None


def test_a_short_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KioskError, match="shorter than 32"):
        Keys(written(tmp_path, "short", "key"))


def test_a_key_that_everybody_can_read_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, KEY, "key")
    path.chmod(0o644)
    with pytest.raises(KioskError, match="everybody on this machine can read"):
        Keys(path)


def test_the_settings_show_no_secret(tmp_path: Path) -> None:
    path = written(tmp_path, "a password", "password")
    known = Settings(mqtt=settings.read(written(tmp_path, GOOD)).mqtt, password=path)
    assert "a password" not in repr(known)
    assert "a password" not in repr(settings.secret(path, "password"))


@pytest.mark.parametrize(
    ("name", "text", "document"),
    [
        ("a.toml", "[limits]\nunpaid_orders = 4\n", {"limits": {"unpaid_orders": 4}}),
        ("a.json", '{"slots": [{"number": 1}]}', {"slots": [{"number": 1}]}),
    ],
)
def test_a_document_is_toml_or_json(tmp_path: Path, name: str, text: str, document: object) -> None:
    assert documents.read(written(tmp_path, text, name)) == document


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.toml", "price = 12.500\n", "not whole"),
        ("a.toml", "day = 2026-01-01\n", "holds a date"),
        ("a.toml", "price = \n", "a.toml:1: cannot be read as TOML"),
        ("a.toml", "x = " + "[" * 9 + "]" * 9 + "\n", "nests too deep"),
        ("a.toml", "price = 99999999999999999\n", "2^53"),
        ("a.json", '{"a": 1, "a": 2}', "twice"),
        ("a.json", "[1]", "no JSON object"),
        ("a.json", '{"a": "' + "x" * 70_000 + '"}', "larger"),
        ("a.json", "", "empty"),
    ],
)
def test_a_document_that_no_machine_could_take_is_not_sent(
    tmp_path: Path, name: str, text: str, said: str
) -> None:
    with pytest.raises(KioskError) as raised:
        documents.read(written(tmp_path, text, name))
    assert said in str(raised.value)
