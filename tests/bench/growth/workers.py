"""The webhook service with more workers: each a receiver and a forwarder, over one Redis and one broker.

Every number of workers has a Redis and a broker of its own, all at the same time, and they take turns.
"""

import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count as numbers
from pathlib import Path
from typing import Final

from msgspec import Struct

from tests.bench.figures import Effort, Figure, Row, compared
from tests.bench.gateway_load import PATIENCE, notifications, send
from tests.bench.process import busy, resident
from tests.bench.shop import BROKER
from tests.mqtt.broker import Mosquitto
from tests.webhooks.processes import MANY_QUEUED, Program, configuration
from tests.webhooks.redis_server import RedisServer

WORKERS: Final = {Effort.USUAL: (1, 2, 4), Effort.LONG: (1, 2, 4)}
ROUNDS: Final = {Effort.USUAL: (5, 5_000), Effort.LONG: (21, 10_000)}
"""How many, and notifications of a round."""
HINTS: Final = "kiosk/v1/+/notify/+"


class Taken(Struct, frozen=True):
    """One round: a second's notifications answered and hints told, and microseconds of CPU for each."""

    answered: float
    told: float
    receiving: float
    forwarding: float


class Service(Struct, frozen=True):
    """So many workers at work."""

    broker: int
    receivers: list[Program]
    forwarders: list[Program]

    def takes(self, messages: list[bytes]) -> Taken:
        """One round, from the first notification until a subscriber of the broker has the last hint."""
        with self._hearing(len(messages)) as heard:
            receiving, forwarding = _spent(self.receivers), _spent(self.forwarders)
            begun = time.monotonic()
            sent = send(messages, *(each.port for each in self.receivers))
            assert heard.wait(PATIENCE) == 0
            told = len(messages) / (time.monotonic() - begun)
        costs = [
            (_spent(programs) - before) / len(messages) * 1e6
            for programs, before in ((self.receivers, receiving), (self.forwarders, forwarding))
        ]
        return Taken(sent.rate, told, *costs)

    @contextmanager
    def _hearing(self, count: int) -> Iterator[subprocess.Popen[bytes]]:
        """A subscriber that ends when it has so many hints."""
        with subprocess.Popen(self._subscriber("-C", str(count)), stdout=subprocess.DEVNULL) as heard:
            try:
                yield heard
            finally:
                heard.kill()

    def subscribed(self) -> None:
        """The broker keeps for the subscriber what it has not got."""
        subprocess.run(self._subscriber("-E"), check=True)

    @property
    def memory(self) -> float:
        """MiB of all."""
        return sum(resident(each.pid) for each in (*self.receivers, *self.forwarders))

    def _subscriber(self, *words: str) -> list[str]:
        place = ["-h", "127.0.0.1", "-p", str(self.broker)]
        return ["mosquitto_sub", *place, "-q", "1", "-i", "subscriber", "-c", "-t", HINTS, *words]


def _spent(programs: list[Program]) -> float:
    return sum(busy(each.pid) for each in programs)


def measured(effort: Effort, tell: Callable[[str], None]) -> list[Row]:
    """Notifications, hints, CPU and memory; nothing where there is no time for it."""
    counts = WORKERS.get(effort, ())
    if not counts:
        return []
    rounds, each = ROUNDS[effort]
    found: dict[int, list[Taken]] = {count: [] for count in counts}
    first = numbers(0, each)
    with _services(counts) as services:
        for number in range(rounds + 1):
            tell(f"workers, round {number} of {rounds}, {each:,} notifications each")
            for count, service in services.items():
                taken = service.takes(notifications(each, next(first)))
                found[count] += [taken] if number else []  # the first only warms up
        memory = {count: [service.memory] for count, service in services.items()}
    return _rows(found, memory)


def _rows(found: dict[int, list[Taken]], memory: dict[int, list[float]]) -> list[Row]:
    def of(what: str, unit: str, value: Callable[[Taken], float]) -> Row:
        return _row(what, unit, {count: [value(each) for each in taken] for count, taken in found.items()})

    return [
        of("notifications answered", "a second", lambda each: each.answered),
        of("hints told", "a second", lambda each: each.told),
        of("CPU of a notification", "us", lambda each: each.receiving),
        of("CPU of a hint", "us", lambda each: each.forwarding),
        _row("resident memory of all", "MiB", memory),
    ]


def _row(what: str, unit: str, values: dict[int, list[float]]) -> Row:
    first, last = min(values), max(values)
    curve = "workers", {count: Figure.of(each) for count, each in values.items()}
    name = f"{what}, {last} workers"
    return compared(name, unit, values[last], f"with {first}", values[first], curve=curve)


@contextmanager
def _services(counts: tuple[int, ...]) -> Iterator[dict[int, Service]]:
    with ExitStack() as stack:
        yield {count: _service(count, stack) for count in counts}


def _service(count: int, stack: ExitStack) -> Service:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    broker = stack.enter_context(Mosquitto(folder, BROKER + MANY_QUEUED))
    redis = stack.enter_context(RedisServer(folder / "redis"))
    file = configuration(folder, broker.port, redis.port)
    receivers, forwarders = (
        [stack.enter_context(Program(act, file)) for _ in range(count)] for act in ("receive", "forward")
    )
    service = Service(broker.port, receivers, forwarders)
    service.subscribed()
    return service
