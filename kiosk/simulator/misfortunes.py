"""The bench of misfortunes: everything a tester can do to the kiosk, as one table.

A misfortune is armed and then strikes: at the next call it applies to, or at every one for some seconds.
Those of the machine and of its power happen at once and are done elsewhere; here they have their words.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Final

from msgspec import Struct


class Misfortune(StrEnum):
    """What can be made to go wrong."""

    LATE_PAYMENT = "late_payment"
    PAID_MEANWHILE = "paid_meanwhile"
    LOST_REPLY = "lost_reply"
    SERVER_ERROR = "server_error"
    ERROR_AFTERWARDS = "error_afterwards"
    GARBAGE = "garbage"
    SLOW = "slow"
    DOWN = "down"
    DENIED = "denied"
    IMAGE_ONLY = "image_only"
    WRONG_AMOUNT = "wrong_amount"
    REFUND_REFUSED = "refund_refused"
    PANEL_UNPLUGGED = "panel_unplugged"
    RELAY_UNPLUGGED = "relay_unplugged"
    DAEMON_KILLED = "daemon_killed"


class Place(StrEnum):
    """Where a misfortune happens."""

    PHONE = "the phone"
    GATEWAY = "the gateway"
    MACHINE = "the machine"


class Card(Struct, frozen=True):
    """A misfortune's words, and how long it lasts: seconds, or 0 for once."""

    place: Place
    title: str
    explains: str
    seconds: float = 0


CARDS: Final = {
    Misfortune.LATE_PAYMENT: Card(
        Place.PHONE,
        "Pay too late",
        "The next payment arrives when the panel has already given up, and cancelling fails meanwhile.",
    ),
    Misfortune.PAID_MEANWHILE: Card(
        Place.PHONE,
        "Pay while cancelling",
        "The next cancel comes a moment after the money: the gateway refuses to cancel.",
    ),
    Misfortune.LOST_REPLY: Card(
        Place.GATEWAY,
        "Lose a reply",
        "The gateway does what the next call asks, and the line breaks before it can say so.",
    ),
    Misfortune.SERVER_ERROR: Card(
        Place.GATEWAY,
        "Answer 503",
        "For 8 seconds the gateway answers only that it is busy.",
        8,
    ),
    Misfortune.ERROR_AFTERWARDS: Card(
        Place.GATEWAY,
        "Do it, answer 500",
        "The gateway does what the next call asks and then claims that it failed.",
    ),
    Misfortune.GARBAGE: Card(
        Place.GATEWAY,
        "Answer garbage",
        "For 8 seconds a hotel's login page answers instead of the gateway.",
        8,
    ),
    Misfortune.SLOW: Card(
        Place.GATEWAY,
        "Answer slowly",
        "The next call is answered after 12 seconds, longer than the kiosk may wait.",
    ),
    Misfortune.DOWN: Card(
        Place.GATEWAY,
        "Gateway down",
        "For 15 seconds the gateway hangs up on every call.",
        15,
    ),
    Misfortune.DENIED: Card(
        Place.GATEWAY,
        "Deny every code",
        "For 15 seconds the wallet behind the gateway has a hiccup (its code 900) and makes no QR code.",
        15,
    ),
    Misfortune.IMAGE_ONLY: Card(
        Place.GATEWAY,
        "Send only a picture",
        "The next code comes as an image, without the string that is inside.",
    ),
    Misfortune.WRONG_AMOUNT: Card(
        Place.GATEWAY,
        "Wrong amount in the code",
        "The next code asks the customer for Rp 1.000 too much.",
    ),
    Misfortune.REFUND_REFUSED: Card(
        Place.GATEWAY,
        "Refuse refunds",
        "For 60 seconds the merchant's balance is too low to send money back.",
        60,
    ),
    Misfortune.PANEL_UNPLUGGED: Card(
        Place.MACHINE,
        "Unplug the panel",
        "The cable of the panel comes loose, until you plug it in again.",
    ),
    Misfortune.RELAY_UNPLUGGED: Card(
        Place.MACHINE,
        "Unplug the relays",
        "The relay board does not answer, until you plug it in again.",
    ),
    Misfortune.DAEMON_KILLED: Card(
        Place.MACHINE,
        "Kill the program",
        "The kiosk's program dies on the spot and is started again a second later; the power stays on.",
    ),
}

SLOWNESS: Final = 12.0
"""Seconds that a slow answer takes."""


class Bench:
    """What is armed right now; `clock` counts seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._once: set[Misfortune] = set()
        self._until: dict[Misfortune, float] = {}

    def arm(self, misfortune: Misfortune) -> None:
        """Let it strike from now on."""
        seconds = CARDS[misfortune].seconds
        if seconds:
            self._until[misfortune] = self._clock() + seconds
        else:
            self._once.add(misfortune)

    def disarm(self, misfortune: Misfortune) -> None:
        """Call it off; harmless where it was not armed."""
        self._once.discard(misfortune)
        self._until.pop(misfortune, None)

    def is_armed(self, misfortune: Misfortune) -> bool:
        """Whether it would strike now."""
        return misfortune in self._once or self._clock() < self._until.get(misfortune, 0)

    def strikes(self, misfortune: Misfortune) -> bool:
        """Whether it strikes here and now; one that strikes once is used up."""
        armed = self.is_armed(misfortune)
        self._once.discard(misfortune)
        return armed

    def seconds_left(self, misfortune: Misfortune) -> float:
        """How long a lasting one still lasts; 0 for the others."""
        return max(0.0, self._until.get(misfortune, 0) - self._clock())
