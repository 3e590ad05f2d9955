"""The stories of the three machines that have a sample: what goes well, and what is usual to go wrong."""

import asyncio
import re
from collections.abc import Callable
from typing import Final

from msgspec.structs import replace

from kiosk.mqtt.reports import Phase
from kiosk.simulator.ledger import Paid
from kiosk.simulator.phone import Asking
from kiosk.simulator.tales import OFTEN, READY, Check, Do, Pay, Press, Scan, Step, Tale, Until
from kiosk.simulator.wiring import Plan
from kiosk.simulator.world import World

WINDOW: Final = 2.0
"""Seconds of the claim window, so that nobody waits for it."""
UNREAD: Final = 1.6
"""Seconds for which the panel's last words stay, whoever presses what."""
LAST: Final = (Phase.NOTICE, Phase.IDLE)
"""What a machine does after an order: it says its last words, or has said them."""
CUT_AFTER: Final = 2
"""Coins that the machine has counted when the power goes."""
LONG: Final = 30
"""Coins of the train that is cut: so many that its middle lasts for seconds, however late the cut comes."""


def told(plan: Plan) -> list[Tale]:
    """The stories of the machine with this profile."""
    assert plan.profile is not None, "only such machines have these stories"
    quick = replace(plan, webhooks=False, poll=OFTEN, claim_window=WINDOW)
    return [tale(quick) for tale in TALES[plan.profile.name]]


def _goods_fall_and_hang(plan: Plan) -> Tale:
    first, second, *_ = plan.shelf
    refunding = replace(plan, refunds=True)
    return Tale(
        "A spiral turns and its goods fall; the next one's hang, and the money goes back",
        refunding,
        (
            READY,
            *_asked(f"{first.number}", first.price),
            Pay(),
            Until("goods that the sensor saw", lambda world: world.fallen == ["spiral1"]),
            *_over("DISPENSED", 1),
            Do(lambda world: world.around.jam(jammed=True)),
            *_asked(f"{second.number}", second.price),
            Pay(),
            Until("the money on its way back", _has_ended("REFUNDED", 1)),
        ),
        (
            Check("each spiral turned once, and never again", _turned("spiral1", "spiral2")),
            Check("one thing fell", lambda world: world.fallen == ["spiral1"]),
            Check("what hung was paid back", lambda world: world.ledger.spent() == first.price),
        ),
    )


def _goods_hang_and_stay_owed(plan: Plan) -> Tale:
    first = plan.shelf[0]
    return Tale(
        "Goods hang where the contract has no refunds: the customer has a claim code",
        replace(plan, refunds=False),
        (
            READY,
            Do(lambda world: world.around.jam(jammed=True)),
            *_asked(f"{first.number}", first.price),
            Pay(),
            Until("a claim at the operator's", lambda world: world.offsite.office.claims()),
        ),
        (
            Check("the spiral turned once, and never again", _turned("spiral1")),
            Check("nothing fell", lambda world: world.fallen == []),
            Check("the claim has its code", lambda world: world.offsite.office.claims()[0].claim_code),
            Check("no money moved back", lambda world: world.ledger.spent() == first.price),
        ),
    )


def _coins_are_counted_and_cut(plan: Plan) -> Tale:
    worth = _worth(plan)
    return Tale(
        "A machine gets a coin for each thousand; the next train is cut off in its middle",
        plan,
        (
            READY,
            *_asked("5000", 5_000),
            Pay(),
            *_over("DISPENSED", 1),
            Until("five coins", lambda world: len(world.box.lamps.pulses()) * worth == 5_000),
            *_asked(f"{LONG * worth}", LONG * worth),
            Pay(),
            Until("some coins of the second train", lambda world: _coins(world) >= CUT_AFTER),
            Do(lambda world: world.power.cut()),
            Do(lambda world: world.power.back()),
            Until("a claim at the operator's", lambda world: world.offsite.office.claims()),
        ),
        (
            Check("the first customer's coins were all counted", lambda world: _coins(world, 0) == 5),
            Check("no coin was given after the cut", lambda world: CUT_AFTER <= _coins(world) < LONG),
            Check("the books say how many, to one", _says_how_many),
            Check("both paid what they owed", lambda world: world.ledger.spent() == 5_000 + LONG * worth),
        ),
    )


def _three_cars(plan: Plan) -> Tale:
    tariff = plan.shelf[0]
    paid = _asked(f"{tariff.number}", tariff.price)
    return Tale(
        "Three cars at a gate: one drives through, one leaves before it paid, one in that very moment",
        plan,
        (
            READY,
            _car(here=True),
            *paid,
            Pay(),
            Until("a car that is through", lambda world: world.fallen and not world.box.inputs["loop"]),
            *_over("DISPENSED", 1),
            _car(here=True),
            *paid,
            _car(here=False),
            Until("a panel without a code", lambda world: not world.box.glass.code),
            *_over("CLOSED", 1),
            _car(here=True),
            *paid,
            Do(_pays_and_leaves),
            Until("an end without a gate", lambda world: _owed(world) or _returned(world)),
        ),
        (
            Check("the gate opened once", lambda world: world.fallen == ["gate"]),
            Check("one pulse was ever given", _turned("gate")),
            Check("the car that left unpaid owes nothing", lambda world: len(_payments(world)) == 2),
            Check("the car that paid and left has its money or a claim", _is_made_good),
        ),
    )


def _asked(keys: str, price: int) -> tuple[Step, ...]:
    """Choose, and scan what the panel shows."""
    return (
        Until("a machine that waits", lambda world: _phase(world) is Phase.IDLE),
        *map(Press, keys),
        Press("#"),
        Until("a code on the panel that a phone can read", lambda world: world.box.glass.code),
        Scan(),
        Until("the price on the phone", lambda world: _reads(world) == price),
    )


def _over(state: str, times: int) -> tuple[Step, ...]:
    return (
        Until("the end of the order in the operator's books", _has_ended(state, times)),
        Until("the panel's last words, or their end", lambda world: _phase(world) in LAST),
        Do(_has_read_them),
    )


async def _has_read_them(world: World) -> None:
    await asyncio.sleep(UNREAD)
    if _phase(world) is Phase.NOTICE:
        world.box.press("0")


def _has_ended(state: str, times: int) -> Callable[[World], bool]:
    return lambda world: [sale.state for sale in world.offsite.office.sales].count(state) == times


def _phase(world: World) -> Phase | None:
    state = world.offsite.office.state
    return state.phase if state else None


def _reads(world: World) -> int:
    face = world.phone.face
    return face.amount if isinstance(face, Asking) else 0


def _turned(*outputs: str) -> Callable[[World], bool]:
    return lambda world: [pulse.output for pulse in world.box.lamps.pulses()] == list(outputs)


def _car(*, here: bool) -> Do:
    return Do(lambda world: world.around.touch("loop", active=here))


def _pays_and_leaves(world: World) -> None:
    world.phone.pay()
    world.around.touch("loop", active=False)


def _payments(world: World) -> list[Paid]:
    return [paid for _, paid in world.ledger.payments()]


def _owed(world: World) -> bool:
    return bool(world.offsite.office.claims())


def _returned(world: World) -> bool:
    return _has_ended("REFUNDED", 1)(world)


def _is_made_good(world: World) -> bool:
    refunds = [paid.refunded for paid in _payments(world)]
    return _owed(world) or refunds == [0, _payments(world)[1].payment.amount]


def _worth(plan: Plan) -> int:
    assert plan.profile is not None, "only such machines have these stories"
    return int(plan.profile.outputs["coin"]["train"]["rupiah_per_pulse"])


def _coins(world: World, order: int = 1) -> int:
    """How many the machine counted for its first or second customer."""
    charges = world.ledger.charges()
    return len(world.box.lamps.of_order(charges[order].order)) if len(charges) > order else 0


def _says_how_many(world: World) -> bool:
    """The operator is told so many of all as the machine counted, as the one of two where nobody can know."""
    events = world.offsite.office.events(50)
    (told,) = [str(event.fields["detail"]) for event in events if event.what == "order.escalated"]
    *said, total = map(int, re.findall(r"\d+", told))
    return total == LONG and _coins(world) in said


TALES: Final = {
    "vending": (_goods_fall_and_hang, _goods_hang_and_stay_owed),
    "coin": (_coins_are_counted_and_cut,),
    "gate": (_three_cars,),
}
