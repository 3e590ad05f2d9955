"""What a machine costs while nobody buys: wake-ups, and the share of a core, of the real daemon and drivers.

Its pins are gpiozero's mock ones; a broker is connected, and a watchdog is fed every 5 s.  Wake-ups are the
voluntary context switches of all its threads.
"""

import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from msgspec import Struct

from tests.bench.figures import Effort, Row, Target, alone
from tests.bench.machine import GATEWAY, LED, MATRIX, PAD, RELAY, SCANNED, furnished, modelled, running
from tests.bench.process import busy, wakeups
from tests.mqtt.broker import Mosquitto

WINDOWS: Final = {
    Effort.TASTE: (1, 0.2),
    Effort.QUICK: (1, 5.0),
    Effort.USUAL: (4, 10.0),
    Effort.LONG: (12, 30.0),
}
"""How many, and the seconds of each."""
SETTLES: Final = 2.0
"""Seconds after READY in which it still connects, and reads its journal through."""


class Kind(Struct, frozen=True):
    """A machine with these parts, and what it may cost."""

    title: str
    tables: tuple[str, ...]
    share: float
    wakeups: float


KINDS: Final = (
    Kind("USB pad, LED output, no inputs", (PAD, LED), 0.5, 5),
    Kind("matrix keypad and two inputs scanned", (MATRIX, RELAY, SCANNED), 2, 150),
)


def measure(effort: Effort, tell: Callable[[str], None]) -> list[Row]:
    """Both kinds rest at the same time, so that whatever else the machine does falls on both."""
    count, seconds = WINDOWS[effort]
    found: dict[str, list[tuple[float, float]]] = {kind.title: [] for kind in KINDS}
    with ExitStack() as stack:
        pids = {kind.title: _resting(kind, stack) for kind in KINDS}
        time.sleep(SETTLES)
        for number in range(count):
            tell(f"window {number + 1} of {count}, {seconds:g} s each")
            for title, costs in _window(pids, seconds).items():
                found[title].append(costs)
    return [row for kind in KINDS for row in _rows(kind, found[kind.title])]


def _resting(kind: Kind, stack: ExitStack) -> int:
    """The process id of such a machine."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    broker = stack.enter_context(Mosquitto(folder))
    config = furnished(folder, *kind.tables, GATEWAY, broker=broker.port)
    pid, _ = stack.enter_context(running(folder, modelled(config)))
    return pid


def _window(pids: dict[str, int], seconds: float) -> dict[str, tuple[float, float]]:
    """For each, percent of a core and wake-ups a second."""
    before = {title: (time.monotonic(), busy(pid), wakeups(pid)) for title, pid in pids.items()}
    time.sleep(seconds)
    costs: dict[str, tuple[float, float]] = {}
    for title, pid in pids.items():
        began, spent, woken = before[title]
        took = time.monotonic() - began
        costs[title] = (busy(pid) - spent) / took * 100, (wakeups(pid) - woken) / took
    return costs


def _rows(kind: Kind, costs: list[tuple[float, float]]) -> list[Row]:
    shares, woken = zip(*costs, strict=True)
    return [
        alone(kind.title, "% of a core", shares, Target(most=kind.share)),
        alone(kind.title, "wake-ups/s", woken, Target(most=kind.wakeups)),
    ]
