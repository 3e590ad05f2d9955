"""What an order costs the card, and what a long past costs a start.

Commits are counted in the journal's log, page by page, bytes by the kernel, both over whole sales that a
controller asked for.  Recovery is the opening of a journal up to a till that can decide; past orders are put
there in bulk, three of them open still.
"""

import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from hashlib import blake2b
from pathlib import Path
from typing import Final

from kiosk.assembly import open_gateways, remembered
from kiosk.config import load
from kiosk.journal import Journal
from kiosk.reopening import reopen
from tests.bench import past
from tests.bench.figures import Effort, Row, Target, alone
from tests.bench.machine import GATEWAY, PAD, RELAY, furnished
from tests.bench.process import written
from tests.bench.shop import Shop, shop
from tests.journal.sale import at
from tests.journal.sale import closing as unfinished

SALES: Final = {Effort.TASTE: (1, 2), Effort.QUICK: (2, 10), Effort.USUAL: (10, 40), Effort.LONG: (20, 100)}
"""Rounds, and sales of a round."""
ORDERS: Final = {Effort.TASTE: 50, Effort.QUICK: 5_000, Effort.USUAL: 100_000, Effort.LONG: 1_000_000}
OPENINGS: Final = 7
OPEN: Final = 3
HEADER, FRAME = 32, 24 + 4096
SALTS: Final = slice(16, 24)


def measure(effort: Effort, tell: Callable[[str], None]) -> list[Row]:
    """First what sales cost, then what the past costs."""
    commits, kibibytes = asyncio.run(_costs(*SALES[effort], tell))
    orders = ORDERS[effort]
    return [
        alone("commits of an order", "commits", commits, Target(most=8)),
        alone("written for an order", "KiB", kibibytes, Target(most=128)),
        alone(f"recovery with {orders:,} orders", "ms", recoveries(orders, tell), Target(most=300)),
    ]


async def _costs(rounds: int, count: int, tell: Callable[[str], None]) -> tuple[list[float], list[float]]:
    commits, kibibytes = list[float](), list[float]()
    async with shop() as machine:
        await machine.sell()
        for number in range(rounds):
            tell(f"round {number + 1} of {rounds}, {count} sales each")
            before = written(machine.pid)
            sales = [each async for each in _commits(machine, count)]
            commits.append(statistics.fmean([each for each in sales if each is not None]))
            kibibytes.append((written(machine.pid) - before) / len(sales) / 1024)
    return commits, kibibytes


async def _commits(machine: Shop, count: int) -> AsyncIterator[int | None]:
    """Of so many sales, and None for each one more in which the log began anew."""
    log, counted = machine.folder / "state" / "journal.db-wal", 0
    before = marks(log)
    while counted < count:
        await machine.sell()
        after = marks(log)
        goes_on = after[: len(before)] == before
        yield len(after) - len(before) if goes_on else None
        counted, before = counted + goes_on, after


def marks(log: Path) -> list[bytes]:
    """Every commit in the log since it last began, by its last page and what that holds.

    Where a page is written once more, to fill its sector, that is one commit still.
    """
    data = log.read_bytes()
    found, before = list[bytes](), b""
    for place in range(HEADER, len(data) - FRAME + 1, FRAME):
        head, page = data[place : place + 16], data[place + 24 : place + FRAME]
        if head[8:] != data[SALTS]:
            break
        if int.from_bytes(head[4:8], "big") and head + page != before:
            found.append(head + blake2b(page, digest_size=8).digest())
        before = head + page
    return found


def recoveries(orders: int, tell: Callable[[str], None]) -> list[float]:
    """Milliseconds of each of several openings."""
    with tempfile.TemporaryDirectory() as name:
        config = furnished(Path(name), PAD, RELAY, GATEWAY)
        tell(f"{orders:,} past orders")
        journal = Path(name) / "state" / "journal.db"
        past.fill(journal, orders - OPEN, at())
        past.leave_open(journal, map(unfinished, range(orders - OPEN, orders)))
        return [_recovery(config) for _ in range(OPENINGS)]


def _recovery(config: Path) -> float:
    configuration = load(config)
    terms = {name: gateway.terms for name, gateway in open_gateways(configuration).items()}
    begun = time.perf_counter()
    with Journal(configuration.state / "journal.db", configuration.marker) as journal:
        till, _ = reopen(configuration.settings, terms, remembered(journal), at())
        took = time.perf_counter() - begun
    assert len(till.background) == OPEN
    return took * 1000
