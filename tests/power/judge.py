"""Judges a story that came to rest: the gateway's books, the relay and the journal must agree."""

from collections.abc import Iterator

from kiosk.journal import Ledger as Journal
from kiosk.simulator.ledger import Charge, Paid
from kiosk.simulator.world import World
from kiosk.states import Life

PAID_ENDS = ("DISPENSED", "REFUNDED", "ESCALATED")


def lives(world: World) -> list[Life]:
    """Every order in the journal."""
    with Journal(world.files.journal) as journal:
        return journal.recent(1000)


def is_at_rest(world: World) -> bool:
    """Whether the kiosk has started and no order of its journal can bring any surprise.

    One that never reached the gateway is watched for a minute, in case it only was on its way; nobody can
    pay it, so no story waits for its end.
    """
    known = {charge.order for charge in world.ledger.charges()}
    return world.box.is_connected and all(
        life.is_over or (life.state_name == "CLOSING" and life.order.id not in known) for life in lives(world)
    )


def complaints(world: World) -> list[str]:
    """Everything that is wrong, in words; empty when money and goods are right."""
    ends = {life.order.id: life for life in lives(world)}
    found = [
        f"{one.order} is at the gateway, not in the journal"
        for one in world.ledger.charges()
        if one.order not in ends
    ]
    for charge in world.ledger.charges():
        if life := ends.get(charge.order):
            found += [f"{charge.order} {life.state_name}: {what}" for what in _wrong(world, charge, life)]
    pulses = world.box.lamps.pulses()
    found += [f"a pulse for {one.order!r}, which is no order" for one in pulses if one.order not in ends]
    return found


def _wrong(world: World, charge: Charge, life: Life) -> Iterator[str]:
    pulses = world.box.lamps.of_order(charge.order)
    if len(pulses) > 1:
        yield f"the relay pulsed {len(pulses)} times"
    if isinstance(charge.standing, Paid):
        yield from _wrong_though_paid(world, charge.standing, life)
        return
    if pulses:
        yield "the relay pulsed and nobody paid"
    if life.state_name != "CLOSED":
        yield "nobody paid, and it is not closed"


def _wrong_though_paid(world: World, paid: Paid, life: Life) -> Iterator[str]:
    pulses = world.box.lamps.of_order(life.order.id)
    if life.state_name not in PAID_ENDS:
        yield "it was paid"
    if life.state_name == "DISPENSED" and [one.was_cut for one in pulses] != [False]:
        yield "it says dispensed, and there was no whole pulse"
    if life.state_name == "DISPENSED" and paid.refunds:
        yield "goods and money both"
    if life.state_name == "REFUNDED" and paid.refunded != paid.payment.amount:
        yield f"it says refunded, and {paid.refunded} of {paid.payment.amount} went back"
    if life.state_name == "REFUNDED" and pulses:
        yield "goods and money both"
    if life.state_name == "ESCALATED" and not life.order.claim_code:
        yield "nobody can find it: it has no claim code"
