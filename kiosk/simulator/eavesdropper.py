"""Somebody else at the broker who hears the hints for the kiosk, so that one can see when they are there."""

import asyncio
import secrets
from collections.abc import Callable

from kiosk.mqtt.broker import Broker
from kiosk.mqtt.client import Client
from kiosk.mqtt.messages import Hint, decode
from kiosk.mqtt.news import Arrived, Identity, Item
from kiosk.mqtt.topics import Topics
from kiosk.refusals import Refusal
from kiosk.simulator.caller import PACE
from kiosk.simulator.serving import LOOPBACK
from kiosk.simulator.wiring import KIOSK


class Eavesdropper:
    """Made on the loop on which `hear` is called with the name of the order that a hint is about."""

    def __init__(self, broker: int, hear: Callable[[str], None]) -> None:
        self._hear = hear
        self._loop = asyncio.get_running_loop()
        filters = tuple(each for each in Topics(KIOSK).filters if each.endswith("notify/+"))
        identity = Identity(client_id=f"ear-{secrets.token_hex(4)}", filters=filters, durable=False)
        there = Broker(host=LOOPBACK, port=broker, tls=False)
        self._client = Client(there, identity, self._put, pace=PACE)
        self._client.start()

    async def close(self) -> None:
        """Disconnect."""
        await asyncio.to_thread(self._client.close)

    def _put(self, item: Item) -> None:
        """Comes from the link's thread."""
        self._loop.call_soon_threadsafe(self._take, item)

    def _take(self, item: Item) -> None:
        if isinstance(item, Arrived):
            self._client.acknowledge(item)
            hint = decode(Hint, item.payload)
            if not isinstance(hint, Refusal):
                self._hear(hint.reference)
