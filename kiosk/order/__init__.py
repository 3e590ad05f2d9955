"""An order's life, from the intent to its end.

Theory of operation.  `TRANSITIONS` is the whole story: for each state, what may happen in it and which
function answers.  A function is given the state, the event and the `Desk` (everything else it may know) and
gives back the next state and what is to be done.  Whatever the table does not name changes nothing.

The gateway closes orders, not the clock.  When the time on the panel is over, the customer cancels, or the
machine cannot deliver, an order is CLOSING: cancel, ask, believe the answer.  A time-out, a 5xx and garbage
say nothing about money, so they never end an order; they only make us ask again, for a day, and then a
person.

Paid is sticky.  From SETTLED on no answer leads back to unpaid.  ARMED is on disk before the output moves,
and an ARMED found without its outcome is never repeated.

Times in here are `Now.elapsed`; every event carries the id of its order, which the till has compared already.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

from msgspec.structs import replace

from kiosk import effects as do
from kiosk import events as on
from kiosk.model import Charge, Now, Order, Terms
from kiosk.order import closing, paying, refunding, releasing
from kiosk.order.desk import Desk, Effects, Outcome, reference_of, why_of
from kiosk.states import (
    FINAL,
    Armed,
    CancelStep,
    Closing,
    Escalated,
    Intent,
    Life,
    QrShown,
    Refunding,
    Settled,
    State,
    Step,
    name_of,
)

Answer: TypeAlias = Callable[[Any, Any, Desk], Outcome]

TRANSITIONS: dict[type[State], dict[type[on.Event], Answer]] = {
    Intent: {
        on.ChargeMade: paying.charge_made,
        on.ChargeFailed: paying.charge_failed,
        on.CloseAsked: paying.intent_close,
        on.TimePassed: paying.intent_time,
    },
    QrShown: {
        on.StatusReported: paying.shown_reported,
        on.StatusFailed: paying.shown_silent,
        on.Hinted: paying.shown_hinted,
        on.CloseAsked: paying.shown_close,
        on.TimePassed: paying.shown_time,
    },
    Closing: {
        on.CancelDone: closing.cancel_done,
        on.CancelFailed: closing.cancel_failed,
        on.StatusReported: closing.status_reported,
        on.StatusFailed: closing.status_failed,
        on.Hinted: closing.hinted,
        on.CustomerLeft: closing.customer_left,
        on.TimePassed: closing.time_passed,
    },
    Settled: {
        on.StatusReported: releasing.status_reported,
        on.StatusFailed: releasing.status_failed,
        on.Hinted: releasing.hinted,
        on.TimePassed: releasing.time_passed,
    },
    Armed: {
        on.Released: releasing.released,
        on.ReleaseFailed: releasing.release_failed,
    },
    Refunding: {
        on.RefundDone: refunding.refund_done,
        on.RefundFailed: refunding.refund_failed,
        on.StatusReported: refunding.status_reported,
        on.StatusFailed: refunding.status_failed,
        on.TimePassed: refunding.time_passed,
    },
}


def begin(order: Order, terms: Terms, now: Now) -> tuple[Life, Effects]:
    """A new order; its intent is on disk before the gateway hears of it."""
    outcome = paying.intend(order, terms, now)
    life = Life(order, outcome.state, (Step(name_of(outcome.state), now),))
    return life, (do.Save(life), *outcome.effects)


def step(life: Life, event: on.Event, desk: Desk) -> tuple[Life, Effects]:
    """The order after the event; what must be remembered comes first among the effects."""
    answer = TRANSITIONS.get(type(life.state), {}).get(type(event))
    return arrive(life, answer(life.state, event, desk), desk.now) if answer else (life, ())


def arrive(life: Life, outcome: Outcome, now: Now) -> tuple[Life, Effects]:
    """The order in its new state, with one line of history for each arrow taken."""
    moved = type(outcome.state) is not type(life.state)
    after = replace(
        life,
        state=outcome.state,
        history=life.history + (_steps(outcome, now) if moved else ()),
        reference=reference_of(outcome.state) or life.reference,
        charge=_kept_charge(life, outcome.state),
        parts=life.parts + ((outcome.part,) if outcome.part else ()),
    )
    save = (do.Save(after),) if moved or _counts_anew(life.state, outcome.state) else ()
    return after, save + outcome.effects


def _steps(outcome: Outcome, now: Now) -> tuple[Step, ...]:
    if outcome.passing:
        return (Step(outcome.passing.name, now, outcome.passing.why),)
    passed = (outcome.via, outcome.state) if outcome.via else (outcome.state,)
    return tuple(Step(name_of(state), now, why_of(state)) for state in passed)


def _kept_charge(life: Life, state: State) -> Charge | None:
    """An escalated order keeps the charge it had, for a refund by hand needs it."""
    if not isinstance(state, Escalated):
        return life.charge
    return getattr(life.state, "charge", None) or life.charge


def due(life: Life, terms: Terms) -> float | None:
    """When this order wants to be woken, in `Now.elapsed`; None while it waits for an answer or is over."""
    times = DUE[type(life.state)](life.state, terms) if not isinstance(life.state, FINAL) else ()
    return min(times, default=None)


def _counts_anew(before: State, after: State) -> bool:
    """Whether a closing order's window or lapse, or the pulses of a release, are counted on from now on.

    So is the first call of a refund: whether one ever went out tells our part of the price from another's.
    """
    if isinstance(before, Armed) and isinstance(after, Armed):
        return before.begun != after.begun
    if isinstance(before, Refunding) and isinstance(after, Refunding):
        return before.tries == 0 < after.tries
    return (
        isinstance(before, Closing)
        and isinstance(after, Closing)
        and (before.window_until, before.began_at) != (after.window_until, after.began_at)
    )


def _intent_due(intent: Intent, terms: Terms) -> tuple[float, ...]:
    return (intent.give_up_at,) if intent.in_flight else (intent.give_up_at, intent.retry_at)


def _shown_due(shown: QrShown, terms: Terms) -> tuple[float, ...]:
    asking = shown.inquiry
    return (shown.expires_at,) if asking.asked_at is not None else (shown.expires_at, asking.next_at)


def _closing_due(state: Closing, terms: Terms) -> tuple[float, ...]:
    times = [closing.gives_up_at(state, terms.lapses_after)]
    if state.cancel is CancelStep.TO_DO:
        times.append(state.cancel_at)
    if state.cancel is not CancelStep.SENT and state.inquiry.asked_at is None:
        times.append(state.inquiry.next_at)
    return tuple(times)


def _settled_due(settled: Settled, terms: Terms) -> tuple[float, ...]:
    asking = settled.inquiry
    return (settled.until,) if asking.asked_at is not None else (settled.until, asking.next_at)


def _armed_due(armed: Armed, terms: Terms) -> tuple[float, ...]:
    return ()


def _refunding_due(owed: Refunding, terms: Terms) -> tuple[float, ...]:
    return (owed.give_up_at,) if owed.in_flight else (owed.give_up_at, owed.next_at)


DUE: dict[type[State], Callable[[Any, Terms], tuple[float, ...]]] = {
    Intent: _intent_due,
    QrShown: _shown_due,
    Closing: _closing_due,
    Settled: _settled_due,
    Armed: _armed_due,
    Refunding: _refunding_due,
}
