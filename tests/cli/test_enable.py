"""`kiosk enable` while the kiosk is not running."""

import getpass
from pathlib import Path

import pytest

from kiosk.cli import main
from kiosk.effects import SaveSlot
from kiosk.journal import Journal
from kiosk.model import Now, SlotRecord

STOPPED = SlotRecord(stock=7, failed_vends=2, cuts=1, stopped="not_dropped", refund_day=20_000, refunds=3)


def reopened(config: Path) -> Journal:
    """The journal as the next start of the daemon finds it."""
    return Journal(config.parent / "state" / "journal.db", config.parent / "epoch")


def stop(journal: Journal, *numbers: int) -> None:
    """Take slots out of service, and let go of the journal."""
    journal.commit([SaveSlot(number, STOPPED) for number in numbers], Now("last boot", 5.0, 1_800_000_000.0))
    journal.close()


def test_a_stopped_slot_sells_again_with_its_stock_and_refunds_kept(config: Path, journal: Journal) -> None:
    stop(journal, 1)
    assert main(["enable", "1", "--who", "Sari", "--config", str(config)]) == 0
    with reopened(config) as after:
        assert after.slots()[1] == SlotRecord(stock=7, refund_day=20_000, refunds=3)


def test_who_did_it_is_told_to_the_operator(config: Path, journal: Journal) -> None:
    stop(journal, 1)
    main(["enable", "1", "--who", "Sari", "--config", str(config)])
    with reopened(config) as after:
        told = [(row.what, row.fields["slot"], row.fields["who"]) for row in after.unsent(10)]
    assert told == [("slot.enabled", 1, f"{getpass.getuser()}: Sari")]


def test_all_means_the_machine_too(config: Path, journal: Journal) -> None:
    stop(journal, 0, 1)
    assert main(["enable", "all", "--who", "Sari", "--config", str(config)]) == 0
    with reopened(config) as after:
        assert [record.stopped for record in after.slots().values()] == ["", ""]


def test_the_next_start_still_sees_which_boot_was_the_last(config: Path, journal: Journal) -> None:
    stop(journal, 1)
    main(["enable", "1", "--who", "Sari", "--config", str(config)])
    with reopened(config) as after:
        assert after.last_boot() == "last boot"


def test_a_running_daemon_is_not_disturbed(
    config: Path, journal: Journal, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["enable", "1", "--who", "Sari", "--config", str(config)]) == 1
    assert "stop the kiosk first" in capsys.readouterr().err


def test_a_slot_that_is_not_there_is_refused(
    config: Path, journal: Journal, capsys: pytest.CaptureFixture[str]
) -> None:
    journal.close()
    assert main(["enable", "9", "--who", "Sari", "--config", str(config)]) == 1
    assert capsys.readouterr().err == "kiosk enable: there is no such slot; kiosk status lists them\n"
