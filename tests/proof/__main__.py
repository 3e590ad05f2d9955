"""The proof: tells stories, cuts the power in them, plants bugs, and writes down what came of it."""

import argparse
import sys
from collections import Counter

from tests.proof import catalogue, report, stories
from tests.proof.sections import Scale
from tests.proof.sweep import clocks_apart, judged, told
from tests.proof.work import Bar, Hands, in_jobs


def main() -> int:
    """0 where nothing is wrong."""
    given = _parser().parse_args()
    if given.seed is not None:
        return _replay(given)
    if given.rows:
        return _rows()
    scale = Scale.QUICK if given.quick else Scale.LONG if given.long else Scale.DEFAULT
    return report.prove(scale, given.only, writes=given.report or scale is not Scale.QUICK)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scripts/prove", description=__doc__)
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--quick", action="store_true", help="what CI has time for: 45 seconds on two cores")
    how.add_argument("--long", action="store_true", help="for a night")
    parser.add_argument("--only", choices=report.PARTS, help="one part only")
    parser.add_argument(
        "--report", action="store_true", help="write docs/reliability.md after --quick as well"
    )
    parser.add_argument(
        "--rows", action="store_true", help="the failure catalogue, with how often each was hit"
    )
    parser.add_argument("--seed", metavar="N", help="tell one story, by its number or its name")
    parser.add_argument("--cut", type=int, action="append", help="end the process there; 0 for nowhere")
    parser.add_argument("--clock", type=float, metavar="S", help="with the wall clock off by S seconds")
    parser.add_argument("--keep", action="store_true", help="with --seed: tell it every time from now on")
    return parser


def _replay(given: argparse.Namespace) -> int:
    """Tell one story in plain sentences."""
    seed: int | str = int(given.seed) if given.seed.lstrip("-").isdigit() else given.seed
    cuts = None if given.cut is None else tuple(cut for cut in given.cut if cut)
    world, verdict = judged(seed, cuts) if given.clock is None else clocks_apart(seed, given.clock)
    _say(told(world, verdict))
    if given.keep:
        stories.keep(verdict)
    if verdict.judge:
        return 1
    _say(f"\nNothing is wrong in it; there are {world.machine.steps} moments for a cut.")
    return 0


def _rows() -> int:
    """The catalogue, with what a few thousand stories hit of it."""
    bar = Bar()
    with Hands(bar) as hands:
        tally = hands.tally("stories", in_jobs((seed, None) for seed in range(10_000)))
    bar.clear()
    found = catalogue.counted(Counter(tally.hits) + tally.cut_at)
    _say(catalogue.table(found))
    _say(f"\n{catalogue.summary(found)}")
    return 0


def _say(words: str) -> None:
    sys.stdout.write(words + "\n")


if __name__ == "__main__":
    raise SystemExit(main())
