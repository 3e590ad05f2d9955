"""Each card of the bench once, before a sale: whatever it does, money and goods agree afterwards."""

import asyncio

import pytest
from msgspec.structs import replace

from kiosk.simulator.misfortunes import CARDS, Misfortune, Place
from kiosk.simulator.wiring import Plan
from kiosk.simulator.world import World

from .judge import complaints
from .playing import rest, told, until

PLAN = Plan(
    on_screen=3.0,
    claim_window=1.0,
    poll=0.5,
    wait_for_code=4.0,
    create_deadline=1.0,
    status_deadline=1.0,
    late=0.5,
)
AT_ONCE = 12  # more of them only wait for one another's starts
CALM = 3.0  # seconds after which the sale has come as far as it will


async def unlucky_sale(misfortune: Misfortune) -> list[str]:
    """A sale under one misfortune; what is wrong in the end."""
    webhooks = CARDS[misfortune].place is Place.WEBHOOKS
    async with World(replace(PLAN, webhooks=webhooks)) as world:
        world.power.back()
        await until(world, "ready", lambda: "K501" in world.log.codes)
        world.inflict(misfortune)
        world.box.press("1")
        world.box.press("#")
        if await world.changed.until(lambda: world.box.glass.code, CALM):
            world.phone.scan()
            world.phone.pay()
        await world.changed.until(lambda: world.fallen, CALM)
        if world.is_active(misfortune):
            world.inflict(misfortune)
        await rest(world)
        found = complaints(world)
        return [misfortune, *found, *told(world)] if found else []


async def all_unlucky_sales() -> list[list[str]]:
    places = asyncio.Semaphore(AT_ONCE)

    async def one(misfortune: Misfortune) -> list[str]:
        async with places:
            return await unlucky_sale(misfortune)

    return await asyncio.gather(*map(one, Misfortune))


@pytest.mark.power
def test_no_misfortune_costs_anybody_anything() -> None:
    wrong = [lines for lines in asyncio.run(all_unlucky_sales()) if lines]
    assert wrong == [], "\n\n".join("\n".join(lines) for lines in wrong)
