"""The forwarder's line to the broker: a batch is published until the broker has it, or it is lost."""

from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Final

from kiosk.mqtt.broker import Broker
from kiosk.mqtt.client import Client
from kiosk.mqtt.news import Connected, Died, Disconnected, Identity, Item, Message, Receipt, TakenOver
from kiosk.mqtt.patience import Pace
from kiosk.webhooks.tally import Tally

LOOK: Final = 0.5
"""Seconds between two looks at whether it is time to give up."""


class Line:
    """For one thread; opened once, closed once."""

    def __init__(self, broker: Broker, identity: Identity, tally: Tally, pace: Pace | None = None) -> None:
        self._news: SimpleQueue[Item] = SimpleQueue()
        self._client = Client(broker, identity, self._news.put, pace=pace)
        self._tally = tally
        self._was_lost = False
        self._is_let_in = False

    @property
    def is_up(self) -> bool:
        """Whether a batch can be published now.

        The word that a connection ended comes a little later than its end; a batch that is handed to what has
        ended was not tried, and whoever tried it again and again meanwhile would blame the hints.
        """
        return self._is_let_in and self._client.is_up

    def open(self) -> None:
        """Connect now, and again whenever the connection ends."""
        self._client.start()

    def wait(self, seconds: float) -> bool:
        """Listen until there is news of the connection, at most so long; whether it is up."""
        self._hear(seconds)
        return self.is_up

    def publish(self, messages: list[Message], is_over: Callable[[], bool]) -> list[bool]:
        """Publish all; for each whether the broker has it, once that is known of every one, or it is over."""
        receipts = [self._client.publish(message.topic, message.payload) for message in messages]
        while not all(map(_is_settled, receipts)) and not is_over():
            self._hear(LOOK)
        self._drain()
        return [receipt.is_out for receipt in receipts]

    def close(self) -> None:
        """Say goodbye."""
        self._client.close()

    def _hear(self, seconds: float) -> None:
        try:
            self._take(self._news.get(timeout=seconds))
        except Empty:
            return
        self._drain()

    def _drain(self) -> None:
        while not self._news.empty():
            self._take(self._news.get())

    def _take(self, item: Item) -> None:
        match item:
            case Connected():
                self._is_let_in = True
                if self._was_lost:
                    self._was_lost = False
                    self._tally.tell("K607", "broker_back")
            case Disconnected():
                self._is_let_in, self._was_lost = False, True
                self._tally.tell("K606", "broker_away", reason=item.reason)
            case TakenOver():
                self._tally.tell("K606", "broker_away", reason="another client uses our name")
            case Died():
                raise item.error
            case _:
                return


def _is_settled(receipt: Receipt) -> bool:
    return receipt.is_out or receipt.is_lost
