"""A fleet of more machines at one broker, and the operator who gives all of them a new price.

The machines are light ones: the real client of MQTT, and nothing behind it but what answers an operator.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count as numbers
from pathlib import Path
from typing import Final

from msgspec import Struct

from tests.bench.figures import Effort, Figure, Row, compared
from tests.bench.machine import compiled
from tests.bench.process import busy, resident
from tests.bench.shop import BROKER
from tests.mqtt.broker import Mosquitto
from tests.webhooks.processes import MANY_QUEUED

CLIENTS: Final = {Effort.QUICK: (1, 20), Effort.USUAL: (1, 100, 1_000), Effort.LONG: (1, 100, 1_000)}
ROUNDS: Final = {Effort.QUICK: 1, Effort.USUAL: 5, Effort.LONG: 15}
PATIENCE: Final = 120.0
PRICES: Final = "[[slots]]\nnumber = 1\nprice = {}\n"


class Pushed(Struct, frozen=True):
    """One price for all: seconds until the operator knows that all took it, and seconds of CPU."""

    clock: float
    operator: float
    broker: float


class Place(Struct, frozen=True):
    """A broker with a fleet; `connected` is the broker's CPU for that in seconds."""

    folder: Path
    broker: Mosquitto
    count: int
    connected: float

    def push(self, price: int) -> Pushed:
        """Give all a price, with the program that an operator calls."""
        document = self.folder / "prices.toml"
        document.write_text(PRICES.format(price))
        kiosk = str(Path(sys.executable).with_name("kiosk"))
        words = [kiosk, "operator", "config", "push", str(document), "--all", "--json"]
        begun, own, brokers = time.monotonic(), _children(), busy(self.broker.pid)
        done = subprocess.run(
            [*words, "--port", str(self.broker.port)], check=True, stdout=subprocess.PIPE, env=compiled()
        )
        took = time.monotonic() - begun
        outcomes = json.loads(done.stdout)["outcomes"]
        assert [each["result"] for each in outcomes] == ["took it"] * self.count
        return Pushed(took, _children() - own, busy(self.broker.pid) - brokers)


def measured(effort: Effort, tell: Callable[[str], None]) -> list[Row]:
    """What a price for all costs, and what a broker holds."""
    counts = CLIENTS.get(effort, ())
    if not counts:
        return []
    found: dict[int, list[Pushed]] = {count: [] for count in counts}
    prices = numbers(12_000, 500)
    with ExitStack() as stack:
        places = {count: stack.enter_context(_place(count)) for count in counts}
        for number in range(ROUNDS[effort]):
            tell(f"light clients, round {number + 1} of {ROUNDS[effort]}")
            for count, place in places.items():
                found[count].append(place.push(next(prices)))
        memory = {count: [resident(place.broker.pid)] for count, place in places.items()}
        connected = {count: [place.connected * 1000 / count] for count, place in places.items()}
    return _rows(found, memory, connected)


def _rows(
    found: dict[int, list[Pushed]], memory: dict[int, list[float]], connected: dict[int, list[float]]
) -> list[Row]:
    def of(what: str, unit: str, value: Callable[[Pushed, int], float]) -> Row:
        values = {count: [value(each, count) for each in pushed] for count, pushed in found.items()}
        return _row(what, unit, values)

    return [
        of("a price for all", "s", lambda each, _: each.clock),
        of("the operator's CPU", "s", lambda each, _: each.operator),
        of("the broker's CPU for a machine's price", "ms", lambda each, count: each.broker * 1000 / count),
        _row("the broker's CPU for a connection", "ms", connected),
        _row("the broker's memory", "MiB", memory),
    ]


def _row(what: str, unit: str, values: dict[int, list[float]]) -> Row:
    first, last = min(values), max(values)
    curve = "clients", {count: Figure.of(each) for count, each in values.items()}
    name = f"{what}, {last:,} machines"
    return compared(name, unit, values[last], f"with {first}", values[first], curve=curve)


def _children() -> float:
    """Seconds of CPU of the processes that we started and that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


@contextmanager
def _place(count: int) -> Iterator[Place]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        broker = stack.enter_context(Mosquitto(folder, BROKER + MANY_QUEUED))
        before = busy(broker.pid)
        words = [sys.executable, "-m", "tests.bench.growth.light_fleet", str(broker.port), str(count)]
        fleet = stack.enter_context(
            subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=compiled())
        )
        assert fleet.stdout
        assert fleet.stdout.readline() == "there\n"
        yield Place(folder, broker, count, busy(broker.pid) - before)
        fleet.communicate("")
