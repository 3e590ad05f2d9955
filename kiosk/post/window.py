"""Messages under way to the broker: few at a time, and of a retained one only the newest."""

from typing import Generic, NamedTuple, TypeVar

from kiosk.mqtt.news import Receipt
from kiosk.mqtt.topics import Post
from kiosk.post.ports import Link

T = TypeVar("T")


class Settled(NamedTuple, Generic[T]):
    """What was under way: the broker has it, or nobody will ever hear whether it has."""

    out: list[T]
    lost: list[T]


class Window(Generic[T]):
    """At most `most` things that were published on a topic, until the broker has them or they are lost."""

    def __init__(self, link: Link, post: Post, most: int) -> None:
        self._link, self._post, self._most = link, post, most
        self._under_way: list[tuple[T, Receipt]] = []

    @property
    def room(self) -> int:
        """How many more may be sent."""
        return self._most - len(self._under_way)

    @property
    def things(self) -> list[T]:
        """What is under way, in the order in which it was sent."""
        return [thing for thing, _ in self._under_way]

    def send(self, thing: T, payload: bytes) -> bool:
        """Publish it; False where there is no connection any more, and then it is not under way."""
        receipt = publish(self._link, self._post, payload)
        if receipt.is_lost:
            return False
        self._under_way.append((thing, receipt))
        return True

    def settle(self) -> Settled[T]:
        """Take out, and tell, what is under way no longer."""
        found: Settled[T] = Settled([], [])
        still = []
        for thing, receipt in self._under_way:
            # looked at in this order: what gets out meanwhile is sent once more, never lost
            if receipt.is_out:
                found.out.append(thing)
            elif receipt.is_lost:
                found.lost.append(thing)
            else:
                still.append((thing, receipt))
        self._under_way = still
        return found


class Standing:
    """A retained message: told again only when it has changed, or where the broker may not have it."""

    def __init__(self, link: Link, post: Post) -> None:
        self._link, self._post = link, post
        self._wanted = self._told = b""
        self._receipt: Receipt | None = None

    def want(self, payload: bytes) -> None:
        """What the broker is to hold from now on."""
        self._wanted = payload

    def forget(self) -> None:
        """The broker may hold something else by now."""
        self._told = b""

    @property
    def is_news(self) -> bool:
        """Whether something is to be told now; not while what was told before is still under way."""
        receipt = self._receipt
        if receipt and not receipt.is_out:
            return receipt.is_lost
        return self._wanted != self._told

    def send(self) -> None:
        """Publish it if it is news."""
        if self.is_news:
            self._receipt = publish(self._link, self._post, self._wanted)
            self._told = self._wanted


def publish(link: Link, post: Post, payload: bytes) -> Receipt:
    """Send a message the way its topic wants it."""
    return link.publish(post.topic, payload, post.qos, post.retain)
