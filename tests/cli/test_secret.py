"""`kiosk secret set`."""

import io
import stat
import sys
from pathlib import Path

import pytest

from kiosk import pin
from kiosk.cli import main
from tests.config.files import CANARY

NAME = "midtrans.server_key"


def given(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Type the text into the program's input."""
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))


def test_a_secret_is_stored_for_its_owner_alone(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given("Mid-server-fresh\n", monkeypatch)
    folder = config.parent / "fresh" / "credentials"
    assert main(["secret", "set", NAME, "--config", str(config), "--credentials", str(folder)]) == 0
    stored = folder / NAME
    assert stored.read_text() == "Mid-server-fresh\n"
    assert [stat.S_IMODE(path.stat().st_mode) for path in (stored, folder)] == [0o600, 0o700]
    assert [path.name for path in folder.iterdir()] == [NAME]
    said = capsys.readouterr()
    assert "Mid-server-fresh" not in said.out + said.err


def test_the_configured_directory_is_the_place(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given("Mid-server-fresh", monkeypatch)
    assert main(["secret", "set", NAME, "--config", str(config)]) == 0
    assert (config.parent / "credentials" / NAME).read_text() == "Mid-server-fresh\n"


def test_a_secret_may_come_before_the_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given("Mid-server-fresh", monkeypatch)
    words = ["secret", "set", NAME, "--config", str(tmp_path / "none.toml"), "--credentials", str(tmp_path)]
    assert main(words) == 0
    assert (tmp_path / NAME).exists()


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("midtrans.serverkey", CANARY, "did you mean midtrans.server_key?"),
        ("../escape", CANARY, "no such secret"),
        (NAME, "\n", "nothing was given"),
        (NAME, "x" * 20_000, "larger than"),
        (NAME, f"SB-{CANARY}", "not one for production"),
    ],
)
def test_what_is_no_such_secret_is_refused_and_not_stored(
    name: str,
    text: str,
    reason: str,
    config: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (config.parent / "credentials" / NAME).unlink()
    given(text, monkeypatch)
    assert main(["secret", "set", name, "--config", str(config)]) == 1
    said = capsys.readouterr().err
    assert reason in said
    assert said.count("\n") == 1
    assert CANARY not in said
    assert not list((config.parent / "credentials").iterdir())


@pytest.mark.parametrize("text", ["123", "123456789", "12a4", CANARY])
def test_what_is_no_pin_is_refused_unseen(
    text: str, config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given(text, monkeypatch)
    assert main(["secret", "set", "staff.pin", "--config", str(config)]) == 1
    said = capsys.readouterr().err
    assert said == "kiosk secret: staff.pin: a PIN is 4 to 8 digits; nothing was stored\n"
    assert not (config.parent / "credentials" / "staff.pin").exists()


def test_of_the_staff_menus_pin_only_a_hash_is_stored(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = []
    for _ in range(2):
        given("2468\n", monkeypatch)
        assert main(["secret", "set", "staff.pin", "--config", str(config)]) == 0
        stored.append((config.parent / "credentials" / "staff.pin").read_text())
    assert [pin.verifies("2468", text.strip()) for text in stored] == [True, True]
    assert stored[0].startswith("scrypt$16384$8$1$")
    assert stored[0] != stored[1]


def test_a_directory_that_cannot_be_made_is_named(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given("Mid-server-fresh", monkeypatch)
    assert main(["secret", "set", NAME, "--config", str(config), "--credentials", f"{config}/below"]) == 1
    assert f"{config}/below/{NAME}: cannot be written" in capsys.readouterr().err
