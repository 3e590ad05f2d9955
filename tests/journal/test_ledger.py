"""What a technician finds in the journal while the kiosk sells."""

from pathlib import Path

import pytest

from kiosk.effects import Save, SavePushed, Tell
from kiosk.errors import JournalBroken, JournalMissing
from kiosk.journal import Ledger
from kiosk.journal.ledger import WRONG_CLOCK
from kiosk.model import Evidence, Rupiah
from kiosk.pushed import Pushed
from kiosk.states import Refunded, Why
from tests.journal.sale import (
    CHARGE,
    EVIDENCE,
    MONDAY,
    Machine,
    at,
    bearing,
    closing,
    dispensed,
    intent,
    lived,
    sale,
)


@pytest.fixture
def ledger(machine: Machine) -> Ledger:
    with machine.start() as journal:
        journal.commit([Save(closing(1)), Save(dispensed(2)), Save(intent(3))], at())
    return Ledger(machine.path)


def test_the_newest_orders_come_first(ledger: Ledger) -> None:
    with ledger:
        assert ledger.recent(2) == [intent(3), dispensed(2)]


def test_an_order_is_found_by_its_id_and_by_its_claim_code(ledger: Ledger) -> None:
    with ledger:
        assert ledger.find(dispensed(2).order.id) == [dispensed(2)]
        assert ledger.find("000002") == [dispensed(2)]
        assert ledger.find("nonsense") == []


def test_an_order_is_found_by_amount_and_time(ledger: Ledger) -> None:
    with ledger:
        assert len(ledger.by_amount(Rupiah(12_000), MONDAY - 60, MONDAY + 60)) == 3
        assert ledger.by_amount(Rupiah(12_000), MONDAY + 60, MONDAY + 120) == []
        assert ledger.by_amount(Rupiah(11_000), MONDAY - 60, MONDAY + 60) == []


def test_an_order_is_found_by_any_reference_of_the_gateway(ledger: Ledger) -> None:
    with ledger:
        assert ledger.by_reference(CHARGE.reference) == [dispensed(2), closing(1)]
        assert ledger.by_reference(EVIDENCE.reference) == [dispensed(2)]
        assert ledger.by_reference("midtrans") == []


def test_an_order_is_found_by_the_reference_of_its_refund(machine: Machine) -> None:
    refunded = lived(4, [Refunded(Why.NOT_DROPPED, Evidence(reference='a"b'), "R-77")])
    with machine.start() as journal:
        journal.commit([Save(refunded)], at())
    with Ledger(machine.path) as ledger:
        assert ledger.by_reference("R-77") == [refunded]
        assert ledger.by_reference('a"b') == [refunded]


def test_an_order_is_found_by_its_rrn(ledger: Ledger) -> None:
    with ledger:
        assert ledger.by_rrn(EVIDENCE.rrn) == [dispensed(2)]
        assert ledger.by_rrn("midtrans") == []


def test_orders_are_found_by_the_controllers_name_of_the_sale(machine: Machine) -> None:
    first, second = bearing(closing(1), "sale-7", "c-1"), bearing(dispensed(2), "sale-7", "c-1")
    other = bearing(intent(3), "sale-70", "c-2")
    with machine.start() as journal:
        journal.commit([Save(first), Save(second), Save(other)], at())
    with Ledger(machine.path) as ledger:
        assert ledger.by_client_reference("sale-7") == [second, first]
        assert ledger.by_client_reference("sale") == []
        assert ledger.by_reference("sale-7") == []


def test_the_takings_are_of_released_orders_only(machine: Machine) -> None:
    before = at(wall=MONDAY - 1.0)
    with machine.start() as journal:
        journal.commit([Save(dispensed(1, before)), Save(dispensed(2)), Save(closing(3))], at())
        refunded = lived(6, [Refunded(Why.BY_HAND, EVIDENCE)])
        journal.commit([Save(intent(4)), Save(dispensed(5)), Save(refunded)], at())
        with Ledger(machine.path) as ledger:
            assert ledger.takings(MONDAY) == (2, 24_000)
            assert ledger.takings(MONDAY + 1.0) == (0, 0)


def test_a_few_orders_under_a_wrong_clock_hide_no_takings(machine: Machine) -> None:
    with machine.start() as journal:
        journal.commit([Save(dispensed(1))], at())
        journal.commit([Save(dispensed(number, at(wall=0.0))) for number in range(2, 2 + WRONG_CLOCK)], at())
        with Ledger(machine.path) as ledger:
            assert ledger.takings(MONDAY) == (1, 12_000)


def test_takings_of_today_are_not_looked_for_among_the_orders_of_years(machine: Machine) -> None:
    with machine.start() as journal:
        journal.commit([Save(dispensed(1))], at())
        journal.commit([Save(dispensed(number, at(wall=0.0))) for number in range(2, 3 + WRONG_CLOCK)], at())
        with Ledger(machine.path) as ledger:
            assert ledger.takings(MONDAY) == (0, 0)


def test_what_was_pushed_is_read_before_a_start(machine: Machine) -> None:
    pushed = Pushed(version=7, hash="h", in_effect=7, document={"language": "en"})
    with Ledger(machine.path) as ledger:
        assert ledger.pushed() == Pushed()
    with machine.start() as journal:
        journal.commit([SavePushed(pushed)], at())
    with Ledger(machine.path) as ledger:
        assert ledger.pushed() == pushed


def test_the_backlog_is_what_was_not_told_yet(machine: Machine) -> None:
    with machine.start() as journal:
        journal.commit([Tell("a", "", {}) for _ in range(5)], at())
        journal.remove([1, 2])
        journal.commit([Tell("b", "", {})], at())
        with Ledger(machine.path) as ledger:
            assert ledger.backlog() == (6, 4)


def test_damage_in_what_was_pushed_is_said(machine: Machine) -> None:
    with machine.start() as journal:
        journal.commit([SavePushed(Pushed(version=7))], at())
        journal._db.execute("UPDATE pushed SET record = '{}'")
        with (
            Ledger(machine.path) as ledger,
            pytest.raises(JournalBroken, match="a Pushed in the journal is damaged"),
        ):
            ledger.pushed()


def test_two_people_read_while_the_kiosk_sells(machine: Machine) -> None:
    with machine.start() as journal, Ledger(machine.path) as one, Ledger(machine.path) as other:
        for durable in sale(1):
            journal.commit(durable, at())
            assert one.recent(1) == other.recent(1)
        assert one.recent(1)[0].is_over


def test_a_reader_changes_nothing(machine: Machine) -> None:
    with Ledger(machine.path) as ledger, pytest.raises(Exception, match="readonly"):
        ledger._db.execute("DELETE FROM orders")


def test_a_damaged_row_is_left_out_and_counted(machine: Machine) -> None:
    with machine.start() as journal:
        journal.commit([Save(closing(1)), Save(intent(2))], at())
        journal._db.execute("UPDATE orders SET life = '' WHERE row = 1")
        with Ledger(machine.path) as ledger:
            assert ledger.recent(9) == [intent(2)]
            assert ledger.recent(9) == [intent(2)]
            assert ledger.damaged == 1


def test_a_journal_that_is_not_there_is_missing(tmp_path: Path) -> None:
    with pytest.raises(JournalMissing, match="is the path right"):
        Ledger(tmp_path / "journal.db")


def test_a_file_that_is_no_journal_is_said_to_be_none(tmp_path: Path) -> None:
    other = tmp_path / "notes.txt"
    other.write_text("milk")
    with pytest.raises(JournalBroken, match="not a journal"):
        Ledger(other)
    assert other.read_text() == "milk"
