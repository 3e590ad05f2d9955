"""A light machine: the kiosk's side of MQTT with the real message code, without hardware, gateway or disk.

It answers commands, takes configurations and tells events as `docs/mqtt.md` says, so that an operator's tool
can be tried against hundreds of them.  No network here: what it hears and what it says are values.
"""

import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar, Final

from msgspec import Struct
from msgspec.structs import replace

from kiosk import __version__, commands
from kiosk.admission import Admitted, Came, Repeated, admit
from kiosk.minting import claim_code, order_id
from kiosk.mqtt.messages import Ack, Command, Desired, Message, decode, encode
from kiosk.mqtt.reports import (
    Answer,
    Event,
    OrderNow,
    Phase,
    Presence,
    Reply,
    SlotNow,
    State,
    Status,
    rejected,
)
from kiosk.mqtt.signatures import desired_bytes, is_signed
from kiosk.mqtt.topics import AckSent, CommandSent, DesiredSent, Post, StatusSeen, Topics
from kiosk.refusals import Reason, Refusal
from kiosk.secret import Secret
from kiosk.simulator import light_config

PRICES: Final = (12_000, 8_000)
LIMITS: Final = {"unpaid_orders": 6}
PAYS: Final = ("SETTLED", "ARMED", "DISPENSED")


class Said(Struct, frozen=True):
    """A message to publish, in its turn."""

    post: Post
    payload: bytes


class Heard(Struct, frozen=True, kw_only=True):
    """A message as it arrived, and what the clock said then."""

    topic: str
    payload: bytes
    retained: bool
    wall: float


class LightMachine:
    """One machine; `executed` counts how often each command was carried out, by its id.

    `limits` are the local ones, that may be narrowed and never widened; with `keys` it takes signed
    messages only.
    """

    def __init__(
        self, topics: Topics, *, limits: Mapping[str, int] = LIMITS, keys: tuple[Secret, ...] = ()
    ) -> None:
        self.topics = topics
        self.executed = Counter[str]()
        self.acknowledged: Ack | None = None
        self.events: list[Event] = []
        self.reported = light_config.untouched(limits)
        self.prices = dict(enumerate(PRICES, 1))
        self._limits = limits
        self._keys = keys
        self._disabled: set[int] = set()
        self._order: OrderNow | None = None
        self._asked_by: Reply | None = None
        self._references: dict[str, tuple[str, OrderNow]] = {}
        self._answers: dict[str, tuple[str, Reply]] = {}

    def status(self, presence: Presence) -> Said:
        """Whether it is there; its will says that it is lost."""
        return _said(self.topics.status, Status(status=presence, session=1, version=__version__))

    def greeting(self) -> list[Said]:
        """What is retained, after every connection."""
        return [self.status(Presence.ONLINE), self._state(), self._report()]

    def hear(self, heard: Heard) -> list[Said]:
        """What it says to a message; it is as good as on disk when this returns."""
        match self.topics.read(heard.topic):
            case CommandSent(name=name):
                return self._commanded(name, heard)
            case DesiredSent() if isinstance(desired := decode(Desired, heard.payload), Desired):
                return self._desired(desired, heard.topic)
            case AckSent() if isinstance(ack := decode(Ack, heard.payload), Ack):
                self.acknowledged = ack
            case StatusSeen() if heard.payload != self.status(Presence.ONLINE).payload:
                return [self.status(Presence.ONLINE)]
        return []

    def sell(self, wall: float) -> list[Said]:
        """Somebody buys what slot 1 has, with the keypad; nobody can while an order is open."""
        if self._order:
            return []
        return [*self._begin(self._new_order("", 1, None), wall), *self.pay(wall)]

    def pay(self, wall: float) -> list[Said]:
        """The open order is paid and released; nothing where none is open."""
        order, asked = self._order, self._asked_by
        if order is None:
            return []
        self._order = self._asked_by = None
        if order.reference:
            digest, _ = self._references[order.reference]
            self._references[order.reference] = digest, replace(order, state="DISPENSED")
        told = [self._order_told(order, state, wall) for state in PAYS]
        last = [_said(self.topics.reply, replace(asked, status=Answer.DONE))] if asked else []
        return [*told, self._state(), *last]

    def _commanded(self, name: str, heard: Heard) -> list[Said]:
        command = decode(Command, heard.payload)
        if isinstance(command, Refusal):
            return [_said(self.topics.reply, rejected(name, command))]
        came = Came(topic=heard.topic, retained=heard.retained, wall=heard.wall, clock_ok=True)
        known, first = self._answers.get(command.id, (None, None))
        match admit(self.topics.kiosk, name, command, came, self._keys, known):
            case Refusal() as refusal:
                return [_said(self.topics.reply, rejected(name, refusal))]
            case Repeated() if first:
                return [_said(self.topics.reply, first)]
            case Admitted() as admitted:
                return self._done(admitted, heard.wall)
        return []

    def _done(self, admitted: Admitted, wall: float) -> list[Said]:
        self.executed[admitted.id] += 1
        reply, *said = self._deeds.get(admitted.name, LightMachine._knows_none)(self, admitted, wall)
        assert isinstance(reply, Reply)
        self._answers[admitted.id] = admitted.digest, reply
        rest = [each for each in said if isinstance(each, Said)]
        return [_said(self.topics.reply, reply), *rest]

    def _charge(self, admitted: Admitted, wall: float) -> list[Reply | Said]:
        args = admitted.args
        assert isinstance(args, commands.Charge)
        if known := self._references.get(args.reference):
            return [_same_sale(admitted, *known)]
        if self._order:
            return [_refused(admitted, Reason.BUSY)]
        if (args.slot or 1) not in self.prices:
            return [_refused(admitted, Reason.NO_SUCH_SLOT)]
        order = self._new_order(args.reference, args.slot or 1, args.amount)
        self._references[args.reference] = admitted.digest, order
        self._asked_by = _answer(admitted, Answer.ACCEPTED, order_id=order.order_id)
        return [self._asked_by, *self._begin(order, wall)]

    def _switch(self, admitted: Admitted, wall: float) -> list[Reply | Said]:
        args = admitted.args
        assert isinstance(args, commands.Enable | commands.Disable)
        slots = set(self.prices) if args.slot == "all" else {args.slot}
        if not slots <= set(self.prices):
            return [_refused(admitted, Reason.NO_SUCH_SLOT)]
        disables = isinstance(args, commands.Disable)
        self._disabled = self._disabled | slots if disables else self._disabled - slots
        told = self._told(f"slot.{admitted.name}d", {"slot": args.number, "who": args.who}, wall)
        return [_answer(admitted, Answer.DONE), told, self._state()]

    def _answers_only(self, admitted: Admitted, wall: float) -> list[Reply | Said]:
        return [_answer(admitted, Answer.DONE, version=__version__)]

    def _knows_none(self, admitted: Admitted, wall: float) -> list[Reply | Said]:
        return [_refused(admitted, Reason.NO_SUCH_ORDER)]

    def _desired(self, desired: Desired, topic: str) -> list[Said]:
        after = light_config.taken(self.reported, desired, self._limits, self._forged(desired, topic))
        if after is self.reported:
            return []
        if after.in_effect == desired.version:
            self.prices |= light_config.prices(desired)
        self.reported = after
        return [self._report(), self._state()]

    def _forged(self, desired: Desired, topic: str) -> Reason | None:
        content = desired_bytes(self.topics.kiosk, topic, desired)
        if not self._keys or is_signed(self._keys, content, desired.sig):
            return None
        return Reason.WRONG_SIGNATURE if desired.sig else Reason.UNSIGNED

    def _new_order(self, reference: str, slot: int, amount: int | None) -> OrderNow:
        return OrderNow(
            order_id=order_id(self.topics.kiosk),
            reference=reference,
            state="QR_SHOWN",
            amount=amount or self.prices[slot],
            slot=slot,
            item=f"Slot {slot}",
            gateway="midtrans",
            claim_code=claim_code(lambda *_: True),
        )

    def _begin(self, order: OrderNow, wall: float) -> list[Said]:
        self._order = order
        told = [self._order_told(order, state, wall) for state in ("INTENT", "QR_SHOWN")]
        return [*told, self._state()]

    def _order_told(self, order: OrderNow, state: str, wall: float) -> Said:
        fields: dict[str, str | int] = {
            name: getattr(order, name) for name in ("amount", "slot", "item", "gateway", "claim_code")
        }
        if state in PAYS:
            fields["gateway_reference"] = f"gw-{order.order_id[-8:].lower()}"
        return self._told(f"order.{state.lower()}", fields, wall, order.order_id, order.reference)

    def _told(
        self, what: str, fields: dict[str, str | int], wall: float, order: str = "", reference: str = ""
    ) -> Said:
        event = Event(
            event_id=secrets.token_hex(8),
            epoch=1,
            seq=len(self.events) + 1,
            time=int(wall),
            time_ok=True,
            what=what,
            order_id=order,
            reference=reference,
            fields=fields,
        )
        self.events.append(event)
        return _said(self.topics.event, event)

    def _state(self) -> Said:
        phase = Phase.AWAITING_PAYMENT if self._order else Phase.IDLE
        ready = self._order is None
        slots = tuple(self._slots_now())
        state = State(phase=phase, ready=ready, codes=(), order=self._order, slots=slots, background=0)
        return _said(self.topics.state, state)

    def _slots_now(self) -> Iterator[SlotNow]:
        for number, price in self.prices.items():
            reason = "disabled" if number in self._disabled else ""
            yield SlotNow(number=number, name=f"Slot {number}", price=price, reason=reason, stock=None)

    def _report(self) -> Said:
        return _said(self.topics.reported, self.reported)

    _deeds: ClassVar[dict[str, Callable[["LightMachine", Admitted, float], list[Reply | Said]]]] = {
        "charge": _charge,
        "enable": _switch,
        "disable": _switch,
        **dict.fromkeys(("ping", "identify", "diagnostics", "restart", "test"), _answers_only),
    }


def _said(post: Post, message: Message) -> Said:
    return Said(post, encode(message))


def _answer(admitted: Admitted, status: Answer, **data: Any) -> Reply:
    return Reply(id=admitted.id, command=admitted.name, status=status, data=data)


def _refused(admitted: Admitted, reason: Reason) -> Reply:
    return rejected(admitted.name, Refusal(reason, id=admitted.id))


def _same_sale(admitted: Admitted, digest: str, order: OrderNow) -> Reply:
    if digest != admitted.digest:
        return _refused(admitted, Reason.REFERENCE_USED)
    told = {"order_id": order.order_id, "reference": order.reference, "state": order.state}
    return _answer(admitted, Answer.DUPLICATE, **told)
