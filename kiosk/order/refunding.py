"""The money is owed back: REFUNDING and the two ways out of it.

A refund call whose reply was lost may have worked, so the status is asked before it is repeated, always with
the same key.  A refusal is believed only after one more look.  After a day a person takes over.

What a person asks for begins with a look as well, and may be a part of the price.  It leads back to where the
order was: with the part, or with the reason why there is none.
"""

from msgspec.structs import replace

from kiosk import effects as do
from kiosk import events as on
from kiosk.model import Charge, Evidence, Now, Rupiah, TroubleKind
from kiosk.order.desk import Desk, Outcome, Passing, log, pause
from kiosk.order.inquiry import CLOSEST
from kiosk.order.verdict import Verdict, judge
from kiosk.states import Escalated, PartRefund, RefundAsked, Refunded, Refunding, Why

DAY = 86_400.0
PAUSES = (60.0, 120.0, 240.0, 480.0, 960.0, 1920.0, 3600.0)


def refund(why: Why, charge: Charge, evidence: Evidence, desk: Desk) -> Outcome:
    """Begin to give the money back, or say at once why a person must.

    Where the journal may be older than the truth the goods may be gone long since: a person looks.
    """
    if not desk.knows_all:
        return escalate(Why.JOURNAL_LOST, evidence, desk, detail=why.value)
    if not desk.terms.refunds:
        return escalate(Why.NO_REFUND, evidence, desk, detail=why.value)
    if not desk.may_refund:
        return escalate(Why.REFUND_CAP, evidence, desk, detail=why.value)
    owed = Refunding(why, charge, evidence, give_up_at=desk.at + DAY, next_at=desk.at)
    return send(owed, desk)


def refund_by_hand(
    asked: RefundAsked, charge: Charge, evidence: Evidence, why: Why, last: Now, desk: Desk
) -> Outcome:
    """Begin what a person asked for; the gateway is looked at first, for somebody may have been quicker.

    The order's `last` step may be owed to an answer of just now; then the look waits for its decent moment.
    """
    since = last.elapsed if last.boot == desk.now.boot else -CLOSEST
    decent = max(desk.at, since + CLOSEST)
    owed = Refunding(why, charge, evidence, desk.at + DAY, decent, unsure=True, asked=asked)
    return time_passed(owed, on.TimePassed(), desk)


def send(owed: Refunding, desk: Desk) -> Outcome:
    """Ask the gateway for the refund; the key is the same at every repeat."""
    key = f"{desk.order.id}-R{owed.asked.number if owed.asked else 1}"
    call = do.Refund(desk.order, owed.charge, owed.evidence, _amount(owed, desk), key)
    return Outcome(replace(owed, in_flight=True, unsure=False, tries=owed.tries + 1), (call,))


def escalate(why: Why, evidence: Evidence, desk: Desk, detail: str = "") -> Outcome:
    """Nothing more happens by itself; the claim code finds the order."""
    return Outcome(Escalated(why, evidence, detail))


def money_elsewhere(
    verdict: Verdict | Why, evidence: Evidence, event: on.StatusReported, desk: Desk
) -> Outcome | None:
    """The end of an order whose money was paid wrongly or given back outside this machine; else None."""
    if isinstance(verdict, Why):
        return escalate(verdict, evidence, desk, detail=event.report.detail)
    if verdict is Verdict.REFUNDED:
        return Outcome(Refunded(Why.REFUNDED_ELSEWHERE, evidence, event.report.detail))
    if verdict is Verdict.PARTLY_REFUNDED:
        return escalate(Why.PARTLY_REFUNDED, evidence, desk)
    return None


def time_passed(owed: Refunding, event: on.TimePassed, desk: Desk) -> Outcome:
    """Give up after a day; otherwise look first where a reply was lost, or ask for the refund again."""
    if desk.at >= owed.give_up_at:
        return Outcome(Escalated(Why.REFUND_UNANSWERED, owed.evidence, owed.why.value, owed.asked))
    if owed.in_flight or desk.at < owed.next_at:
        return Outcome(owed)
    if owed.unsure:
        return Outcome(replace(owed, in_flight=True), (do.Ask(desk.order, owed.charge),))
    return send(owed, desk)


def refund_done(owed: Refunding, event: on.RefundDone, desk: Desk) -> Outcome:
    """Only the sum that was asked for is the refund."""
    if event.receipt.amount == _amount(owed, desk):
        return _given(owed, event.receipt.reference, desk)
    detail = f"the gateway confirmed {event.receipt.amount} of {_amount(owed, desk)}"
    return escalate(Why.PARTLY_REFUNDED, owed.evidence, desk, detail)


def refund_failed(owed: Refunding, event: on.RefundFailed, desk: Desk) -> Outcome:
    """Look before trusting a no, and before asking again."""
    line = log("K108", desk, reason=event.trouble.reason)
    if event.trouble.kind is TroubleKind.UNSUPPORTED:
        return _not_given(owed, Why.NO_REFUND, event.trouble.reason, desk)
    if event.trouble.kind is TroubleKind.REFUSED:
        refused = event.trouble.code or event.trouble.reason
        soon = desk.at + CLOSEST
        return Outcome(replace(owed, refused=refused, unsure=True, in_flight=False, next_at=soon), (line,))
    return Outcome(_later(replace(owed, unsure=True), desk), (line,))


def status_reported(owed: Refunding, event: on.StatusReported, desk: Desk) -> Outcome:
    """What the look showed: money back, a part of it, or still ours to give."""
    verdict = judge(desk.order, owed.charge, event.report, desk.terms)
    if verdict is Verdict.REFUNDED:
        return Outcome(Refunded(owed.why, owed.evidence, event.report.detail))
    if verdict is Verdict.PARTLY_REFUNDED and not _still_owed(owed, event.report.refunded):
        return _part_seen(owed, event.report.refunded, desk)
    if not _is_looking(owed):
        return Outcome(owed)
    if verdict not in (Verdict.PAID, Verdict.PARTLY_REFUNDED):
        return Outcome(_later(owed, desk))
    if owed.refused:
        return _not_given(owed, Why.REFUND_REFUSED, owed.refused, desk)
    return send(owed, desk)


def status_failed(owed: Refunding, event: on.StatusFailed, desk: Desk) -> Outcome:
    """The look brought nothing: look again later."""
    return Outcome(_later(owed, desk) if _is_looking(owed) else owed)


def _is_looking(owed: Refunding) -> bool:
    """Whether the call under way is a look; an answer to an older question must not send a second refund."""
    return owed.in_flight and owed.unsure


def _amount(owed: Refunding, desk: Desk) -> Rupiah:
    return owed.asked.amount if owed.asked else desk.order.amount


def _given(owed: Refunding, reference: str, desk: Desk) -> Outcome:
    """The gateway confirmed it; together with what went back before, it is the whole price or a part."""
    asked = owed.asked
    if asked is None or asked.given + asked.amount == desk.order.amount:
        return Outcome(Refunded(owed.why, owed.evidence, reference))
    part = PartRefund(asked.number, asked.amount, asked.who, reference, desk.now)
    return Outcome(asked.before, passing=Passing("REFUNDED_IN_PART", owed.why.value), part=part)


def _not_given(owed: Refunding, why: Why, detail: str, desk: Desk) -> Outcome:
    """A final no: what a person asked for leaves the order as it was."""
    if owed.asked is None:
        return escalate(why, owed.evidence, desk, detail)
    return Outcome(owed.asked.before, passing=Passing("REFUND_FAILED", why.value))


def _still_owed(owed: Refunding, refunded: Rupiah) -> bool:
    """Whether a partly refunded order shows exactly the parts that went back before this refund."""
    return owed.asked is not None and owed.asked.given > 0 and refunded == owed.asked.given


def _part_seen(owed: Refunding, refunded: Rupiah, desk: Desk) -> Outcome:
    """The part whose reply was lost, or money that somebody else gave back: then a person looks."""
    asked = owed.asked
    if asked and owed.tries and refunded == asked.given + asked.amount:
        return _given(owed, "", desk)
    detail = f"the gateway has given back {refunded} of {desk.order.amount}"
    return escalate(Why.PARTLY_REFUNDED, owed.evidence, desk, detail)


def _later(owed: Refunding, desk: Desk) -> Refunding:
    return replace(owed, in_flight=False, next_at=desk.at + pause(PAUSES, max(0, owed.tries - 1)))
