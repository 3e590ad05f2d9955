"""A sale, a start and what a machine holds, while one thing becomes more.

All machines of an axis are open at the same time and sell one after the other, so that whatever else the
computer does falls on all of them.  Each round starts them anew over the journals of the round before.
"""

import asyncio
import statistics
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from msgspec import Struct

from kiosk.simulator.ledger import Ledger
from tests.bench.figures import Effort, Figure, Row, Target, compared
from tests.bench.growth.counter import Counter, counter
from tests.bench.growth.load import ELSEWHERE, Load
from tests.bench.journals import marks
from tests.bench.process import busy, opened, resident, written
from tests.bench.shop import Shop, opened_gateway, shop

Machine = Shop | Counter
ROUNDS: Final = {Effort.TASTE: (1, 1), Effort.QUICK: (1, 2), Effort.USUAL: (3, 40), Effort.LONG: (9, 100)}
"""Rounds, and sales of a round."""
AFTERWARDS: Final = 0.06
"""Seconds after a relay's edge in which a machine ends the sale, and shows its idle screen again."""
LOOK, RESTS, LONGEST = 0.5, 0.05, 300.0
"""Seconds between two looks at a machine that has just started, the share of a core with which it rests, and
seconds after which it is taken as it is."""


class Axis(Struct, frozen=True, kw_only=True):
    """What becomes more, to which numbers, and how a machine is laden with a number of it."""

    name: str
    more: str
    to: dict[Effort, tuple[int, ...]]
    load: Callable[[int], Load]
    is_alone: bool = False
    target: Target | None = None


SAME: Final = Target(most=1.2, is_share=True)
AXES: Final = (
    Axis(
        name="past",
        more="past orders",
        to={
            Effort.TASTE: (0, 10),
            Effort.QUICK: (0, 1_000),
            Effort.USUAL: (0, 1_000, 100_000, 1_000_000),
            Effort.LONG: (0, 1_000, 10_000, 100_000, 1_000_000),
        },
        load=lambda count: Load(past=count),
        target=SAME,
    ),
    Axis(
        name="unfinished",
        more="unfinished orders",
        to={Effort.USUAL: (1, 10, 100), Effort.LONG: (1, 10, 30, 100)},
        load=lambda count: Load(unfinished=count),
    ),
    Axis(
        name="slots",
        more="slots",
        to={Effort.USUAL: (1, 8, 64), Effort.LONG: (1, 4, 16, 64)},
        load=lambda count: Load(slots=count),
    ),
    Axis(
        name="outbox",
        more="events not told",
        to={Effort.USUAL: (1, 10, 100, 1_000), Effort.LONG: (1, 10, 100, 1_000)},
        load=lambda count: Load(outbox=count),
        is_alone=True,
    ),
    Axis(
        name="telling",
        more="events to tell",
        to={Effort.USUAL: (1, 10, 100, 1_000), Effort.LONG: (1, 10, 100, 1_000)},
        load=lambda count: Load(outbox=count),
    ),
)


class Point(Struct, frozen=True, kw_only=True):
    """One machine in one round; milliseconds, of a sale its median or mean."""

    start: float
    start_cpu: float
    settling: float
    sale: float
    sale_cpu: float
    commits: float
    kibibytes: float
    mebibytes: float


class Measured(Struct, frozen=True):
    """One of the figures of a point: what it is called, and whether a sale is what it tells of."""

    what: str
    unit: str
    of: Callable[[Point], float]
    is_promised: bool = False


MEASURED: Final = (
    Measured("start to READY", "ms", lambda point: point.start),
    Measured("CPU from start to READY", "ms", lambda point: point.start_cpu),
    Measured("CPU from READY to rest", "ms", lambda point: point.settling),
    Measured("a sale, median", "ms", lambda point: point.sale, is_promised=True),
    Measured("CPU of a sale", "ms", lambda point: point.sale_cpu, is_promised=True),
    Measured("commits of a sale", "commits", lambda point: point.commits),
    Measured("written for a sale", "KiB", lambda point: point.kibibytes),
    Measured("resident memory", "MiB", lambda point: point.mebibytes),
)


def measured(axis: Axis, effort: Effort, tell: Callable[[str], None]) -> list[Row]:
    """Everything of one axis; nothing where there is no time for it."""
    counts = axis.to.get(effort, ())
    if not counts:
        return []
    rounds, sales = ROUNDS[effort]
    found: dict[int, list[Point]] = {count: [] for count in counts}
    with _folders(counts) as folders:
        for number in range(rounds):
            tell(f"{axis.more}, round {number + 1} of {rounds}")
            for count, point in asyncio.run(_round(axis, folders, sales, number)).items():
                found[count].append(point)
    return [_row(axis, each, found) for each in MEASURED]


def _row(axis: Axis, each: Measured, found: dict[int, list[Point]]) -> Row:
    values = {count: [each.of(point) for point in points] for count, points in found.items()}
    first, last = min(values), max(values)
    return compared(
        f"{each.what}, {last:,} {axis.more}",
        each.unit,
        values[last],
        f"with {first:,}",
        values[first],
        axis.target if each.is_promised else None,
        curve=(axis.name, {count: Figure.of(ours) for count, ours in values.items()}),
    )


@contextmanager
def _folders(counts: tuple[int, ...]) -> Iterator[dict[int, Path]]:
    with TemporaryDirectory(prefix="kiosk-") as name:
        folders = {count: Path(name) / str(count) for count in counts}
        for folder in folders.values():
            folder.mkdir()
        yield folders


async def _round(axis: Axis, folders: dict[int, Path], sales: int, number: int) -> dict[int, Point]:
    async with AsyncExitStack() as stack:
        machines = {
            count: await stack.enter_async_context(_opened(axis, axis.load(count), folder))
            for count, folder in folders.items()
        }
        settling = await asyncio.gather(*map(_rested, machines.values()))
        watched = {
            count: _Watched(machine, cpu)
            for (count, machine), cpu in zip(machines.items(), settling, strict=True)
        }
        for machine in machines.values():
            await machine.sold_whole()  # only warms up
        for sale in range(sales):
            turns = list(watched.values())
            first = (number + sale) % len(turns)
            for each in (*turns[first:], *turns[:first]):
                await each.sells()
        return {count: each.point() for count, each in watched.items()}


@asynccontextmanager
async def _opened(axis: Axis, load: Load, folder: Path) -> AsyncIterator[Machine]:
    async with AsyncExitStack() as stack:
        if axis.is_alone:
            yield await stack.enter_async_context(counter(folder, load.lay))
            return
        beside = []
        if load.unfinished:
            _, branch = await opened_gateway(stack, ELSEWHERE, Ledger())
            beside.append(branch)
        yield await stack.enter_async_context(shop(folder, load.lay, beside))


async def _rested(machine: Machine) -> float:
    """Milliseconds of CPU from READY until it rests: it reads its journal through, tells and asks.

    Who reads it through has the log open beside who writes.
    """
    loop = asyncio.get_running_loop()
    ends, before, restful = loop.time() + LONGEST, busy(machine.pid), 0
    while restful < 2 and loop.time() < ends:
        await asyncio.sleep(LOOK)
        now, reads = busy(machine.pid), opened(machine.pid, "journal.db-wal") > 1
        restful = restful + 1 if now - before < LOOK * RESTS and not reads else 0
        before = now
    return before * 1000 - machine.start.cpu


class _Watched:
    """What each sale of one machine cost."""

    def __init__(self, machine: Machine, settling: float) -> None:
        self._machine, self._settling = machine, settling
        self._log = machine.folder / "state" / "journal.db-wal"
        self._sales, self._cpu, self._bytes = list[float](), list[float](), list[float]()
        self._commits = list[float]()

    async def sells(self) -> None:
        """Once."""
        pid, log = self._machine.pid, marks(self._log)
        spent, wrote = busy(pid), written(pid)
        self._sales.append(await self._machine.sold_whole() * 1000)
        await asyncio.sleep(AFTERWARDS)
        self._cpu.append((busy(pid) - spent) * 1000)
        self._bytes.append((written(pid) - wrote) / 1024)
        after = marks(self._log)
        if after[: len(log)] == log:
            self._commits.append(len(after) - len(log))

    def point(self) -> Point:
        """All of them, and what the machine holds now."""
        start = self._machine.start
        return Point(
            start=start.clock,
            start_cpu=start.cpu,
            settling=self._settling,
            sale=statistics.median(self._sales),
            sale_cpu=statistics.median(self._cpu),
            commits=statistics.fmean(self._commits or [0]),
            kibibytes=statistics.fmean(self._bytes),
            mebibytes=resident(self._machine.pid),
        )
