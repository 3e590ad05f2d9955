"""The real webhook service in this process, over a pretended Redis that can be taken away.

Importing it costs what a server's libraries cost, so it is imported late.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from threading import Event
from typing import Any, Final

import fakeredis

from kiosk.mqtt.broker import Broker
from kiosk.simulator.notifications import PREFIX
from kiosk.simulator.serving import LOOPBACK
from kiosk.webhooks.config import File, Receiver, Role, Settings
from kiosk.webhooks.forwarder import Pace
from kiosk.webhooks.service import Clients, Running, running
from kiosk.webhooks.tally import Tally
from kiosk.webhooks.verdicts import Keys

PACE: Final = Pace(reading=0.05, claims=1.0)
"""Short looks, so that it stops at once; an entry ends a look."""
GONE: Final = ("forwarded", "set_aside", "too_old")
"""What was counted of entries that wait no longer."""


class Told(Tally):
    """Counts, and hands codes on instead of logging; `hear` is called from any thread.

    `news` is set whenever something was counted.
    """

    def __init__(self, hear: Callable[[str, str], None]) -> None:
        super().__init__()
        self.news = Event()
        self._hear = hear

    def count(self, kind: str, number: int = 1) -> None:
        super().count(kind, number)
        self.news.set()

    def tell(self, code: str, kind: str, number: int = 1, *, reason: str = "") -> None:
        self.count(kind, number)
        self._hear(code, kind)


class Waiting(fakeredis.FakeRedis):
    """Waits for entries as Redis does; the pretended one answers at once, so its readers never rest."""

    news: Event

    def xreadgroup(self, *words: Any, block: int | None = None, **options: Any) -> Any:
        self.news.clear()
        answer = super().xreadgroup(*words, **options)
        if block and not answer and self.news.wait(block / 1000):
            answer = super().xreadgroup(*words, **options)
        return answer


class WebhookService:
    """Receiver and forwarder, each opened as a context; the receiver then reads the gateways' `keys`."""

    def __init__(self, broker: int, hear: Callable[[str, str], None]) -> None:
        self.tally = Told(hear)
        self.port = 0
        self.keys: dict[str, Keys] = {}
        self._broker = Broker(host=LOOPBACK, port=broker, tls=False)
        self._redis = fakeredis.FakeServer()

    @property
    def has_redis(self) -> bool:
        """Whether Redis answers."""
        return bool(self._redis.connected)

    @has_redis.setter
    def has_redis(self, answers: bool) -> None:
        self._redis.connected = answers

    @property
    def waiting(self) -> int:
        """Hints in the stream that the broker does not have."""
        counts = self.tally.counts
        return max(0, counts["kept"] - sum(counts[kind] for kind in GONE))

    @asynccontextmanager
    async def receiving(self) -> AsyncIterator[None]:
        """The receiver, at the port it had before."""
        async with self._running(Role.RECEIVE) as state:
            self.port = state.port
            yield

    @asynccontextmanager
    async def forwarding(self) -> AsyncIterator[None]:
        """The forwarder."""
        async with self._running(Role.FORWARD):
            yield

    @asynccontextmanager
    async def _running(self, role: Role) -> AsyncIterator[Running]:
        table = Receiver(host=LOOPBACK, port=self.port, prefix=PREFIX)
        settings = Settings(file=File(receiver=table, mqtt=self._broker), keys=dict(self.keys), secrets={})
        calling = Waiting(server=self._redis)
        calling.news = self.tally.news
        clients = Clients(fakeredis.FakeAsyncRedis(server=self._redis), calling)
        async with running(settings, role, clients, tally=self.tally, pace=PACE) as state:
            yield state
        calling.close()
        if state.error is not None:
            raise state.error
