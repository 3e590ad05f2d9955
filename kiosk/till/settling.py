"""The commands about one order: cancel, check, and what a person does about money: refund and resolve."""

from typing import Any

from msgspec.structs import replace

from kiosk import effects as do
from kiosk import events as on
from kiosk.commands import OfOrder, Refund, Resolve
from kiosk.model import Charge, Evidence, Now, Rupiah
from kiosk.order import arrive
from kiosk.order.refunding import refund_by_hand
from kiosk.refusals import Reason, Refusal
from kiosk.states import (
    Armed,
    Closing,
    Dispensed,
    Escalated,
    Intent,
    Life,
    QrShown,
    RefundAsked,
    Refunded,
    Refunding,
    Resolved,
    Settled,
    Step,
    Why,
)
from kiosk.telling import tell
from kiosk.till.answering import accepted, done, refused, standing
from kiosk.till.placing import arrived, to_order
from kiosk.till.value import Decided, Till, desk_for, find, living, terms_of

NOT_YET = {
    Intent: Reason.NOT_PAID,
    QrShown: Reason.NOT_PAID,
    Closing: Reason.NOT_PAID,
    Settled: Reason.BUSY,
    Armed: Reason.BUSY,
    Refunding: Reason.REFUND_UNDER_WAY,
}
"""Why an order that is not over cannot be refunded by hand."""
NOT_FROM_HERE = {
    Why.WRONG_AMOUNT: "it was not paid as asked",
    Why.WRONG_CURRENCY: "it was not paid as asked",
    Why.WRONG_MERCHANT: "it was not paid as asked",
    Why.PARTLY_REFUNDED: "a part went back that was not asked for here",
}
"""Why nobody here knows how much of an order could be sent back."""


def cancel(till: Till, event: on.Commanded, now: Now) -> Decided:
    """Take the code off the panel; what the gateway says of it is told by events."""
    life = named(till, event)
    if life is None:
        return refused(till, event, Reason.NO_SUCH_ORDER)
    if life.is_over or isinstance(life.state, Settled | Armed):
        return refused(till, event, Reason.ORDER_OVER, **standing(life))
    after, effects = to_order(till, on.CloseAsked(life.order.id, Why.CANCELLED), now)
    return after, (*done(event, **standing(named(after, event) or life)), *effects)


def check(till: Till, event: on.Commanded, now: Now) -> Decided:
    """Ask the gateway as soon as the pause between questions allows; what it says is told by events."""
    life = named(till, event)
    if life is None:
        return refused(till, event, Reason.NO_SUCH_ORDER)
    if life.is_over:
        return refused(till, event, Reason.ORDER_OVER, **standing(life))
    after, effects = to_order(till, on.Hinted(life.order.id), now)
    return after, (*done(event, **standing(life)), *effects)


def refund(till: Till, event: on.Commanded, now: Now) -> Decided:
    """Send back the whole price, what is left of it, or a part; never more than was paid."""
    life, args = named(till, event), event.command.args
    assert isinstance(args, Refund)
    if life is None:
        return refused(till, event, Reason.NO_SUCH_ORDER)
    wanted = _wanted(till, life, args, event.command.id)
    if isinstance(wanted, Refusal):
        return refused(till, event, wanted.reason, wanted.detail, **standing(life))
    why = Why.GOODWILL if args.goodwill else Why.BY_HAND
    last, desk = life.history[-1].at, desk_for(till, life, now)
    outcome = refund_by_hand(wanted, _charge(life), _evidence(life), why, last, desk)
    stepped, effects = arrive(life, outcome, now)
    after, more = arrived(till, life, stepped, effects, now)
    return after, (*accepted(event, order_id=life.order.id, amount=wanted.amount), *more)


def resolve(till: Till, event: on.Commanded, now: Now) -> Decided:
    """Write down what a person did about an escalated order; no gateway is asked, nothing claimed."""
    life, args = named(till, event), event.command.args
    assert isinstance(args, Resolve)
    if life is None:
        return refused(till, event, Reason.NO_SUCH_ORDER)
    if not life.is_claim:
        return refused(till, event, Reason.NOT_ESCALATED, **standing(life))
    what = args.resolution.value
    line = Step("RESOLVED", now, what)
    after = replace(life, resolved=Resolved(what, args.who, now), history=(*life.history, line))
    said = tell(len(life.history), after)
    return till, (*done(event, **standing(after), resolved=what), do.Save(after), *said)


def named(till: Till, event: on.Commanded) -> Life | None:
    """The order the command names: a living one, or the one that was found among those that are over.

    Of the orders of one reference it is the newest, though an earlier one may live longer.
    """
    args = event.command.args
    assert isinstance(args, OfOrder)
    newest = event.sale.order_id if event.sale else ""
    mine = next((life for life in living(till) if _is_named(life, args, newest)), None)
    if mine or event.found is None:
        return mine
    again = find(till, event.found.order.id)
    # one that was found alive and is not here any more ended meanwhile: what was found of it is old
    return again or (event.found if event.found.is_over else None)


def _is_named(life: Life, args: OfOrder, newest: str) -> bool:
    order = life.order
    names = (("order_id", order.id), ("reference", order.reference), ("claim_code", order.claim_code))
    mine = any(bool(name) and getattr(args, way, None) == name for way, name in names)
    return mine and newest in ("", order.id)


def _wanted(till: Till, life: Life, args: Refund, command: str) -> RefundAsked | Refusal:
    """The refund as it will be asked for, or why there is none."""
    state: Any = life.state
    if refusal := _unrefundable(till, life, args):
        return refusal
    left = life.order.amount - life.refunded
    amount = Rupiah(left if args.amount is None else args.amount)
    if not 0 < amount <= left:
        return Refusal(Reason.ABOVE_PAID, f"{left} rupiah are left")
    if amount < life.order.amount and not terms_of(till, life).refunds_in_part:
        return Refusal(Reason.NO_REFUNDS, "not of a part")
    if _is_unanswered(state):
        return _once_more(life, state, amount, args.who, command)
    tries = sum(line.state == "REFUNDING" for line in life.history)
    return RefundAsked(amount, life.refunded, tries + 1, args.who, command, state)


def _unrefundable(till: Till, life: Life, args: Refund) -> Refusal | None:
    state = life.state
    if type(state) in NOT_YET:
        return Refusal(NOT_YET[type(state)])
    if isinstance(state, Refunded):
        return Refusal(Reason.ABOVE_PAID, "all of it went back")
    if not isinstance(state, Dispensed | Escalated):
        return Refusal(Reason.NOT_PAID)
    if isinstance(state, Escalated) and state.why in NOT_FROM_HERE:
        return Refusal(Reason.NO_REFUNDS, f"{NOT_FROM_HERE[state.why]}; the gateway's own page can do it")
    if (isinstance(state, Dispensed) or life.resolved) and not args.goodwill:
        return Refusal(Reason.GOODWILL_NEEDED)
    if not terms_of(till, life).refunds or _held(life) is None:
        return Refusal(Reason.NO_REFUNDS)
    return None


def _is_unanswered(state: Any) -> bool:
    return isinstance(state, Escalated) and state.why is Why.REFUND_UNANSWERED


def _once_more(life: Life, state: Escalated, amount: Rupiah, who: str, command: str) -> RefundAsked | Refusal:
    """The refund that nobody answered, under its own number: a new one beside it could pay twice.

    However often it was repeated; the one of goods that were never delivered was the first.
    """
    before = state.asked
    same, number = (before.amount, before.number) if before else (life.order.amount, 1)
    if amount != same:
        return Refusal(Reason.REFUND_UNDER_WAY, f"that of {same} rupiah was never answered; repeat it first")
    return RefundAsked(amount, life.refunded, number, who, command, before.before if before else state)


def _held(life: Life) -> Charge | None:
    charge = getattr(life.state, "charge", None) or life.charge
    return charge if isinstance(charge, Charge) else None


def _charge(life: Life) -> Charge:
    charge = _held(life)
    assert charge, "looked at before"
    return charge


def _evidence(life: Life) -> Evidence:
    state = life.state
    assert isinstance(state, Dispensed | Escalated), "looked at before"
    return state.evidence
