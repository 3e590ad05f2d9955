"""The receiver with its durable append, beside the same server that appends without a question."""

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from msgspec import Struct

from tests.bench.figures import Effort, Row, Target, compared, percentile
from tests.bench.gateway_load import Round, notifications, send
from tests.bench.process import apart, cpu_seconds, resident
from tests.webhooks.processes import Program, configuration
from tests.webhooks.redis_server import RedisServer

ROUNDS: Final = {
    Effort.TASTE: (1, 50),
    Effort.QUICK: (3, 2_000),
    Effort.USUAL: (11, 10_000),
    Effort.LONG: (31, 20_000),
}
"""How many of each, and notifications of a round."""
PEER: Final = "without checks"


class Taken(Struct, frozen=True):
    """A round of one server: how it went for the gateway, and microseconds of CPU for each notification."""

    round: Round
    cpu: float

    def wait(self, share: float) -> float:
        """Milliseconds that so large a share waited at most."""
        return percentile(self.round.waits, share) * 1000


class Server(Struct, frozen=True):
    """A receiver under load."""

    port: int
    pid: int

    def takes(self, messages: list[bytes]) -> Taken:
        """One round."""
        before = cpu_seconds(self.pid)
        done = send(messages, self.port)
        return Taken(done, (cpu_seconds(self.pid) - before) / len(messages) * 1e6)


def measure(effort: Effort, tell: Callable[[str], None]) -> list[Row]:
    """Rounds of both take turns on a core of their own, Redis and the gateway on the others."""
    rounds, count = ROUNDS[effort]
    with _both() as (ours, bare):
        kept: dict[Server, list[Taken]] = {ours: [], bare: []}
        for number in range(rounds + 1):
            tell(f"round {number} of {rounds}, {count:,} notifications each")
            messages = notifications(count, number * count)
            for server in (ours, bare) if number % 2 else (bare, ours):
                kept[server].append(server.takes(messages))
        memory = [resident(ours.pid)], [resident(bare.pid)]
    first, second = ([*kept[server][1:]] for server in (ours, bare))  # the first round only warms up
    return _rows(first, second, memory)


def _rows(ours: list[Taken], bare: list[Taken], memory: tuple[list[float], list[float]]) -> list[Row]:
    def row(what: str, unit: str, of: Callable[[Taken], float], target: Target | None = None) -> Row:
        return compared(what, unit, [*map(of, ours)], PEER, [*map(of, bare)], target)

    return [
        row("receiver", "requests/s", lambda each: each.round.rate, Target(least=0.7, is_share=True)),
        row("CPU of a notification", "us", lambda each: each.cpu),
        row("answered, median", "ms", lambda each: each.wait(0.5)),
        row("answered, p99", "ms", lambda each: each.wait(0.99), Target(most=50)),
        compared("resident memory", "MiB", memory[0], PEER, memory[1]),
    ]


@contextmanager
def _both() -> Iterator[tuple[Server, Server]]:
    """Our receiver and its peer, over one durable Redis."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        give = stack.enter_context(apart())
        redis = stack.enter_context(RedisServer(folder / "redis"))
        program = stack.enter_context(Program("receive", configuration(folder, 1883, redis.port)))
        bare = stack.enter_context(_bare(redis.port))
        ours = Server(program.port, program.pid)
        for server in (ours, bare):
            give(server.pid)
        yield ours, bare


@contextmanager
def _bare(redis: int) -> Iterator[Server]:
    words = [sys.executable, "-m", "tests.bench.bare_receiver", str(redis)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield Server(int(process.stdout.readline()), process.pid)
        finally:
            process.kill()
