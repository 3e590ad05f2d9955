"""What can go wrong at one provider and not at another, with the real daemon: from keypad to relay."""

import asyncio

from msgspec import Struct

from kiosk.journal import Ledger as Journal
from kiosk.simulator.ledger import Charge, Paid
from kiosk.simulator.misfortunes import CARDS, Misfortune, Place, happens_to
from kiosk.simulator.providers import SELLING
from kiosk.simulator.wiring import Plan
from kiosk.simulator.world import World
from kiosk.states import Life

SOON = 60.0
SOLD, LATE, NO_CODE = "sold", "paid too late", "no code was shown"
ENDINGS = {
    ("doku", Misfortune.TOKENS_FORGOTTEN): SOLD,
    ("doku", Misfortune.CONFLICT): SOLD,
    ("doku", Misfortune.SERVER_ERROR): NO_CODE,
    ("doku", Misfortune.NOT_FOUND_YET): SOLD,
    ("doku", Misfortune.LATE_PAYMENT): LATE,
    ("doku", Misfortune.WRONG_AMOUNT): NO_CODE,
    ("doku_indodana", Misfortune.FORGED_ANSWER): SOLD,
    ("doku_indodana", Misfortune.LOST_REPLY): SOLD,
    ("doku_indodana", Misfortune.DENIED): NO_CODE,
    ("doku_indodana", Misfortune.LATE_PAYMENT): LATE,
    ("interactive", Misfortune.LOST_REPLY): SOLD,
    ("interactive", Misfortune.GARBAGE): NO_CODE,
    ("interactive", Misfortune.LATE_PAYMENT): LATE,
}


class Ending(Struct):
    """How one sale went, and the orders that were charged, each with its charge and its pulses."""

    how: str
    orders: list[tuple[Charge, Life, int]]


def plan_for(gateway: str, misfortune: Misfortune) -> Plan:
    """A kiosk that gives up soon where the story is about it, and otherwise has all the time it may need."""
    ending = ENDINGS[gateway, misfortune]
    return Plan(
        gateways=(gateway,),
        on_screen=4.0 if ending == LATE else SOON,
        claim_window=1.0,
        poll=0.5,
        wait_for_code=3.0 if ending == NO_CODE else SOON,
        late=0.5,
        pulse=300,
    )


async def sale(gateway: str, misfortune: Misfortune) -> Ending:
    """Buy, scan and pay under one misfortune, armed when the kiosk is ready."""
    async with World(plan_for(gateway, misfortune)) as world:
        world.power.back()
        await world.changed.until(lambda: "K501" in world.log.codes, SOON)
        world.inflict(misfortune, gateway if CARDS[misfortune].place is Place.GATEWAY else "")
        world.box.press("1")
        world.box.press("#")
        await world.changed.until(lambda: world.box.glass.code or {"K306", "K307"} & world.log.codes, SOON)
        if not world.box.glass.code:
            return Ending(NO_CODE, orders(world))
        world.phone.scan()
        world.phone.pay()
        await world.changed.until(lambda: {"K305", "K311", "K313"} & world.log.codes, SOON)
        return Ending(SOLD if world.fallen else LATE, orders(world))


def orders(world: World) -> list[tuple[Charge, Life, int]]:
    with Journal(world.files.journal) as journal:
        lives = journal.recent(100)
    return [
        (charge, life, len(world.box.lamps.of_order(charge.order)))
        for charge in world.ledger.charges()
        for life in lives
        if charge.order.startswith(life.order.id)
    ]


async def all_sales() -> list[Ending]:
    seats = asyncio.Semaphore(7)

    async def seated(gateway: str, misfortune: Misfortune) -> Ending:
        async with seats:
            return await sale(gateway, misfortune)

    return await asyncio.gather(*(seated(*case) for case in ENDINGS))


def wrong(ending: Ending) -> list[str]:
    """What money and goods do not agree on, order by order."""
    delivered = ending.how == SOLD
    found = []
    for charge, life, pulses in ending.orders:
        is_paid = isinstance(charge.standing, Paid)
        if pulses != int(is_paid and delivered):
            found.append(f"{charge.order}: {pulses} pulses for {charge.standing}")
        if is_paid and life.state_name != ("DISPENSED" if delivered else "ESCALATED"):
            found.append(f"{charge.order}: {life.state_name} for {charge.standing}")
    return found


def test_a_misfortune_of_any_gateway_ends_as_it_must() -> None:
    """One test, so that the sales can be played at the same time."""
    endings = dict(zip(ENDINGS, asyncio.run(all_sales()), strict=True))
    assert {case: ending.how for case, ending in endings.items()} == ENDINGS
    assert {case: found for case, ending in endings.items() if (found := wrong(ending))} == {}


def test_every_misfortune_happens_somewhere() -> None:
    assert [one for one in Misfortune if not any(happens_to(one, name) for name in SELLING)] == []
