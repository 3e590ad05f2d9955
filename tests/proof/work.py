"""Stories spread over the cores: jobs of many runs each, and what they come to together."""

import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import Self, TypeAlias

from tests.proof.story import World
from tests.proof.sweep import Verdict, judged

Run: TypeAlias = tuple[int | str, tuple[int, ...] | None]
Job: TypeAlias = tuple[Run, ...]
A_JOB = 60
ENOUGH = 10
"""Violations after which no more are looked for."""


@dataclass
class Tally:
    """What a number of runs came to; `seconds` are of the machine's own time, `cpu` of ours."""

    runs: int = 0
    seconds: float = 0.0
    cpu: float = 0.0
    orders: int = 0
    decisions: int = 0
    cuts: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    hits: Counter[str] = field(default_factory=Counter)
    points: Counter[str] = field(default_factory=Counter)
    cut_at: Counter[str] = field(default_factory=Counter)
    broken: list[Verdict] = field(default_factory=list)

    def add(self, world: World, verdict: Verdict) -> None:
        """One run more."""
        story = world.story
        self.runs += 1
        self.seconds += story.time - story.facts[0].at
        self.orders += len(story.lives)
        self.decisions += world.machine.decisions
        self.cuts += world.machine.cut_at.total()
        self.ends.update(life.state_name for life in story.lives)
        self.hits += world.hits
        self.points.update(world.machine.points.keys())
        self.cut_at += world.machine.cut_at
        if verdict.judge:
            self.broken.append(verdict)

    def __iadd__(self, other: "Tally") -> Self:
        self.runs += other.runs
        self.seconds += other.seconds
        self.cpu += other.cpu
        self.orders += other.orders
        self.decisions += other.decisions
        self.cuts += other.cuts
        for name in ("ends", "hits", "points", "cut_at"):
            getattr(self, name).update(getattr(other, name))
        self.broken += other.broken
        return self


def tallied(job: Job) -> Tally:
    """Tell and judge every run of a job."""
    tally, began = Tally(), time.process_time()
    for seed, cuts in job:
        tally.add(*judged(seed, cuts))
    tally.cpu = time.process_time() - began
    return tally


def measured(seed: int | str) -> tuple[int | str, int, str]:
    """How many moments for a cut there are in a story, and the ways that its orders go."""
    world, _ = judged(seed, ())
    ways = sorted(" ".join(f"{step.state} {step.why}" for step in life.history) for life in world.story.lives)
    return seed, world.machine.steps, " | ".join(ways)


def in_jobs(runs: Iterable[Run]) -> list[Job]:
    """The runs in portions."""
    all_of_them = tuple(runs)
    return [all_of_them[at : at + A_JOB] for at in range(0, len(all_of_them), A_JOB)]


class Hands:
    """One process a core, each started anew so that it imports the tree it was started in."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.count = max(1, os.cpu_count() or 1)
        self.say = say
        self.pool = get_context("spawn").Pool(self.count)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.pool.terminate()
        self.pool.join()

    def measure(self, seeds: Sequence[int | str]) -> list[tuple[int | str, int, str]]:
        """How long each story is."""
        return self.pool.map(measured, seeds, chunksize=10)

    def tally(self, what: str, jobs: Sequence[Job]) -> Tally:
        """Work them off, in their order; where too much is broken already the rest is left."""
        total = Tally()
        for done, tally in enumerate(self._each(jobs), 1):
            total += tally
            self.say(f"{what}: {total.runs:,} runs {done * 100 // len(jobs)} %")
            if len(total.broken) >= ENOUGH:
                break
        return total

    def _each(self, jobs: Sequence[Job]) -> Iterator[Tally]:
        yield from self.pool.imap(tallied, jobs)


class Bar:
    """One line on a terminal that changes; nothing where nobody looks on."""

    def __init__(self) -> None:
        self.shown = sys.stderr.isatty()
        self.last = 0.0

    def __call__(self, words: str) -> None:
        """Say how far it is, a few times a second."""
        if self.shown and time.monotonic() > self.last + 0.1:
            self.last = time.monotonic()
            sys.stderr.write(f"\r\033[K{words}")
            sys.stderr.flush()

    def clear(self) -> None:
        """Leave the line empty."""
        if self.shown:
            sys.stderr.write("\r\033[K")
