"""A journal that was lost, restored or exchanged releases nothing until a person accepts the loss."""

import shutil
import sqlite3
from contextlib import closing as closed
from pathlib import Path

import pytest
from msgspec.structs import replace

from kiosk.effects import Save, Tell
from kiosk.errors import JournalError, JournalLocked
from kiosk.journal import Ledger, accept_loss, files, marker
from kiosk.journal.looking import disbelief
from kiosk.journal.writer import MARKED_EVERY
from tests.journal.sale import Machine, at, closing, dispensed


def copy_of(machine: Machine) -> Path:
    aside = machine.path.with_name("backup")
    shutil.copy(machine.path, aside)
    return aside


def restore(machine: Machine, backup: Path) -> None:
    shutil.copy(backup, machine.path)


def tell(machine: Machine, count: int, acknowledged: int = 0) -> None:
    with machine.start() as journal:
        journal.commit([Tell("a", "", {}) for _ in range(count)], at())
        if acknowledged:
            journal.acknowledged(journal.epoch, acknowledged)


def test_a_lost_journal_is_begun_anew_in_recovery(machine: Machine) -> None:
    machine.path.unlink()
    with machine.start() as journal:
        assert "was gone" in journal.recovery
        assert journal.epoch == 2


def test_recovery_outlasts_a_restart(machine: Machine) -> None:
    machine.path.unlink()
    for _ in range(2):
        with machine.start() as journal:
            assert "was gone" in journal.recovery


def test_a_log_left_by_a_lost_journal_is_not_replayed_into_the_new_one(machine: Machine) -> None:
    journal = machine.start()
    journal.commit([Save(closing(1))], at())
    stray = machine.path.with_name("stray")
    shutil.copy(files.family(machine.path)[1], stray)
    journal.close()
    machine.path.unlink()
    shutil.move(stray, files.family(machine.path)[1])
    with machine.start() as journal:
        assert journal.open_lives() == []
        assert journal.recovery
    assert list(machine.path.parent.glob("*.broken-*-wal"))


def test_accepting_the_loss_ends_recovery_with_a_new_epoch(machine: Machine) -> None:
    machine.path.unlink()
    machine.start().close()
    assert accept_loss(machine.path, machine.marker, "Budi") == 3
    with machine.start() as journal:
        assert (journal.recovery, journal.epoch) == ("", 3)
        told = journal.unsent(9)[0]
        assert (told.what, told.fields["who"]) == ("journal.loss_accepted", "Budi")
        assert journal._db.execute("SELECT epoch, who FROM losses").fetchall() == [(3, "Budi")]


def test_the_secret_of_the_ids_outlives_the_journal(machine: Machine) -> None:
    with machine.start() as journal:
        secret = journal.id_secret
    machine.path.unlink()
    accept_loss(machine.path, machine.marker, "Budi")
    with machine.start() as journal:
        assert journal.id_secret == secret
        assert len(bytes.fromhex(secret.reveal())) == 32


def test_a_whole_journal_has_no_loss_to_accept(machine: Machine) -> None:
    with pytest.raises(JournalError, match="not in RECOVERY"):
        accept_loss(machine.path, machine.marker, "Budi")


def test_a_loss_is_not_accepted_behind_a_running_kiosk(machine: Machine) -> None:
    with machine.start(), pytest.raises(JournalLocked):
        accept_loss(machine.path, machine.marker, "Budi")


def test_a_cut_between_journal_and_marker_leaves_recovery(machine: Machine) -> None:
    machine.path.unlink()
    old = machine.marker.read_bytes()
    accept_loss(machine.path, machine.marker, "Budi")
    machine.marker.write_bytes(old)
    with machine.start() as journal:
        assert journal.recovery
    assert accept_loss(machine.path, machine.marker, "Budi") == 4
    with machine.start() as journal:
        assert journal.recovery == ""


@pytest.mark.parametrize(
    "damage",
    [
        None,
        b"",
        b"{}",
        b'{"epoch":1,"secret":"00"}',
        b'{"epoch":1,"secret":7}',
        b'{"epoch":1,"secret":null}',
        b'{"epoch":1,"secret":"' + b"00" * 32 + b'","acknowledged":-1}',
        b'{"epoch":1,"secret":"' + b"00" * 32 + b'","session":-1}',
        b'{"epoch":' + b"[" * 10_000,
        b'{"":' * 10_000,
        b"\xff\x00\xff",
    ],
)
def test_a_lost_or_damaged_marker_is_recovery_with_all_orders_there(
    machine: Machine, damage: bytes | None
) -> None:
    with machine.start() as journal:
        journal.commit([Save(closing(1))], at())
    machine.marker.unlink()
    if damage is not None:
        machine.marker.write_bytes(damage)
    with machine.start() as journal:
        assert "marker" in journal.recovery
        assert journal.open_lives() == [closing(1)]
    accept_loss(machine.path, machine.marker, "Budi")
    with machine.start() as journal:
        assert (journal.recovery, journal.epoch) == ("", 2)


def test_a_journal_of_another_epoch_is_recovery(machine: Machine, tmp_path: Path) -> None:
    old = copy_of(machine)
    machine.path.unlink()
    accept_loss(machine.path, machine.marker, "Budi")
    restore(machine, old)
    with machine.start() as journal:
        assert "of epoch 1, its marker of 3" in journal.recovery
        assert journal.epoch == 4


def test_a_restored_journal_is_noticed_by_the_marker_without_a_network(machine: Machine) -> None:
    old = copy_of(machine)
    tell(machine, 9, acknowledged=7)
    restore(machine, old)
    with machine.start() as journal:
        assert "old copy" in journal.recovery
        assert journal.epoch == 2


def test_a_copy_of_the_newest_start_is_noticed_by_what_the_operator_has_had(machine: Machine) -> None:
    copy = machine.path.with_name("backup")
    with machine.start() as journal:
        with closed(sqlite3.connect(machine.path)) as running, closed(sqlite3.connect(copy)) as backup:
            running.backup(backup)
        journal.commit([Tell("a", "", {})] * 9, at())
        journal.acknowledged(journal.epoch, 7)
    restore(machine, copy)
    with machine.start() as journal:
        assert journal.recovery == "it is an old copy: it ends at event 0, the operator has had 7"


def test_a_restored_journal_is_noticed_where_no_operator_ever_heard_of_an_event(machine: Machine) -> None:
    """A machine without a broker: what was paid in the copy was released since, and would be refunded."""
    with machine.start() as journal:
        journal.commit([Save(closing(1))], at())
    old = copy_of(machine)
    with machine.start() as journal:
        journal.commit([Save(dispensed(1))], at())
    assert disbelief(machine.path, machine.marker) == ""
    restore(machine, old)
    reason = "it is an old copy: its last start was number 1, not number 2"
    assert disbelief(machine.path, machine.marker) == reason
    with machine.start() as journal:
        assert journal.recovery == reason
        assert journal.epoch == 2


def test_the_right_journal_put_back_is_taken_as_if_nothing_had_been(machine: Machine) -> None:
    old = copy_of(machine)
    machine.start().close()
    right = machine.path.with_name("right")
    shutil.copy(machine.path, right)
    restore(machine, old)
    with machine.start() as journal:
        assert journal.recovery
    restore(machine, right)
    with machine.start() as journal:
        assert (journal.recovery, journal.epoch) == ("", 1)


def test_a_cut_between_a_start_and_its_mark_is_no_loss(machine: Machine) -> None:
    before = machine.marker.read_bytes()
    machine.start().close()
    machine.marker.write_bytes(before)
    with machine.start() as journal:
        assert journal.recovery == ""


def test_after_the_loss_is_accepted_starts_are_counted_on(machine: Machine) -> None:
    old = copy_of(machine)
    for _ in range(5):
        machine.start().close()
    restore(machine, old)
    accept_loss(machine.path, machine.marker, "Budi")
    for _ in range(2):
        with machine.start() as journal:
            assert journal.recovery == ""


def test_what_a_lost_journal_held_open_stays_in_doubt_when_the_loss_is_accepted(machine: Machine) -> None:
    with machine.start() as journal:
        journal.commit([Save(closing(1)), Save(dispensed(2))], at())
    old = copy_of(machine)
    machine.start().close()
    restore(machine, old)
    accept_loss(machine.path, machine.marker, "Budi")
    with machine.start() as journal, Ledger(machine.path) as ledger:
        assert journal.open_lives() == [replace(closing(1), doubtful=True)]
        assert ledger.find(dispensed(2).order.id) == [dispensed(2)]
        assert journal.check() == ""


def test_a_restored_card_is_noticed_when_the_operator_names_an_event_we_never_wrote(machine: Machine) -> None:
    with machine.start() as journal:
        journal.commit([Tell("a", "", {})], at())
        journal.acknowledged(1, 5)
        assert "old copy" in journal.recovery
        assert [row.epoch for row in journal.unsent(9)] == [2]
    with machine.start() as journal:
        assert "old copy" in journal.recovery


def test_an_epoch_we_never_began_is_an_old_copy_too(machine: Machine) -> None:
    with machine.start() as journal:
        journal.acknowledged(6, 1)
        assert journal.recovery
        assert journal.epoch == 7


def test_an_acknowledgement_of_an_earlier_epoch_says_nothing(machine: Machine) -> None:
    machine.path.unlink()
    accept_loss(machine.path, machine.marker, "Budi")
    with machine.start() as journal:
        journal.acknowledged(1, 900)
        assert journal.recovery == ""


def test_the_marker_is_written_seldom(machine: Machine) -> None:
    with machine.start() as journal:
        journal.commit([Tell("a", "", {}) for _ in range(200)], at())
        marks = set()
        for seq in range(1, 201):
            journal.acknowledged(1, seq)
            known = marker.read(machine.marker)
            assert known is not None
            marks.add(known.acknowledged)
    assert marks == {1, 1 + MARKED_EVERY, 1 + 2 * MARKED_EVERY, 1 + 3 * MARKED_EVERY}


def test_a_marker_that_cannot_be_written_stops_no_sale(machine: Machine) -> None:
    with machine.start() as journal:
        journal.commit([Tell("a", "", {})], at())
        (machine.marker.parent / ".epoch.new").mkdir()
        journal.acknowledged(1, 1)
        journal.commit([Save(closing(1))], at())


def test_the_marker_keeps_its_mode(machine: Machine) -> None:
    machine.marker.chmod(0o600)
    tell(machine, 1, acknowledged=1)
    assert machine.marker.stat().st_mode & 0o777 == 0o600


def test_the_marker_shows_its_secret_to_nobody(machine: Machine) -> None:
    known = marker.read(machine.marker)
    assert known is not None
    assert known.secret.reveal() not in repr(known)
