"""Files that are no journal any more: set aside whole, and what is sound of them carried over."""

import contextlib
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.effects import Save, SaveSlot, Tell
from kiosk.errors import JournalBroken, JournalError
from kiosk.journal import Journal, Ledger, files
from kiosk.journal.schema import MIGRATIONS
from kiosk.model import SlotRecord
from tests.journal.sale import BOOT, Machine, at, closing, dispensed, intent, sale

PAGE = 4096


def random_bytes(path: Path) -> None:
    path.write_bytes(bytes(n * n % 251 for n in range(5 * PAGE)))


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def cut_in_the_header(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:50])


def cut_in_a_page(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: 3 * PAGE + 100])


def another_database(path: Path) -> None:
    path.unlink()
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE songs (name TEXT)")
    other.close()


def lost_first_row(path: Path) -> None:
    changed(path, "DELETE FROM journal")


def changed(path: Path, statement: str) -> None:
    db = sqlite3.connect(path)
    db.execute(statement)
    db.commit()
    db.close()


def filled(machine: Machine, finished: int = 0) -> None:
    with machine.start() as journal:
        for number in range(10, 10 + finished):
            for durable in sale(number):
                journal.commit(durable, at())
        journal.commit([Save(intent(1)), Save(closing(1)), Save(intent(2))], at())
        journal.commit([SaveSlot(1, SlotRecord(stock=4)), Tell("order.made", "x", {})], at())


@pytest.mark.parametrize(
    "damage", [random_bytes, emptied, cut_in_the_header, cut_in_a_page, another_database, lost_first_row]
)
def test_a_file_that_cannot_be_read_is_set_aside_and_another_begun(
    machine: Machine, damage: Callable[[Path], None]
) -> None:
    filled(machine)
    damage(machine.path)
    damaged = machine.path.read_bytes()
    with machine.start() as journal:
        assert "set aside as journal.db.broken-" in journal.recovery
        assert journal.epoch == 2
        journal.commit([Save(intent(7))], at())
    aside = [p for p in machine.path.parent.glob("*.broken-*") if p.suffix != "-shm"]
    assert damaged in [p.read_bytes() for p in aside]
    with machine.start() as journal:
        assert intent(7) in journal.open_lives()


def test_a_directory_in_its_place_is_refused_and_left(machine: Machine) -> None:
    machine.path.unlink()
    machine.path.mkdir()
    with pytest.raises(JournalError, match="is a directory"):
        machine.start()
    assert machine.path.is_dir()


def test_what_is_sound_is_carried_over(machine: Machine) -> None:
    filled(machine)
    changed(
        machine.path, "UPDATE orders SET life = replace(life, '12000', '92000') WHERE order_id LIKE '%2A'"
    )
    with machine.start() as journal:
        assert "a Life in the journal is damaged" in journal.recovery
        assert journal.open_lives() == [closing(1)]
        assert journal.slots() == {1: SlotRecord(stock=4)}
        assert [row.what for row in journal.unsent(9)] == ["order.made"]
        assert journal.last_boot() == BOOT
        journal.commit([Tell("later", "", {})], at())
        assert [row.seq for row in journal.unsent(9)] == [1, 2]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE orders SET life = x'00ff' WHERE over = 0",
        "UPDATE orders SET life = '{}', checksum = 2745614147 WHERE over = 0",
        "UPDATE orders SET order_id = 'K01' || row WHERE over = 0",
        "UPDATE slots SET record = 3",
        "UPDATE journal SET epoch = 'one'",
        "DROP TABLE slots",
        "DROP INDEX open_orders",
    ],
)
def test_contents_that_make_no_sense_are_damage(machine: Machine, statement: str) -> None:
    filled(machine)
    changed(machine.path, statement)
    with machine.start() as journal:
        assert "set aside" in journal.recovery


def test_flipped_bytes_anywhere_are_survived(machine: Machine) -> None:
    """Each page of a full journal in turn: it opens, in RECOVERY or with every open order as it was."""
    filled(machine, finished=4)
    whole, mark = machine.path.read_bytes(), machine.marker.read_bytes()
    expected = [closing(1), intent(2)]
    for page in range(len(whole) // PAGE):
        spoilt = bytearray(whole)
        place = page * PAGE
        spoilt[place : place + PAGE] = bytes(b ^ 0x55 for b in spoilt[place : place + PAGE])
        start_over(machine, bytes(spoilt), mark)
        with machine.start() as journal:
            assert journal.recovery or journal.open_lives() == expected


def start_over(machine: Machine, contents: bytes, mark: bytes) -> None:
    for old in machine.path.parent.glob("journal.db*"):
        old.unlink()
    machine.path.write_bytes(contents)
    machine.marker.write_bytes(mark)


def test_damage_among_finished_orders_is_found_by_the_check_and_set_aside_at_the_next_start(
    machine: Machine,
) -> None:
    filled(machine, finished=1)
    changed(machine.path, "UPDATE orders SET life = replace(life, '12000', '92000') WHERE over = 1")
    with machine.start() as journal:
        assert journal.recovery == ""
        assert "is damaged" in journal.check()
    with machine.start() as journal:
        assert "set aside" in journal.recovery
        assert journal.open_lives() == [closing(1), intent(2)]
    with machine.start() as journal:
        assert journal.check() == ""
    assert not files.suspicion_of(machine.path).exists()


def test_a_sound_journal_passes_the_check_while_it_is_written(machine: Machine) -> None:
    filled(machine, finished=2)
    with machine.start() as journal:
        journal.commit([Save(intent(5))], at())
        assert journal.check() == ""


def test_a_false_suspicion_costs_one_reading(machine: Machine) -> None:
    filled(machine)
    files.suspect(machine.path)
    with machine.start() as journal:
        assert journal.recovery == ""
    assert not files.suspicion_of(machine.path).exists()


def test_damage_met_while_selling_is_looked_for_at_the_next_start(machine: Machine) -> None:
    filled(machine)
    journal = machine.start()
    changed(machine.path, "UPDATE orders SET life = '' WHERE over = 0")
    with pytest.raises(JournalBroken):
        journal.open_lives()
    with pytest.raises(JournalError, match="nothing more is sold"):
        journal.commit([Save(intent(9))], at())
    journal.close()
    assert files.suspicion_of(machine.path).exists()


def test_a_card_that_breaks_one_journal_after_the_other_is_not_filled_with_them(machine: Machine) -> None:
    for _ in range(files.MOST_SET_ASIDE):
        random_bytes(machine.path)
        machine.start().close()
    random_bytes(machine.path)
    with pytest.raises(JournalBroken, match="replace the card"):
        machine.start()


def test_a_journal_that_was_set_aside_can_still_be_looked_into(machine: Machine) -> None:
    filled(machine, finished=1)
    changed(machine.path, "UPDATE slots SET record = ''")
    machine.start().close()
    (aside,) = machine.path.parent.glob("*.broken-*Z")
    with Ledger(aside) as ledger:
        assert ledger.recent(9) == [intent(2), closing(1), dispensed(10)]


def test_a_file_of_a_newer_version_is_refused_and_left(machine: Machine) -> None:
    changed(machine.path, f"PRAGMA user_version = {max(MIGRATIONS) + 1}")
    with pytest.raises(JournalError, match="newer version") as refused:
        Journal(machine.path, machine.marker)
    assert not isinstance(refused.value, JournalBroken)
    assert not list(machine.path.parent.glob("*.broken-*"))


def cut_while_the_log_was_copied(machine: Machine, folder: Path) -> Machine:
    """The machine as it is found when the card trashed the first page, which the log still holds."""
    with machine.start() as journal:
        # so many that the file grows, which is written on its first page
        journal.commit([Save(dispensed(number)) for number in range(1, 20)], at())
        shutil.copytree(machine.path.parents[1], folder)
    found = Machine(folder)
    found.path.write_bytes(b"\xa5" * 512 + found.path.read_bytes()[512:])
    return found


def test_a_header_that_was_trashed_while_the_log_was_copied_is_read_from_the_log(
    machine: Machine, tmp_path: Path
) -> None:
    found = cut_while_the_log_was_copied(machine, tmp_path / "found")
    with Ledger(found.path) as ledger:
        assert len(ledger.recent(99)) == 19
    with found.start() as journal:
        assert journal.recovery == ""
        assert journal.check() == ""


def test_another_database_is_not_believed_for_the_sake_of_its_log(machine: Machine) -> None:
    machine.path.unlink()
    with contextlib.closing(sqlite3.connect(machine.path)) as other:
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("CREATE TABLE songs (name TEXT)")
        with pytest.raises(JournalBroken, match="not a journal"):
            Ledger(machine.path)
