"""From the start of the process to READY, beside a bare import of the libraries that it needs by then."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from tests.bench.figures import Effort, Row, Target, compared
from tests.bench.machine import GATEWAY, MATRIX, RELAY, SCANNED, compiled, furnished, modelled, running
from tests.bench.process import busy, resident
from tests.mqtt.broker import Mosquitto

ROUNDS: Final = {Effort.TASTE: 1, Effort.QUICK: 2, Effort.USUAL: 15, Effort.LONG: 51}
LIBRARIES: Final = (
    "gpiozero", "gpiozero.pins.mock", "luma.oled.device", "msgspec", "paho.mqtt.client", "PIL.Image",
    "qrcode", "requests", "sqlite3", "tomllib",
)  # fmt: skip
PEER: Final = "bare import"
TWICE: Final = Target(most=2, is_share=True)
BARE: Final = f"import {', '.join(LIBRARIES)}; print('there', flush=True); input()"


def measure(effort: Effort, tell: Callable[[str], None]) -> list[Row]:
    """A matrix keypad, a relay, inputs, an OLED, Midtrans and a broker; the two take turns."""
    ours, bare = list[Start](), list[Start]()
    with tempfile.TemporaryDirectory() as name, Mosquitto(Path(name)) as broker:
        folder = Path(name)
        command = modelled(furnished(folder, MATRIX, RELAY, SCANNED, GATEWAY, broker=broker.port))
        for number in range(ROUNDS[effort] + 1):
            tell(f"start {number} of {ROUNDS[effort]}")
            with running(folder, command) as (pid, seconds):
                ours.append(start_of(pid, seconds))
            with _imported() as (pid, seconds):
                bare.append(start_of(pid, seconds))
    return _rows(ours[1:], bare[1:])  # the first only warms up


class Start(NamedTuple):
    """Milliseconds by the clock and of CPU, and MiB."""

    clock: float
    cpu: float
    memory: float


def start_of(pid: int, seconds: float) -> Start:
    """Of a process that has just begun to serve, so many seconds after its start."""
    return Start(seconds * 1000, busy(pid) * 1000, resident(pid))


def _rows(ours: list[Start], bare: list[Start]) -> list[Row]:
    def of(field: int, starts: list[Start]) -> list[float]:
        return [start[field] for start in starts]

    clock, floor = of(0, ours), of(0, bare)
    return [
        compared("start to READY", "ms", clock, PEER, floor),
        compared("the same, quickest of each", "ms", [min(clock)], PEER, [min(floor)], TWICE),
        compared("CPU from start to READY", "ms", of(1, ours), PEER, of(1, bare), TWICE),
        compared("resident memory at READY", "MiB", of(2, ours), PEER, of(2, bare)),
    ]


@contextmanager
def _imported() -> Iterator[tuple[int, float]]:
    """The process id of who has only imported them, and the seconds that took."""
    words = [sys.executable, "-c", BARE]
    begun = time.monotonic()
    with subprocess.Popen(
        words, env=compiled(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "there\n"
        yield process.pid, time.monotonic() - begun
        process.communicate("\n")
