"""INTENT and QR_SHOWN: from the first question for a code to the first word about money.

Without a charge in the journal the code was never shown, so nobody can have paid it: a lost create is
repeated for as long as the customer waits, then the remnant is closed in the background.  The code is
checked before it is shown, and what must not be shown is cancelled.
"""

from msgspec.structs import replace

from kiosk import effects as do
from kiosk import events as on
from kiosk import qris
from kiosk.errors import CodeError
from kiosk.model import Now, Order, Terms, TroubleKind
from kiosk.order import inquiry
from kiosk.order.closing import FOREIGN_ENOUGH, close
from kiosk.order.desk import Desk, Outcome, log, pause
from kiosk.order.refunding import money_elsewhere
from kiosk.order.releasing import settle
from kiosk.order.verdict import Verdict, judge
from kiosk.states import Closed, Intent, QrShown, Why

CREATE_PAUSES = (1.0, 2.0, 4.0, 8.0)


def intend(order: Order, terms: Terms, now: Now) -> Outcome:
    """The intent on disk, then the first question for a code."""
    at = now.elapsed
    first = Intent(give_up_at=at + terms.wait_for_code, retry_at=at, in_flight=True, attempts=1)
    return Outcome(first, (do.Create(order),))


def intent_time(intent: Intent, event: on.TimePassed, desk: Desk) -> Outcome:
    """Ask again for the code, or stop waiting for it."""
    if desk.at >= intent.give_up_at:
        return _abandon(Why.NEVER_SHOWN, desk)
    if intent.in_flight or desk.at < intent.retry_at:
        return Outcome(intent)
    again = replace(intent, in_flight=True, attempts=intent.attempts + 1)
    return Outcome(again, (do.Create(desk.order),))


def charge_made(intent: Intent, event: on.ChargeMade, desk: Desk) -> Outcome:
    """Show the code if it is what was asked for."""
    try:
        qris.check(event.charge.code, desk.order.amount, desk.terms)
    except CodeError as problem:
        after = _abandon(Why.BAD_CODE, desk)
        return replace(after, effects=(log("K103", desk, reason=str(problem)), *after.effects))
    asking = inquiry.begin(desk.at, desk.terms.poll)
    return Outcome(QrShown(event.charge, desk.at + desk.terms.on_screen, asking))


def charge_failed(intent: Intent, event: on.ChargeFailed, desk: Desk) -> Outcome:
    """A no to the only attempt is a no; after a lost reply it proves nothing about the first.

    A wrong key stays wrong while a customer waits, so it is not tried again.
    """
    line = log("K102", desk, reason=event.trouble.reason, code=event.trouble.code)
    if event.trouble.is_final:
        over = Outcome(Closed(Why.REFUSED)) if intent.attempts == 1 else _abandon(Why.REFUSED, desk)
        return replace(over, effects=(line, *over.effects))
    if not desk.terms.repeats_create or event.trouble.kind is TroubleKind.MISCONFIGURED:
        after = _abandon(Why.NEVER_SHOWN, desk)
        return replace(after, effects=(line, *after.effects))
    wait = pause(CREATE_PAUSES, intent.attempts - 1)
    return Outcome(replace(intent, in_flight=False, retry_at=desk.at + wait), (line,))


def intent_close(intent: Intent, event: on.CloseAsked, desk: Desk) -> Outcome:
    """Nothing was shown; close what may exist."""
    return _abandon(event.why, desk)


def _abandon(why: Why, desk: Desk) -> Outcome:
    """Never shown: over at once where the gateway cannot be asked, else closed in the background."""
    if desk.terms.asks_by_charge:
        return Outcome(Closed(why))
    return close(why, None, inquiry.resume(desk.at), 0.0, desk)


def shown_time(shown: QrShown, event: on.TimePassed, desk: Desk) -> Outcome:
    """Ask in the gateway's rhythm; take the code away when its time is over."""
    if desk.at >= shown.expires_at:
        return _take_away(Why.EXPIRED, shown, desk)
    return _ask_when_due(shown, desk)


def shown_hinted(shown: QrShown, event: on.Hinted, desk: Desk) -> Outcome:
    """Ask now."""
    return _ask_when_due(replace(shown, inquiry=inquiry.hint(shown.inquiry, desk.at)), desk)


def shown_close(shown: QrShown, event: on.CloseAsked, desk: Desk) -> Outcome:
    """Cancelled, or the machine cannot deliver."""
    return _take_away(event.why, shown, desk)


def shown_reported(shown: QrShown, event: on.StatusReported, desk: Desk) -> Outcome:
    """The one door for money."""
    verdict = judge(desk.order, shown.charge, event.report, desk.terms)
    if ended := money_elsewhere(verdict, event.report.evidence, event, desk):
        return ended
    if verdict is Verdict.PAID:
        return settle(shown.charge, event, shown.inquiry, desk.at + desk.terms.claim_window, desk)
    if verdict is Verdict.UNPAID:
        return Outcome(Closed(Why.EXPIRED))
    if verdict is Verdict.FOREIGN:
        return _foreign(shown, desk)
    asking = inquiry.pending(shown.inquiry, desk.at, desk.terms.poll)
    return Outcome(replace(shown, inquiry=asking, foreign=0))


def shown_silent(shown: QrShown, event: on.StatusFailed, desk: Desk) -> Outcome:
    """Unknown is not no: ask again, a little later each time."""
    asking = inquiry.silence(shown.inquiry, desk.at, desk.terms.poll)
    return Outcome(replace(shown, inquiry=asking), (log("K108", desk, reason=event.trouble.reason),))


def _foreign(shown: QrShown, desk: Desk) -> Outcome:
    asking = inquiry.silence(shown.inquiry, desk.at, desk.terms.poll)
    counted = replace(shown, inquiry=asking, foreign=shown.foreign + 1)
    if counted.foreign >= FOREIGN_ENOUGH:
        return _take_away(Why.FOREIGN_ANSWERS, counted, desk)
    return Outcome(counted, (log("K107", desk),))


def _take_away(why: Why, shown: QrShown, desk: Desk) -> Outcome:
    return close(why, shown.charge, shown.inquiry, desk.terms.claim_window, desk)


def _ask_when_due(shown: QrShown, desk: Desk) -> Outcome:
    if not inquiry.is_due(shown.inquiry, desk.at):
        return Outcome(shown)
    asked = replace(shown, inquiry=inquiry.sent(shown.inquiry, desk.at))
    return Outcome(asked, (do.Ask(desk.order, shown.charge),))
