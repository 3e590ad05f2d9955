"""From the start of the process to READY, beside a bare import of the libraries that it needs by then."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.bench.figures import Effort, Row, Target, alone, compared
from tests.bench.machine import GATEWAY, MATRIX, RELAY, SCANNED, compiled, furnished, modelled, running
from tests.bench.process import resident
from tests.mqtt.broker import Mosquitto

ROUNDS: Final = {Effort.TASTE: 1, Effort.QUICK: 3, Effort.USUAL: 15, Effort.LONG: 51}
LIBRARIES: Final = (
    "gpiozero", "gpiozero.pins.mock", "luma.oled.device", "msgspec", "paho.mqtt.client", "PIL.Image",
    "qrcode", "requests", "sqlite3", "tomllib",
)  # fmt: skip
BARE: Final = f"import {', '.join(LIBRARIES)}; print('there', flush=True); input()"


def measure(effort: Effort, tell: Callable[[str], None]) -> list[Row]:
    """A matrix keypad, a relay, inputs, an OLED, Midtrans and a broker; the two take turns."""
    ours, bare, memory, floor = list[float](), list[float](), list[float](), list[float]()
    with tempfile.TemporaryDirectory() as name, Mosquitto(Path(name)) as broker:
        folder = Path(name)
        command = modelled(furnished(folder, MATRIX, RELAY, SCANNED, GATEWAY, broker=broker.port))
        for number in range(ROUNDS[effort] + 1):
            tell(f"start {number} of {ROUNDS[effort]}")
            with running(folder, command) as (pid, seconds):
                ours.append(seconds * 1000)
                memory.append(resident(pid))
            with _imported() as (pid, seconds):
                bare.append(seconds * 1000)
                floor.append(resident(pid))
    for each in (ours, bare, memory, floor):
        del each[0]  # the first only warms up
    return [
        compared("start to READY", "ms", ours, "bare import", bare, Target(most=2, is_share=True)),
        alone("start to READY, quickest", "ms", [min(ours)]),
        compared("resident memory at READY", "MiB", memory, "bare import", floor),
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
