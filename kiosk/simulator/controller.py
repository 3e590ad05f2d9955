"""The vending controller: asks the kiosk for money over MQTT, and releases nothing itself.

It believes the kiosk's answers and nothing else; what it asked for it can ask for again and again.
"""

import secrets
from collections import deque
from collections.abc import Callable
from typing import Final

from msgspec import Struct

from kiosk.commands import Charge
from kiosk.mqtt.broker import Broker
from kiosk.mqtt.messages import Message
from kiosk.mqtt.reports import Answer, Reply
from kiosk.simulator.caller import Caller, forget
from kiosk.simulator.changes import Changes
from kiosk.simulator.misfortunes import Bench
from kiosk.simulator.story import Story, rupiah

REMEMBERED: Final = 100
ANSWERS: Final = 12

WORDS: Final = {
    Answer.ACCEPTED: "written down; the code comes on the panel",
    Answer.DONE: "paid, and the goods were released",
    Answer.DUPLICATE: "the kiosk knows this sale, {state} already, and does nothing again",
}
WHY: Final = {
    "cancelled": "the customer cancelled, nothing was paid",
    "expired": "nobody paid in time",
    "refused": "the gateway makes no code",
    "never_shown": "no code came in time",
    "paid_late": "paid too late, the money goes back",
    "power_cut": "the power was cut before it was paid",
    "restarted": "the kiosk started anew before it was paid",
    "cut_in_release": "the power was cut in mid-release, a person decides",
    "no_refund": "paid and not released, a person decides",
}
"""Of a charge that failed, where the kiosk's own short words would puzzle somebody new."""


class Answered(Struct, frozen=True):
    """An answer to a sale's charge, in words."""

    number: int
    at: float
    reference: str
    status: str
    words: str


class Controller:
    """Made on the loop it lives on; `now` is seconds since 1970."""

    def __init__(
        self, broker: Broker, story: Story, bench: Bench, changed: Changes, now: Callable[[], float]
    ) -> None:
        self.answers: deque[Answered] = deque(maxlen=ANSWERS)
        self.newest: Charge | None = None
        self._story = story
        self._now = now
        self._count = 0
        self._asked: dict[str, str] = {}
        self._known: dict[tuple[str, Answer], None] = {}
        self._caller = Caller("controller", broker, ("reply",), self._hear, bench, changed)

    @property
    def is_connected(self) -> bool:
        """Whether it reaches the broker."""
        return self._caller.is_connected

    def charge(self, slot: int | None, amount: int | None, reference: str) -> None:
        """Ask for a sale, under a new reference where none is given; ValueError for what nobody may ask."""
        named = reference or f"sale-{secrets.token_hex(3)}"
        asked = Charge(reference=named, slot=slot, amount=amount)
        self._send(asked, f"The controller asks for {_what(asked)} and calls the sale {named}")

    def again(self) -> None:
        """Ask for the same sale once more, as one that has lost its memory would."""
        if self.newest is not None:
            named = self.newest.reference
            self._send(self.newest, f"The controller asks for the sale {named} once more")

    def statuses(self, reference: str) -> list[str]:
        """The answers to a sale, oldest first."""
        return [each.status for each in self.answers if each.reference == reference]

    async def close(self) -> None:
        """Hang up."""
        await self._caller.close()

    def _send(self, asked: Charge, words: str) -> None:
        self._story.tell("controller", words)
        id_ = self._caller.ask("charge", asked, self._now())
        if not id_:
            self._story.tell("trouble", "The controller cannot reach the broker: nothing was asked")
            return
        self.newest = asked
        self._asked[id_] = asked.reference
        forget(self._asked, REMEMBERED)

    def _hear(self, reply: Message) -> None:
        if not isinstance(reply, Reply) or reply.id not in self._asked:
            return
        if (reply.id, reply.status) in self._known:  # told at least once: after a restart again
            return
        self._known[reply.id, reply.status] = None
        forget(self._known, REMEMBERED)
        self._count += 1
        words = _said(reply)
        self.answers.append(
            Answered(self._count, self._now(), self._asked[reply.id], reply.status.value, words)
        )
        self._story.tell("controller", f'The controller hears "{reply.status.value}": {words}')


def _what(asked: Charge) -> str:
    slot = f"slot {asked.slot}" if asked.slot else ""
    amount = rupiah(asked.amount) if asked.amount else ""
    return " for ".join(filter(None, (amount, slot)))


def _said(reply: Reply) -> str:
    if reply.status in WORDS:
        return WORDS[reply.status].format(state=str(reply.data.get("state", "open")).lower())
    return WHY.get(reply.reason) or reply.words or reply.reason
