"""One case: a gateway, a call, a misfortune, and what was concluded."""

import pkgutil
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from socket import socket
from threading import Event
from typing import Any, NamedTuple

from msgspec.structs import replace

from kiosk import qris
from kiosk.calls import trouble_of
from kiosk.errors import CodeError, GatewayError, Unreadable
from kiosk.gateways import GATEWAYS
from kiosk.gateways.base import Gateway
from kiosk.gateways.contract import Shows
from kiosk.model import Order, Rupiah, TroubleKind
from kiosk.order.verdict import Verdict, judge
from tests.gateways import papers
from tests.gateways.contract.accent import Accent, Call, Conclusion, Outcome, Standing, Truth
from tests.gateways.contract.table import CROSSED, OTHER_ID, TABLE, Misfortune, Scene
from tests.gateways.provider import PATIENT, Asked, Line, Provider, Reply

HASTY = (0.2, 1.0, 5.0)
"""Seconds for what hangs: the next where a busy machine had not got as far as the provider by then."""
NOWHERE = "http://127.0.0.1:9"
WELL = TABLE[0]
STANDS: dict[Call, Standing] = {
    Call.CREATE: Standing.PENDING,
    Call.STATUS: Standing.PAID,
    Call.CANCEL: Standing.LAPSED,
    Call.REFUND: Standing.REFUNDED,
}
"""How the order of a case stands once the call is done."""


class Turn(NamedTuple):
    """Whose call is next, and what befalls its answer."""

    order: Order
    misfortune: Misfortune = WELL
    standing: Standing | None = None
    until: Event | None = None


class Teller(Provider):
    """Stands in for the provider; each call takes the first turn, the last one serves all that follow."""

    def __init__(self, accent: Accent, call: Call) -> None:
        self.accent = accent
        self.call = call
        self._effects: Counter[tuple[Call, str]] = Counter()
        self._late: dict[socket, Reply] = {}
        self.turns: list[Turn] = []
        self._hearts: list[tuple[str, Asked]] = []
        self.reached = Event()
        super().__init__()

    def hearts(self, order: Order) -> list[Asked]:
        """The requests that were the call itself, not only in preparation of it."""
        return [asked for order_id, asked in self._hearts if order_id == order.id]

    def reply_to(self, asked: Asked) -> Reply:
        call = self.accent.call_of(asked)
        turn = self.turns[0]
        if call is not self.call:
            scene = Scene(self.accent, call, asked, self._prepared(turn))
            return self._echoing(WELL, scene.whole())
        if len(self.turns) > 1:
            self.turns.pop(0)
        truth = turn.misfortune.falsifies(self._truth(turn, turn.standing or STANDS[call]))
        if turn.misfortune.effect:
            self._effects[call, turn.order.id] += 1
        self._hearts.append((turn.order.id, asked))
        self.reached.set()
        reply = turn.misfortune.happens(Scene(self.accent, call, asked, truth))
        return self._echoing(turn.misfortune, _held(reply, turn.until))

    def _echoing(self, misfortune: Misfortune, reply: Reply) -> Reply:
        """The reply, after what came late on its connection."""

        def echoing(line: Line) -> bool:
            late = self._late.pop(line.socket, None)
            if misfortune.echoes:
                self._late[line.socket] = reply
            return (late is None or late(line)) and reply(line)

        return echoing

    def _prepared(self, turn: Turn) -> Truth:
        """What is true while the call is only being prepared: a refund looks at a paid order first.

        And a create at one that may still be paid, where it was made before.
        """
        return self._truth(turn, Standing.PENDING if self.call is Call.CREATE else Standing.PAID)

    def _truth(self, turn: Turn, standing: Standing) -> Truth:
        return Truth(
            order_id=turn.order.id,
            amount=turn.order.amount,
            merchant=self.accent.merchant,
            key=key_of(turn.order),
            standing=standing,
            created=self._effects[Call.CREATE, turn.order.id],
            refunded=self._effects[Call.REFUND, turn.order.id],
        )


def _held(reply: Reply, until: Event | None) -> Reply:
    def held(line: Line) -> bool:
        if until is not None:
            until.wait(PATIENT)
        return reply(line)

    return held


def key_of(order: Order) -> str:
    return f"{order.id}-R1"


def order_for(accent: Accent, order_id: str = papers.ID) -> Order:
    return replace(papers.order(order_id), gateway=accent.name, merchant=accent.merchant)


def offers(accent: Accent, call: Call) -> bool:
    """Whether a gateway declares that it has the call, under a generous contract."""
    kind: Any = pkgutil.resolve_name(GATEWAYS[accent.name])
    with closing(accent.opened(NOWHERE, PATIENT, accent.contract)) as gateway:
        return {
            Call.CREATE: kind.Config.shows is not Shows.NOTHING,
            Call.STATUS: True,
            Call.CANCEL: gateway.terms.cancels,
            Call.REFUND: gateway.terms.refunds,
        }[call]


def concluded(gateway: Gateway, call: Call, order: Order, accent: Accent) -> Conclusion:
    """What the kiosk concludes from one call; no secret may stand in an error."""
    try:
        return _MADE[call](gateway, order, accent)
    except CodeError:
        return Outcome.NOT_SHOWN
    except GatewayError as error:
        told = "".join(traceback.format_exception(error))
        assert not [name for name, text in accent.secrets.items() if text() in told], "a secret is told"
        if isinstance(error, Unreadable) and call is Call.CREATE:
            return Outcome.NOT_SHOWN
        return trouble_of(error).kind


def _create(gateway: Gateway, order: Order, accent: Accent) -> Conclusion:
    charge = gateway.create(order)
    qris.check(charge.code, order.amount, gateway.terms)
    return Outcome.CODE if accent.owns(order, charge) else Outcome.ANOTHERS


def _status(gateway: Gateway, order: Order, accent: Accent) -> Conclusion:
    charge = accent.charge(order)
    return judge(order, charge, gateway.status(order, charge), gateway.terms)


def _cancel(gateway: Gateway, order: Order, accent: Accent) -> Conclusion:
    gateway.cancel(order, accent.charge(order))
    return Outcome.ASKED


def _refund(gateway: Gateway, order: Order, accent: Accent) -> Conclusion:
    charge = accent.charge(order)
    receipt = gateway.refund(order, charge, accent.evidence, Rupiah(order.amount), key_of(order))
    return Outcome.MONEY_BACK if receipt.amount == order.amount else Outcome.ANOTHERS


_MADE: dict[Call, Callable[[Gateway, Order, Accent], Conclusion]] = {
    Call.CREATE: _create,
    Call.STATUS: _status,
    Call.CANCEL: _cancel,
    Call.REFUND: _refund,
}


class Observed(NamedTuple):
    """The conclusions of a case: from the misfortune, about another order, and from the same call again.

    `hearts`: the requests that the misfortune befell; `requests`: how many there were in the whole case.
    """

    first: Conclusion
    other: Conclusion
    again: Conclusion
    hearts: list[Asked]
    requests: int


def observed(accent: Accent, call: Call, misfortune: Misfortune) -> Observed:
    """Let the misfortune befall one order's answer, then ask about another one, then the first again."""
    for seconds in HASTY if misfortune.hangs else (PATIENT,):
        seen = _observed(accent, call, misfortune, seconds)
        if seen.hearts or seen.first is TroubleKind.UNSUPPORTED:
            break
    return seen


def _observed(accent: Accent, call: Call, misfortune: Misfortune, seconds: float) -> Observed:
    with teller_for(accent, call, seconds) as (teller, gateway):
        ours, others = Turn(order_for(accent), misfortune), others_turn(accent, call)
        if misfortune.name == CROSSED:
            first, other = _crossed(gateway, teller, ours, others)
            hearts = teller.hearts(ours.order)
            again = turned(gateway, teller, ours)
        else:
            first = turned(gateway, teller, ours)
            hearts = teller.hearts(ours.order)
            with _patient(gateway, teller, misfortune) as later:
                other = turned(later, teller, others)
                again = turned(later, teller, Turn(ours.order))
        return Observed(first, other, again, hearts, len(teller.asked))


@contextmanager
def teller_for(accent: Accent, call: Call, seconds: float = PATIENT) -> Iterator[tuple[Teller, Gateway]]:
    """A provider, and the gateway that talks to it."""
    with (
        closing(Teller(accent, call)) as teller,
        closing(accent.opened(teller.url, seconds, accent.contract)) as gateway,
    ):
        yield teller, gateway


def turned(gateway: Gateway, teller: Teller, turn: Turn) -> Conclusion:
    """What is concluded when it is that order's turn."""
    teller.turns = [turn]
    return concluded(gateway, teller.call, turn.order, teller.accent)


def others_turn(accent: Accent, call: Call) -> Turn:
    """The other order is never paid."""
    return Turn(order_for(accent, OTHER_ID), standing=Standing.PENDING if call is Call.STATUS else None)


def others_conclusion(call: Call) -> Conclusion:
    """What is right about the other order."""
    return Verdict.PENDING if call is Call.STATUS else WELL.conclusion(call)


def _crossed(gateway: Gateway, teller: Teller, ours: Turn, others: Turn) -> tuple[Conclusion, Conclusion]:
    """Ours is answered only when the other one, asked about later, has its answer."""
    answered = Event()
    teller.turns = [ours._replace(until=answered), others]
    with ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(concluded, gateway, teller.call, ours.order, teller.accent)
        waiting.add_done_callback(lambda _: teller.reached.set())  # a call that is not offered asks nobody
        teller.reached.wait(PATIENT)
        overtaking = concluded(gateway, teller.call, others.order, teller.accent)
        answered.set()
        return waiting.result(), overtaking


@contextmanager
def _patient(gateway: Gateway, teller: Teller, misfortune: Misfortune) -> Iterator[Gateway]:
    """The same gateway, or where it was handed too short a deadline for a busy machine, another one."""
    if not misfortune.hangs:
        yield gateway
        return
    with closing(teller.accent.opened(teller.url, PATIENT, teller.accent.contract)) as patient:
        yield patient
