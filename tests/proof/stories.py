"""The world: stories from numbers, every cut of chosen ones, second cuts in the recovery from the first.

Every seed that ever failed is told again, each time; and some are told twice, under clocks years apart.
"""

import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tests.proof import catalogue
from tests.proof.machine import KINDS
from tests.proof.oracles import i12_wall_clock
from tests.proof.scenes import TO_BE_CUT
from tests.proof.sections import Scale, Section
from tests.proof.story import tell
from tests.proof.sweep import NEAR, Verdict, command
from tests.proof.work import Bar, Hands, Run, Tally, in_jobs

KEPT = Path(__file__).with_name("kept_seeds.json")
TEN_YEARS = 3_653 * 86_400.0
CLOCKS = (TEN_YEARS, -TEN_YEARS)


class Size(NamedTuple):
    """How many seeds, how many scenarios with every cut, how many of those with every second one."""

    seeds: int
    scenarios: int
    twice: int
    clocks: int


SIZES = {
    Scale.QUICK: Size(10_000, 60, 2, 200),
    Scale.DEFAULT: Size(100_000, 220, 12, 1_000),
    Scale.LONG: Size(5_000_000, 1_000, 100, 20_000),
}


def run(scale: Scale) -> Section:
    """All sweeps at that scale."""
    began, bar, size = time.monotonic(), Bar(), SIZES[scale]
    with Hands(bar) as hands:
        kept = hands.tally("kept seeds", in_jobs(kept_runs()))
        random = hands.tally("random seeds", in_jobs((seed, None) for seed in range(size.seeds)))
        chosen = scenarios(hands, size.scenarios)
        single = hands.tally("every cut", in_jobs(every_cut(chosen)))
        double = hands.tally("second cuts", in_jobs(second_cuts(chosen[: size.twice])))
        clocks = hands.pool.map(clocks_apart, range(size.clocks), chunksize=20)
    bar.clear()
    wrong = tuple(words for found in clocks for words in found)
    seconds = time.monotonic() - began
    return _section((kept, random, single, double), len(chosen), size, wrong, seconds)


def kept_runs() -> list[Run]:
    """Every seed that ever failed."""
    kept: list[dict[str, Any]] = json.loads(KEPT.read_text(encoding="utf-8"))
    return [(one["seed"], tuple(one["cuts"]) if one["cuts"] is not None else None) for one in kept]


def scenarios(hands: Hands, count: int) -> list[tuple[int | str, int]]:
    """The stories written by hand, then seeds whose orders go ways that none before went, then any."""
    measured = hands.measure([*TO_BE_CUT, *range(3 * count)])
    seen: set[str] = set()
    fresh: list[tuple[int | str, int]] = []
    others: list[tuple[int | str, int]] = []
    for seed, steps, ways in measured:
        (others if ways in seen and not isinstance(seed, str) else fresh).append((seed, steps))
        seen.add(ways)
    return [*fresh, *others][:count]


def every_cut(chosen: Sequence[tuple[int | str, int]]) -> Iterator[Run]:
    """One run for every moment of every scenario."""
    return ((seed, (step,)) for seed, steps in chosen for step in range(1, steps + 1))


def second_cuts(chosen: Sequence[tuple[int | str, int]]) -> Iterator[Run]:
    """After each first cut one more at each of the moments that follow."""
    return (
        (seed, (step, step + more))
        for seed, steps in chosen
        for step in range(1, steps + 1)
        for more in range(1, NEAR + 1)
    )


def clocks_apart(seed: int) -> list[str]:
    """I12: the same story under clocks that are years apart."""
    stories = [tell(seed, wrong_by=wrong_by).story for wrong_by in (0.0, CLOCKS[seed % 2])]
    return [f"I12: seed {seed}: {words}" for words in i12_wall_clock(*stories)]


def _section(
    tallies: tuple[Tally, ...], scenarios: int, size: Size, wrong: tuple[str, ...], seconds: float
) -> Section:
    kept, random, single, double = tallies
    total = Tally()
    for tally in tallies:
        total += tally
    cells = [f"{point} {kind}" for point in sorted(total.points) for kind in KINDS]
    hit = sum(cell in total.cut_at for cell in cells)
    rows = catalogue.counted(total.hits + total.cut_at)
    figures = (
        ("seeds told", f"{random.runs:,}"),
        ("seeds that failed once, told again", f"{kept.runs:,}"),
        ("scenarios with every cut", f"{scenarios:,}"),
        ("single cuts", f"{single.runs:,}"),
        ("double cuts", f"{double.runs:,}"),
        ("told under two clocks, ten years apart", f"{size.clocks:,}"),
        ("points x kinds of cut hit", f"{hit} of {len(cells)}"),
        ("virtual hours", f"{total.seconds / 3600:,.0f}"),
        ("orders", f"{total.orders:,}"),
        ("decisions of the core", f"{total.decisions:,}"),
        ("how they ended", _in_words(total.ends)),
        ("stories a second of one core", f"{total.runs / total.cpu:,.0f}"),
        ("catalogue rows injected", catalogue.summary(rows)),
        ("violations", f"{len(total.broken) + len(wrong)}"),
    )
    failures = tuple(f"{one.judge}: {one.words}: {command(one)}" for one in total.broken)
    never = tuple(f"row {row.number} ({row.fault}) was never hit" for row in rows if row.is_missed)
    return Section(
        "The world", figures, (*failures, *wrong, *never), (catalogue.table(rows),), seconds=seconds
    )


def _in_words(counts: Counter[str]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in sorted(counts.items()))


def keep(verdict: Verdict) -> None:
    """From now on it is told every time."""
    kept = json.loads(KEPT.read_text(encoding="utf-8"))
    cuts = list(verdict.cuts) if verdict.cuts is not None else None
    if not any(one["seed"] == verdict.seed and one["cuts"] == cuts for one in kept):
        kept.append({"seed": verdict.seed, "cuts": cuts, "judge": verdict.judge, "words": verdict.words})
        lines = ",\n".join(f"  {json.dumps(one)}" for one in kept)
        KEPT.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
