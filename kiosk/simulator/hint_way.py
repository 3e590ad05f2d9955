"""The way of the newest payment's hint: when it passed which hand, from the gateway to the kiosk.

Without a webhook service, or where a link is cut, the kiosk learns of it by asking of its own accord.
"""

import re
from collections.abc import Callable
from typing import Final

from msgspec import Struct

from kiosk.simulator.ledger import Charge
from kiosk.simulator.story import Story

KNOWS: Final = re.compile(r"^\S+ K303 .*\border_id=(\w+)")
SOLD: Final = re.compile(r"^\S+ K305 .*\border_id=(\w+)")
HINTS: Final = b"/notify/"
"""In the topic of every hint."""
HANDS: Final = ("gateway", "receiver", "stream", "broker", "kiosk")


class Payment(Struct):
    """One payment and its hint; `passed` says after how many seconds it had been in which hand.

    `trouble` is why its notification is not in the stream, "" once it is; `rang`: whether the kiosk was
    brought the hint, `knew_by_hint`: and only then got its gateway's word.
    """

    order: str
    names: frozenset[str]
    gateway: str
    paid_at: float
    passed: dict[str, float]
    trouble: str = ""
    rang: bool = False
    knew_by_hint: bool = False


class Way:
    """Remembers the newest payment; `now` counts seconds, `poll` is how often the kiosk asks unbidden."""

    def __init__(self, story: Story, now: Callable[[], float], poll: float) -> None:
        self._story = story
        self._now = now
        self._poll = poll
        self.newest: Payment | None = None

    def begin(self, charge: Charge, gateway: str) -> None:
        """Somebody paid."""
        order = charge.order.partition("-")[0]  # what follows is for one try at making its code
        names = frozenset({order, charge.order, charge.echo.get("invoice", order)})
        self.newest = Payment(order, names, gateway, self._now(), {})

    def passed(self, name: str, *hands: str) -> float | None:
        """The hint is in these hands, for the first time; says after how many seconds.

        None where it is not about the newest payment, or was there before.
        """
        payment = self.newest
        if payment is None or name not in payment.names or hands[-1] in payment.passed:
            return None
        seconds = self._now() - payment.paid_at
        payment.passed = {**dict.fromkeys(hands, seconds), **payment.passed}
        return seconds

    def failed(self, name: str, why: str) -> None:
        """The notification did not get into the stream; "" where it did."""
        if self.newest is not None and name in self.newest.names:
            self.newest.trouble = why

    def at_broker(self, name: str) -> None:
        """A hint about that order is at the broker."""
        seconds = self.passed(name, "receiver", "stream", "broker")
        if seconds is not None:
            words = f"The broker has the hint for the kiosk, {round(seconds * 1000)} ms after the payment"
            self._story.tell("broker", words)

    def brought(self, chunk: bytes) -> None:
        """What the broker sends to the kiosk."""
        payment = self.newest
        if payment is None or HINTS not in chunk:
            return
        if any(f'"{name}"'.encode() in chunk for name in payment.names):
            self.at_broker(payment.order)
            payment.rang = True

    def hear(self, line: str) -> None:
        """A line of the kiosk's log."""
        known = KNOWS.match(line)
        if known and self.newest is not None and self.passed(known[1], "kiosk") is not None:
            self.newest.knew_by_hint = self.newest.rang
        sold = SOLD.match(line)
        if sold and self.newest is not None and sold[1] == self.newest.order:
            self._story.tell("kiosk", f"It {self.outcome(self.newest)}")

    def outcome(self, payment: Payment) -> str:
        """When the kiosk knew of it and why, as the rest of a sentence; "" as long as it does not."""
        if "kiosk" not in payment.passed:
            return ""
        rhythm = f"every {self._poll:g} s"
        how = f"of its own accord, as it does {rhythm}"
        if payment.knew_by_hint:
            how = f"because the hint rang; left to itself it asks {rhythm}"
        return f"knew {payment.passed['kiosk']:.2f} s after the payment: it asked {how}"
