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
        "The next payment comes when the panel has given up; cancelling fails meanwhile.",
    ),
    Misfortune.PAID_MEANWHILE: Card(
        Place.PHONE,
        "Pay in mid-cancel",
        "The next cancel is refused: the money came a moment before it.",
    ),
    Misfortune.PANEL_UNPLUGGED: Card(
        Place.MACHINE,
        "Unplug the panel",
        "Its cable comes loose, until you plug it in again.",
    ),
    Misfortune.RELAY_UNPLUGGED: Card(
        Place.MACHINE,
        "Unplug the relays",
        "The relay board is dead, until you plug it in again.",
    ),
    Misfortune.DAEMON_KILLED: Card(
        Place.MACHINE,
        "Kill the program",
        "It dies on the spot and starts again a second later; the power stays on.",
    ),
    Misfortune.LOST_REPLY: Card(
        Place.GATEWAY,
        "Lose a reply",
        "The next call does its work, but the answer never arrives.",
    ),
    Misfortune.SERVER_ERROR: Card(
        Place.GATEWAY,
        "Be busy (503)",
        "For 8 seconds: busy, and nothing else.",
        8,
    ),
    Misfortune.ERROR_AFTERWARDS: Card(
        Place.GATEWAY,
        "Deny having done it",
        "The next call does its work, and the answer claims that it failed.",
    ),
    Misfortune.GARBAGE: Card(
        Place.GATEWAY,
        "Send garbage",
        "For 8 seconds a hotel's login page answers instead.",
        8,
    ),
    Misfortune.SLOW: Card(
        Place.GATEWAY,
        "Answer slowly",
        "The next answer takes 12 seconds, longer than the kiosk waits.",
    ),
    Misfortune.DOWN: Card(
        Place.GATEWAY,
        "Gateway down",
        "For 15 seconds every call is hung up on.",
        15,
    ),
    Misfortune.DENIED: Card(
        Place.GATEWAY,
        "Make no codes",
        "For 15 seconds no code can be made (channel code 900).",
        15,
    ),
    Misfortune.IMAGE_ONLY: Card(
        Place.GATEWAY,
        "Send a picture",
        "The next code comes as an image, without its text.",
    ),
    Misfortune.WRONG_AMOUNT: Card(
        Place.GATEWAY,
        "Send a wrong amount",
        "The next code asks for Rp 1.000 too much.",
    ),
    Misfortune.REFUND_REFUSED: Card(
        Place.GATEWAY,
        "Refuse refunds",
        "For 60 seconds the merchant's balance is too low to pay back.",
        60,
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
