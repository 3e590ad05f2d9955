"""The operator's office and the vending controller, at the real daemon by way of the real broker."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

import pytest

from kiosk.commands import Resolution
from kiosk.mqtt.news import Arrived, Identity
from kiosk.mqtt.reports import Presence, Taken
from kiosk.simulator.controller import Controller
from kiosk.simulator.misfortunes import Misfortune
from kiosk.simulator.office import Office
from kiosk.simulator.wiring import Plan
from kiosk.simulator.world import World
from tests.mqtt.inbox import CHARGE, Link, broker_at

PLAN = Plan(poll=0.5, pulse=200)
PATIENCE = 60.0


class Shop:
    """A world whose kiosk is at the broker, and what is done in it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.office: Office = world.offsite.office
        self.controller: Controller = world.offsite.controller

    async def until(self, holds: Callable[[], object]) -> None:
        assert await self.world.changed.until(holds, PATIENCE), self.world.log.lines()

    async def ready(self) -> None:
        await self.until(lambda: self.office.state and self.office.state.ready)

    async def pay(self) -> None:
        """Pay what is on the panel."""
        await self.until(lambda: self.world.box.glass.code)
        self.world.phone.scan()
        self.world.phone.pay()

    async def pushed(self, slot: int, price: int) -> Taken:
        """What becomes of a price that is pushed."""
        before = self.office.reported.version if self.office.reported else 0
        self.office.push(slot, price)
        await self.until(lambda: self.office.reported and self.office.reported.version > before)
        assert self.office.reported
        return self.office.reported.taken

    def said(self, words: str) -> list[str]:
        return [line.text for line in self.world.story.lines() if words in line.text]


@asynccontextmanager
async def opened(plan: Plan) -> AsyncIterator[Shop]:
    async with World(plan) as world:
        world.power.back()
        shop = Shop(world)
        await shop.until(lambda: shop.office.reported and shop.controller.is_connected)
        await shop.ready()
        yield shop


@contextmanager
def overheard(port: int) -> Iterator[Link]:
    """Whoever listens to the charges too."""
    link = Link(broker_at(port), Identity(client_id="witness", filters=(CHARGE,), durable=False))
    try:
        yield link
    finally:
        link.client.close()


def in_a_shop(story: Callable[[Shop], Awaitable[None]], plan: Plan = PLAN) -> None:
    async def told() -> None:
        async with opened(plan) as shop:
            await story(shop)

    asyncio.run(told())


def test_a_pushed_price_holds_beside_the_one_before_and_a_bad_one_changes_nothing() -> None:
    async def story(shop: Shop) -> None:
        assert await shop.pushed(1, 13_000) is Taken.APPLIED
        assert await shop.pushed(2, 7_000) is Taken.APPLIED
        assert await shop.pushed(1, 0) is Taken.REJECTED
        assert shop.office.reported
        assert shop.office.reported.errors[0].path == "slots[1].price"
        assert await shop.pushed(4, 4_500) is Taken.APPLIED
        assert shop.office.prices() == {1: 13_000, 2: 7_000, 3: 9_500, 4: 4_500}

    in_a_shop(story)


def test_a_pushed_price_is_what_the_next_customer_pays() -> None:
    async def story(shop: Shop) -> None:
        await shop.pushed(1, 13_000)
        shop.world.box.press("1")
        shop.world.box.press("#")
        await shop.pay()
        await shop.until(lambda: shop.world.fallen)
        assert [paid.payment.amount for _, paid in shop.world.ledger.payments()] == [13_000]

    in_a_shop(story)


def test_a_slot_out_of_service_sells_nothing_until_it_is_put_back() -> None:
    async def story(shop: Shop) -> None:
        shop.office.able(1, on=False)
        await shop.until(lambda: shop.office.state and shop.office.state.slots[0].reason)
        shop.controller.charge(1, None, "sale-1")
        await shop.until(lambda: shop.controller.statuses("sale-1") == ["rejected"])
        shop.office.able(1, on=True)
        await shop.until(lambda: shop.office.state and not shop.office.state.slots[0].reason)
        shop.office.able("all", on=False)
        await shop.until(lambda: shop.office.state and "K504" in shop.office.state.codes)

    in_a_shop(story)


def test_a_command_that_comes_twice_is_done_once_and_the_same_sale_is_never_sold_again() -> None:
    async def story(shop: Shop) -> None:
        shop.world.inflict(Misfortune.COMES_TWICE)
        with overheard(shop.world.offsite.broker.port) as witness:
            await asyncio.to_thread(witness.connects)
            shop.controller.charge(1, None, "sale-1")
            first, second = [await asyncio.to_thread(witness.waits_for, Arrived) for _ in range(2)]
            assert first.payload == second.payload
        await shop.pay()
        await shop.until(lambda: shop.controller.statuses("sale-1") == ["accepted", "done"])
        shop.controller.again()
        await shop.until(lambda: len(shop.controller.statuses("sale-1")) == 3)
        assert shop.controller.statuses("sale-1")[-1] == "duplicate"
        assert not shop.world.is_active(Misfortune.COMES_TWICE)
        assert len(shop.world.box.lamps.pulses()) == 1
        await shop.until(lambda: [sale.delivered for sale in shop.office.sales] == [True])

    in_a_shop(story)


def test_a_claim_stands_in_the_office_until_it_is_settled() -> None:
    async def story(shop: Shop) -> None:
        shop.controller.charge(2, None, "sale-2")
        await shop.pay()
        await shop.until(shop.world.box.lamps.lit)
        await shop.world.power.cut()
        shop.world.power.back()
        await shop.until(shop.office.claims)
        (claim,) = shop.office.claims()
        await shop.until(lambda: shop.controller.statuses("sale-2")[-1:] == ["failed"])
        with pytest.raises(ValueError, match="no such claim"):
            shop.office.settle("K01NOBODY", Resolution.VOID)
        shop.office.settle(claim.order_id, Resolution.REFUNDED)
        await shop.until(lambda: not shop.office.claims())
        assert shop.office.sales[0].resolved == "refunded"
        assert len(shop.world.box.lamps.pulses()) == 1

    in_a_shop(story, Plan(poll=0.5, pulse=10_000))


def test_behind_a_cut_line_the_keypad_sells_and_the_office_hears_of_it_once_it_is_mended() -> None:
    async def story(shop: Shop) -> None:
        shop.world.inflict(Misfortune.LINE_CUT)
        assert shop.world.is_active(Misfortune.LINE_CUT)
        await shop.until(lambda: shop.office.status and shop.office.status.status is Presence.LOST)
        shop.world.box.press("4")
        shop.world.box.press("#")
        await shop.pay()
        await shop.until(lambda: shop.world.fallen)
        assert shop.office.sales == []
        shop.world.inflict(Misfortune.LINE_CUT)
        await shop.until(lambda: [sale.delivered for sale in shop.office.sales] == [True])
        names = [(event.epoch, event.seq) for event in shop.office.events(100)]
        assert len(set(names)) == len(names)

    in_a_shop(story)


def test_a_broker_that_forgot_everything_is_told_everything_again() -> None:
    async def story(shop: Shop) -> None:
        await shop.pushed(1, 13_000)
        shop.world.inflict(Misfortune.BROKER_KILLED)
        await shop.until(lambda: not shop.office.is_connected)
        shop.office.able(1, on=False)
        assert shop.said("cannot reach the broker")
        shop.office.state = shop.office.reported = None
        await shop.ready()
        await shop.until(lambda: shop.office.reported)
        assert await shop.pushed(2, 7_000) is Taken.APPLIED
        await shop.until(lambda: shop.office.prices()[1] == 13_000)

    in_a_shop(story)
