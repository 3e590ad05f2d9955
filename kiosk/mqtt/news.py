"""What is handed to the link to the broker, and what it tells the thread that decides."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

from msgspec import Struct

from kiosk.secret import Secret


class Message(NamedTuple):
    """A topic and the bytes to publish there."""

    topic: str
    payload: bytes


class Identity(Struct, frozen=True, kw_only=True):
    """Who we are to the broker, what we want to hear, and what it says of us when we are lost (retained).

    The client id is also the user, unless there is one.  For a durable one the broker keeps subscriptions and
    messages while it is away.
    """

    client_id: str
    filters: tuple[str, ...] = ()
    will: Message | None = None
    durable: bool = True
    user: Secret | None = None
    password: Secret | None = None


class Receipt:
    """What became of a published message; `is_out`: the broker has it (QoS 0: the network has)."""

    __slots__ = ("_is_gone", "is_out")

    def __init__(self, is_gone: Callable[[], bool]) -> None:
        self._is_gone = is_gone
        self.is_out = False

    @property
    def is_lost(self) -> bool:
        """Nobody will ever hear whether the broker has it: publish it again."""
        return self._is_gone() and not self.is_out

    def drop(self) -> None:
        """Give it up."""
        self._is_gone = lambda: True


class Connected(Struct, frozen=True):
    """The broker let us in; it has our subscriptions before anything that is published from now on."""

    session_present: bool


class Disconnected(Struct, frozen=True):
    """A connection ended or could not be made; the next try comes by itself, in so many seconds.

    Every receipt that was not out by now is lost.
    """

    reason: str
    retry_in: float


class Arrived(Struct, frozen=True):
    """A message; the broker keeps it until `Client.acknowledge`, which must be called for every one."""

    topic: str
    payload: bytes
    retained: bool
    receipt: Any


class Acknowledged(Struct, frozen=True):
    """The broker took something over: look at the receipts."""


class TakenOver(Struct, frozen=True):
    """Most likely another machine uses this kiosk's id; comes beside Disconnected, and the pause is long."""


class NotSubscribed(Struct, frozen=True):
    """The broker refuses us these filters: nothing will arrive by them until a person mends its rights."""

    filters: tuple[str, ...]


class Dropped(Struct, frozen=True):
    """A message was thrown away unread; told at most once a second, `count` is all since the start.

    `topic`: where it would have come in, cut short.
    """

    reason: str
    count: int
    topic: str = ""


class Died(Struct, frozen=True):
    """The link's thread ended by an error that nobody expected; the process must not go on without it."""

    error: BaseException


Item: TypeAlias = (
    Connected | Disconnected | Arrived | Acknowledged | TakenOver | NotSubscribed | Dropped | Died
)
