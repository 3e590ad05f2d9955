"""The real daemon at the simulator's box and a real mosquitto, dying at every port and at random moments.

`python -m tests.proof.processes [--quick | --long]`
"""

import asyncio
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from random import Random
from typing import Final, NamedTuple
from unittest.mock import patch

from kiosk.simulator import offsite
from tests.power.playing import play_all
from tests.power.stories import story as seeded
from tests.proof.deaths import Outcome, Sale, Story, at_every_port, play
from tests.proof.mortal import DEEDS, Fate, Point
from tests.proof.mosquitto import MosquittoProcess, program
from tests.proof.sections import Scale, Section


class Extent(NamedTuple):
    """How many stories: of each port so many points, deaths in a recovery, other troubles, random moments."""

    points: int
    sales: tuple[Sale, ...]
    twice: int
    troubles: int
    random: int


EXTENTS: Final = {
    Scale.QUICK: Extent(1, (Sale.CHARGED,), 2, 0, 4),
    Scale.DEFAULT: Extent(2, tuple(Sale), 20, 4, 40),
    Scale.LONG: Extent(99, tuple(Sale), 500, 60, 3_000),
}
AT_ONCE: Final = 8
TROUBLES: Final = ("stopped", "out of memory", "disk full")
BUSY: Final = ("journal", "gateway create", "gateway status", "relay on", "publish event")


def doubled(stories: Sequence[Story], dice: Random, count: int) -> Iterator[Story]:
    """The second death comes in the recovery from the first."""
    for first in dice.choices(stories, k=count):
        again = Point(
            dice.choice(("journal", "gateway status", "panel")), dice.choice(("before", "after")), 1
        )
        yield Story(0, first.sale, (*first.fates, Fate(again, "killed")), is_cut=first.is_cut)


def troubled(dice: Random, count: int) -> Iterator[Story]:
    """Stopped, out of memory, out of room, and without a broker."""
    for number in range(count):
        sale = list(Sale)[number % len(Sale)]
        for deed in TROUBLES:
            point = Point(dice.choice(BUSY), "before", dice.choice((1, 2, 3)))
            yield Story(0, sale, (Fate(point, deed),))
        yield Story(0, sale, kills_broker_after=dice.uniform(0, 2))


async def all_of(stories: Sequence[Story]) -> list[Outcome]:
    """Play many, several at a time."""
    seats = asyncio.Semaphore(AT_ONCE)

    async def seated(story: Story) -> Outcome:
        async with seats:
            return await play(story)

    return await asyncio.gather(*map(seated, stories))


class Figures(NamedTuple):
    """What came of all stories."""

    calm: list[Outcome]
    outcomes: list[Outcome]
    random: int
    wrong: list[str]

    @property
    def deaths(self) -> Counter[str]:
        """How often each port was died at."""
        came = [one for one in self.outcomes if not one.unmet]
        return Counter(
            f"{fate.point.port}, {fate.point.edge}"
            for one in came
            for fate in one.story.fates
            if fate.deed == "killed"
        )

    @property
    def troubles(self) -> Counter[str]:
        """How often each other trouble came."""
        deeds = [fate.deed for one in self.outcomes if not one.unmet for fate in one.story.fates]
        broker = sum(one.story.kills_broker_after is not None for one in self.outcomes)
        return Counter({deed: deeds.count(deed) for deed in DEEDS}) + Counter({"broker killed": broker})


async def figures(extent: Extent, seed: int = 0) -> Figures:
    """Pass every port once in peace, then die at each."""
    dice = Random(seed)  # noqa: S311  # stories that can be told again, not secrets
    with patch.object(offsite, "BrokerProcess", MosquittoProcess):
        calm = await all_of([Story(0, sale) for sale in extent.sales])
        single = list(at_every_port(calm, extent.points, dice))
        more = [*doubled(single, dice, extent.twice), *troubled(dice, extent.troubles)]
        outcomes = await all_of([*single, *more])
        random = await play_all(map(seeded, range(extent.random)), AT_ONCE)
    complaints = [one.complaints for one in (*calm, *outcomes)] + [one.complaints for one in random]
    wrong = ["\n".join(words) for words in complaints if words]
    return Figures(calm, outcomes, len(random), wrong)


def run(scale: Scale) -> Section:
    """The section of the proof."""
    title = "Real processes"
    if program() is None:
        return Section(title, (), not_run="mosquitto is needed (sudo apt install mosquitto)")
    began = time.monotonic()
    found = asyncio.run(figures(EXTENTS[scale]))
    return Section(title, lines(found), tuple(found.wrong), seconds=time.monotonic() - began)


def lines(found: Figures) -> tuple[tuple[str, str], ...]:
    """The figures in words."""
    deaths, troubles = found.deaths, found.troubles
    ports = {name.rsplit(",", 1)[0] for name in deaths}
    passed = {point.port for one in found.calm for point in one.passed}
    ends = Counter(end for one in found.outcomes for end in one.ends)
    unmet = sum(one.unmet > 0 for one in found.outcomes)
    tally = ", ".join(f"{count:,} {name}" for name, count in troubles.items() if name != "killed")
    return (
        ("SIGKILLs at a port, before or after its effect", f"{deaths.total():,}"),
        (
            "ports died at, of those a sale passes",
            f"{len(ports)} of {len(passed)}: {', '.join(sorted(ports))}",
        ),
        ("of them stories with a second death in the recovery", f"{_twice(found):,}"),
        ("SIGKILLs and power cuts at random moments", f"{found.random:,}"),
        ("other troubles", tally),
        ("stories whose point was not reached again", f"{unmet:,}"),
        ("how the orders ended", ", ".join(f"{count:,} {end}" for end, count in ends.most_common())),
        ("wrong in money, goods, journal or what was told", f"{len(found.wrong):,}"),
    )


def _twice(found: Figures) -> int:
    return sum(len(one.story.fates) > 1 and not one.unmet for one in found.outcomes)


def main(words: Sequence[str]) -> int:
    """Print the figures; exit 0 when nothing went wrong."""
    scale = next((each for each in Scale if f"--{each}" in words), Scale.DEFAULT)
    section = run(scale)
    for wrong in section.failures:
        sys.stdout.write(f"{wrong}\n\n")
    for name, figure in section.figures:
        sys.stdout.write(f"{name}: {figure}\n")
    sys.stdout.write(section.not_run or f"{section.seconds:.0f} s on {os.cpu_count()} cores\n")
    return 1 if section.failures or section.not_run else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
