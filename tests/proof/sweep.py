"""Tells stories by their numbers until one breaks an invariant.

`python -m tests.proof.sweep --seeds 0:1000 --cuts 20 --scenes`
"""

import argparse
import sys
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tests.proof.oracles import complaints, i12_wall_clock
from tests.proof.scenes import SCENES, TO_BE_CUT
from tests.proof.story import World, tell
from tests.proof.telling import sentences

NEAR = 24
"""Moments after a cut within which a second one falls into its recovery."""
A_FEW = 1_000
"""Seeds that are told before the cuts of what is written by hand."""
TEN_YEARS = 3_653 * 86_400.0
CLOCKS = (TEN_YEARS, -TEN_YEARS)
TWO_CLOCKS = "I12"
"""The judge of one story under two wall clocks."""


class Verdict(NamedTuple):
    """What came of one story: the judge who complains and his words, both empty where all is well."""

    seed: int | str
    cuts: tuple[int, ...] | None
    judge: str
    words: str


def command(verdict: Verdict) -> str:
    """What tells this story again."""
    cuts = "" if verdict.cuts is None else "".join(f" --cut {cut}" for cut in verdict.cuts or (0,))
    clock = f" --clock {other_clock(verdict.seed):.0f}" if verdict.judge == TWO_CLOCKS else ""
    return f"scripts/prove --seed {verdict.seed!r}{cuts}{clock}"


def told(world: World, verdict: Verdict) -> str:
    """The whole story in sentences, and where somebody complains his words and what tells it again."""
    end = (f"WRONG: {verdict.judge}: {verdict.words}", f"again: {command(verdict)}")
    return "\n".join((*sentences(world.story), *(end if verdict.judge else ())))


def judged(seed: int | str, cuts: tuple[int, ...] | None = None) -> tuple[World, Verdict]:
    """One story, and the first complaint about it."""
    world = tell(seed, cuts)
    found = complaints(world.story)
    judge, words = found[0] if found else ("", "")
    return world, Verdict(seed, cuts, judge, words)


def other_clock(seed: int | str) -> float:
    """By how many seconds the second clock of a seed is off."""
    return CLOCKS[isinstance(seed, int) and seed % 2]


def clocks_apart(seed: int | str, wrong_by: float) -> tuple[World, Verdict]:
    """I12: the same story under a wall clock that is off, and what became of it otherwise."""
    right, wrong = tell(seed), tell(seed, wrong_by=wrong_by)
    words = next(i12_wall_clock(right.story, wrong.story), "")
    return wrong, Verdict(seed, None, TWO_CLOCKS if words else "", words)


Run = tuple[int | str, tuple[int, ...] | None]


def runs(first: int, last: int, cuts: int) -> Iterator[Run]:
    """Each seed as it is drawn; then each of the first `cuts` of them once more for every moment in it."""
    yield from ((seed, None) for seed in range(first, last))
    yield from cut_everywhere(range(first, min(last, first + cuts)))


def scenes_first(first: int, last: int, cuts: int) -> Iterator[Run]:
    """The same after the stories written by hand: they go everywhere once, so they find most the soonest."""
    some = min(last, first + A_FEW)
    yield from ((name, None) for name in SCENES)
    yield from ((seed, None) for seed in range(first, some))
    yield from cut_everywhere(TO_BE_CUT)
    yield from runs(some, last, cuts)


def cut_everywhere(seeds: Iterable[int | str]) -> Iterator[Run]:
    """Each of them for every moment in it."""
    for seed in seeds:
        steps = tell(seed, ()).machine.steps
        yield from ((seed, (step,)) for step in range(1, steps + 1))


def main() -> int:
    """0 where all is well, 1 at the first violation."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", default="0:1000", help="from A up to but not with B, as A:B")
    parser.add_argument("--cuts", type=int, default=0, help="so many of them with every cut")
    parser.add_argument("--scenes", action="store_true", help="those written by hand first, with every cut")
    given = parser.parse_args()
    first, _, last = given.seeds.partition(":")
    number, order = 0, scenes_first if given.scenes else runs
    for number, (seed, cuts) in enumerate(order(int(first), int(last), given.cuts), 1):
        world, verdict = judged(seed, cuts)
        if verdict.judge:
            print(told(world, verdict))  # noqa: T201  # for whoever started it
            print(f"KILLED after {number} runs by {verdict.judge}")  # noqa: T201
            print(f"{command(verdict)}: {verdict.words}")  # noqa: T201
            return 1
    print(f"survived {number} runs")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
