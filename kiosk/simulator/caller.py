"""Somebody far away with a connection to the broker: says things to the kiosk and hears what it tells.

The link is the real one, with its thread; everything here happens on the event loop.
"""

import asyncio
import secrets
from collections.abc import Callable
from typing import Any, Final

import msgspec

from kiosk.commands import Args
from kiosk.mqtt.broker import Broker
from kiosk.mqtt.client import Client
from kiosk.mqtt.messages import Command, Message, decode, encode
from kiosk.mqtt.news import Arrived, Connected, Died, Disconnected, Identity, Item
from kiosk.mqtt.patience import Pace
from kiosk.mqtt.reports import Event, Reply, Reported, State, Status
from kiosk.mqtt.topics import Fleet, Post, Topics
from kiosk.refusals import Refusal
from kiosk.simulator.changes import Changes
from kiosk.simulator.misfortunes import Bench, Misfortune
from kiosk.simulator.wiring import KIOSK

PACE: Final = Pace(least=0.2, most=1.0)
VALID_FOR: Final = 60
"""Seconds after which a command is too late."""
KINDS: Final[dict[str, type[Message]]] = {
    "status": Status,
    "state": State,
    "event": Event,
    "config/reported": Reported,
    "reply": Reply,
}


class Caller:
    """Called `name`; each of `reports` that the kiosk tells goes to `hear`.  Made on the loop it lives on."""

    def __init__(
        self,
        name: str,
        broker: Broker,
        reports: tuple[str, ...],
        hear: Callable[[Any], None],
        bench: Bench,
        changed: Changes,
    ) -> None:
        self.topics = Topics(KIOSK, broker.prefix)
        self.is_connected = False
        self._name = name
        self._fleet = Fleet(broker.prefix)
        self._hear = hear
        self._bench = bench
        self._changed = changed
        loop = asyncio.get_running_loop()
        filters = tuple(map(self._fleet.filter, reports))
        identity = Identity(client_id=f"{name}-{secrets.token_hex(4)}", filters=filters, durable=False)
        self._client = Client(broker, identity, lambda item: _put(loop, lambda: self._take(item)), pace=PACE)
        self._client.start()

    def send(self, post: Post, message: Message) -> bool:
        """Publish; False where there is no broker, and then nothing is kept for later."""
        receipt = self._client.publish(post.topic, encode(message), post.qos, post.retain)
        return not receipt.is_lost

    def ask(self, name: str, args: Args, now: float) -> str:
        """Send a command and return its id; "" where there is no broker.  Some messages come twice."""
        asked = Command(
            id=f"{self._name}-{secrets.token_hex(8)}",
            exp=int(now) + VALID_FOR,
            args=msgspec.to_builtins(args),
        )
        post = self.topics.command(name)
        if not self.send(post, asked):
            return ""
        if self._bench.strikes(Misfortune.COMES_TWICE):
            self.send(post, asked)
        return asked.id

    async def close(self) -> None:
        """Disconnect."""
        await asyncio.to_thread(self._client.close)

    def _take(self, item: Item) -> None:
        match item:
            case Connected():
                self.is_connected = True
            case Disconnected():
                self.is_connected = False
            case Arrived():
                self._client.acknowledge(item)
                self._read(item)
            case Died():
                raise item.error
        self._changed()

    def _read(self, arrived: Arrived) -> None:
        heard = self._fleet.read(arrived.topic)
        if heard is None or heard.kiosk != self.topics.kiosk:
            return
        message = decode(KINDS[heard.report], arrived.payload)
        if not isinstance(message, Refusal):
            self._hear(message)


def forget(remembered: dict[Any, Any], most: int) -> None:
    """Keep the newest of what is remembered."""
    for old in list(remembered)[:-most]:
        del remembered[old]


def _put(loop: asyncio.AbstractEventLoop, deed: Callable[[], None]) -> None:
    loop.call_soon_threadsafe(deed)
