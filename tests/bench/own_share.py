"""From the moment a hint is sent over MQTT to the relay's edge, beside the bare sum of what that needs.

Gateway and broker are on loopback, so what is left is the machine's own share.  The bare sum hears of the
same order from the same broker, asks the same gateway and writes to the same disk; the two take turns.
"""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from typing import Final

from kiosk.mqtt.topics import Post
from tests.bench.bare_hint import TOPIC
from tests.bench.figures import Effort, Row, Target, alone, compared, percentile
from tests.bench.machine import compiled
from tests.bench.shop import PATIENCE, Shop, shop

SALES: Final = {Effort.TASTE: (1, 2), Effort.QUICK: (2, 10), Effort.USUAL: (10, 100), Effort.LONG: (30, 200)}
"""Rounds, and sales of a round."""
WARMING: Final = 5
PEER: Final = "bare sum"
SHARE: Final = Target(most=1.5, is_share=True)
Edge = Callable[[str], "asyncio.Future[float]"]


def measure(effort: Effort, tell: Callable[[str], None]) -> list[Row]:
    """Sell again and again."""
    return asyncio.run(_measured(*SALES[effort], tell))


async def _measured(rounds: int, count: int, tell: Callable[[str], None]) -> list[Row]:
    ours, bare = list[list[float]](), list[list[float]]()
    async with shop() as machine, _bare(machine) as beside:
        await _round(machine, beside, WARMING)
        for number in range(rounds):
            tell(f"round {number + 1} of {rounds}, {count} sales each")
            pairs = await _round(machine, beside, count)
            ours.append([pair[0] * 1000 for pair in pairs])
            bare.append([pair[1] * 1000 for pair in pairs])
    return _rows(ours, bare)


def _rows(ours: list[list[float]], bare: list[list[float]]) -> list[Row]:
    def of(share: float, rounds: list[list[float]]) -> list[float]:
        return [percentile(each, share) for each in rounds]

    everything = [each for part in ours for each in part]
    return [
        compared("hint to relay edge, median", "ms", of(0.5, ours), PEER, of(0.5, bare)),
        compared("hint to relay edge, p99", "ms", of(0.99, ours), PEER, of(0.99, bare)),
        compared(
            "p99 of the quietest round", "ms", [min(of(0.99, ours))], PEER, [min(of(0.99, bare))], SHARE
        ),
        alone("the same, p99 of all sales", "ms", [percentile(everything, 0.99)], Target(most=50)),
    ]


async def _round(machine: Shop, beside: Edge, count: int) -> list[tuple[float, float]]:
    """Seconds of each sale, and of the bare sum of the same order right after it."""
    pairs = []
    for _ in range(count):
        charge = await machine.ordered()
        own = await machine.paid(charge)
        async with asyncio.timeout(PATIENCE):
            begun = time.monotonic()
            pairs.append((own, await beside(charge.order) - begun))
    return pairs


@asynccontextmanager
async def _bare(machine: Shop) -> AsyncIterator[Edge]:
    """What sends it a hint and gives the moment of its edge."""
    waiting: list[asyncio.Future[float]] = []

    async def pin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with closing(writer):
            while moment := await reader.readline():
                waiting.pop().set_result(float(moment))

    path = machine.folder / "pin"
    words = ("-m", "tests.bench.bare_hint", str(machine.broker), machine.gateway)
    async with await asyncio.start_unix_server(pin, path):
        process = await asyncio.create_subprocess_exec(
            sys.executable, *words, str(machine.folder / "synced"), str(path),
            stdout=asyncio.subprocess.PIPE, env=compiled(),
        )  # fmt: skip
        try:
            assert process.stdout
            assert await process.stdout.readline() == b"listening\n"

            def hint(order: str) -> asyncio.Future[float]:
                waiting.append(asyncio.get_running_loop().create_future())
                machine.controller.says(Post(TOPIC, 1, retain=False), order.encode())
                return waiting[0]

            yield hint
        finally:
            process.kill()
            await process.wait()
