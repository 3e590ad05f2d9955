"""The operator's own connection to the broker: what happens on it is taken by one thread, in its order."""

import secrets
import time
from queue import Empty, Queue
from types import TracebackType
from typing import Final, NamedTuple, Protocol, Self

from kiosk.errors import KioskError
from kiosk.mqtt.broker import Broker
from kiosk.mqtt.client import Client
from kiosk.mqtt.news import (
    Arrived,
    Connected,
    Died,
    Disconnected,
    Identity,
    Item,
    NotSubscribed,
    Receipt,
    TakenOver,
)
from kiosk.mqtt.patience import Pace
from kiosk.mqtt.topics import Fleet, Post, Topics
from kiosk.secret import Secret

PACE: Final = Pace(least=0.5, most=10.0)
PATIENCE: Final = 15.0
"""Seconds to wait for the broker's welcome."""
ONE_BY_ONE: Final = 20
"""Up to so many machines are listened to by name; of more, all are listened to and the rest passed over."""


class Wire(Protocol):
    """What is needed of a line by those who ask over it."""

    fleet: Fleet

    def next(self, until: float) -> Item | None:
        """What happens next, None where nothing does until then."""

    def publish(self, post: Post, payload: bytes) -> Receipt:
        """Send a message."""

    def acknowledge(self, arrived: Arrived) -> None:
        """Let the broker forget a message."""


class Caller(NamedTuple):
    """Who calls the broker: a `name` that it keeps messages for while we are away, or none."""

    user: Secret | None = None
    password: Secret | None = None
    name: str = ""

    def identity(self, filters: tuple[str, ...]) -> Identity:
        """Who we are to the broker."""
        return Identity(
            client_id=f"operator-{self.name or secrets.token_hex(6)}",
            filters=filters,
            durable=bool(self.name),
            user=self.user,
            password=self.password,
        )


class Line:
    """Connected when entered; raises KioskError saying why it cannot be."""

    def __init__(self, broker: Broker, caller: Caller, filters: tuple[str, ...], pace: Pace = PACE) -> None:
        self.fleet = Fleet(broker.prefix)
        self._items = Queue[Item]()
        self._broker = broker
        self._client = Client(broker, caller.identity(filters), self._items.put, pace=pace)

    def __enter__(self) -> Self:
        self._client.start()
        try:
            self._wait_for_welcome(time.monotonic() + PATIENCE)
        except BaseException:
            self._client.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def next(self, until: float) -> Item | None:
        """What happens next, None where nothing does until then, on the clock that never jumps."""
        try:
            item = self._items.get(timeout=max(0.0, until - time.monotonic()))
        except Empty:
            return None
        return self._checked(item)

    def waiting(self) -> Item | None:
        """What has happened already; never waits."""
        return None if self._items.empty() else self._checked(self._items.get())

    def publish(self, post: Post, payload: bytes) -> Receipt:
        """Send a message; raises KioskError for one that is too large."""
        try:
            return self._client.publish(post.topic, payload, post.qos, post.retain)
        except ValueError as error:
            raise KioskError(str(error)) from error

    def acknowledge(self, arrived: Arrived) -> None:
        """Let the broker forget a message."""
        self._client.acknowledge(arrived)

    def _checked(self, item: Item) -> Item:
        if isinstance(item, Died):
            raise KioskError(
                f"the connection to {self._broker.place} ended by an error of this program"
            ) from (item.error)
        if isinstance(item, NotSubscribed):
            raise KioskError(
                f"the broker at {self._broker.place} does not let this user read {', '.join(item.filters)}; "
                "see to its access list"
            )
        if isinstance(item, TakenOver):
            raise KioskError("another program uses the same --name at this broker; end one of them")
        return item

    def _wait_for_welcome(self, until: float) -> None:
        why = "it does not answer"
        while (item := self.next(until)) is not None:
            if isinstance(item, Connected):
                return
            if isinstance(item, Disconnected):
                why = item.reason
                break
        # The link speaks to a technician at a machine; here it is a person's own file that is wrong.
        words = why.partition("; set them with")[0].replace("this kiosk", "this user")
        raise KioskError(f"{words} (its address and login: the tool's own settings file)")


def filters(fleet: Fleet, kiosks: tuple[str, ...], reports: tuple[str, ...]) -> tuple[str, ...]:
    """What to listen to, for these machines or, where none is named, for all."""
    if not 0 < len(kiosks) <= ONE_BY_ONE:
        return tuple(map(fleet.filter, reports))
    return tuple(_topic(fleet.of(kiosk), report) for kiosk in kiosks for report in reports)


def _topic(topics: Topics, report: str) -> str:
    return f"{topics.prefix}/{topics.kiosk}/{report}"
