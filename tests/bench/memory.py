"""What the process holds after many orders, and whether it grows: the slope with its 95 % interval.

Each order is a whole sale, from the controller's command to the last event told.  Samples are taken after a
first tenth, in which pools and caches fill.
"""

import asyncio
import statistics
from collections.abc import Callable, Sequence
from math import sqrt
from typing import Final

from msgspec import Struct

from tests.bench.figures import Effort, Figure, Row, Target, alone
from tests.bench.process import resident
from tests.bench.shop import shop

ORDERS: Final = {Effort.TASTE: 5, Effort.QUICK: 40, Effort.USUAL: 2_000, Effort.LONG: 100_000}
SAMPLES: Final = 40
JUDGED: Final = 1_000
"""Of fewer orders nothing can be said: the first hundreds fill pools and caches."""
HELD: Final = Target(most=0)
BLOCK: Final = 4
"""Neighbouring samples are no independent witnesses: so many count as one."""
STUDENT: Final = (12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23)
"""Of a two-sided 95 % interval, for 1 to 10 degrees of freedom; more count as 10."""


class Slope(Struct, frozen=True):
    """A straight line's, with its 95 % interval."""

    low: float
    value: float
    high: float


def measure(effort: Effort, tell: Callable[[str], None]) -> list[Row]:
    """Sell, and look now and then."""
    return rows(asyncio.run(_watched(ORDERS[effort], tell)), ORDERS[effort])


async def _watched(orders: int, tell: Callable[[str], None]) -> list[tuple[float, float]]:
    """Orders so far, and MiB."""
    seen = list[tuple[float, float]]()
    async with shop() as machine:
        for number in range(1, orders + 1):
            await machine.sell()
            if number % max(1, orders // SAMPLES) == 0:
                seen.append((number, resident(machine.pid)))
            if number % max(1, orders // 10) == 0:
                tell(f"order {number:,} of {orders:,}: {seen[-1][1]:.1f} MiB")
    return seen


def rows(seen: list[tuple[float, float]], orders: int) -> list[Row]:
    """What the samples say."""
    later = seen[len(seen) // 10 :]
    slope = slope_of([(at / 1000, mib * 1024) for at, mib in later])
    growth = Figure(slope.value, slope.low, slope.high, len(later))
    distance = max(slope.low, -slope.high, 0.0)
    return [
        alone(f"resident memory after {orders:,} orders", "MiB", [seen[-1][1]], Target(most=50)),
        Row(what="slope, with its 95 % interval", unit="KiB per 1,000 orders", ours=growth),
        alone(
            "distance of that interval from 0",
            "KiB per 1,000 orders",
            [distance],
            HELD if orders >= JUDGED else None,
        ),
    ]


def slope_of(points: Sequence[tuple[float, float]]) -> Slope:
    """Least squares over blocks of neighbours; an interval as wide as anything for less than three."""
    blocks = [points[at : at + BLOCK] for at in range(0, len(points), BLOCK)]
    xs = [statistics.fmean(x for x, _ in block) for block in blocks]
    ys = [statistics.fmean(y for _, y in block) for block in blocks]
    line = statistics.linear_regression(xs, ys)
    freedom = len(blocks) - 2
    if freedom < 1:
        return Slope(float("-inf"), line.slope, float("inf"))
    residuals = sum((y - line.slope * x - line.intercept) ** 2 for x, y in zip(xs, ys, strict=True))
    spread = sum((x - statistics.fmean(xs)) ** 2 for x in xs)
    half = STUDENT[min(freedom, len(STUDENT)) - 1] * sqrt(residuals / freedom / spread)
    return Slope(line.slope - half, line.slope, line.slope + half)
