"""The stories that a tour plays, as data: steps that come one after the other, then checks that must hold."""

import secrets
from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from kiosk.simulator.hint_way import HANDS, Payment
from kiosk.simulator.misfortunes import Misfortune
from kiosk.simulator.providers import title_of
from kiosk.simulator.wiring import SHELF, Plan
from kiosk.simulator.world import World

PATIENCE: Final = 60.0
"""Seconds that a step may take."""
FIRST_HAS: Final = 4.0
"""Seconds that the first gateway has for its code, where another one stands behind it."""
OFTEN: Final = 1.0
"""Seconds between two questions of a kiosk that nobody rings."""
SELDOM: Final = 10.0
"""The same where somebody does: what a kiosk is set to, and too long for a question to be due in a story."""
ASKED: Final = "whether it was paid"


class Press(Struct, frozen=True):
    """A finger on a key."""

    key: str


class Until(Struct, frozen=True):
    """Wait until something holds; `what` says it in words."""

    what: str
    holds: Callable[[World], object]
    seconds: float = PATIENCE


class Inflict(Struct, frozen=True):
    """A misfortune at the gateway that stands first."""

    misfortune: Misfortune


class Scan(Struct, frozen=True):
    """The phone scans the panel's pixels."""


class Pay(Struct, frozen=True):
    """The phone pays what it read."""


class Charge(Struct, frozen=True):
    """The vending controller asks for money, under a reference."""

    slot: int | None
    amount: int | None
    reference: str


class Again(Struct, frozen=True):
    """The vending controller asks for the same sale once more."""


class Do(Struct, frozen=True):
    """Anything else that somebody does; some of it takes time."""

    deed: Callable[[World], Awaitable[None] | None]


Step: TypeAlias = Press | Until | Inflict | Scan | Pay | Charge | Again | Do


class Check(Struct, frozen=True):
    """What must be true at the end."""

    what: str
    holds: Callable[[World], object]


class Tale(Struct, frozen=True):
    """A story with its machine."""

    title: str
    plan: Plan
    steps: tuple[Step, ...]
    checks: tuple[Check, ...]


def _logged(*codes: str) -> Callable[[World], bool]:
    return lambda world: any(code in world.log.codes for code in codes)


def _paid(world: World) -> list[int]:
    return [paid.payment.amount for _, paid in world.ledger.payments()]


def _choosing(plan: Plan) -> tuple[str, int]:
    """The keys that choose something, and its price."""
    return ("5000", 5_000) if plan.free_amount else (f"{COFFEE.number}", COFFEE.price)


def _codes_of(world: World, gateway: str) -> list[str]:
    return [charge.payload for charge in world.ledger.charges() if charge.gateway == gateway]


COFFEE: Final = SHELF[0]
ANSWERS: Final = ["accepted", "done"]
"""What a controller hears of a sale that goes well."""
READY: Final = Until("the kiosk is ready", _logged("K501"))


def _bought(plan: Plan) -> tuple[Step, ...]:
    keys, price = _choosing(plan)
    reached = Until("the kiosk at its broker", _can_be_rung)
    return (reached, *map(Press, keys), Press("#"), *_paid_for(price))


def _quick(plan: Plan) -> Plan:
    """So that nobody waits: what rings the kiosk makes its own asking rare."""
    return replace(plan, poll=SELDOM if plan.webhooks else OFTEN, pulse=300)


def _paid_for(price: int) -> tuple[Step, ...]:
    return (
        Until("a code on the panel that a phone can read", lambda world: world.box.glass.code),
        Scan(),
        Until("the price on the phone", lambda world: getattr(world.phone.face, "amount", 0) == price),
        Pay(),
        Until("the goods in the tray", lambda world: world.fallen),
        Until("the sale in the kiosk's books", _logged("K305")),
    )


def _sold_once(plan: Plan) -> tuple[Check, ...]:
    _, price = _choosing(plan)
    output = plan.outputs[0]
    return (
        Check("the phone paid once, the price and no more", lambda world: _paid(world) == [price]),
        Check("the relay pulsed exactly once", lambda world: len(world.box.lamps.pulses()) == 1),
        Check("the right output moved", lambda world: world.fallen == [output]),
        Check("nothing else was spent", lambda world: world.ledger.spent() == price),
        Check("one code was ever on the panel", lambda world: len(world.box.glass.seen) == 1),
        *(_by_hint() if plan.webhooks else ()),
    )


def _by_hint() -> tuple[Check, ...]:
    return (
        Check("the hint passed every hand", lambda world: set(HANDS) <= set(_newest(world).passed)),
        Check("the kiosk knew it by the hint", lambda world: _newest(world).knew_by_hint),
        Check("it asked its gateway once, and then it was paid", lambda world: _asked(world) == 1),
    )


def _newest(world: World) -> Payment:
    assert world.way.newest is not None
    return world.way.newest


def _asked(world: World) -> int:
    return sum(line.times for line in world.story.lines() if ASKED in line.text)


def _can_be_rung(world: World) -> bool:
    """Whether it listens: who hears its state knows, for it subscribes before it tells that."""
    return world.hooks is None or world.offsite.office.state is not None


def sale(plan: Plan) -> Tale:
    """A sale without misfortune."""
    quick = _quick(plan)
    words = ", then ".join(map(title_of, plan.gateways))
    title = f"A customer buys through {words}"
    return Tale(title, quick, (READY, *_bought(quick)), _sold_once(quick))


def failover(plan: Plan) -> Tale:
    """A sale at the second gateway, because the first one is down; a lone one gets a second."""
    names = plan.gateways if len(plan.gateways) > 1 else (*plan.gateways, *_another(plan.gateways[0]))
    first, second, *_ = names
    quick = replace(_quick(plan), gateways=names, wait_for_code=FIRST_HAS)
    return Tale(
        f"{title_of(first)} is down, and {title_of(second)} sells",
        quick,
        (READY, Inflict(Misfortune.DOWN), *_bought(quick)),
        (
            *_sold_once(quick),
            Check(
                "the code was the second gateway's",
                lambda world: world.box.glass.seen == _codes_of(world, second),
            ),
            Check("the first gateway made none", lambda world: not _codes_of(world, first)),
        ),
    )


def controller(plan: Plan) -> Tale:
    """A sale that nobody chose at the keypad: the vending controller asked for it over MQTT."""
    quick = _quick(plan)
    _, price = _choosing(quick)
    sale = f"sale-{secrets.token_hex(3)}"
    asked = Charge(None, price, sale) if quick.free_amount else Charge(COFFEE.number, None, sale)
    return Tale(
        "A vending controller asks for money over MQTT, and a customer pays",
        quick,
        (
            READY,
            Until("everybody at the broker", _are_connected),
            asked,
            *_paid_for(price),
            Until("done for the controller", _has_heard(sale, *ANSWERS)),
            Again(),
            Until("known for the controller", _has_heard(sale, *ANSWERS, "duplicate")),
            Until("the sale in the operator's books", _is_booked(sale, price)),
        ),
        (
            *_sold_once(quick),
            Check("the controller heard accepted, and then done", _has_heard(sale, *ANSWERS)),
            Check("asked for again, the sale was known", _has_heard(sale, *ANSWERS, "duplicate")),
            Check("the operator's books have it once", _is_booked(sale, price)),
        ),
    )


def _are_connected(world: World) -> bool:
    state = world.offsite.office.state
    return world.offsite.controller.is_connected and state is not None and state.ready


def _has_heard(sale: str, *answers: str) -> Callable[[World], bool]:
    """Whether the controller heard these first, in this order."""
    return lambda world: world.offsite.controller.statuses(sale)[: len(answers)] == list(answers)


def _is_booked(sale: str, price: int) -> Callable[[World], bool]:
    def holds(world: World) -> bool:
        sales = [each for each in world.offsite.office.sales if each.reference == sale]
        return [each.amount for each in sales if each.delivered] == [price]

    return holds


def _another(name: str) -> tuple[str, ...]:
    return ("doku",) if name == "midtrans" else ("midtrans",)


STORIES: Final = {"sale": sale, "controller": controller, "failover": failover}
"""Every story that a tour can play."""


def told_with(plan: Plan, story: str | None) -> list[Tale]:
    """The story that was asked for; otherwise all that fit: a failover where there are several gateways."""
    several = len(plan.gateways) > 1
    names = [story] if story else [name for name in STORIES if several or name != "failover"]
    return [STORIES[name](plan) for name in names]
