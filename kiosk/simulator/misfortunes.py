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
    TOKENS_FORGOTTEN = "tokens_forgotten"
    CONFLICT = "conflict"
    NOT_FOUND_YET = "not_found_yet"
    FORGED_ANSWER = "forged_answer"
    PANEL_UNPLUGGED = "panel_unplugged"
    RELAY_UNPLUGGED = "relay_unplugged"
    DAEMON_KILLED = "daemon_killed"
    LINE_CUT = "line_cut"
    BROKER_KILLED = "broker_killed"
    COMES_TWICE = "comes_twice"
    PUSH_LOST = "push_lost"
    RECEIVER_STOPPED = "receiver_stopped"
    REDIS_AWAY = "redis_away"
    FORWARDER_STOPPED = "forwarder_stopped"


class Place(StrEnum):
    """Where a misfortune happens."""

    PHONE = "the phone"
    GATEWAY = "the gateway"
    MACHINE = "the machine"
    BROKER = "the broker"
    WEBHOOKS = "the webhook service"


class Card(Struct, frozen=True):
    """A misfortune's words, and how long it lasts: seconds, or 0 for once.

    `only` names the gateways it can happen to, none where it can happen to each.
    """

    place: Place
    title: str
    explains: str
    seconds: float = 0
    only: tuple[str, ...] = ()


CODE_MAKERS: Final = ("midtrans", "doku", "doku_indodana", "interactive")

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
        only=("midtrans",),
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
    Misfortune.LINE_CUT: Card(
        Place.BROKER,
        "Cut its line to the kiosk",
        "Nobody far away hears or reaches the kiosk, until you mend it. The keypad still sells.",
    ),
    Misfortune.BROKER_KILLED: Card(
        Place.BROKER,
        "Kill the broker",
        "It forgets everything, and starts again a second later. Watch who tells it what.",
    ),
    Misfortune.COMES_TWICE: Card(
        Place.BROKER,
        "Deliver twice",
        "The next command comes to the kiosk twice, as MQTT allows. It must be done once.",
    ),
    Misfortune.PUSH_LOST: Card(
        Place.WEBHOOKS,
        "Lose a push",
        "The next notification never arrives. The kiosk asks of its own accord, only later.",
    ),
    Misfortune.RECEIVER_STOPPED: Card(
        Place.WEBHOOKS,
        "Stop the receiver",
        "Nobody answers a gateway that pushes, until you start it again.",
    ),
    Misfortune.REDIS_AWAY: Card(
        Place.WEBHOOKS,
        "Stop its Redis",
        "It answers 503, so the gateway tries again: after minutes, here seconds.",
    ),
    Misfortune.FORWARDER_STOPPED: Card(
        Place.WEBHOOKS,
        "Stop the forwarder",
        "Hints are taken, and wait in the stream until you start it again.",
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
        "For 15 seconds no code can be made.",
        15,
        only=CODE_MAKERS,
    ),
    Misfortune.IMAGE_ONLY: Card(
        Place.GATEWAY,
        "Send a picture",
        "The next code comes as an image, without its text.",
        only=("midtrans",),
    ),
    Misfortune.WRONG_AMOUNT: Card(
        Place.GATEWAY,
        "Send a wrong amount",
        "The next code asks for Rp 1.000 too much.",
        only=CODE_MAKERS,
    ),
    Misfortune.REFUND_REFUSED: Card(
        Place.GATEWAY,
        "Refuse refunds",
        "For 60 seconds the merchant's balance is too low to pay back.",
        60,
        only=("midtrans", "doku", "indodana"),
    ),
    Misfortune.TOKENS_FORGOTTEN: Card(
        Place.GATEWAY,
        "Forget the tokens",
        "No token given out so far is good any more; the kiosk must ask for another.",
        only=("doku",),
    ),
    Misfortune.CONFLICT: Card(
        Place.GATEWAY,
        "Claim a conflict",
        "The next request is refused (409): its number was used today already, it says.",
        only=("doku",),
    ),
    Misfortune.NOT_FOUND_YET: Card(
        Place.GATEWAY,
        "Not find the order",
        "For 6 seconds it knows of no order, although it made the code.",
        6,
        only=("doku", "doku_indodana"),
    ),
    Misfortune.FORGED_ANSWER: Card(
        Place.GATEWAY,
        "Sign wrongly",
        "The next answer is signed by somebody else; the kiosk must not believe it.",
        only=("doku_indodana",),
    ),
}


def happens_to(misfortune: Misfortune, gateway: str) -> bool:
    """Whether it can happen to this gateway, or where this gateway is used."""
    only = CARDS[misfortune].only
    return not only or gateway in only


SLOWNESS: Final = 12.0
"""Seconds that a slow answer takes."""


class Bench:
    """What is armed right now; `clock` counts seconds.

    A gateway has a bench of its own, on which whatever is armed `everywhere` strikes too.
    """

    def __init__(self, clock: Callable[[], float], everywhere: "Bench | None" = None) -> None:
        self._clock = clock
        self._everywhere = everywhere
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
        """Call it off, everywhere; harmless where it was not armed."""
        self._once.discard(misfortune)
        self._until.pop(misfortune, None)
        if self._everywhere is not None:
            self._everywhere.disarm(misfortune)

    def is_armed(self, misfortune: Misfortune) -> bool:
        """Whether it would strike now."""
        if misfortune in self._once or self._clock() < self._until.get(misfortune, 0):
            return True
        return self._everywhere is not None and self._everywhere.is_armed(misfortune)

    def strikes(self, misfortune: Misfortune) -> bool:
        """Whether it strikes here and now; one that strikes once is used up."""
        armed = self.is_armed(misfortune)
        self._once.discard(misfortune)
        if self._everywhere is not None:
            self._everywhere.strikes(misfortune)
        return armed

    def seconds_left(self, misfortune: Misfortune) -> float:
        """How long a lasting one still lasts; 0 for the others."""
        return max(0.0, self._until.get(misfortune, 0) - self._clock())
