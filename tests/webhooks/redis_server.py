"""Redis for a test: a real one that can be killed and frozen, a cluster of them, and a pretended one."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import fakeredis
import pytest
import redis

from kiosk.webhooks.config import File, Redis, Settings
from kiosk.webhooks.layout import Noted, partition_of, stream_of, written
from kiosk.webhooks.service import Clients
from kiosk.webhooks.stream import connect, connect_awaiting
from tests.mqtt.broker import DEADLINE, free_port, stop

DURABLE: Final = ("--appendonly", "yes", "--appendfsync", "always", "--save", "")
FORGETFUL: Final = ("--appendonly", "no", "--save", "")
"""For tests whose Redis neither dies nor waits for a busy disk."""


def program(name: str) -> str:
    """Where a program of Redis is; skips the test where it is not, and fails it where CI=true."""
    found = shutil.which(name)
    if found is None:
        missing = f"{name} is needed:  sudo apt install redis-server"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(missing)
    return found


class RedisServer:
    """Started when made; keeps what it holds in the folder over restarts."""

    def __init__(self, folder: Path, *words: str) -> None:
        self._folder = folder
        self._words = words or DURABLE
        self._program = program("redis-server")
        self._folder.mkdir(exist_ok=True)
        self.port = free_port()
        self.start()

    def start(self) -> None:
        """Start it and wait until it answers."""
        place = ("--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self._folder))
        self._process = subprocess.Popen(
            [self._program, *place, *self._words],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self._process.stdout
        for line in self._process.stdout:
            if "Ready to accept connections" in line:
                return
        pytest.fail("redis-server ended at once")

    @property
    def is_alive(self) -> bool:
        """Whether its process runs."""
        return self._process.poll() is None

    def kill(self) -> None:
        """End it as a power cut would, but for what the system keeps of its files."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it the orderly way."""
        self._end(signal.SIGTERM)

    def freeze(self) -> None:
        """Let it neither read nor answer, with all its connections open."""
        stop(self._process)

    def thaw(self) -> None:
        """Let it go on."""
        self._process.send_signal(signal.SIGCONT)

    @contextmanager
    def client(self) -> Iterator[Any]:
        """An ordinary client, to look at what is there."""
        client = redis.Redis(host="127.0.0.1", port=self.port, socket_timeout=DEADLINE)
        try:
            yield client
        finally:
            client.close()

    def clients(self) -> Clients:
        """Those that the service is handed."""
        table = Redis(nodes=(f"127.0.0.1:{self.port}",))
        settings = Settings(file=File(redis=table), keys={}, secrets={})
        return Clients(connect_awaiting(settings), connect(settings))

    def _end(self, how: signal.Signals) -> None:
        self._process.send_signal(how)
        self._process.send_signal(signal.SIGCONT)
        self._process.wait(DEADLINE)
        assert self._process.stdout
        self._process.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.is_alive:
            self.kill()


class FakeServer:
    """One that is only pretended, in this process."""

    def __init__(self) -> None:
        self._server = fakeredis.FakeServer()

    @contextmanager
    def client(self) -> Iterator[Any]:
        """An ordinary client, to look at what is there."""
        client = fakeredis.FakeRedis(server=self._server)
        try:
            yield client
        finally:
            client.close()

    def clients(self) -> Clients:
        """Those that the service is handed."""
        return Clients(
            fakeredis.FakeAsyncRedis(server=self._server), fakeredis.FakeRedis(server=self._server)
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is left of it."""


Store = RedisServer | FakeServer


def lay(store: Store, *many: Noted, partitions: int = 1) -> None:
    """Put hints there at once, as receivers leave them, with the patience of a test."""
    with store.client() as client, client.pipeline(transaction=False) as pipeline:
        for noted in many:
            pipeline.xadd(stream_of(partition_of(noted.kiosk, partitions)), written(noted))
        pipeline.execute()
