"""The service in a thread of the test, handed the test's own Redis; and a caller that speaks raw HTTP."""

import asyncio
import http.client
import socket
from threading import Condition, Event, Thread
from types import TracebackType
from typing import Final, NamedTuple, Self

from kiosk.mqtt.broker import Broker
from kiosk.webhooks.config import File, Receiver, Redis, Role, Settings
from kiosk.webhooks.forwarder import Pace
from kiosk.webhooks.impatience import IN_TIME
from kiosk.webhooks.service import Running, running
from kiosk.webhooks.tally import Tally
from tests.mqtt.broker import DEADLINE
from tests.webhooks.letters import KEYS, Letter
from tests.webhooks.redis_server import Store

LEAVING: Final[list[Thread]] = []
"""Services that were told to stop.  Uvicorn takes a fifth of a second for it, and no test waits for that."""
PACE = Pace(reading=0.05, claims=0.1, trims=0.1, abandoned=0.3, again=0.1, parting=1.0)


class Counting(Tally):
    """One that can be waited for."""

    def __init__(self) -> None:
        super().__init__()
        self._changed = Condition()

    def count(self, kind: str, number: int = 1) -> None:
        super().count(kind, number)
        with self._changed:
            self._changed.notify_all()

    def tell(self, code: str, kind: str, number: int = 1, *, reason: str = "") -> None:
        super().tell(code, kind, number, reason=reason)
        with self._changed:
            self._changed.notify_all()

    def reaches(self, kind: str, number: int) -> bool:
        """Whether so many of a kind are counted in time."""
        with self._changed:
            return self._changed.wait_for(lambda: self.counts[kind] >= number, DEADLINE)


class Answer(NamedTuple):
    """What came back."""

    status: int
    body: bytes
    headers: dict[str, str]


class Service:
    """Up while the context lasts; without a broker it only receives, on any free port."""

    def __init__(
        self,
        store: Store,
        broker: int | None = None,
        *,
        prefix: str = "",
        kiosks: tuple[str, ...] = ("*",),
        partitions: int = 1,
        in_time: float = IN_TIME,
        gateways: tuple[str, ...] = tuple(KEYS),
    ) -> None:
        there = Broker(host="127.0.0.1", port=broker, tls=False) if broker else None
        # Port 0 is any free one; a file could not say it.
        receiver = Receiver(port=0, prefix=prefix, kiosks=kiosks)
        file = File(receiver=receiver, redis=Redis(partitions=partitions), mqtt=there)
        self._settings = Settings(file=file, keys={name: KEYS[name] for name in gateways}, secrets={})
        self._role = Role.SERVE if broker else Role.RECEIVE
        self._store = store
        self._in_time = in_time
        self.tally = Counting()
        self._up = Event()
        self._thread = Thread(target=asyncio.run, args=(self._run(),))
        self.state: Running

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        clients = self._store.clients()
        async with running(
            self._settings, self._role, clients, tally=self.tally, pace=PACE, in_time=self._in_time
        ) as self.state:
            self._up.set()
            await self._stop.wait()
        clients.calling.close()

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._up.wait(DEADLINE), "the service did not start"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.leaves()
        if self._role.forwards:  # it would tell the log of the next test that its broker is gone
            self._thread.join(DEADLINE)

    def leaves(self) -> None:
        """Tell it to stop, and do not wait for that; twice is once."""
        if self._thread not in LEAVING:
            LEAVING.append(self._thread)
            self._loop.call_soon_threadsafe(self._stop.set)

    @property
    def counts(self) -> dict[str, int]:
        """What was counted so far."""
        return dict(self.state.tally.counts)

    def takes(self, letter: Letter) -> Answer:
        """Send a notification."""
        return call(self.state.port, "POST", letter.path, letter.body, letter.headers)

    def asked(self, path: str, method: str = "GET") -> Answer:
        """Ask for a page."""
        return call(self.state.port, method, path)

    def says(self, raw: bytes) -> bytes:
        """Send bytes and read until it hangs up, or until it answered and waits for more."""
        with socket.create_connection(("127.0.0.1", self.state.port), timeout=DEADLINE) as line:
            line.sendall(raw)
            return hear(line)


def call(
    port: int, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
) -> Answer:
    """One request on a connection of its own."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=DEADLINE)
    try:
        line.request(method, path, body, headers or {})
        answer = line.getresponse()
        return Answer(
            answer.status, answer.read(), {name.lower(): each for name, each in answer.headers.items()}
        )
    finally:
        line.close()


def hear(line: socket.socket) -> bytes:
    """Read until the other side hangs up."""
    heard = b""
    try:
        while part := line.recv(65536):
            heard += part
    except ConnectionResetError:
        return heard
    return heard
