"""`kiosk journal`."""

import io
import sys
from pathlib import Path

import pytest

from kiosk.cli import main
from kiosk.journal import Journal
from tests.cli.terminal import Terminal


def recovery_of(config: Path) -> str:
    """Why the machine would sell nothing at its next start."""
    with Journal(config.parent / "state" / "journal.db", config.parent / "epoch") as journal:
        return journal.recovery


def test_a_new_machine_gets_its_journal(config: Path) -> None:
    assert main(["journal", "create", "--config", str(config)]) == 0
    assert recovery_of(config) == ""


def test_a_second_create_changes_nothing(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["journal", "create", "--config", str(config)])
    assert main(["journal", "create", "--config", str(config)]) == 1
    assert "exists already" in capsys.readouterr().err


def lost(config: Path) -> None:
    """A journal that is gone while its marker is still there."""
    main(["journal", "create", "--config", str(config)])
    for path in (config.parent / "state").iterdir():
        path.unlink()


def test_a_loss_is_accepted_under_a_name(config: Path) -> None:
    lost(config)
    assert main(["journal", "accept-loss", "--who", "Sari", "--yes", "--config", str(config)]) == 0
    assert recovery_of(config) == ""


def test_a_loss_is_not_accepted_by_accident(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lost(config)
    monkeypatch.setattr(sys, "stdin", io.StringIO("lost\n"))
    assert main(["journal", "accept-loss", "--who", "Sari", "--config", str(config)]) == 1
    assert "nothing was changed" in capsys.readouterr().err
    assert recovery_of(config) != ""


@pytest.mark.parametrize(("typed", "code"), [("lost\n", 0), ("yes\n", 1)])
def test_at_a_terminal_the_word_must_be_typed(
    typed: str, code: int, config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lost(config)
    monkeypatch.setattr(sys, "stdin", Terminal(typed))
    assert main(["journal", "accept-loss", "--who", "Sari", "--config", str(config)]) == code
    assert "paid back by hand" in capsys.readouterr().out


def test_a_whole_journal_has_no_loss_to_accept(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["journal", "create", "--config", str(config)])
    assert main(["journal", "accept-loss", "--who", "Sari", "--yes", "--config", str(config)]) == 1
    assert "not in RECOVERY" in capsys.readouterr().err


def test_a_running_daemon_is_not_disturbed(
    config: Path, journal: Journal, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["journal", "accept-loss", "--who", "Sari", "--yes", "--config", str(config)]) == 1
    assert "stop the kiosk first" in capsys.readouterr().err
