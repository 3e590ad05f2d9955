"""The plug and what systemd would do, with a stand-in for the kiosk's program."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from kiosk.simulator import power
from kiosk.simulator.power import Supply
from kiosk.simulator.wiring import Files, Plan
from kiosk.simulator.world import World

PATIENCE = 60.0
STANDIN = Path(__file__).with_name("standin.py")


def play(folder: Path, story: Callable[[World], Awaitable[None]], *words: str) -> None:
    """Play a story in a world whose kiosk is the stand-in."""

    def command(files: Files) -> list[str]:
        return [sys.executable, str(STANDIN), str(files.socket), *words]

    async def played() -> None:
        async with World(Plan(), folder, command) as world:
            await story(world)

    asyncio.run(played())


async def until(world: World, holds: Callable[[], object]) -> None:
    assert await world.changed.until(holds, PATIENCE), world.log.lines()


def boots(world: World) -> list[str]:
    return [line.split('"id":"')[1][:36] for line in world.log.lines() if line.startswith("boot ")]


def test_a_power_cut_is_dark_at_once_and_begins_a_new_boot(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        world.power.back()
        await until(world, world.box.lamps.lit)
        await world.power.cut()
        assert not world.box.lamps.lit()
        assert not world.box.is_connected
        assert world.power.supply is Supply.OFF
        world.power.back()
        await until(world, lambda: len(boots(world)) == 2)
        assert len(set(boots(world))) == 2

    play(tmp_path, story, "lamp")


def test_a_killed_program_starts_again_in_the_same_boot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(power, "RESTARTS_AFTER", 0.01)

    async def story(world: World) -> None:
        world.power.back()
        await until(world, lambda: len(boots(world)) == 1)
        world.power.kill_daemon()
        await until(world, lambda: len(boots(world)) == 2)
        assert len(set(boots(world))) == 1
        assert world.power.supply is Supply.ON

    play(tmp_path, story)


def test_a_clean_exit_is_followed_by_a_new_start(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        world.power.back()
        await until(world, lambda: len(boots(world)) == 1)
        world.box.press("1")
        await until(world, lambda: len(boots(world)) == 2)

    play(tmp_path, story, "leave")


def test_a_start_that_fails_says_why_and_can_be_tried_again(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        world.power.back()
        await until(world, lambda: world.power.supply is Supply.FAILED)
        assert "look at its cable" in world.power.complaint
        world.power.back()
        assert world.power.supply is Supply.ON
        assert world.power.complaint == ""
        await until(world, lambda: world.power.supply is Supply.FAILED)

    play(tmp_path, story, "fail")


def test_the_end_of_the_world_leaves_no_process(tmp_path: Path) -> None:
    found: list[int] = []

    async def story(world: World) -> None:
        world.power.back()
        await until(world, lambda: world.box.is_connected)
        found.append(world.power.pid)

    play(tmp_path, story)
    assert not Path(f"/proc/{found[0]}").exists()
