"""Plays as many seeded stories as asked for, and prints what went wrong."""

import argparse
import asyncio
import sys
import time
from collections import Counter

from .playing import AT_ONCE, play_all
from .stories import Moment, story


def main() -> int:
    """Exit 0 when nothing went wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.power", description=__doc__)
    parser.add_argument("--stories", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    parser.add_argument("--at-once", type=int, default=AT_ONCE)
    given = parser.parse_args()
    began = time.monotonic()
    seeds = range(given.seed, given.seed + given.stories)
    outcomes = asyncio.run(play_all(map(story, seeds), given.at_once))
    wrong = [one.complaints for one in outcomes if one.complaints]
    for lines in wrong:
        sys.stdout.write("\n".join(lines) + "\n\n")
    for moment in Moment:
        ends = Counter(end for one in outcomes if one.moment is moment for end in one.ends)
        tally = ", ".join(f"{count} {end}" for end, count in ends.most_common())
        sys.stdout.write(f"{moment:34} {tally}\n")
    seconds = time.monotonic() - began
    sys.stdout.write(f"{given.stories} stories in {seconds:.0f} s, {len(wrong)} went wrong\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
