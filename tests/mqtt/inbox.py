"""A kiosk's end of the link in a test: short pauses, and an inbox that is waited for."""

from collections.abc import Callable
from queue import Queue
from typing import Any, Final, TypeVar

from kiosk.mqtt.broker import Broker
from kiosk.mqtt.client import Client
from kiosk.mqtt.news import Acknowledged, Arrived, Connected, Died, Identity, Item, Message, Receipt
from kiosk.mqtt.patience import Pace
from kiosk.secret import Secret
from tests.mqtt.broker import DEADLINE

BASE: Final = "kiosk/v1/K01"
STATUS: Final = f"{BASE}/status"
CHARGE: Final = f"{BASE}/cmd/charge"
EVENT: Final = f"{BASE}/event"
LOST: Final = Message(STATUS, b"lost")
OFFLINE: Final = Message(STATUS, b"offline")
HASTE: Final = Pace(least=0.01, most=0.1, stable=30, contested=0.2, dialling=20, farewell=20)

Kind = TypeVar("Kind")


def broker_at(port: int, **more: Any) -> Broker:
    """Plain, on loopback, unless more is said."""
    return Broker(**{"host": "127.0.0.1", "port": port, "tls": False, **more})


def identity(client_id: str = "K01", password: str = "", **more: Any) -> Identity:
    """A kiosk that listens to its commands."""
    base = f"kiosk/v1/{client_id}"
    standard = {
        "filters": (f"{base}/cmd/+", f"{base}/config/desired"),
        "will": Message(f"{base}/status", b"lost"),
    }
    secret = {"password": Secret(password)} if password else {}
    return Identity(client_id=client_id, **{**standard, **secret, **more})


class Link:
    """A started client, and what it put."""

    def __init__(
        self,
        broker: Broker,
        who: Identity | None = None,
        *,
        pace: Pace = HASTE,
        put: Callable[[Item], None] | None = None,
    ) -> None:
        self.items = Queue[Item]()
        self._early: list[Arrived] = []
        self.client = Client(broker, who or identity(), put or self.items.put, pace=pace)
        self.client.start()

    def waits_for(self, kind: type[Kind]) -> Kind:
        """The next item of that kind; what comes before it is passed over, except messages."""
        while not isinstance(item := self.items.get(timeout=DEADLINE), kind):
            if isinstance(item, Died):
                raise item.error
            if isinstance(item, Arrived):
                self._early.append(item)
        return item

    def connects(self) -> Connected:
        """Wait until it is let in and its subscriptions hold: a broker takes one thing after the other."""
        connected = self.waits_for(Connected)
        self.publishes(b"", "aside")
        return connected

    def passes(self, kind: type[Item]) -> list[Item]:
        """Wait for an item of that kind; all that came, it among them."""
        passed = [self.items.get(timeout=DEADLINE)]
        while not isinstance(passed[-1], kind):
            passed.append(self.items.get(timeout=DEADLINE))
        return passed

    def gets(self) -> Arrived:
        """Wait for a message, and leave it unacknowledged."""
        return self._early.pop(0) if self._early else self.waits_for(Arrived)

    def takes(self) -> Arrived:
        """Wait for a message, and acknowledge it."""
        arrived = self.gets()
        self.client.acknowledge(arrived)
        return arrived

    def publishes(self, payload: bytes, topic: str = EVENT) -> Receipt:
        """Publish, and wait until the broker has it."""
        receipt = self.client.publish(topic, payload)
        self.waits_for(Acknowledged)  # it may be out before one looks; the word of it comes in any case
        while not receipt.is_out:
            self.waits_for(Acknowledged)
        return receipt

    def close(self) -> None:
        """Say goodbye; twice is once."""
        self.client.close(OFFLINE)
