"""A scripted customer who needs no browser: the same keys, the same pixels, the same money."""

import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from kiosk.simulator.phone import Asking
from kiosk.simulator.story import Line
from kiosk.simulator.tales import PATIENCE, Again, Charge, Do, Inflict, Pay, Press, Scan, Tale, Until
from kiosk.simulator.world import World


class StoryFailed(Exception):
    """The story did not go on; its text says what was waited for."""


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


async def _charge(world: World, step: Charge) -> None:
    world.offsite.controller.charge(step.slot, step.amount, step.reference)


async def _again(world: World, step: Again) -> None:
    world.offsite.controller.again()


async def _do(world: World, step: Do) -> None:
    if (done := step.deed(world)) is not None:
        await done


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
    Charge: _charge,
    Again: _again,
    Do: _do,
}


def _say(*lines: str) -> None:
    for line in lines:
        sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
