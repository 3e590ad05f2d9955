"""Paid: SETTLED and ARMED.

The goods are owed until the window ends.  Just before ARMED the newest answer must be PAID and at most five
seconds old, the order on the panel and its output free.  ARMED is on disk before the output moves; whatever
follows, it moves once.

What is given in pulses is counted: slow ones one by one, each on disk before it is given, fast ones all at
once.  A train that was begun goes on whatever else fails, for it is paid; where a pulse itself fails, or the
process ends, it is over, and a person hears how many there were.
"""

from msgspec.structs import replace

from kiosk import effects as do
from kiosk import events as on
from kiosk import trains
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
    return replace(_arm(settled, desk), via=settled)


def time_passed(settled: Settled, event: on.TimePassed, desk: Desk) -> Outcome:
    """Release when the output is free, ask when the last answer is old, refund when the window is over."""
    if desk.at >= settled.until or not desk.on_panel:
        return refund(Why.NO_OUTPUT, settled.charge, settled.evidence, desk)
    if _can_release(settled, desk):
        return _arm(settled, desk)
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
    """The output did its work, or the next pulse is due; a fitted sensor has the last word."""
    if event.last != armed.begun:
        return Outcome(armed)
    if armed.begun < desk.order.pulses:
        return _give(armed, armed.begun + 1, desk)
    if event.drop is Drop.NOT_SEEN:
        return refund(Why.NOT_DROPPED, armed.charge, armed.evidence, desk)
    return Outcome(Dispensed(armed.charge, armed.evidence, event.drop))


def release_failed(armed: Armed, event: on.ReleaseFailed, desk: Desk) -> Outcome:
    """Surely not moved: the money goes back.  Perhaps moved, or some pulses given: a person looks."""
    line = log("K202", desk, reason=event.reason)
    surely = max(event.given, armed.given)
    perhaps = (event.begun or armed.begun) if event.energised else surely
    after = (
        escalate(Why.RELEASE_UNCERTAIN, armed.evidence, desk, _how_far(surely, perhaps, event.reason, desk))
        if event.energised or surely
        else refund(Why.OUTPUT_FAILED, armed.charge, armed.evidence, desk)
    )
    return replace(after, effects=(line, *after.effects))


def cut(armed: Armed, desk: Desk) -> Outcome:
    """The process ended in the middle: nothing is done again, and a person hears how far it may have come."""
    return escalate(Why.CUT_IN_RELEASE, armed.evidence, desk, _how_far(armed.given, armed.begun, "", desk))


def _arm(settled: Settled, desk: Desk) -> Outcome:
    armed = Armed(settled.charge, settled.evidence)
    return _give(armed, 1 if desk.counts_pulses else desk.order.pulses, desk)


def _give(armed: Armed, last: int, desk: Desk) -> Outcome:
    """Count the pulses up to `last` as begun, and give those that were not yet."""
    first = min(last, armed.begun + 1)
    onward = replace(armed, given=armed.begun, begun=last)
    return Outcome(onward, (do.Release(desk.order, first, last),))


def _how_far(surely: int, perhaps: int, reason: str, desk: Desk) -> str:
    """What a person needs to know of the pulses, and why there are no more."""
    pulses = desk.order.pulses
    said = (trains.given(surely, perhaps, pulses) if pulses else "", reason)
    return ": ".join(filter(None, said))


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
