"""The link to the broker, on a thread of its own.

What arrives is put as items, and is not acknowledged to the broker before `acknowledge`, which is called once
it is on disk.  What is published is out when its receipt says so.  A connection and all that belongs to it
end together, so nothing is sent later behind the back of the outbox.
"""

import random
import time
from collections.abc import Callable
from functools import partial
from threading import Event, Thread
from typing import Final

from kiosk.bell import Bell
from kiosk.mqtt.broker import Broker
from kiosk.mqtt.client.connection import Connection, Delivery
from kiosk.mqtt.client.sieve import Sieve, check
from kiosk.mqtt.news import Arrived, Died, Disconnected, Identity, Item, Message, Receipt, TakenOver
from kiosk.mqtt.patience import Ending, Pace, Patience

__all__ = ["Client"]

MOST_IN_FLIGHT: Final = 64
"""What is published while so many are neither out nor lost is lost at once: this is no store."""


class Client:
    """Started once, closed once; all its methods are for the one thread that decides.

    `put` is called from the link's thread.  Raises ConfigError when the broker's TLS files are unusable.
    """

    def __init__(
        self,
        broker: Broker,
        identity: Identity,
        put: Callable[[Item], None],
        *,
        chance: Callable[[], float] = random.random,
        pace: Pace | None = None,
    ) -> None:
        self._broker = broker
        self._context = broker.context()
        self._identity = identity
        self._put = put
        self._chance = chance
        self._pace = pace or Pace()
        self._patience = Patience()
        self._connection: Connection | None = None
        self._receipts: list[Receipt] = []
        self._farewell: tuple[Message, ...] | None = None
        self._closing = Event()
        self._bell = Bell()
        self._sieve = Sieve(put)
        self._thread = Thread(target=self._keep, name="mqtt", daemon=True)

    @property
    def is_up(self) -> bool:
        """Whether what is published now has a connection to go by; false before the news that it ended."""
        connection = self._connection
        return connection is not None and connection.is_up

    @property
    def in_flight(self) -> int:
        """How many published messages are neither out nor lost."""
        self._receipts = [each for each in self._receipts if not (each.is_out or each.is_lost)]
        return len(self._receipts)

    def start(self) -> None:
        """Connect now, and again whenever the connection ends."""
        self._thread.start()

    def publish(self, topic: str, payload: bytes, qos: int = 1, retain: bool = False) -> Receipt:
        """Send a message; without a connection its receipt is lost at once, and nothing is kept.

        Raises ValueError for what no broker would take, never for the network.
        """
        check(topic, payload)
        connection = self._connection
        if connection is None or not connection.is_up or self.in_flight >= MOST_IN_FLIGHT:
            return Receipt(lambda: True)
        receipt = Receipt(lambda: connection.is_over)
        self._receipts.append(receipt)
        connection.calls.append(partial(connection.send, Message(topic, payload), qos, retain, receipt))
        self._bell.ring()
        return receipt

    def acknowledge(self, arrived: Arrived) -> None:
        """Let the broker forget a message, for it is on disk; if its connection is gone it comes again."""
        delivery: Delivery = arrived.receipt
        delivery.connection.calls.append(partial(delivery.connection.acknowledge, delivery))
        self._bell.ring()

    def close(self, *last: Message) -> None:
        """Publish the last words, retained, and disconnect, so that there is no will; takes `pace.farewell`.

        Nothing is put any more afterwards.
        """
        self._farewell = last
        self._closing.set()
        self._bell.ring()
        if self._thread.ident is None:
            self._bell.close()
        else:
            self._thread.join(self._pace.farewell + 0.5)

    def _keep(self) -> None:
        try:
            while not self._closing.is_set():
                ending = self._connect()
                if not self._closing.is_set():
                    self._pause(ending)
        except BaseException as error:  # noqa: BLE001  # whatever it is, the deciding thread must hear of it
            self._put(Died(error))
        finally:
            self._bell.close()

    def _connect(self) -> Ending:
        connection = Connection(
            self._broker, self._context, self._identity, self._pace, self._put, self._sieve
        )
        self._connection = connection
        try:
            return connection.keep(self._bell, lambda: self._farewell)
        finally:
            connection.close()

    def _pause(self, ending: Ending) -> None:
        self._patience = self._patience.after(ending, time.monotonic(), self._pace)
        pause = self._patience.pause(self._chance(), self._pace)
        self._put(Disconnected(ending.reason, pause))
        if ending.hung_up and self._patience.is_contested:
            self._put(TakenOver())
        self._closing.wait(pause)
