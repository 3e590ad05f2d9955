"""Forged input: whatever a stranger says at any door is understood or refused, in bounded time and memory.

A loop of our own, guided by the lines it reaches: an input that takes a new way is kept, and the next ones
are made of those that were kept.  (Atheris is faster, but it takes its process over, counts seconds, and
weighs more than all of this project; here everything follows from the seed, on every machine.)

`python -m tests.proof.forged [--quick | --long] [--door NAME] [--seed N] [--keep]`
"""

import argparse
import json
import logging
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Final, NamedTuple

from tests.proof.door import Door
from tests.proof.mutating import exchanged, mutated
from tests.proof.sections import Scale, Section
from tests.proof.tracing import Hangs, Tracer, Trail, hang, peak_of

KEPT: Final = Path(__file__).with_name("kept_inputs.json")
MODULES: Final = tuple(f"tests.proof.doors_{part}" for part in ("money", "talk", "disk"))
ROUNDS: Final = {Scale.QUICK: 0.2, Scale.DEFAULT: 20, Scale.LONG: 4_000}
"""How often each door's share of inputs is made; less than one: only that part of the good inputs as well."""
DEARER: Final = 50
"""How many times what a good input costs, byte for byte where it is longer, an input may cost."""
MOST_MEMORY: Final = 8 * 1024 * 1024
"""Bytes that one input may take at once."""
WEIGHED_EVERY: Final = 64
"""One input of so many is weighed, beside every one that takes a new way."""
ENOUGH: Final = 5
"""Faults of a door after which it is left."""
LARGEST_CORPUS: Final = 3_000


class Fault(NamedTuple):
    """What an input did, and the smallest such input that was found; `after` so many inputs."""

    door: str
    words: str
    data: bytes
    after: int


class Found(NamedTuple):
    """What came of one door."""

    door: str
    inputs: int
    edges: int
    new_edges: int
    places: frozenset[str]
    corpus: int
    answers: int
    dearest: float
    peak: int
    faults: tuple[Fault, ...]


class Visit:
    """One door, and everything that was learnt at it."""

    def __init__(self, door: Door, seed: int) -> None:
        self.door = door
        self.dice = Random(f"{seed} {door.name}")  # noqa: S311  # seeded, so that it can be done again
        self.tracer = Tracer()
        self.seen: set[tuple[int, int]] = set()
        self.answers: set[str] = set()
        self.corpus: list[bytes] = []
        self.faults: dict[str, Fault] = {}
        self.inputs = self.peak = self.normal = 0
        self.length = 1
        self.dearest = 0.0
        self.is_taught = False
        self._answer = ""

    def go(self, kept: Sequence[bytes], rounds: float) -> Found:
        """The good inputs, those that once broke something, and then whatever can be made of them."""
        good = list(self.door.seeds())[:: round(1 / rounds) if 0 < rounds < 1 else 1]
        self._learn_normal(good)
        for data in kept:
            self.try_out(data)
        at_first = len(self.seen)
        for data in self._made(good, round(self.door.share * rounds)):
            if len(self.faults) >= ENOUGH:
                break
            self.try_out(data)
        places = frozenset(self.tracer.places(frozenset(self.seen)))
        new = len(self.seen) - at_first
        return Found(
            self.door.name, self.inputs, len(self.seen), new, places, len(self.corpus), len(self.answers),
            self.dearest, self.peak, tuple(self.faults.values()),
        )  # fmt: skip

    def _made(self, good: Sequence[bytes], most: int) -> Iterator[bytes]:
        """Every field exchanged, or as many of them as half of the inputs are; and what chance makes."""
        strange, tokens = list(exchanged(good)), self.door.tokens()
        self.dice.shuffle(strange)
        yield from strange[: most // 2]
        for _ in range(most - min(len(strange), most // 2)):
            yield mutated(self.dice, self.corpus or good, tokens)

    def _learn_normal(self, good: Sequence[bytes]) -> None:
        """What the dearest of the good inputs costs, once everything was imported and compiled."""
        for data in (*good[:3], *good):
            self.try_out(data)
            cost = self.tracer.trail.cost
            self.normal, self.length = max((self.normal, self.length), (cost, max(1, len(data))))
        self.normal, self.inputs, self.is_taught = max(self.normal, 20), len(good), True

    def try_out(self, data: bytes) -> None:
        """One input; it is kept where it took a new way, and noted where it broke something."""
        self.inputs += 1
        wrong = self._wrong(data)
        if wrong and wrong not in self.faults:
            self.faults[wrong] = Fault(self.door.name, wrong, self._smaller(data, wrong), self.inputs)
        trail = self.tracer.trail
        if not wrong and (trail.edges - self.seen or self._answer not in self.answers):
            self.seen |= trail.edges
            self.answers.add(self._answer)
            if len(self.corpus) < LARGEST_CORPUS:
                self.corpus.append(data)

    def _wrong(self, data: bytes) -> str:
        """What is wrong with how an input was taken, "" where nothing is."""
        known = len(self.seen)
        if wrong := self._knock(data):
            return wrong
        trail = self.tracer.trail
        if (times := self._dearness(trail, data)) > DEARER:
            return f"it costs {DEARER} times what a good one costs, and more"
        self.dearest = max(self.dearest, times)
        if trail.edges - self.seen or self.inputs % WEIGHED_EVERY == 0 or len(data) > 16_384 or not known:
            self.peak = max(self.peak, peak := peak_of(partial(self._again, data)))
            if peak > MOST_MEMORY:
                return f"it takes more than {MOST_MEMORY:,} bytes of memory"
        return ""

    def _dearness(self, trail: Trail, data: bytes) -> float:
        """How many times what a good input costs; 0 while that is not known yet."""
        return trail.cost / self.normal / max(1.0, len(data) / self.length) if self.is_taught else 0.0

    def _again(self, data: bytes) -> None:
        self.door.knock(data)

    def _knock(self, data: bytes) -> str:
        self._answer = ""
        try:
            self.tracer.follow(partial(self._said, data))
        except (KeyboardInterrupt, SystemExit):
            raise
        except Hangs as error:
            return str(error)
        except BaseException as error:  # noqa: BLE001  # whatever it is, nobody declared it
            return f"{type(error).__name__} {_place(error)}: {str(error)[:200]}".split("\n")[0]
        return ""

    def _said(self, data: bytes) -> None:
        self._answer = self.door.knock(data)

    def _smaller(self, data: bytes, wrong: str) -> bytes:
        """A shorter input with the same fault; at most a few hundred tries."""
        step, tries = len(data) // 2, 0
        kind = wrong.partition(": ")[0]
        while step and tries < 300:
            for at in range(0, len(data), step):
                tries += 1
                shorter = data[:at] + data[at + step :]
                if tries < 300 and self._knock(shorter).partition(": ")[0] == kind:
                    data = shorter
                    break
            else:
                step //= 2
        self._knock(data)
        return data


def _place(error: BaseException) -> str:
    """Where in our own files it was raised, innermost first."""
    trace, place = error.__traceback__, ""
    while trace:
        code = trace.tb_frame.f_code
        name = code.co_filename
        if any(f"/{part}/" in name for part in ("kiosk", "hardware", "tests")):
            place = f"in {Path(name).name}, {code.co_name}"
        trace = trace.tb_next
    return place


def kept_inputs(door: str) -> list[bytes]:
    """Those that ever broke something at this door: a text, or one `times` over with what is around it."""
    lines = json.loads(KEPT.read_text(encoding="utf-8"))
    return [_written(**line).encode("latin-1") for line in lines if line["door"] == door]


def _written(*, door: str, was: str, said: str, times: int = 1, before: str = "", after: str = "") -> str:
    assert door
    assert was, "what an input did is said beside it"
    return before + said * times + after


def keep(faults: Iterable[Fault]) -> None:
    """Write the inputs of these into the file of those that are tried every time from now on."""
    lines = json.loads(KEPT.read_text(encoding="utf-8"))
    lines += [{"door": each.door, "was": each.words, "said": each.data.decode("latin-1")} for each in faults]
    KEPT.write_text(json.dumps(lines, indent=1) + "\n", encoding="utf-8")


def kinds() -> dict[str, type[Door]]:
    """Every door by its name."""
    return {kind.name: kind for module in MODULES for kind in import_module(module).doors()}


def visited(name: str, seed: int, rounds: float) -> Found:
    """What comes of one door; with no rounds, of its good inputs and of those that once broke something."""
    with (
        in_silence(),
        tempfile.TemporaryDirectory(dir=_fast_place()) as folder,
        closing(kinds()[name](Path(folder))) as door,
    ):
        return Visit(door, seed).go(kept_inputs(name), rounds)


@contextmanager
def in_silence() -> Iterator[None]:
    """Without a log of what is refused, and with an end to what hangs."""
    before = signal.signal(signal.SIGPROF, hang)
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
        signal.signal(signal.SIGPROF, before)


def _fast_place() -> str | None:
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108  # a folder of our own within


def visit_all(names: Sequence[str], seed: int, rounds: float) -> list[Found]:
    """Every door, over the cores; each is one job, so that it is the same however many there are.

    What is less than one round is over before other processes have begun, so it is done in this one.
    """
    if rounds < 1:
        return [visited(name, seed, rounds) for name in names]
    before = os.environ.get("PYTHONHASHSEED")
    os.environ["PYTHONHASHSEED"] = "0"  # the order of a set must not lead to another input
    try:
        with get_context("spawn").Pool(min(os.cpu_count() or 1, len(names))) as pool:
            return pool.map(partial(visited, seed=seed, rounds=rounds), names, chunksize=1)
    finally:
        if before is None:
            del os.environ["PYTHONHASHSEED"]
        else:
            os.environ["PYTHONHASHSEED"] = before


def run(scale: Scale, seed: int = 1, only: Sequence[str] = ()) -> Section:
    """The section of the proof."""
    began = time.monotonic()
    found = visit_all(only or tuple(kinds()), seed, ROUNDS[scale])
    failures = tuple(_told(fault) for each in found for fault in each.faults)
    figures = tuple(_figures(found, time.monotonic() - began))
    return Section("Forged input", figures, failures, (METHOD,), seconds=time.monotonic() - began)


def _told(fault: Fault) -> str:
    return f"{fault.door}: {fault.words} (input {fault.after:,}; `{fault.data[:200]!r}`)"


def _figures(found: Sequence[Found], seconds: float) -> Iterator[tuple[str, str]]:
    inputs = sum(each.inputs for each in found)
    places = frozenset[str]().union(*(each.places for each in found))
    faults = sum(len(each.faults) for each in found)
    edges, new = sum(each.edges for each in found), sum(each.new_edges for each in found)
    yield "doors", f"{len(found)}"
    yield "inputs", f"{inputs:,}, {inputs / max(seconds, 0.001):,.0f} a second"
    files = {place.rpartition(":")[0] for place in places}
    yield "lines of the program reached", f"{len(places):,} in {len(files)} files"
    yield "edges between them, and how many of these no good input takes", f"{edges:,}, {new:,}"
    yield "inputs kept because they took a new way", f"{sum(each.corpus for each in found):,}"
    yield "that once broke something, tried again", f"{sum(len(kept_inputs(each.door)) for each in found)}"
    yield "undeclared exceptions, wrong states, hangs, too dear or too large", str(faults)
    for each in found:
        words = (
            f"{each.inputs:,} inputs, {each.edges:,} edges ({each.new_edges:,} new), {each.corpus} kept, "
            f"{each.answers} answers, dearest {each.dearest:.1f} x, {each.peak // 1024:,} KiB"
        )
        yield f"at the door: {each.door}", words


METHOD: Final = (
    "A fuzzer of our own, guided by the edges between the program's lines, deterministic by its seed: flips, "
    "splices, words of the readers, numbers and texts at their ends, depth, length, values exchanged. "
    "After each input: no exception but the declared ones, no state that a valid message could not have made "
    "(said once more in `tests/proof/doors_*.py`, apart from the program), no more than "
    f"{DEARER} times the lines that a good input costs (for a longer one, byte for byte), no more than 8 MiB "
    "at once. What it takes without running lines is bounded by a timer of 20 s of a core. It cannot forge a "
    "signature, and speaks neither TLS nor HTTP: the contract suites do, over real sockets."
)


def main() -> int:
    """Print the figures; exit 0 where nothing was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.proof.forged")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--quick", dest="scale", action="store_const", const=Scale.QUICK, default=Scale.DEFAULT)
    how.add_argument("--long", dest="scale", action="store_const", const=Scale.LONG)
    parser.add_argument("--door", action="append", choices=tuple(kinds()))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="try what broke something every time from now on")
    given = parser.parse_args()
    began = time.monotonic()
    found = visit_all(given.door or tuple(kinds()), given.seed, ROUNDS[given.scale])
    faults = [fault for each in found for fault in each.faults]
    for name, figure in _figures(found, time.monotonic() - began):
        sys.stdout.write(f"{name}: {figure}\n")
    for fault in faults:
        sys.stdout.write(f"WRONG: {_told(fault)}\n")
    if given.keep:
        keep(faults)
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
