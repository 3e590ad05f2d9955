"""What is kept for ever of a controller's sale: one reference is one sale, whatever happens in between."""

from kiosk.effects import Save
from kiosk.model import Rupiah, Sale
from kiosk.states import Closed, Intent, Life, Refunded, Refunding, Why
from tests.journal.sale import (
    CHARGE,
    DAY,
    EVIDENCE,
    MONDAY,
    Machine,
    at,
    bearing,
    closing,
    controlled_sale,
    dispensed,
    intent,
    lived,
    taken,
)

DIGEST = "d" * 64
OTHER = "e" * 64


def mine(life: Life, command: str = "c-1") -> Life:
    return bearing(life, "sale-7", command)


def sale_of(life: Life, state: str, why: str = "", digest: str = DIGEST) -> Sale:
    return Sale(digest, life.order.id, Rupiah(12_000), state, why)


def refused(number: int) -> Life:
    return lived(number, [Intent(120.0, 101.0), Closed(Why.REFUSED)])


def test_a_reference_that_was_never_used_has_no_sale(machine: Machine) -> None:
    with machine.start() as journal:
        for durable in controlled_sale(1):
            journal.commit(durable, at())
        assert journal.sale("sale-000002") is None
        assert journal.sale("") is None


def test_a_sale_stands_at_every_step_as_its_order_does(machine: Machine) -> None:
    states = []
    with machine.start() as journal:
        for durable in controlled_sale(1):
            journal.commit(durable, at())
            found = journal.sale("sale-000001")
            assert found
            assert (found.digest, found.order_id) == (DIGEST, intent(1).order.id)
            states.append(found.state)
    assert states == ["INTENT", "QR_SHOWN", "SETTLED", "ARMED", "DISPENSED"]
    with machine.start() as journal:
        assert journal.sale("sale-000001") == sale_of(intent(1), "DISPENSED")


def test_the_reason_of_an_end_is_kept(machine: Machine) -> None:
    with machine.start() as journal:
        journal.commit([*taken("c-1"), Save(mine(closing(1)))], at())
        assert journal.sale("sale-7") == sale_of(closing(1), "CLOSING", "expired")
        journal.commit([Save(mine(refused(1)))], at())
        assert journal.sale("sale-7") == sale_of(closing(1), "CLOSED", "refused")


def test_a_keypad_sale_leaves_nothing_behind(machine: Machine) -> None:
    with machine.start() as journal:
        journal.commit([Save(dispensed(1))], at())
        assert journal._db.execute("SELECT count(*) FROM sales").fetchone() == (0,)


def test_a_sale_is_found_long_after_its_order_was_forgotten(machine: Machine) -> None:
    with machine.start() as journal:
        for durable in controlled_sale(1):
            journal.commit(durable, at())
        journal._db.execute("DELETE FROM orders")
        for _ in range(9):
            journal.prune(at(wall=MONDAY + 400 * DAY))
        assert journal.sale("sale-000001") == sale_of(intent(1), "DISPENSED")


def test_the_next_attempt_takes_the_place_of_the_refused_one_and_keeps_the_digest(machine: Machine) -> None:
    with machine.start() as journal:
        journal.commit([*taken("c-1"), Save(mine(intent(1)))], at())
        journal.commit([Save(mine(refused(1))), Save(mine(intent(2)))], at())
        assert journal.sale("sale-7") == sale_of(intent(2), "INTENT")


def test_the_digest_outlasts_the_memory_of_the_command(machine: Machine) -> None:
    with machine.start() as journal:
        journal.commit([*taken("c-1"), Save(mine(intent(1)))], at())
        journal._db.execute("DELETE FROM commands")
        journal.commit([Save(mine(dispensed(1)))], at())
        assert journal.sale("sale-7") == sale_of(intent(1), "DISPENSED")
        journal.commit([Save(mine(intent(2)))], at())
        assert journal.sale("sale-7") == sale_of(intent(2), "INTENT")


def test_the_order_of_writing_within_one_decision_does_not_matter(machine: Machine) -> None:
    with machine.start() as journal:
        journal.commit([Save(mine(intent(1))), *taken("c-1")], at())
        journal.commit([Save(mine(intent(2))), Save(mine(refused(1)))], at())
        assert journal.sale("sale-7") == sale_of(intent(2), "INTENT")


def test_the_end_of_an_earlier_attempt_changes_nothing(machine: Machine) -> None:
    """It is closed in the background, perhaps long after the customer got the goods of the second."""
    with machine.start() as journal:
        journal.commit([*taken("c-1"), Save(mine(intent(1)))], at())
        journal.commit([Save(mine(closing(1))), Save(mine(intent(2)))], at())
        journal.commit([Save(mine(closing(1)))], at())
        assert journal.sale("sale-7") == sale_of(intent(2), "INTENT")
        journal.commit([Save(mine(dispensed(2)))], at())
    with machine.start() as journal:
        journal.commit([Save(mine(closing(1)))], at())
        journal.commit([Save(mine(refused(1)))], at())
        assert journal.sale("sale-7") == sale_of(intent(2), "DISPENSED")


def test_a_refund_by_hand_is_seen_in_the_sale(machine: Machine) -> None:
    back = lived(1, [Refunding(Why.BY_HAND, CHARGE, EVIDENCE, 900.0, 200.0)])
    with machine.start() as journal:
        journal.commit([*taken("c-1"), Save(mine(dispensed(1)))], at())
        journal.commit([Save(mine(back))], at())
        assert journal.sale("sale-7") == sale_of(intent(1), "REFUNDING", "by_hand")
        journal.commit([Save(mine(lived(1, [Refunded(Why.BY_HAND, EVIDENCE)])))], at())
        assert journal.sale("sale-7") == sale_of(intent(1), "REFUNDED", "by_hand")


def test_each_reference_has_the_digest_of_its_own_charge(machine: Machine) -> None:
    with machine.start() as journal:
        first, second = bearing(intent(1), "a", "c-1"), bearing(intent(2), "b", "c-2")
        journal.commit(
            [*taken("c-1"), Save(first), *taken("c-2", digest=OTHER), Save(second)],
            at(),
        )
        found = [journal.sale("a"), journal.sale("b")]
    assert found == [sale_of(first, "INTENT"), sale_of(second, "INTENT", digest=OTHER)]


def test_an_order_whose_charge_nobody_remembers_blocks_its_reference(machine: Machine) -> None:
    """No digest is equal to none: whoever asks again is refused, and nothing is charged for twice."""
    with machine.start() as journal:
        journal.commit([Save(mine(intent(1), "c-0"))], at())
        assert journal.sale("sale-7") == sale_of(intent(1), "INTENT", digest="")


def test_references_that_look_alike_are_different_sales(machine: Machine) -> None:
    with machine.start() as journal:
        journal.commit([*taken("c-1"), Save(mine(intent(1)))], at())
        assert [journal.sale(name) for name in ("sale-70", "SALE-7", "sale-7 ")] == [None, None, None]


def test_a_sale_is_little(machine: Machine) -> None:
    """Its table is never pruned: a busy machine sells a hundred thousand times a year."""
    with machine.start() as journal:
        for durable in controlled_sale(1):
            journal.commit(durable, at())
        size = "SELECT length(key) + length(record) FROM sales"
        assert journal._db.execute(size).fetchone()[0] <= 200


def test_an_order_may_bear_the_longest_reference(machine: Machine) -> None:
    longest = "~" * 64
    with machine.start() as journal:
        journal.commit([*taken("c-1"), Save(bearing(intent(1), longest, "c-1"))], at())
        found = journal.sale(longest)
    assert found == sale_of(intent(1), "INTENT")
