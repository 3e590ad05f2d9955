"""What the page shows of a hint's way: who had it when, and which link is cut."""

from typing import Final

from msgspec import Struct

from kiosk.simulator.hint_way import HANDS, Payment
from kiosk.simulator.misfortunes import Misfortune
from kiosk.simulator.world import World

TITLES: Final = ("Gateway", "Receiver", "Stream", "Broker", "Kiosk")
LINKS: Final = (
    Misfortune.RECEIVER_STOPPED,
    Misfortune.REDIS_AWAY,
    Misfortune.FORWARDER_STOPPED,
    Misfortune.LINE_CUT,
)
"""What cuts the link behind each hand but the last."""
NOT_YET: Final = {
    "receiver": "{gateway}'s notification is not taken",
    "stream": "{gateway}'s notification is not kept",
    "broker": "The hint waits in the stream for the forwarder",
    "kiosk": "The broker has the hint for the kiosk",
}
"""What to say of the first hand that it has not passed."""


class Hand(Struct, frozen=True):
    """One hand on the way; `words` say how long after the payment the hint was there, "" where it was not."""

    title: str
    words: str


class Link(Struct, frozen=True):
    """What cuts the way behind a hand, and whether it is cut."""

    name: str
    title: str
    cut: bool


class WayView(Struct, frozen=True):
    """The strip; without a webhook service there are no links, and two hands."""

    words: str
    hands: list[Hand]
    links: list[Link]


def way_view(world: World) -> WayView:
    """The way of this moment."""
    payment = world.way.newest
    passed = payment.passed if payment else {}
    hands = [Hand(title, _milliseconds(passed.get(name))) for name, title in zip(HANDS, TITLES, strict=True)]
    if world.hooks is None:
        return WayView(_words(world, payment), [hands[0], hands[-1]], [])
    between = zip(LINKS, TITLES, TITLES[1:], strict=False)
    links = [Link(each, f"from {a} to {b}".lower(), world.is_active(each)) for each, a, b in between]
    return WayView(_words(world, payment), hands, links)


def _milliseconds(seconds: float | None) -> str:
    if seconds is None:
        return ""
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def _words(world: World, payment: Payment | None) -> str:
    if payment is None:
        return "Pay for something, and see how the news of it comes to the kiosk."
    if known := world.way.outcome(payment):
        return f"The kiosk {known}."
    if world.hooks is None:
        return "Nobody tells the kiosk; it asks its gateway of its own accord."
    hand = next((name for name in HANDS[1:] if name not in payment.passed), "kiosk")
    trouble = f": {payment.trouble}" if payment.trouble else ""
    return f"{NOT_YET[hand].format(gateway=payment.gateway)}{trouble}."
