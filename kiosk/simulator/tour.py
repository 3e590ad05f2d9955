"""A scripted customer who needs no browser: the same keys, the same pixels, the same money.

A story is data: steps that are played one after the other, then checks that must all hold.
"""

import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from kiosk.simulator.misfortunes import Misfortune
from kiosk.simulator.phone import Asking
from kiosk.simulator.providers import title_of
from kiosk.simulator.story import Line
from kiosk.simulator.wiring import SHELF, Plan
from kiosk.simulator.world import World

PATIENCE: Final = 20.0
"""Seconds that a step may take."""
FIRST_HAS: Final = 4.0
"""Seconds that the first gateway has for its code, where another one stands behind it."""


class StoryFailed(Exception):
    """The story did not go on; its text says what was waited for."""


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


Step: TypeAlias = Press | Until | Inflict | Scan | Pay


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
READY: Final = Until("the kiosk is ready", _logged("K501"))


def _bought(plan: Plan) -> tuple[Step, ...]:
    keys, price = _choosing(plan)
    return (
        *map(Press, keys),
        Press("#"),
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
    )


def sale(plan: Plan) -> Tale:
    """A sale without misfortune."""
    quick = replace(plan, poll=1.0, pulse=300)
    words = ", then ".join(map(title_of, plan.gateways))
    title = f"A customer buys through {words}"
    return Tale(title, quick, (READY, *_bought(quick)), _sold_once(quick))


def failover(plan: Plan) -> Tale:
    """A sale at the second gateway, because the first one is down; a lone one gets a second."""
    names = plan.gateways if len(plan.gateways) > 1 else (*plan.gateways, *_another(plan.gateways[0]))
    first, second, *_ = names
    quick = replace(plan, gateways=names, poll=1.0, pulse=300, wait_for_code=FIRST_HAS)
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


def _another(name: str) -> tuple[str, ...]:
    return ("doku",) if name == "midtrans" else ("midtrans",)


STORIES: Final = {"sale": sale, "failover": failover}
"""Every story that a tour can play."""


def told_with(plan: Plan, story: str | None) -> list[Tale]:
    """The story that was asked for; otherwise a sale, and where there are several gateways a failover."""
    names = [story] if story else ["sale", "failover"][: len(plan.gateways)]
    return [STORIES[name](plan) for name in names]


async def play(tales: list[Tale], keep: Path | None) -> int:
    """Play every story; 0 when each went as it must."""
    return max([await _told(tale, keep) for tale in tales])


async def _told(tale: Tale, keep: Path | None) -> int:
    began = time.monotonic()
    _say(f"{tale.title}")
    async with World(tale.plan, keep) as world:
        world.story.listen(lambda line: _tell(line, time.monotonic() - began))
        world.power.back()
        try:
            for step in tale.steps:
                await PLAYED[type(step)](world, step)
        except StoryFailed as stuck:
            _say(f"  ✗ {stuck}", *(f"    {line}" for line in world.log.lines()[-12:]))
            return 1
        results = [(check.what, bool(check.holds(world))) for check in tale.checks]
    _say(*(f"  {'✓' if held else '✗'} {what}" for what, held in results))
    return 0 if all(held for _, held in results) else 1


def _tell(line: Line, seconds: float) -> None:
    if line.times == 1:
        _say(f"  {seconds:5.1f} s  {line.text}")


async def _press(world: World, step: Press) -> None:
    before = world.box.glass.number
    world.box.press(step.key)
    await _until(world, f"another picture after the key {step.key}", lambda: world.box.glass.number > before)


async def _wait(world: World, step: Until) -> None:
    await _until(world, step.what, lambda: step.holds(world), step.seconds)


async def _inflict(world: World, step: Inflict) -> None:
    world.inflict(step.misfortune, world.plan.gateways[0])


async def _scan(world: World, step: Scan) -> None:
    world.phone.scan()
    if not isinstance(world.phone.face, Asking):
        raise StoryFailed("the phone could not read the panel")


async def _pay(world: World, step: Pay) -> None:
    world.phone.pay()


async def _until(world: World, what: str, holds: Callable[[], object], seconds: float = PATIENCE) -> None:
    await world.changed.until(lambda: holds() or world.power.complaint, seconds)
    if not holds():
        raise StoryFailed(f"waited in vain for {what}")


PLAYED: Final[dict[type, Callable[..., Awaitable[None]]]] = {
    Press: _press,
    Until: _wait,
    Inflict: _inflict,
    Scan: _scan,
    Pay: _pay,
}


def _say(*lines: str) -> None:
    for line in lines:
        sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
