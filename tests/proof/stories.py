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
from tests.proof.scenes import TO_BE_CUT
from tests.proof.sections import Scale, Section
from tests.proof.story import World
from tests.proof.sweep import NEAR, TWO_CLOCKS, Verdict, clocks_apart, command, judged, other_clock, told
from tests.proof.work import Bar, Hands, Run, Tally, in_jobs

KEPT = Path(__file__).with_name("kept_seeds.json")


class Size(NamedTuple):
    """How many seeds, how many scenarios with every cut, how many of those with every second one."""

    seeds: int
    scenarios: int
    twice: int
    clocks: int


SIZES = {
    Scale.QUICK: Size(10_000, len(TO_BE_CUT), 2, 200),
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
        clocks = hands.pool.map(under_two_clocks, clocked(size.clocks), chunksize=20)
    bar.clear()
    wrong = [verdict for verdict in clocks if verdict.judge]
    seconds = time.monotonic() - began
    return section((kept, random, single, double), len(chosen), size, wrong, seconds)


def kept_seeds(path: Path = KEPT) -> list[Verdict]:
    """Every seed that ever failed, with who complained then."""
    kept: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return [Verdict(**{**one, "cuts": None if one["cuts"] is None else tuple(one["cuts"])}) for one in kept]


def kept_runs() -> list[Run]:
    """All of them, to be told again."""
    return [(one.seed, one.cuts) for one in kept_seeds()]


def clocked(count: int) -> list[int | str]:
    """What is told under two clocks: so many seeds, and those that ever ended otherwise under them."""
    return [*(one.seed for one in kept_seeds() if one.judge == TWO_CLOCKS), *range(count)]


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


def under_two_clocks(seed: int | str) -> Verdict:
    """What comes of a seed when the wall clock is ten years off."""
    return clocks_apart(seed, other_clock(seed))[1]


def failures(broken: Sequence[Verdict], kept_in: Path = KEPT) -> Iterator[str]:
    """Each with the command that tells it again; the first one's story, whole; all are kept."""
    for number, one in enumerate(broken):
        keep(one, kept_in)
        again = f"{one.judge}: {one.words}: {command(one)} (kept, and told every time from now on)"
        yield again if number else f"{again}\n{told(retold(one), one)}"


def retold(verdict: Verdict) -> World:
    """The story of a complaint once more."""
    if verdict.judge == TWO_CLOCKS:
        return clocks_apart(verdict.seed, other_clock(verdict.seed))[0]
    return judged(verdict.seed, verdict.cuts)[0]


def section(
    tallies: tuple[Tally, ...], scenarios: int, size: Size, wrong: Sequence[Verdict], seconds: float
) -> Section:
    """What the four sweeps came to, and whoever ended otherwise under another clock."""
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
        ("the fault that was injected the least", catalogue.rarest(rows)),
        ("violations", f"{len(total.broken) + len(wrong)}"),
    )
    never = tuple(f"row {row.number} ({row.fault}) was never hit" for row in rows if row.is_missed)
    return Section(
        "The world",
        figures,
        (*failures([*total.broken, *wrong]), *never),
        (catalogue.table(rows), _kept_table()),
        seconds=seconds,
    )


def _in_words(counts: Counter[str]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in sorted(counts.items()))


def _kept_table() -> str:
    lines = [f"| `{command(one)}` | {one.judge} | {one.words.replace('|', '/')} |" for one in kept_seeds()]
    return "\n".join(("| kept because it failed once | judge | what he said |", "|---|---|---|", *lines))


def keep(verdict: Verdict, path: Path = KEPT) -> None:
    """From now on it is told every time."""
    kept = kept_seeds(path)
    if not any((one.seed, one.cuts) == (verdict.seed, verdict.cuts) for one in kept):
        lines = ",\n".join(f"  {json.dumps(one._asdict())}" for one in (*kept, verdict))
        path.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
