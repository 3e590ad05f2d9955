"""Plays seeded stories in worlds of their own, several at a time, without a browser."""

import asyncio
from collections.abc import Callable, Iterable

from msgspec import Struct

from kiosk.simulator.misfortunes import Misfortune
from kiosk.simulator.phone import Asking
from kiosk.simulator.world import World

from .judge import complaints, is_at_rest, lives
from .stories import How, Moment, Story

PATIENCE = 120.0
"""Seconds after which what was waited for will never come, however busy the machine is."""
AT_ONCE = 10


class Outcome(Struct, frozen=True):
    """How the orders of a story ended, and what was wrong with it, its own story last."""

    moment: Moment
    ends: list[str]
    complaints: list[str]


class Stuck(AssertionError):
    """A story did not come to the point that it must."""


async def play(story: Story) -> Outcome:
    """Play one story to its rest."""
    async with World(story.plan) as world:
        try:
            await _sale(world, story)
            await _interruption(world, story)
            await rest(world)
            found = complaints(world)
        except Stuck as stuck:
            found = [str(stuck)]
        ends = [life.state_name for life in lives(world)]
        return Outcome(story.moment, ends, [f"{story}", *found, *told(world)] if found else [])


async def play_all(stories: Iterable[Story], at_once: int = AT_ONCE) -> list[Outcome]:
    """Play many, several at a time."""
    seats = asyncio.Semaphore(at_once)

    async def seated(story: Story) -> Outcome:
        async with seats:
            return await play(story)

    return await asyncio.gather(*map(seated, stories))


async def _sale(world: World, story: Story) -> None:
    """Buy until the moment has begun."""
    world.power.back()
    await until(world, "ready", lambda: "K501" in world.log.codes)
    await _press(world, "1")
    if story.trouble is Misfortune.PAID_MEANWHILE:
        world.inflict(story.trouble)
    world.box.press("#")
    if story.moment is Moment.ASKING:
        return
    await until(world, "a code", lambda: world.box.glass.code)
    world.phone.scan()
    if story.moment is not Moment.CODE_SHOWN:
        await _payment(world, story)
    if story.trouble and story.trouble is not Misfortune.PAID_MEANWHILE:
        world.inflict(story.trouble)


async def _payment(world: World, story: Story) -> None:
    if story.moment is Moment.REFUNDING:
        world.inflict(Misfortune.RELAY_UNPLUGGED)
    world.phone.pay()
    begun = BEGUN.get(story.moment)
    if begun is not None:
        await until(world, story.moment, lambda: begun(world))


BEGUN: dict[Moment, Callable[[World], object]] = {
    Moment.IN_MID_PULSE: lambda world: world.box.lamps.pulses(),
    Moment.RELEASED: lambda world: world.box.lamps.pulses(),
    Moment.REFUNDING: lambda world: "K308" in world.log.codes,
}


async def _interruption(world: World, story: Story) -> None:
    await asyncio.sleep(story.delay)
    await _die(world, story)
    if story.again_after is not None:
        await asyncio.sleep(story.again_after)
        await _die(world, story)


async def _die(world: World, story: Story) -> None:
    if story.how is How.KILLED:
        world.power.kill_daemon()
        await world.box.until_gone()
        _pay_in_the_dark(world, story)
        return
    await world.power.cut()
    _pay_in_the_dark(world, story)
    await asyncio.sleep(story.dark_for)
    world.power.back()


def _pay_in_the_dark(world: World, story: Story) -> None:
    if story.pays_in_the_dark and isinstance(world.phone.face, Asking):
        world.phone.pay()


async def rest(world: World) -> None:
    """Wait until every order is over; the relay is plugged in again, so that the machine can sell."""
    if world.is_active(Misfortune.RELAY_UNPLUGGED):
        world.inflict(Misfortune.RELAY_UNPLUGGED)
    await until(world, "a living kiosk", lambda: world.box.is_connected or world.power.complaint)
    for _ in range(int(PATIENCE * 5)):
        if is_at_rest(world):
            return
        await world.changed.until(lambda: False, 0.2)
    raise Stuck(f"it did not come to rest: {world.power.complaint}")


async def _press(world: World, key: str) -> None:
    before = world.box.glass.number
    world.box.press(key)
    await until(world, f"another picture after {key}", lambda: world.box.glass.number > before)


async def until(world: World, what: str, holds: Callable[[], object]) -> None:
    if not await world.changed.until(holds, PATIENCE):
        raise Stuck(f"waited in vain for {what}")


def told(world: World) -> list[str]:
    return [*(f"  {line.text} (x{line.times})" for line in world.story.lines()), *world.log.lines()]
