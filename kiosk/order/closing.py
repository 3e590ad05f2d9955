"""CLOSING: the code is off the panel, and the gateway says how it ended.

Cancel where the gateway can, then ask, and believe only an answer.  A refused cancel often just means that it
was paid.  While the "checking" screen stands a payment is still released; later it goes back.  Nothing closes
on silence: after a day past the last moment at which the code could be paid, a person takes over.
"""

from msgspec.structs import replace

from kiosk import effects as do
from kiosk import events as on
from kiosk.model import Charge, Evidence, TroubleKind
from kiosk.order import inquiry
from kiosk.order.desk import Desk, Outcome, log
from kiosk.order.refunding import DAY, escalate, money_elsewhere, refund
from kiosk.order.releasing import settle
from kiosk.order.verdict import Verdict, judge
from kiosk.states import CancelStep, Closed, Closing, Inquiry, Refunding, Why

CANCEL_PAUSE = 30.0
CREATION_WINDOW = 60.0
MISCONFIGURED_PAUSE = 300.0
SLOWING = (10.0, 10.0, 20.0, 40.0, 60.0, 120.0, 300.0)
LONGEST_SILENCE = 300.0
FOREIGN_ENOUGH = 5


def close(why: Why, charge: Charge | None, asking: Inquiry, window: float, desk: Desk) -> Outcome:
    """Take the code away and begin to close; the claim window is `window` seconds, 0 for none."""
    soon = inquiry.soonest(asking, desk.at)
    closing = Closing(
        why=why,
        charge=charge,
        began_at=desk.at,
        window_until=desk.at + window,
        cancel=CancelStep.TO_DO if desk.terms.cancels else CancelStep.OVER,
        cancel_at=desk.at,
        inquiry=replace(asking, next_at=soon, polls=0, silent=0, hinted=False, eager=0),
    )
    return work(closing, desk)


def work(closing: Closing, desk: Desk) -> Outcome:
    """Send what is due: the cancel before the question."""
    if closing.cancel is CancelStep.TO_DO and desk.at >= closing.cancel_at:
        sent = replace(closing, cancel=CancelStep.SENT)
        return Outcome(sent, (do.Cancel(desk.order, closing.charge),))
    if closing.cancel is not CancelStep.SENT and inquiry.is_due(closing.inquiry, desk.at):
        asked = replace(closing, inquiry=inquiry.sent(closing.inquiry, desk.at))
        return Outcome(asked, (do.Ask(desk.order, closing.charge),))
    return Outcome(closing)


def time_passed(closing: Closing, event: on.TimePassed, desk: Desk) -> Outcome:
    """Go on closing, or hand over to a person."""
    if desk.at >= gives_up_at(closing, desk.terms.lapses_after):
        evidence = closing_evidence(closing)
        return escalate(Why.UNRESOLVED, evidence, desk, detail=closing.why.value)
    return work(closing, desk)


def gives_up_at(closing: Closing, lapses_after: float | None) -> float:
    """A day after the last moment at which the code could be paid."""
    return closing.began_at + (lapses_after or 0.0) + DAY


def cancel_done(closing: Closing, event: on.CancelDone, desk: Desk) -> Outcome:
    """Taken, which proves nothing: ask."""
    return _ask_now(replace(closing, cancel=CancelStep.OVER), desk)


def cancel_failed(closing: Closing, event: on.CancelFailed, desk: Desk) -> Outcome:
    """A final no needs no repeat; anything else is repeated later.  Either way: ask."""
    if event.trouble.is_final:
        return _ask_now(replace(closing, cancel=CancelStep.OVER), desk)
    wait = MISCONFIGURED_PAUSE if event.trouble.kind is TroubleKind.MISCONFIGURED else CANCEL_PAUSE
    again = replace(closing, cancel=CancelStep.TO_DO, cancel_at=desk.at + wait)
    return _ask_now(again, desk)


def status_reported(closing: Closing, event: on.StatusReported, desk: Desk) -> Outcome:
    """The gateway's word, the only thing that ends it."""
    verdict = judge(desk.order, closing.charge, event.report, desk.terms)
    if ended := money_elsewhere(verdict, event.report.evidence, event, desk):
        return ended
    assert isinstance(verdict, Verdict), "a payment that is not as it was asked has ended the order"
    if verdict is Verdict.PAID:
        return _paid(closing, event, desk)
    if verdict is Verdict.FOREIGN:
        return _foreign(closing, desk)
    if _is_final_no(closing, verdict, event, desk):
        return Outcome(Closed(closing.why))
    return _not_yet(closing, verdict, event, desk)


def closing_evidence(closing: Closing) -> Evidence:
    """All that is known where no payment was seen: the gateway's own id."""
    return Evidence(reference=closing.charge.reference if closing.charge else "")


def _paid(closing: Closing, event: on.StatusReported, desk: Desk) -> Outcome:
    """Released within the claim window, given back after it, never released where no code was shown."""
    if closing.charge is None:
        return escalate(Why.PAID_BEFORE_SHOWN, event.report.evidence, desk)
    if desk.on_panel and desk.at < closing.window_until:
        return settle(closing.charge, event, closing.inquiry, closing.window_until, desk)
    after = refund(Why.PAID_LATE, closing.charge, event.report.evidence, desk)
    line = log("K310" if isinstance(after.state, Refunding) else "K313", desk)
    return replace(after, effects=(line, *after.effects))


def _is_final_no(closing: Closing, verdict: Verdict, event: on.StatusReported, desk: Desk) -> bool:
    """Unpaid for good; or unpaid past the lapse; or twice unknown past the creation window, never shown."""
    if verdict is Verdict.UNPAID:
        return True
    if verdict is Verdict.PENDING:
        lapses = desk.terms.lapses_after
        return lapses is not None and event.asked_at >= closing.began_at + lapses
    return (
        closing.charge is None
        and closing.absent_since is not None
        and event.asked_at > closing.absent_since
        and event.asked_at >= closing.began_at + CREATION_WINDOW
    )


def _not_yet(closing: Closing, verdict: Verdict, event: on.StatusReported, desk: Desk) -> Outcome:
    asking = inquiry.pending(closing.inquiry, desk.at, _rhythm(desk.terms.poll))
    if verdict is Verdict.ABSENT:
        since = event.asked_at if closing.absent_since is None else closing.absent_since
        return Outcome(replace(closing, inquiry=asking, absent_since=since, foreign=0))
    after = replace(closing, inquiry=asking, absent_since=None, foreign=0)
    if closing.cancel is CancelStep.OVER and desk.terms.cancels:
        cancel_at = max(desk.at + CANCEL_PAUSE, asking.next_at)
        after = replace(after, cancel=CancelStep.TO_DO, cancel_at=cancel_at)
    return Outcome(after)


def _rhythm(poll: tuple[float, ...]) -> tuple[float, ...]:
    """Slower and slower, and never faster than the gateway's own rhythm."""
    return poll + tuple(max(poll[-1], pause) for pause in SLOWING)


def _foreign(closing: Closing, desk: Desk) -> Outcome:
    """An answer about something else is no answer; five of them in a row are a person's business."""
    count = closing.foreign + 1
    if count >= FOREIGN_ENOUGH:
        return escalate(Why.FOREIGN_ANSWERS, closing_evidence(closing), desk, detail=closing.why.value)
    asking = inquiry.silence(closing.inquiry, desk.at, desk.terms.poll)
    return Outcome(replace(closing, inquiry=asking, foreign=count), (log("K107", desk),))


def status_failed(closing: Closing, event: on.StatusFailed, desk: Desk) -> Outcome:
    """Unknown is not no."""
    longest = 30.0 if desk.on_panel else LONGEST_SILENCE
    asking = inquiry.silence(closing.inquiry, desk.at, desk.terms.poll, longest)
    # a cancel that waits for its repeat is as patient as the question
    after = replace(closing, inquiry=asking, cancel_at=max(closing.cancel_at, asking.next_at))
    return Outcome(after, (log("K108", desk, reason=event.trouble.reason),))


def hinted(closing: Closing, event: on.Hinted, desk: Desk) -> Outcome:
    """Ask now."""
    return work(replace(closing, inquiry=inquiry.hint(closing.inquiry, desk.at)), desk)


def customer_left(closing: Closing, event: on.CustomerLeft, desk: Desk) -> Outcome:
    """The claim window ends here; a payment seen later goes back."""
    return Outcome(replace(closing, window_until=min(closing.window_until, desk.at)))


def _ask_now(closing: Closing, desk: Desk) -> Outcome:
    """Ask at once, or right after the question under way: it may be older than the cancel."""
    if closing.inquiry.asked_at is not None:
        return Outcome(replace(closing, inquiry=replace(closing.inquiry, again=True)))
    soon = inquiry.soonest(closing.inquiry, desk.at)
    return work(replace(closing, inquiry=replace(closing.inquiry, next_at=soon)), desk)
