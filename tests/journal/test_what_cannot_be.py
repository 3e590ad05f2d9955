"""What hardly ever happens to a journal's files, and what it says then in its own words."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from kiosk.effects import Save, Tell
from kiosk.errors import JournalBroken, JournalError
from kiosk.journal import Ledger, create, files, founding, marker, opening, salvage, writer
from kiosk.journal.looking import disbelief
from kiosk.journal.outbox import Outbox
from kiosk.model import Now
from tests.journal.sale import MONDAY, Machine, at, controlled_sale, dispensed, intent

NAME_THAT_NO_DISK_TAKES = "x" * 300


def changed(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(statement)


def test_a_name_that_no_disk_takes_is_an_error_in_words(tmp_path: Path) -> None:
    there = tmp_path / NAME_THAT_NO_DISK_TAKES / "journal.db"
    with pytest.raises(JournalError, match="too long"):
        opening.expect_files(there, tmp_path / "epoch")
    with pytest.raises(JournalError, match="cannot be read"):
        marker.read(there)


def test_a_directory_that_cannot_be_made_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "state").touch()
    with pytest.raises(JournalError, match="nothing was created"):
        create(tmp_path / "state" / "journal.db", tmp_path / "etc" / "epoch")
    assert not (tmp_path / "etc" / "epoch").exists()


def test_a_journal_that_cannot_be_put_in_its_place_is_said(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="journal"):
        founding.place(tmp_path / "journal.db.new", tmp_path / "journal.db")


def test_a_broken_journal_that_cannot_be_set_aside_stays(machine: Machine) -> None:
    aside = machine.path.with_name("journal.db.broken-1")
    aside.mkdir()
    with pytest.raises(JournalBroken, match="cannot be set aside"):
        files.set_aside(machine.path, aside)
    assert machine.path.exists()


def test_a_suspicion_that_cannot_be_noted_ends_nothing(tmp_path: Path) -> None:
    files.suspect(tmp_path / "nowhere" / "journal.db")
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("user", [0, 1000])
def test_whoever_sets_it_up_the_files_belong_to_whom_their_directory_belongs(
    user: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: user)
    machine = Machine(tmp_path).set_up()
    machine.start().close()
    marker.write(machine.marker, marker.fresh(1))
    owner = machine.path.parent.stat().st_uid
    assert {path.stat().st_uid for path in (machine.path, machine.marker)} == {owner}


@pytest.mark.parametrize("ask", [lambda ledger: ledger.recent(9), lambda ledger: ledger.backlog()])
def test_a_table_that_is_gone_is_said_to_a_reader(ask: Callable[[Ledger], object], machine: Machine) -> None:
    with Ledger(machine.path) as ledger:
        changed(machine.path, "DROP TABLE orders")
        changed(machine.path, "DROP TABLE outbox")
        with pytest.raises(JournalError, match="no such table"):
            ask(ledger)


@pytest.mark.parametrize("version", [0, -1, 77, 2_000_000_000])
def test_tables_of_a_version_that_is_not_ours_are_not_read(version: int, machine: Machine) -> None:
    changed(machine.path, f"PRAGMA user_version = {version}")
    with pytest.raises(JournalError, match="version"):
        Ledger(machine.path)


def test_a_header_of_a_format_that_is_never_ours_is_damage(machine: Machine) -> None:
    header = bytearray(machine.path.read_bytes())
    header[18:20] = b"\3\3"
    machine.path.write_bytes(header)
    with pytest.raises(JournalBroken, match="header"):
        Ledger(machine.path)


def test_an_order_that_was_read_beside_the_writer_is_looked_at_anew(machine: Machine) -> None:
    with machine.start() as journal:
        journal.commit([Save(intent(1))], at())
        before = intent(1)
        journal.commit([Save(dispensed(1))], at())
        assert journal.as_it_is(before) == dispensed(1)
        assert journal.as_it_is(intent(2)) == intent(2), "whose code is nobody's any more"


def test_an_acknowledgement_that_says_nothing_new_changes_nothing(machine: Machine) -> None:
    with machine.start() as journal:
        journal.commit([Tell("a", "", {}), Tell("b", "", {})], at())
        for epoch, seq in ((1, 2), (1, 1), (1, 2), (0, 9)):
            journal.acknowledged(epoch, seq)
        assert journal.recovery == ""
    assert (marked := marker.read(machine.marker))
    assert marked.acknowledged == 2


def test_a_check_that_finds_damage_lets_the_next_start_look_at_everything(machine: Machine) -> None:
    with machine.start() as journal:
        journal.commit([Save(intent(1))], at())
        changed(machine.path, "UPDATE orders SET life = 'x'")
        assert "damaged" in journal.check()
    assert files.suspicion_of(machine.path).exists()


def test_a_disk_that_is_not_asked_has_no_room(machine: Machine) -> None:
    with machine.start() as journal:
        assert journal.has_room()
        machine.path.parent.rename(machine.path.parent.with_name("moved"))
        assert not journal.has_room()


def test_a_sale_whose_very_key_is_damaged_is_left_out_of_what_is_rescued(machine: Machine) -> None:
    with machine.start() as journal:
        for step in controlled_sale(1):
            journal.commit(step, Now(at().boot, 1.0, MONDAY))
    changed(machine.path, "UPDATE sales SET record = 'x'")
    changed(machine.path, "UPDATE orders SET life = 'x'")
    assert salvage.rescue(machine.path).sales
    changed(machine.path, "UPDATE sales SET key = 'x'")
    assert not salvage.rescue(machine.path).sales


def test_a_journal_whose_first_row_is_none_is_said_at_the_start(machine: Machine) -> None:
    changed(machine.path, "UPDATE journal SET epoch = 'x'")
    with machine.start() as journal:
        assert journal.recovery


def test_a_disk_that_fails_while_the_last_number_is_read_is_said_and_the_lock_is_free_again(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(db: sqlite3.Connection) -> Outbox:
        raise sqlite3.OperationalError("disk I/O error")

    with monkeypatch.context() as while_it_fails:
        while_it_fails.setattr(writer, "Outbox", fails)
        with pytest.raises(JournalError, match="disk I/O error"):
            machine.start()
    with machine.start() as journal:
        assert journal.recovery == ""


def test_a_check_that_cannot_read_the_file_says_so_and_suspects_nothing(machine: Machine) -> None:
    with machine.start() as journal:
        machine.path.parent.rename(machine.path.parent.with_name("moved"))
        assert "cannot be opened" in journal.check()
    assert not files.suspicion_of(machine.path.parent.with_name("moved") / machine.path.name).exists()


def test_a_journal_that_is_not_there_is_neither_believed_nor_disbelieved(machine: Machine) -> None:
    machine.path.unlink()
    with pytest.raises(JournalError, match="cannot be opened"):
        disbelief(machine.path, machine.marker)
