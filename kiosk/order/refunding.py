"""The money is owed back: REFUNDING and the two ways out of it.

A refund call whose reply was lost may have worked, so the status is asked before it is repeated, always with
the same key.  A refusal is believed only after one more look.  After a day a person takes over.
"""

from msgspec.structs import replace

from kiosk import effects as do
from kiosk import events as on
from kiosk.model import Charge, Evidence, TroubleKind
from kiosk.order.desk import Desk, Outcome, log, pause
from kiosk.order.inquiry import CLOSEST
from kiosk.order.verdict import Verdict, judge
from kiosk.states import Escalated, Refunded, Refunding, Why

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


def send(owed: Refunding, desk: Desk) -> Outcome:
    """Ask the gateway for the refund; the key is the same at every repeat."""
    call = do.Refund(desk.order, owed.charge, owed.evidence, desk.order.amount, f"{desk.order.id}-R1")
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
        return escalate(Why.REFUND_UNANSWERED, owed.evidence, desk, detail=owed.why.value)
    if owed.in_flight or desk.at < owed.next_at:
        return Outcome(owed)
    if owed.unsure:
        return Outcome(replace(owed, in_flight=True), (do.Ask(desk.order, owed.charge),))
    return send(owed, desk)


def refund_done(owed: Refunding, event: on.RefundDone, desk: Desk) -> Outcome:
    """Only the whole sum is a refund."""
    if event.receipt.amount == desk.order.amount:
        return Outcome(Refunded(owed.why, owed.evidence, event.receipt.reference))
    detail = f"the gateway confirmed {event.receipt.amount} of {desk.order.amount}"
    return escalate(Why.PARTLY_REFUNDED, owed.evidence, desk, detail)


def refund_failed(owed: Refunding, event: on.RefundFailed, desk: Desk) -> Outcome:
    """Look before trusting a no, and before asking again."""
    line = log("K108", desk, reason=event.trouble.reason)
    if event.trouble.kind is TroubleKind.UNSUPPORTED:
        return escalate(Why.NO_REFUND, owed.evidence, desk, detail=event.trouble.reason)
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
    if verdict is Verdict.PARTLY_REFUNDED:
        return escalate(Why.PARTLY_REFUNDED, owed.evidence, desk)
    if not _is_looking(owed):
        return Outcome(owed)
    if verdict is not Verdict.PAID:
        return Outcome(_later(owed, desk))
    if owed.refused:
        return escalate(Why.REFUND_REFUSED, owed.evidence, desk, detail=owed.refused)
    return send(owed, desk)


def status_failed(owed: Refunding, event: on.StatusFailed, desk: Desk) -> Outcome:
    """The look brought nothing: look again later."""
    return Outcome(_later(owed, desk) if _is_looking(owed) else owed)


def _is_looking(owed: Refunding) -> bool:
    """Whether the call under way is a look; an answer to an older question must not send a second refund."""
    return owed.in_flight and owed.unsure


def _later(owed: Refunding, desk: Desk) -> Refunding:
    return replace(owed, in_flight=False, next_at=desk.at + pause(PAUSES, max(0, owed.tries - 1)))
