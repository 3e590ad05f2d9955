"""Calls to the gateways: sent, taken, answered, and each of the three may be lost, late or nonsense."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec.structs import replace

from kiosk import effects as do
from kiosk import events as on
from kiosk.model import Field, Report, Rupiah, Status, Trouble, TroubleKind
from tests.core.bank import No, Sale, Standing
from tests.core.world import failed
from tests.proof import facts
from tests.proof.truth import wrong_code

if TYPE_CHECKING:
    from tests.proof.story import World

EVERY = (
    "lost",
    "floats",
    "reply lost",
    "5xx before",
    "5xx after",
    "garbage",
    "late reply",
    "key refused",
    "too many requests",
)
FATES: dict[type, tuple[str, ...]] = {
    do.Create: (*EVERY, "wrong code", "squatted", "refused"),
    do.Ask: (*EVERY, "stale", "stale", "stale", "foreign", "foreign", "other merchant"),
    do.Cancel: (*EVERY, "pretended", "pretended", "refused"),
    do.Refund: (*EVERY, "slow", "slow", "refused"),
}
ONLY_LASTING: dict[type, tuple[str, ...]] = {do.Ask: ("other currency",)}
"""What is never drawn: every seed would be another story."""
LASTING = {
    "is_silent": "lost",
    "is_deaf": "reply lost",
    "refuses": "refused",
    "is_behind": "stale",
    "is_slow": "late reply",
    "mixes_up": "other merchant",
    "takes_dollars": "other currency",
    "is_confused": "foreign",
}
"""What becomes of every call that it can become of, while that trouble lasts."""
REACHES = ("reply lost", "5xx after", "late reply")
TROUBLES = {
    "5xx before": TroubleKind.UNREADABLE,
    "5xx after": TroubleKind.UNREADABLE,
    "garbage": TroubleKind.UNREADABLE,
    "too many requests": TroubleKind.UNREADABLE,
    "key refused": TroubleKind.MISCONFIGURED,
}


@dataclass
class Flight:
    """A request under way; `is_alive`: whether it still may reach the gateway."""

    act: do.GatewayCall
    asked_at: float
    fate: str
    is_alive: bool = True
    has_reached: bool = False


class Calls:
    """The network between the machine and its gateways."""

    def __init__(self, world: "World") -> None:
        self.world = world
        self.flights: list[Flight] = []

    def send(self, act: do.GatewayCall) -> None:
        """A request leaves; what becomes of it is drawn now."""
        world, draw = self.world, self.world.draw
        world.story.note(facts.Sent, act)
        fate = draw.choice(FATES[type(act)]) if draw.random() < world.rate else "answered"
        for trouble, lasting in LASTING.items():
            if trouble in world.troubles and lasting in FATES[type(act)] + ONLY_LASTING.get(type(act), ()):
                fate = lasting
        terms = world.plan.terms[act.order.gateway]
        deadline = terms.status_deadline if isinstance(act, do.Ask) else terms.create_deadline
        flight = Flight(act, world.machine.clock.elapsed, fate)
        self.flights.append(flight)
        up, down = draw.uniform(0.02, 0.3), draw.uniform(0.02, 0.5)
        if fate != "answered":
            name = type(act).__name__.lower()
            world.hit(f"{name} {fate}", f"What becomes of the {name} just sent: {fate}.")
        if fate in TROUBLES:
            down = 0.2
            world.soon(up + down, lambda: self._fails(flight, TROUBLES[fate]))
        elif fate in ("lost", "floats", "reply lost", "slow"):
            world.soon(deadline, lambda: self._fails(flight, TroubleKind.UNREACHABLE))
        elif fate == "late reply":
            down = 0.9 * deadline
        if fate == "floats":
            up = deadline + draw.uniform(0.1, 50.0)
        if fate == "5xx after" or fate not in ("lost", *TROUBLES):
            world.later(up, lambda: self._reaches(flight, down))

    def process_ended(self) -> None:
        """Requests that are on the wire may still arrive; nobody waits for an answer."""
        for flight in self.flights:
            if not flight.has_reached:
                flight.is_alive = self.world.chance.random() < 0.5
        self.flights = []

    def _reaches(self, flight: Flight, down: float) -> None:
        world, life = self.world, self.world.machine.life_time
        if not flight.is_alive:
            return
        flight.has_reached = True
        answer = self._made(flight)
        if flight not in self.flights:
            return
        if not world.machine.passes(f"{type(flight.act).__name__.lower()}<"):
            return
        if flight.fate in (
            "answered",
            "late reply",
            "stale",
            "foreign",
            "other merchant",
            "other currency",
            "refused",
            "wrong code",
            "squatted",
            "pretended",
        ):
            assert world.machine.life_time == life
            world.soon(down, lambda: self._answered(flight, answer))

    def _answered(self, flight: Flight, answer: on.Event) -> None:
        self.flights.remove(flight)
        if isinstance(answer, on.StatusReported):
            answer = replace(answer, answered_at=self.world.machine.clock.elapsed)
        self.world.story.note(facts.Heard, answer)
        self.world.machine.happen(answer)

    def _fails(self, flight: Flight, kind: TroubleKind) -> None:
        self.flights.remove(flight)
        event = failed(flight.act, Trouble(kind, flight.fate))
        self.world.story.note(facts.Heard, event)
        self.world.machine.happen(event)

    def _made(self, flight: Flight) -> on.Event:
        try:
            deed = Calls._refuse if flight.fate == "refused" else DEEDS[type(flight.act)]
            return deed(self, flight)
        except No as no:
            return failed(flight.act, no.trouble)

    def _refuse(self, flight: Flight) -> on.Event:
        """A final no; but a refund that was taken once is not refused when it is asked for again."""
        act = flight.act
        sales = self.world.truth.of_order(act.order.id) if isinstance(act, do.Refund) else []
        if isinstance(act, do.Refund) and any({act.key} & {*sale.slow, *sale.returned} for sale in sales):
            return self._refund(flight)
        raise No(TroubleKind.REFUSED)

    def _create(self, flight: Flight) -> on.Event:
        order, truth, now = flight.act.order, self.world.truth, self.world.machine.clock.time
        if flight.fate == "squatted":
            truth.squat(order, now)
        if order.id + "-0" in truth.squatted:
            raise No(TroubleKind.REFUSED)
        charge = truth.create(order, now)
        asked_about = not self.world.plan.terms[order.gateway].asks_by_charge
        if asked_about and flight.fate in REACHES and self.world.draw.random() < 0.2:
            self.world.hit("paid before it is shown", "Somebody pays what no panel has shown.")
            sale = truth.of_order(order.id)[-1]
            self.world.later(2.0, lambda: self._is_paid(sale))
        if flight.fate == "wrong code":
            charge = wrong_code(charge, order, self.world.draw.randrange(6))
        return on.ChargeMade(order.id, charge)

    def _is_paid(self, sale: Sale) -> None:
        self.world.truth.pay(sale, sale.order.amount, self.world.machine.clock.time)

    def _ask(self, flight: Flight) -> on.Event:
        act, world = flight.act, self.world
        assert isinstance(act, do.Ask)
        if flight.fate == "stale":
            lag = world.draw.choice((5.0, 30.0))
            report = world.truth.stale(act.order, act.charge, world.machine.clock.time, lag)
        else:
            report = world.truth.status(act.order, act.charge)
        if flight.fate == "foreign":
            report = self._foreign(report, act)
        if flight.fate == "other merchant" and Field.MERCHANT in world.plan.terms[act.order.gateway].carries:
            report = replace(report, status=Status.PAID, amount=act.order.amount, merchant="G2")
            report = replace(report, order_id=act.order.id, currency="IDR")
        if flight.fate == "other currency":
            report = replace(report, currency="USD")
        return on.StatusReported(act.order.id, report, flight.asked_at, 0.0)

    def _foreign(self, report: Report, act: do.Ask) -> Report:
        """Of somebody else's paid order; where the gateway names no order, it still names an amount."""
        other = replace(report, order_id="K01SOMEBODYELSESORDER1A", status=Status.PAID)
        if Field.ORDER_ID in self.world.plan.terms[act.order.gateway].carries:
            return other
        return (
            report if report.status is Status.PAID else replace(report, amount=Rupiah(act.order.amount + 7))
        )

    def _cancel(self, flight: Flight) -> on.Event:
        act = flight.act
        assert isinstance(act, do.Cancel)
        if flight.fate != "pretended":
            paid = any(sale.standing is Standing.SETTLED for sale in self.world.truth.of_order(act.order.id))
            self.world.hits["cancel came too late"] += paid
            self.world.truth.cancel(act.order, act.charge)
        return on.CancelDone(act.order.id)

    def _refund(self, flight: Flight) -> on.Event:
        act = flight.act
        assert isinstance(act, do.Refund)
        if flight.fate == "slow":
            self.world.later(self.world.draw.choice((70.0, 400.0, 4_000.0)), self.world.truth.makes_slow_ones)
            self.world.truth.take_slowly(act)
        return on.RefundDone(act.order.id, self.world.truth.refund(act))


DEEDS: dict[type, Callable[[Calls, Flight], on.Event]] = {
    do.Create: Calls._create,
    do.Ask: Calls._ask,
    do.Cancel: Calls._cancel,
    do.Refund: Calls._refund,
}
