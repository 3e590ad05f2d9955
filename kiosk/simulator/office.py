"""The operator's office: pushes prices, takes slots out of service, settles claims, and keeps the books.

All it knows came over MQTT; its books are those of the operator's own tool.
"""

import asyncio
import re
from collections.abc import Callable
from typing import Final

from kiosk.commands import Disable, Enable, Everything, Resolution, Resolve
from kiosk.mqtt.broker import Broker
from kiosk.mqtt.messages import Ack, Desired, Message
from kiosk.mqtt.reports import Answer, Event, Reply, Reported, State, Status, Taken
from kiosk.operator.outcomes import newest
from kiosk.operator.sales import Day, Sale, Told, days, rebuild, together
from kiosk.simulator.caller import Caller, forget
from kiosk.simulator.changes import Changes
from kiosk.simulator.misfortunes import Bench
from kiosk.simulator.story import Story, rupiah

REPORTS: Final = ("status", "state", "event", "config/reported", "reply")
WHO: Final = "Operator"
REMEMBERED: Final = 400
ACK_AFTER: Final = 1.0
"""Seconds in which more events may come before all of them are acknowledged at once."""
DEAREST: Final = 1_000_000_000
"""Rupiah; below it any number may be pushed, for refusing it is the kiosk's own business."""
PRICE: Final = re.compile(r"slots\[([0-9]{1,2})\]\.price")
SETTLED: Final = {
    Resolution.DISPENSED: "the goods were handed over",
    Resolution.REFUNDED: "the money was given back",
    Resolution.VOID: "nothing is owed",
}


class Office:
    """Made on the loop it lives on; `now` is seconds since 1970.  What was not heard yet is None."""

    def __init__(
        self, broker: Broker, story: Story, bench: Bench, changed: Changes, now: Callable[[], float]
    ) -> None:
        self.status: Status | None = None
        self.state: State | None = None
        self.reported: Reported | None = None
        self.sales: list[Sale] = []
        self._story = story
        self._now = now
        self._told: dict[tuple[str, int, int], Told] = {}
        self._asked: dict[str, None] = {}
        self._highest = 0
        self._pushed: dict[int, int] = {}
        self._ack: asyncio.TimerHandle | None = None
        self._caller = Caller("operator", broker, REPORTS, self._hear, bench, changed)

    @property
    def is_connected(self) -> bool:
        """Whether it reaches the broker."""
        return self._caller.is_connected

    def events(self, most: int) -> list[Event]:
        """The newest events, newest first."""
        return [told.event for told in list(self._told.values())[: -most - 1 : -1]]

    def claims(self) -> list[Sale]:
        """Orders that wait for a person's decision."""
        return [sale for sale in self.sales if sale.state == "ESCALATED" and not sale.resolved]

    def books(self) -> Day:
        """All sales together."""
        return together(days(self.sales, str))

    def prices(self) -> dict[int, int]:
        """The price of each slot that is in effect, as the machine tells it."""
        values = self.reported.effective if self.reported else {}
        found = ((PRICE.fullmatch(name), price) for name, price in values.items())
        return {int(match[1]): price for match, price in found if match}

    def push(self, slot: int, price: int) -> None:
        """Push a configuration with every slot's price, this one among them; ValueError for nonsense."""
        if self.reported is None:
            self._story.tell("trouble", "The operator has not heard of the kiosk yet: nothing was sent")
            return
        if slot not in self.prices() or not 0 <= price < DEAREST:
            raise ValueError("no such slot or no such price")
        self._say(f"The operator pushes version {self._highest + 1}: slot {slot} costs {rupiah(price)}")
        asked = {**self._pushed, slot: price}
        listed = [{"number": number, "price": each} for number, each in {**self.prices(), **asked}.items()]
        desired = Desired(version=self._highest + 1, document={"slots": listed})
        if self._left(self._caller.send(self._caller.topics.desired, desired)):
            self._highest, self._pushed = desired.version, asked

    def able(self, slot: int | Everything, *, on: bool) -> None:
        """Take a slot or the whole machine out of service, or put it back."""
        what = "the whole machine" if slot == "all" else f"slot {slot}"
        self._say(f"The operator {'enables' if on else 'disables'} {what}")
        kind = Enable if on else Disable
        self._ask("enable" if on else "disable", kind(slot=slot, who=WHO))

    def settle(self, order: str, resolution: Resolution) -> None:
        """Note how a claim was settled; ValueError where there is no such claim."""
        claim = next((sale for sale in self.claims() if sale.order_id == order), None)
        if claim is None:
            raise ValueError("no such claim")
        self._say(f"The operator settles claim {claim.claim_code}: {SETTLED[resolution]}")
        self._ask("resolve", Resolve(order_id=order, who=WHO, resolution=resolution))

    async def close(self) -> None:
        """Hang up."""
        if self._ack is not None:
            self._ack.cancel()
        await self._caller.close()

    def _say(self, words: str) -> None:
        self._story.tell("operator", words)

    def _ask(self, name: str, args: Enable | Disable | Resolve) -> None:
        id_ = self._caller.ask(name, args, self._now())
        if self._left(bool(id_)):
            self._asked[id_] = None
            forget(self._asked, REMEMBERED)

    def _left(self, is_gone: bool) -> bool:
        if not is_gone:
            self._story.tell("trouble", "The operator cannot reach the broker: nothing was sent")
        return is_gone

    def _hear(self, message: Message) -> None:
        match message:
            case Status():
                self.status = newest(self.status, message)
            case State():
                self.state = message
            case Reported():
                self._learn(message)
            case Event():
                self._book(message)
            case Reply() if message.id in self._asked:
                self._answered(message)

    def _learn(self, reported: Reported) -> None:
        self.reported = reported
        if reported.version >= self._highest and reported.taken is not Taken.WAITING:
            self._pushed = {}  # answered; what holds is reported
        self._highest = max(self._highest, reported.version, reported.in_effect)

    def _book(self, event: Event) -> None:
        told = Told(self._caller.topics.kiosk, event)
        if told.name in self._told:
            return
        self._told[told.name] = told
        forget(self._told, REMEMBERED)
        self.sales = rebuild(self._told.values())
        if self._ack is None:
            self._ack = asyncio.get_running_loop().call_later(ACK_AFTER, self._acknowledge)

    def _acknowledge(self) -> None:
        self._ack = None
        _, epoch, seq = max(self._told)
        self._caller.send(self._caller.topics.ack, Ack(epoch=epoch, seq=seq))

    def _answered(self, reply: Reply) -> None:
        if reply.status in (Answer.REJECTED, Answer.FAILED):
            self._say(f'The operator hears "{reply.status.value}": {reply.words or reply.reason}')
