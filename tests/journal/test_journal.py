"""What one decision writes, and what the next start finds."""

import os
from collections.abc import Iterator
from math import inf
from pathlib import Path

import pytest
from msgspec.structs import replace

from kiosk.effects import Durable, Save, SavePushed, SaveSlot, Tell
from kiosk.errors import JournalError, JournalLocked, JournalMissing
from kiosk.journal import Journal, create, rows
from kiosk.minting import CODE_RESTS
from kiosk.model import SlotRecord
from kiosk.mqtt.reports import Fault, Taken
from kiosk.pushed import Pushed
from kiosk.states import Intent
from tests.journal.sale import BOOT, DAY, MONDAY, Machine, at, closing, dispensed, intent, lived, sale


def test_a_machine_that_was_never_set_up_is_told_the_command(tmp_path: Path) -> None:
    with pytest.raises(JournalMissing, match="kiosk journal create"):
        Machine(tmp_path).start()


def test_creating_twice_is_refused_and_names_what_is_there(machine: Machine) -> None:
    with pytest.raises(JournalError, match=r"journal\.db exists already"):
        create(machine.path, machine.marker)


def test_creating_beside_a_marker_is_refused(machine: Machine) -> None:
    machine.path.unlink()
    with pytest.raises(JournalError, match="epoch exists already"):
        create(machine.path, machine.marker)


def test_what_cannot_be_created_leaves_nothing_behind(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.path.parent.mkdir()
    (machine.path.parent / "journal.db.new").mkdir()
    with pytest.raises(JournalError):
        machine.set_up()
    assert not machine.marker.exists()


@pytest.fixture
def usual_umask() -> Iterator[None]:
    """As systemd sets it, or wider: files are made with the mode that they were meant to have."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.usefixtures("usual_umask")
def test_nobody_else_may_read_journal_and_marker(tmp_path: Path) -> None:
    machine = Machine(tmp_path).set_up()
    machine.start().close()
    assert {machine.path.stat().st_mode & 0o777, machine.marker.stat().st_mode & 0o777} == {0o640}


def test_a_new_journal_is_trusted_and_empty(machine: Machine) -> None:
    with machine.start() as journal:
        assert (journal.recovery, journal.epoch, journal.open_lives(), journal.slots()) == ("", 1, [], {})
        assert (journal.last_boot(), journal.session, journal.unsent(10)) == ("", 1, [])


def test_open_orders_and_slots_are_there_after_a_restart(machine: Machine) -> None:
    record = SlotRecord(stock=7, stopped="two failed vends")
    with machine.start() as journal:
        journal.commit([Save(closing(1)), Save(intent(2)), SaveSlot(3, record)], at())
    with machine.start() as journal:
        assert journal.open_lives() == [closing(1), intent(2)]
        assert journal.slots() == {3: record}


def test_a_finished_order_is_open_no_more(machine: Machine) -> None:
    with machine.start() as journal:
        for durable in sale(1):
            journal.commit(durable, at())
        assert journal.open_lives() == []


def test_an_order_written_after_its_end_stays_one_order(machine: Machine) -> None:
    """A person's decision about an escalated order is written after it was over."""
    with machine.start() as journal:
        for life in (intent(1), dispensed(1), dispensed(1), closing(1), dispensed(1)):
            journal.commit([Save(life)], at())
        assert journal._db.execute("SELECT count(*) FROM orders").fetchone() == (1,)


def test_a_decision_that_writes_nothing_costs_no_write(machine: Machine) -> None:
    with machine.start() as journal:
        before = journal._db.total_changes
        journal.commit([], at())
        assert journal._db.total_changes == before


def test_what_could_not_be_read_back_is_not_written(machine: Machine) -> None:
    """An infinite time would be null in the file and make the order unreadable at the next start."""
    with machine.start() as journal:
        with pytest.raises(JournalError, match="cannot be written"):
            journal.commit([Save(intent(1)), Save(lived(2, [Intent(float("inf"), 0.0)]))], at())
        with pytest.raises(JournalError, match="nothing more is sold"):
            journal.open_lives()
    with machine.start() as journal:
        assert journal.open_lives() == []


def test_what_would_be_read_back_differently_is_not_written(machine: Machine) -> None:
    listed = replace(intent(1), history=list(intent(1).history))
    with machine.start() as journal, pytest.raises(JournalError, match="read back differently"):
        journal.commit([Save(listed)], at())


def test_a_sale_never_walks_through_all_orders(machine: Machine) -> None:
    said: list[str] = []
    with machine.start() as journal:
        journal._db.set_trace_callback(said.append)
        again: list[Durable] = [Save(dispensed(1))]
        for durable in (*sale(1), again):
            journal.commit(durable, at())
    assert said
    assert not [statement for statement in said if "DESC LIMIT 1" in statement]


def test_a_second_writer_is_refused(machine: Machine) -> None:
    with machine.start(), pytest.raises(JournalLocked, match="another process writes it"):
        machine.start()


def test_the_lock_is_free_after_closing_even_twice(machine: Machine) -> None:
    journal = machine.start()
    journal.close()
    journal.close()
    machine.start().close()


def test_the_last_boot_tells_a_reboot_from_a_restart(machine: Machine) -> None:
    with machine.start() as journal:
        journal.commit([Save(intent(1))], at())
    with machine.start() as journal:
        assert journal.last_boot() == BOOT
        journal.commit([Save(intent(2))], at(boot="another"))
        assert journal.last_boot() == "another"
    with machine.start() as journal:
        assert (journal.last_boot(), journal.session) == ("another", 3)


def test_a_full_disk_is_known_before_an_order_begins(machine: Machine) -> None:
    with machine.start() as journal:
        assert journal.has_room()
    with Journal(machine.path, machine.marker, room=1 << 60) as journal:
        assert not journal.has_room()


def test_a_claim_code_rests_after_an_order_that_is_over(machine: Machine) -> None:
    code = dispensed(1).order.claim_code
    with machine.start() as journal:
        assert journal.claim_code_is_free(code, at(), CODE_RESTS)
        journal.commit([Save(intent(1)), Save(dispensed(1))], at())
        assert not journal.claim_code_is_free(code, at(wall=MONDAY + 89 * DAY), CODE_RESTS)
        assert journal.claim_code_is_free(code, at(wall=MONDAY + 91 * DAY), CODE_RESTS)


def test_a_claim_code_of_an_open_order_is_never_free(machine: Machine) -> None:
    code = closing(1).order.claim_code
    with machine.start() as journal:
        journal.commit([Save(closing(1))], at())
        assert not journal.claim_code_is_free(code, at(wall=MONDAY + 900 * DAY), CODE_RESTS)
        assert not journal.claim_code_is_free(code, at(wall=MONDAY + 900 * DAY), -inf)


def test_a_clock_gone_back_frees_a_claim_code_only_where_any_will_do(machine: Machine) -> None:
    with machine.start() as journal:
        journal.commit([Save(intent(1)), Save(dispensed(1))], at())
        code = dispensed(1).order.claim_code
        assert not journal.claim_code_is_free(code, at(wall=0.0), 0.0)
        assert journal.claim_code_is_free(code, at(wall=0.0), -inf)


def test_an_order_whose_claim_code_went_to_another_is_still_one_row(machine: Machine) -> None:
    first = dispensed(1)
    second = replace(dispensed(2), order=replace(dispensed(2).order, claim_code=first.order.claim_code))
    with machine.start() as journal:
        journal.commit([Save(first), Save(second), Save(first)], at())
        assert journal._db.execute("SELECT count(*) FROM orders").fetchone() == (2,)


def test_look_ups_among_all_orders_go_by_index(machine: Machine) -> None:
    """Without it a start after 100,000 orders walks through all of them."""
    with machine.start() as journal:
        for query, values in (
            (rows.OPEN_ORDERS, ()),
            (rows.FIND_OPEN, ("a",)),
            (rows.FIND_BY_CODE, ("a", "b")),
        ):
            plan = journal._db.execute(f"EXPLAIN QUERY PLAN {query}", values).fetchall()
            assert all("USING" in step[3] or "USE TEMP" in step[3] for step in plan), plan


def test_what_was_pushed_last_is_there_after_a_restart(machine: Machine) -> None:
    fault = Fault(path="slots[2].price", reason="bad_value", words="w", advice="a")
    older = Pushed(version=6, hash="g", in_effect=6, document={"slots": [{"number": 1, "price": 13_000}]})
    newer = replace(older, version=7, hash="h", taken=Taken.REJECTED, reason="not_valid", errors=(fault,))
    with machine.start() as journal:
        assert journal.pushed() == Pushed()
        journal.commit([SavePushed(older)], at())
        journal.commit([SavePushed(newer)], at())
    with machine.start() as journal:
        assert journal.pushed() == newer


def test_messages_keep_their_order_and_their_numbers_over_a_restart(machine: Machine) -> None:
    with machine.start() as journal:
        journal.commit([Tell("a", "", {}), Tell("b", "", {"n": 1})], at(wall=5.0), time_ok=False)
        first = journal.unsent(10)
    with machine.start() as journal:
        journal.commit([Tell("c", "", {})], at())
        found = journal.unsent(10)
    assert [(row.seq, row.what, row.epoch) for row in found] == [(1, "a", 1), (2, "b", 1), (3, "c", 1)]
    assert found[:2] == first
    assert (found[1].fields, found[1].time, found[1].time_ok) == ({"n": 1}, 5.0, False)
    assert len({row.event_id for row in found}) == 3


def test_a_message_bears_the_controllers_name_of_the_sale(machine: Machine) -> None:
    with machine.start() as journal:
        journal.commit([Tell("a", "", {}, "sale-7"), Tell("b", "", {})], at())
    with machine.start() as journal:
        assert [row.reference for row in journal.unsent(9)] == ["sale-7", ""]


def test_a_truth_in_a_message_is_told_as_a_number(machine: Machine) -> None:
    with machine.start() as journal:
        journal.commit([Tell("a", "", {"stopped": True})], at())
        assert journal.unsent(1)[0].fields == {"stopped": 1}


def test_a_removed_message_is_gone_at_once_and_after_a_restart(machine: Machine) -> None:
    with machine.start() as journal:
        journal.commit([Tell(what, "", {}) for what in "abc"], at())
        journal.remove([1, 3])
        assert [row.what for row in journal.unsent(10)] == ["b"]
    with machine.start() as journal:
        assert [row.what for row in journal.unsent(10)] == ["b"]


def test_a_number_is_never_given_twice_though_all_messages_are_gone(machine: Machine) -> None:
    for number in (1, 2, 3):
        with machine.start() as journal:
            journal.commit([Tell("a", "", {})], at())
            assert [row.seq for row in journal.unsent(10)] == [number]
            journal.remove([number])


def test_messages_are_read_a_few_at_a_time(machine: Machine) -> None:
    with machine.start() as journal:
        journal.commit([Tell("a", "", {}) for _ in range(9)], at())
        journal.remove([1, 2, 3])
        assert [row.seq for row in journal.unsent(2)] == [4, 5]
        assert [row.seq for row in journal.unsent(2, after=5)] == [6, 7]


def test_many_removals_reach_the_disk_without_a_sale(machine: Machine) -> None:
    with machine.start() as journal:
        journal.commit([Tell("a", "", {}) for _ in range(300)], at())
        journal.remove(range(1, 301))
        assert journal._db.execute("SELECT count(*) FROM outbox").fetchone() == (0,)
