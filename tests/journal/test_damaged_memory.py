"""Damage among commands, sales and what was pushed: nothing is done or charged for a second time."""

import sqlite3
from contextlib import closing as closed
from pathlib import Path

import pytest

from kiosk.effects import Answer, Save, SavePushed
from kiosk.errors import JournalBroken, JournalError
from kiosk.journal import Journal, files, founding, sales
from kiosk.journal.sales import key_of
from kiosk.journal.salvage import NOTHING
from kiosk.mqtt.reports import Answer as Status
from kiosk.pushed import Pushed
from tests.journal.sale import (
    Machine,
    at,
    bearing,
    closing,
    controlled_sale,
    dispensed,
    intent,
    order,
    reply,
    taken,
)

PUSHED = Pushed(version=7, hash="h", in_effect=7, document={"language": "en"})
PAGE = 4096
DAMAGED_SALE = "UPDATE sales SET record = replace(record, '12000', '92000')"
DAMAGED_REFERENCE = "UPDATE sales SET key = x'00112233445566778899aabbccddeeff'"


def filled(machine: Machine, count: int = 2) -> None:
    """Some sales that are over, an open one (900) of an unfinished command, and something that was pushed."""
    with machine.start() as journal:
        for number in range(count):
            for durable in controlled_sale(number):
                journal.commit(durable, at())
        journal.commit([*taken("c-9"), Save(bearing(closing(900), "sale-9", "c-9"))], at())
        journal.commit([SavePushed(PUSHED)], at())


def changed(path: Path, *statements: str) -> None:
    with closed(sqlite3.connect(path)) as db:
        for statement in statements:
            db.execute(statement)
        db.commit()


def made_anew(machine: Machine) -> Journal:
    """Start after the check of the running machine has found something."""
    with machine.start() as journal:
        assert journal.recovery or journal.check()
    journal = machine.start()
    assert "set aside" in journal.recovery
    return journal


def blocked(journal: Journal, reference: str) -> bool:
    """Whether a charge of this reference can only be refused, or be told what became of the sale."""
    return journal.sale(reference) is not None


def test_what_is_sound_of_commands_sales_and_pushed_is_carried_over(machine: Machine) -> None:
    filled(machine)
    with machine.start() as journal:
        known = [journal.command(f"c-20260101-{number:06d}") for number in range(2)]
        sold = [journal.sale(name) for name in ("sale-000000", "sale-000001", "sale-9")]
        unsent = journal.unsent_answers(9)
        assert all([*known, *sold, *unsent])
    changed(machine.path, "UPDATE slots SET record = ''")
    with made_anew(machine) as journal:
        assert [journal.command(f"c-20260101-{number:06d}") for number in range(2)] == known
        assert [journal.sale(name) for name in ("sale-000000", "sale-000001", "sale-9")] == sold
        assert [one.id for one in journal.unfinished()] == ["c-9"]
        assert journal.unsent_answers(9) == unsent
        assert journal.pushed() == PUSHED
        assert journal.check() == ""


def test_a_cut_while_all_that_is_carried_over_loses_nothing(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(machine)
    changed(machine.path, "UPDATE slots SET record = ''")
    with monkeypatch.context() as cut:
        cut.setattr(sales, "write", interrupted)
        with pytest.raises(KeyboardInterrupt):
            machine.start()
    with machine.start() as journal:
        assert "set aside" in journal.recovery
        assert journal.sale("sale-9")
        assert [life.order.id for life in journal.open_lives()] == [order(900).id]


@pytest.mark.parametrize("left", ["", "-wal"])
def test_a_cut_between_the_broken_one_and_its_successor_loses_nothing(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, left: str
) -> None:
    """The old one has its other name already, perhaps not yet its log; the new one is whole beside it."""
    filled(machine)
    changed(machine.path, "UPDATE slots SET record = ''")
    with monkeypatch.context() as cut:
        cut.setattr(files, "put_in_place", interrupted)
        with pytest.raises(KeyboardInterrupt):
            machine.start()
    assert not machine.path.exists()
    if left:
        machine.path.with_name(machine.path.name + left).write_bytes(b"of the old one")
    with machine.start() as journal:
        assert "set aside" in journal.recovery
        assert journal.sale("sale-9")
        assert [life.order.id for life in journal.open_lives()] == [order(900).id]
        assert journal.check() == ""


def test_what_was_prepared_for_a_new_machine_is_no_successor(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It bears no RECOVERY: whoever deleted a journal would sell on with it as if nothing were lost."""
    filled(machine)
    for lost in files.family(machine.path):
        lost.unlink(missing_ok=True)
    founding.prepared(machine.path, 1, "", NOTHING)
    with machine.start() as journal:
        assert "was gone" in journal.recovery


def interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def test_an_order_that_was_carried_over_goes_on_with_its_sale_and_its_command(machine: Machine) -> None:
    filled(machine)
    changed(machine.path, "UPDATE slots SET record = ''")
    with made_anew(machine) as journal:
        end = bearing(dispensed(900), "sale-9", "c-9")
        journal.commit([Save(end), Answer(reply("c-9", Status.DONE))], at())
        sold = journal.sale("sale-9")
        assert sold
        assert (sold.state, sold.digest) == ("DISPENSED", "d" * 64)
        assert journal.unfinished() == []


def test_a_sale_that_cannot_be_read_stops_the_machine_rather_than_being_charged_again(
    machine: Machine,
) -> None:
    filled(machine)
    with machine.start() as journal:
        changed(machine.path, DAMAGED_SALE)
        with pytest.raises(JournalBroken, match="a SaleRow in the journal is damaged"):
            journal.sale("sale-000001")
        with pytest.raises(JournalError, match="nothing more is sold"):
            journal.commit([Save(intent(5))], at())


def test_a_sale_in_the_place_of_another_is_not_believed(machine: Machine) -> None:
    filled(machine, count=1)
    with machine.start() as journal:
        journal._db.execute("UPDATE sales SET key = ? WHERE record LIKE '%DISPENSED%'", (key_of("other"),))
        with pytest.raises(JournalBroken, match="holds another sale"):
            journal.sale("other")


@pytest.mark.parametrize("also", ["DELETE FROM orders WHERE over = 1", ""])
def test_a_reference_whose_sale_was_damaged_is_refused_for_ever(machine: Machine, also: str) -> None:
    """Whether its order can still be read or not: no digest is equal to none."""
    filled(machine)
    changed(machine.path, DAMAGED_SALE, *filter(None, [also]))
    with made_anew(machine) as journal:
        for reference in ("sale-000000", "sale-000001", "sale-9"):
            sold = journal.sale(reference)
            assert sold
            assert sold.digest == ""
            journal.commit([Save(bearing(intent(50), reference, "c-50"))], at())
            again = journal.sale(reference)
            assert again
            assert again.digest == ""


def test_a_damaged_sale_is_told_as_its_order_is(machine: Machine) -> None:
    filled(machine)
    changed(machine.path, DAMAGED_SALE)
    with made_anew(machine) as journal:
        sold = journal.sale("sale-000001")
        assert sold
        assert (sold.order_id, sold.amount, sold.state) == (order(1).id, 12_000, "DISPENSED")


def test_a_sale_of_which_nothing_is_left_needs_a_person(machine: Machine) -> None:
    filled(machine)
    changed(machine.path, DAMAGED_SALE, "DELETE FROM orders WHERE over = 1")
    with made_anew(machine) as journal:
        sold = journal.sale("sale-000001")
        assert sold
        assert (sold.order_id, sold.state, sold.why) == ("", "ESCALATED", "journal_lost")


def test_the_sale_of_an_open_order_that_was_lost_needs_a_person(machine: Machine) -> None:
    filled(machine)
    changed(machine.path, "UPDATE orders SET life = '' WHERE over = 0")
    with made_anew(machine) as journal:
        sold = journal.sale("sale-9")
        assert sold
        assert (sold.order_id, sold.state, sold.why) == (order(900).id, "ESCALATED", "journal_lost")
        assert sold.digest == "d" * 64


def test_a_sale_under_a_damaged_reference_is_put_right(machine: Machine) -> None:
    filled(machine, count=1)
    changed(machine.path, f"{DAMAGED_REFERENCE} WHERE record LIKE '%DISPENSED%'")
    with made_anew(machine) as journal:
        sold = journal.sale("sale-000000")
        assert sold
        assert (sold.digest, sold.state) == ("d" * 64, "DISPENSED")


def test_a_sale_that_was_lost_is_made_again_from_its_newest_order(machine: Machine) -> None:
    with machine.start() as journal:
        journal.commit([*taken("c-9"), Save(bearing(closing(8), "sale-9", "c-9"))], at())
        journal.commit([Save(bearing(dispensed(900), "sale-9", "c-9"))], at())
    changed(
        machine.path,
        "DELETE FROM sales",
        "UPDATE slots SET record = ''",
        "INSERT INTO slots VALUES (1, '', 0)",
    )
    with made_anew(machine) as journal:
        sold = journal.sale("sale-9")
        assert sold
        assert (sold.order_id, sold.digest, sold.state) == (order(900).id, "", "DISPENSED")


def test_wherever_the_damage_lies_no_sale_is_charged_for_again(machine: Machine) -> None:
    """Each page of a journal of many sales in turn; where orders are lost as well, the person is told so."""
    filled(machine, count=60)
    whole, mark = machine.path.read_bytes(), machine.marker.read_bytes()
    references = [f"sale-{number:06d}" for number in range(60)]
    for page in range(1, len(whole) // PAGE):
        spoilt = bytearray(whole)
        place = page * PAGE
        spoilt[place : place + PAGE] = bytes(b ^ 0x55 for b in spoilt[place : place + PAGE])
        start_over(machine, bytes(spoilt), mark)
        with machine.start() as journal:
            if not journal.recovery:
                assert journal.check() or all(blocked(journal, one) for one in references)
        with machine.start() as journal:
            assert all(blocked(journal, one) for one in references), page


def start_over(machine: Machine, contents: bytes, mark: bytes) -> None:
    for old in machine.path.parent.glob("journal.db*"):
        old.unlink()
    machine.path.write_bytes(contents)
    machine.marker.write_bytes(mark)


def test_a_damaged_command_is_not_done_again(machine: Machine) -> None:
    filled(machine, count=1)
    changed(machine.path, "UPDATE commands SET record = replace(record, 'charge', 'refund')")
    with made_anew(machine) as journal:
        known = journal.command("c-20260101-000000")
        assert known
        assert (known.digest, known.answer.status, known.answer.reason) == ("", "failed", "journal_lost")
        assert (journal.unfinished(), journal.unsent_answers(9)) == ([], [])


def test_a_command_under_a_damaged_id_is_put_right(machine: Machine) -> None:
    filled(machine, count=1)
    changed(machine.path, "UPDATE commands SET id = 'x' WHERE id = 'c-9'")
    with made_anew(machine) as journal:
        assert [one.id for one in journal.unfinished()] == ["c-9"]
        assert journal.command("c-9")


@pytest.mark.parametrize("sent", ["UPDATE commands SET sent = 1", "UPDATE commands SET unfinished = 0"])
def test_damage_in_a_command_that_still_matters_is_found_at_the_start(machine: Machine, sent: str) -> None:
    filled(machine, count=0)
    changed(machine.path, sent, "UPDATE commands SET record = ''")
    with machine.start() as journal:
        assert "a Remembered in the journal is damaged" in journal.recovery


@pytest.mark.parametrize("id_", ["x'00'", "x'ff'"])
def test_a_command_of_which_nothing_can_be_read_stops_no_start(machine: Machine, id_: str) -> None:
    filled(machine, count=1)
    changed(
        machine.path,
        "DROP INDEX command_ids",
        f"UPDATE commands SET record = '', id = {id_} WHERE id = 'c-9'",  # noqa: S608 - ours
    )
    with made_anew(machine) as journal:
        assert journal.command("c-20260101-000000")
        assert journal.command("c-9") is None


def test_damage_in_what_was_pushed_leaves_the_machines_own_file(machine: Machine) -> None:
    """Until the broker hands the desired configuration over again."""
    filled(machine)
    changed(machine.path, "UPDATE pushed SET record = replace(record, 'en', 'xx')")
    with machine.start() as journal:
        assert "a Pushed in the journal is damaged" in journal.recovery
        assert journal.pushed() == Pushed()
        assert blocked(journal, "sale-9")


@pytest.mark.parametrize("table", ["commands", "sales", "pushed"])
def test_a_table_that_is_gone_is_damage(machine: Machine, table: str) -> None:
    filled(machine)
    changed(machine.path, f"DROP TABLE {table}")
    with made_anew(machine) as journal:
        assert blocked(journal, "sale-000001")
