"""Disks that are full, failing or read-only: what was not written does not count, and is not tried again."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.effects import Save
from kiosk.errors import JournalError
from kiosk.journal import Ledger
from tests.journal.sale import Machine, at, dispensed, intent, sale

ROOT = Path(__file__).parents[2]
needs_strace = pytest.mark.skipif(
    shutil.which("strace") is None and "CI" not in os.environ, reason="strace makes the disk fail"
)


def sold_on_a_bad_disk(directory: Path, call: str, error: str, when: str) -> list[str]:
    """What the process says when the kernel answers its writes so."""
    inject = ["-e", f"trace={call}", "-e", f"inject={call}:error={error}:when={when}"]
    command = [sys.executable, "-m", "tests.journal.seller", str(directory), "1", "50"]
    done = subprocess.run(
        ["strace", "-f", "-o", "/dev/null", *inject, *command],  # noqa: S607  # wherever strace lies
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


@needs_strace
@pytest.mark.parametrize(
    ("call", "error", "when", "words"),
    [
        ("fdatasync", "EIO", "9", "replace the card"),
        ("fdatasync", "EIO", "9+", "replace the card"),
        ("pwrite64", "ENOSPC", "60", "the disk is full"),
        ("pwrite64", "ENOSPC", "60+", "the disk is full"),
        ("pwrite64", "EROFS", "60+", "replace the card"),
    ],
)
def test_a_write_that_fails_is_the_last_and_takes_nothing_earlier_with_it(
    machine: Machine, tmp_path: Path, call: str, error: str, when: str, words: str
) -> None:
    *sold, failed, refused = sold_on_a_bad_disk(tmp_path, call, error, when)
    assert failed.startswith("failed:")
    assert words in failed
    assert "nothing more is sold or released" in refused
    with machine.start() as journal, Ledger(machine.path) as ledger:
        assert journal.recovery == ""
        found = sum(len(life.history) for life in ledger.recent(50))
    # the failed one may lie on the disk or not, as after a cut; if it does, it is there whole
    assert found in (len(sold), len(sold) + 1)


@needs_strace
def test_nothing_is_acknowledged_before_it_is_synced(machine: Machine, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    command = [sys.executable, "-m", "tests.journal.seller", str(tmp_path), "1", "4"]
    subprocess.run(
        ["strace", "-o", trace, "-e", "trace=fdatasync,write", *command],  # noqa: S607  # wherever strace lies
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    calls = [line for line in trace.read_text().splitlines() if line.startswith(("fdatasync", "write(1,"))]
    said = [place for place, call in enumerate(calls) if call.startswith("write")]
    assert len(said) == 15
    assert all(calls[place - 1].startswith("fdatasync") for place in said)


@needs_strace
def test_a_disk_that_takes_nothing_is_known_before_anything_is_sold(machine: Machine, tmp_path: Path) -> None:
    inject = ["-e", "trace=fdatasync", "-e", "inject=fdatasync:error=EIO:when=1+"]
    command = [sys.executable, "-m", "tests.journal.seller", str(tmp_path), "1", "50"]
    done = subprocess.run(
        ["strace", "-f", "-o", "/dev/null", *inject, *command],  # noqa: S607  # wherever strace lies
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == ""
    assert "replace the card" in done.stderr.splitlines()[-1]


def test_a_journal_without_room_refuses_from_then_on_and_keeps_what_it_had(machine: Machine) -> None:
    journal = machine.start()
    journal.commit([Save(intent(1))], at())
    pages = journal._db.execute("PRAGMA page_count").fetchone()[0]
    journal._db.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(JournalError, match="disk is full"):
        journal.commit([Save(intent(number)) for number in range(2, 99)], at())
    for refused in (lambda: journal.commit(sale(1)[1], at()), journal.open_lives, journal.slots):
        with pytest.raises(JournalError, match="disk is full"):
            refused()
    assert "disk is full" in journal.failure
    journal.close()
    with machine.start() as journal:
        assert journal.open_lives() == [intent(1)]


def test_a_journal_deleted_under_us_takes_nothing_more(machine: Machine) -> None:
    """What went into the unlinked file would be gone at the next start."""
    with machine.start() as journal:
        machine.path.unlink()
        with pytest.raises(JournalError):
            journal.commit([Save(intent(1))], at())


def test_a_journal_exchanged_under_us_takes_nothing_more(machine: Machine, tmp_path: Path) -> None:
    with machine.start() as journal:
        shutil.copy(machine.path, tmp_path / "older")
        (tmp_path / "older").replace(machine.path)
        with pytest.raises(JournalError, match="another file"):
            journal.commit([Save(intent(1))], at())


def test_closing_after_a_failure_is_quiet(machine: Machine) -> None:
    journal = machine.start()
    journal.commit([*sale(1)[0]], at())
    journal.remove([1])
    journal._db.execute("PRAGMA query_only = ON")
    with pytest.raises(JournalError):
        journal.commit([Save(dispensed(1))], at())
    journal.close()
    with machine.start() as journal:
        assert [row.seq for row in journal.unsent(9)] == [1]


def test_a_place_that_cannot_be_looked_into_is_an_error_in_words(machine: Machine) -> None:
    machine.path.parent.rename(machine.path.parent.with_name("moved"))
    machine.path.parent.touch()
    with pytest.raises(JournalError):
        machine.start()
