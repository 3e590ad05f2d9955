"""Paid: SETTLED and ARMED.

The goods are owed until the window ends.  Just before ARMED the newest answer must be PAID and at most five
seconds old, the order on the panel and its output free.  ARMED is on disk before the output moves; whatever
follows, it moves once.
"""

from msgspec.structs import replace

from kiosk import effects as do
from kiosk import events as on
from kiosk.model import Charge, Drop
from kiosk.order import inquiry
from kiosk.order.desk import Desk, Outcome, log
from kiosk.order.refunding import escalate, money_elsewhere, refund
from kiosk.order.verdict import Verdict, judge
from kiosk.states import Armed, Dispensed, Inquiry, Settled, Why

FRESH = 5.0


def settle(charge: Charge, event: on.StatusReported, asking: Inquiry, until: float, desk: Desk) -> Outcome:
    """A payment as asked, of the order on the panel: owed from now on, released at once where possible."""
    answered = inquiry.pending(asking, desk.at, desk.terms.poll)
    settled = Settled(charge, event.report.evidence, event.answered_at, until, answered)
    if not _can_release(settled, desk):
        return Outcome(settled)
    return Outcome(Armed(charge, settled.evidence), (do.Release(desk.order),), via=settled)


def time_passed(settled: Settled, event: on.TimePassed, desk: Desk) -> Outcome:
    """Release when the output is free, ask when the last answer is old, refund when the window is over."""
    if desk.at >= settled.until or not desk.on_panel:
        return refund(Why.NO_OUTPUT, settled.charge, settled.evidence, desk)
    if _can_release(settled, desk):
        return Outcome(Armed(settled.charge, settled.evidence), (do.Release(desk.order),))
    return _look(settled, desk)


def status_reported(settled: Settled, event: on.StatusReported, desk: Desk) -> Outcome:
    """A newer PAID refreshes; money given back meanwhile ends it; nothing else makes it unpaid.

    But nothing else releases it either: the newest answer before ARMED must be PAID.
    """
    verdict = judge(desk.order, settled.charge, event.report, desk.terms)
    given_back = money_elsewhere(verdict, settled.evidence, event, desk)
    if given_back and isinstance(verdict, Verdict):
        return given_back
    asking = inquiry.pending(settled.inquiry, desk.at, desk.terms.poll)
    seen_at = event.answered_at if verdict is Verdict.PAID else None
    return time_passed(replace(settled, inquiry=asking, seen_at=seen_at), on.TimePassed(), desk)


def status_failed(settled: Settled, event: on.StatusFailed, desk: Desk) -> Outcome:
    """Nothing is known anew; it stays paid."""
    asking = inquiry.silence(settled.inquiry, desk.at, desk.terms.poll)
    return Outcome(replace(settled, inquiry=asking), (log("K108", desk, reason=event.trouble.reason),))


def hinted(settled: Settled, event: on.Hinted, desk: Desk) -> Outcome:
    """Something may have changed: ask."""
    return Outcome(replace(settled, inquiry=inquiry.hint(settled.inquiry, desk.at)))


def released(armed: Armed, event: on.Released, desk: Desk) -> Outcome:
    """The output did its work; a fitted sensor has the last word."""
    if event.drop is Drop.NOT_SEEN:
        return refund(Why.NOT_DROPPED, armed.charge, armed.evidence, desk)
    return Outcome(Dispensed(armed.charge, armed.evidence, event.drop))


def release_failed(armed: Armed, event: on.ReleaseFailed, desk: Desk) -> Outcome:
    """Surely not moved: the money goes back.  Perhaps moved: a person looks."""
    line = log("K202", desk, reason=event.reason)
    after = (
        escalate(Why.RELEASE_UNCERTAIN, armed.evidence, desk, detail=event.reason)
        if event.energised
        else refund(Why.OUTPUT_FAILED, armed.charge, armed.evidence, desk)
    )
    return replace(after, effects=(line, *after.effects))


def _can_release(settled: Settled, desk: Desk) -> bool:
    fresh = settled.seen_at is not None and desk.at - settled.seen_at <= FRESH
    return fresh and desk.on_panel and desk.may_release and desk.at < settled.until


def _look(settled: Settled, desk: Desk) -> Outcome:
    """The way is free but the last answer too old: ask as soon as the pause allows."""
    asking = settled.inquiry
    if desk.may_release and asking.asked_at is None:
        asking = replace(asking, next_at=min(asking.next_at, inquiry.soonest(asking, desk.at)))
    if not inquiry.is_due(asking, desk.at):
        return Outcome(replace(settled, inquiry=asking))
    asked = replace(settled, inquiry=inquiry.sent(asking, desk.at))
    return Outcome(asked, (do.Ask(desk.order, settled.charge),))
