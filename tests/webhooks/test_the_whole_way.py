"""From a notification over receiver, Redis, forwarder and mosquitto to `kiosk run`, which acts once."""

import asyncio
import time
from pathlib import Path

from kiosk.simulator.ledger import Payment
from kiosk.simulator.wiring import Plan
from kiosk.simulator.world import World
from kiosk.webhooks.layout import Noted
from tests.mqtt.broker import DEADLINE, Mosquitto
from tests.webhooks import letters
from tests.webhooks.redis_server import RedisServer, lay
from tests.webhooks.serving import Service

PLAN = Plan(poll=60.0, on_screen=90.0, pulse=50)
"""Nobody asks before the customer would be gone, unless he is rung."""


async def until(world: World, what: str, code: str) -> None:
    assert await world.changed.until(lambda: code in world.log.codes, DEADLINE), (
        f"{what}: {world.log.lines()}"
    )


async def sold(world: World) -> str:
    """Switch on, order a coffee, and pay; the order's id."""
    world.power.back()
    await until(world, "ready", "K501")
    for key in ("1", "#"):
        world.box.press(key)
    await until(world, "a code", "K302")
    (charge,) = world.ledger.charges()
    world.ledger.pay(charge.transaction, Payment(charge.amount, "gopay", time.time()))
    return charge.order


def notify(service: Service, store: RedisServer, order: str) -> None:
    """Tell what was paid, again and again, in other words and out of the order of time."""
    lay(store, *[Noted("midtrans", "K01", order, int(time.time()))] * 3)
    for word in ("settlement", "pending", "settlement", "cancel", "capture"):
        assert service.takes(letters.midtrans(order, word)).status == 200


def test_a_payment_that_is_told_many_times_releases_once(tmp_path: Path, lent: RedisServer) -> None:
    async def story() -> None:
        async with World(PLAN) as world:
            own, _, _ = world.files.config.read_text().partition("\n[mqtt]\n")
            mqtt = f'\n[mqtt]\nhost = "127.0.0.1"\nport = {broker.port}\ntls = false\n'
            world.files.config.write_text(own + mqtt)
            order = await sold(world)
            # a hint that comes before the machine listens is lost, and it asks by itself much later
            await asyncio.to_thread(broker.wait_until_it_says, "Sending SUBACK to K01")
            await asyncio.to_thread(notify, service, lent, order)
            await until(world, "the goods", "K305")
            assert await asyncio.to_thread(service.tally.reaches, "forwarded", 7)
            assert [pulse.order for pulse in world.box.lamps.pulses()] == [order]

    with lent.client() as client:
        client.flushall()
    with Mosquitto(tmp_path) as broker, Service(lent, broker.port) as service:
        asyncio.run(story())
