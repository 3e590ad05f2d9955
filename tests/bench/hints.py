"""From a gateway's notification to the relay: receiver, Redis, forwarder, mosquitto and `kiosk run`.

All on loopback, each a process.  The kiosk polls so seldom that only the hint tells it.  Beside each sale is
its floor: two bare requests over loopback, and two synced writes to a disk.
"""

import asyncio
import http.client
import os
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Final

from kiosk.simulator.ledger import Payment
from kiosk.simulator.wiring import Plan
from kiosk.simulator.world import World
from tests.bench.figures import Effort, Row, Target, alone, compared, percentile
from tests.mqtt.broker import DEADLINE, Mosquitto
from tests.webhooks import letters
from tests.webhooks.processes import Program, configuration
from tests.webhooks.redis_server import RedisServer

SALES: Final = {Effort.TASTE: 1, Effort.QUICK: 4, Effort.USUAL: 100, Effort.LONG: 1000}
PLAN: Final = Plan(poll=60.0, on_screen=90.0, pulse=50)
"""Nobody asks before the customer would be gone, unless he is rung."""
BROKER: Final = """
listener {port} 127.0.0.1
allow_anonymous true
log_dest stderr
log_type information
set_tcp_nodelay true
"""
TRIES, FINGER, ORDERED = 60, 0.05, 0.5
"""How often, and seconds: between two keys, and until the gateway is asked for a charge."""
READY: Final = "K501"
SOLD: Final = "K305"


def measure(effort: Effort, tell: Callable[[str], None]) -> list[Row]:
    """Sell again and again."""
    return asyncio.run(_sold(SALES[effort], tell))


async def _sold(count: int, tell: Callable[[str], None]) -> list[Row]:
    answered, released, floor = list[float](), list[float](), list[float]()
    async with _fleet() as (world, receiver, folder):
        for number in range(count + 1):
            if number % max(1, count // 10) == 0:
                tell(f"sale {number} of {count}")
            heard, moved = await _sale(world, receiver)
            answered.append(heard * 1000)
            released.append(moved * 1000)
            floor.append(await asyncio.to_thread(_floor, receiver, folder) * 1000)
    del answered[0], released[0], floor[0]  # the first only warms up
    return [
        alone("notification answered 2xx", "ms", answered),
        compared("notification to relay edge", "ms", released, "bare sum", floor),
        alone("notification to relay edge, p99", "ms", [percentile(released, 0.99)], Target(most=50)),
    ]


@asynccontextmanager
async def _fleet() -> AsyncIterator[tuple[World, int, Path]]:
    """Everything of one machine, ready to sell; the receiver's port, and a folder on the journal's disk."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        broker = stack.enter_context(Mosquitto(folder, BROKER))
        redis = stack.enter_context(RedisServer(folder / "redis"))
        file = configuration(folder, broker.port, redis.port)
        stack.enter_context(Program("forward", file))
        receiver = stack.enter_context(Program("receive", file))
        world = await stack.enter_async_context(World(PLAN))
        _connect(world, broker.port)
        world.power.back()
        await _until(world, "ready", lambda: READY in world.log.codes)
        yield world, receiver.port, folder


def _connect(world: World, broker: int) -> None:
    """Let the machine speak to our broker."""
    own, _, _ = world.files.config.read_text().partition("\n[mqtt]\n")
    world.files.config.write_text(f'{own}\n[mqtt]\nhost = "127.0.0.1"\nport = {broker}\ntls = false\n')


async def _sale(world: World, receiver: int) -> tuple[float, float]:
    """Seconds from the notification to its answer, and to the relay."""
    before = len(world.box.lamps.pulses())
    await _order(world)
    charge = world.ledger.charges()[-1]
    world.ledger.pay(charge.transaction, Payment(charge.amount, "gopay", time.time()))
    begun = time.monotonic()
    answered = await asyncio.to_thread(_notify, receiver, charge.order)
    await _until(world, "the relay", lambda: len(world.box.lamps.pulses()) > before)
    edge = world.box.lamps.pulses()[before].began
    await _until(world, "the sale in its books", lambda: _is_booked(world, charge.order))
    return answered - begun, edge - begun


async def _order(world: World) -> None:
    """Press what orders a coffee; it may first send away what is still said of the last one."""
    charges = len(world.ledger.charges())
    for _ in range(TRIES):
        for key in ("1", "#"):
            await asyncio.sleep(FINGER)
            world.box.press(key)
        if await world.changed.until(lambda: len(world.ledger.charges()) > charges, ORDERED):
            break
    await _until(world, "a code", lambda: world.box.glass.code == world.ledger.charges()[-1].payload)


def _is_booked(world: World, order: str) -> bool:
    return any(SOLD in line and order in line for line in world.log.lines())


def _notify(port: int, order: str) -> float:
    letter = letters.midtrans(order)
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=DEADLINE)
    line.request("POST", letter.path, letter.body, letter.headers)
    answer = line.getresponse()
    heard = time.monotonic()
    assert answer.status == 200, answer.status
    line.close()
    return heard


def _floor(port: int, folder: Path) -> float:
    """Two requests on loopback and two synced writes, and nothing else."""
    begun = time.monotonic()
    for _ in range(2):
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=DEADLINE)
        line.request("GET", "/healthz")
        line.getresponse().read()
        line.close()
    with (folder / "floor").open("ab", buffering=0) as file:
        for _ in range(2):
            file.write(bytes(4096))
            os.fsync(file.fileno())
    return time.monotonic() - begun


async def _until(world: World, what: str, holds: Callable[[], object]) -> None:
    assert await world.changed.until(holds, DEADLINE), f"{what} never came: {world.log.lines()[-5:]}"
