"""Stories of a real kiosk that dies at its ports: a sale, what befalls the process where, and the judgement.

Money, goods and the journal are judged as in `tests/power`; what was told over MQTT as well: every end of an
order, without a gap, and to a controller how its charge ended.
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from random import Random
from typing import Final

import msgspec
from msgspec import Struct

from kiosk.mqtt.reports import Answer
from kiosk.simulator.misfortunes import Misfortune
from kiosk.simulator.phone import Asking
from kiosk.simulator.power import Supply
from kiosk.simulator.wiring import Files, Plan
from kiosk.simulator.world import World
from tests.power.judge import complaints, lives
from tests.power.playing import Stuck, rest, told
from tests.proof.mortal import Fate, Point, fates_in, passed_in, write_fates

ROOT: Final = Path(__file__).parents[2]
LOOKS_EVERY: Final = 0.03
TRIES: Final = 4
READY_WITHIN: Final = 30.0
CODE_WITHIN: Final = 3.0
"""Seconds after which a customer tries again: the machine may have died meanwhile."""
TOLD_WITHIN: Final = 60.0
WATCHDOG: Final = 3.0
"""Seconds after which a process that has no memory is ended, as systemd would."""
REFERENCE: Final = "sale-1"
FINAL: Final = {each.value for each in Answer} - {Answer.ACCEPTED.value}


class Sale(StrEnum):
    """What is sold, and how it goes if nothing befalls the machine."""

    PAID = "paid at the keypad"
    CHARGED = "asked for by a controller and paid"
    UNPAID = "not paid"
    REFUNDED = "paid, with a relay that fails"


class Story(Struct, frozen=True):
    """One story; without fates it only writes down which ports it passes."""

    number: int
    sale: Sale
    fates: tuple[Fate, ...] = ()
    is_cut: bool = False
    kills_broker_after: float | None = None

    @property
    def plan(self) -> Plan:
        """A machine with short times."""
        return Plan(
            on_screen=2.0 if self.sale is Sale.UNPAID else 20.0,
            claim_window=0.8,
            poll=0.4,
            wait_for_code=20.0,
            create_deadline=10.0,
            status_deadline=10.0,
            pulse=150,
            refunds=self.sale is Sale.REFUNDED,
            webhooks=False,
        )


class Outcome(Struct, frozen=True):
    """How a story ended: the orders, the ports passed, the fates that never came, and what was wrong."""

    story: Story
    ends: list[str]
    passed: list[Point]
    unmet: int
    complaints: list[str]


async def play(story: Story) -> Outcome:
    """Play one story to its rest."""
    async with World(story.plan, command=_command) as world:
        folder = world.files.folder
        write_fates(folder, story.fates)
        befalling = asyncio.create_task(_befall(world, story))
        try:
            world.power.back()
            await _sell(world, story)
            await rest(world)
            found = [*complaints(world), *[words async for words in _untold(world, story)]]
        except Stuck as stuck:
            found = [str(stuck)]
        finally:
            befalling.cancel()
            with suppress(asyncio.CancelledError):
                await befalling
        ends = [life.state_name for life in lives(world)]
        wrong = [f"{story}", *found, *told(world)] if found else []
        return Outcome(story, ends, _passed(folder), len(fates_in(folder)), wrong)


def _command(files: Files) -> list[str]:
    run = "import sys; sys.path.insert(0, sys.argv.pop(1)); import runpy; "
    run += "runpy.run_module('tests.proof.mortal', run_name='__main__')"
    return [sys.executable, "-P", "-c", run, str(ROOT), str(files.config)]


def _passed(folder: Path) -> list[Point]:
    file = passed_in(folder)
    lines = file.read_bytes().splitlines() if file.exists() else []
    return [msgspec.json.decode(line, type=Point) for line in lines]


async def _sell(world: World, story: Story) -> None:
    """A customer who tries again where no code comes, and then does what the story says."""
    if story.sale is Sale.REFUNDED:
        world.inflict(Misfortune.RELAY_UNPLUGGED)
    for _ in range(TRIES):
        await world.changed.until(lambda: "K501" in world.log.codes and world.box.is_connected, READY_WITHIN)
        await _ask(world, story)
        if await world.changed.until(lambda: world.box.glass.code, CODE_WITHIN):
            break
    world.phone.scan()
    if story.sale is not Sale.UNPAID and isinstance(world.phone.face, Asking):
        world.phone.pay()
    if story.sale is Sale.REFUNDED:
        await world.changed.until(lambda: "K308" in world.log.codes, CODE_WITHIN)


async def _ask(world: World, story: Story) -> None:
    if story.sale is not Sale.CHARGED:
        world.box.press("1")
        await asyncio.sleep(0.15)
        world.box.press("#")
        return
    controller, office = world.offsite.controller, world.offsite.office
    await world.changed.until(lambda: controller.is_connected and office.state, READY_WITHIN)
    controller.charge(1, None, REFERENCE)


async def _befall(world: World, story: Story) -> None:
    """What does not happen inside the process: its power, its broker, and somebody who looks after it."""
    if story.kills_broker_after is not None:
        await world.changed.until(lambda: "K501" in world.log.codes, READY_WITHIN)
        await asyncio.sleep(story.kills_broker_after)
        world.offsite.broker.kill()
    for number, fate in enumerate(story.fates, 1):
        left = len(story.fates) - number
        while len(fates_in(world.files.folder)) > left:  # noqa: ASYNC110  # another process tells it, by a file
            await asyncio.sleep(LOOKS_EVERY)
        await _after(world, story, fate.deed)
    while True:
        await asyncio.sleep(0.5)
        if world.power.supply is Supply.FAILED:
            world.power.back()


async def _after(world: World, story: Story, deed: str) -> None:
    process = world.power.pid
    if deed == "stopped":
        await asyncio.sleep(1.0)
        os.kill(process, signal.SIGCONT)
    elif deed == "killed":
        await world.box.until_gone()
        await asyncio.sleep(LOOKS_EVERY)  # until its end was noticed: it is not killed once more
    else:
        await world.changed.until(lambda: world.power.pid != process or "K402" in world.log.codes, WATCHDOG)
        if world.power.pid == process:
            world.power.kill_daemon()
    if story.is_cut and deed == "killed":
        await world.power.cut()
        world.power.back()


async def _untold(world: World, story: Story) -> AsyncIterator[str]:
    """What nobody was told, though there was time."""
    await world.changed.until(lambda: not list(_missing(world, story)), TOLD_WITHIN)
    for words in _missing(world, story):
        yield words


def _missing(world: World, story: Story) -> Iterator[str]:
    events = world.offsite.office.events(400)
    names = {(event.order_id, event.what) for event in events}
    for life in lives(world):
        if life.is_over and (life.order.id, f"order.{life.state_name.lower()}") not in names:
            yield f"{life.order.id}: nobody was told of {life.state_name}"
    seqs = {event.seq for event in events}
    if story.kills_broker_after is None and seqs != set(range(1, max(seqs, default=0) + 1)):
        yield f"events are missing: {sorted(seqs)}"
    answers = world.offsite.controller.statuses(REFERENCE)
    if story.sale is Sale.CHARGED and lives(world) and not FINAL & set(answers):
        yield f"the controller was not told how its charge ended: {answers}"


def at_every_port(outcomes: list[Outcome], most: int, dice: Random) -> Iterator[Story]:
    """From stories in which nothing befell: a death at each point that was passed, at most so many a port."""
    for outcome in outcomes:
        points: dict[str, list[Point]] = {}
        for point in sorted(set(outcome.passed)):
            points.setdefault(point.port, []).append(point)
        for passed in points.values():
            count = 3 * most if passed[0].port == "journal" else most
            for point in sorted(dice.sample(passed, min(count, len(passed)))):
                yield Story(0, outcome.story.sale, (Fate(point, "killed"),), is_cut=dice.random() < 0.5)
