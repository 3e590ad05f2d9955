"""The whole machine as one value.

`decide(till, event, now)` gives the next till and what is to be done; `due(till)` says when it wants to be
woken. There is no other input: no clock, no chance, no thread.  One order at most is open, that is in front
of the customer; the orders that left the panel unfinished are in the background, each with its own life.
"""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from kiosk import effects as do
from kiosk import events as on
from kiosk import order as orders
from kiosk import readiness, session, view
from kiosk.model import Now
from kiosk.order.desk import Effects
from kiosk.screens import PayByCode, View
from kiosk.states import Closing, Life, QrShown, Settled
from kiosk.till import commanding, ordering, people, pushing, staffing
from kiosk.till.placing import arrived, holds_panel, place, to_order
from kiosk.till.sounding import heard
from kiosk.till.value import Decided, Till, closed_code, counter, desk_for, living, terms_of

__all__ = ["Till", "closed_code", "decide", "due"]

PANEL_RETRY = 5.0


def decide(till: Till, event: on.Event, now: Now) -> Decided:
    """The next till, and what is to be done; durable effects are to be on disk before the others begin."""
    answer = ANSWERS.get(type(event))
    after, effects = answer(till, event, now) if answer else to_order(till, event, now)
    after, more = _look_after(_forget(after, now), now)
    after, laid = pushing.apply_waiting(after, now)
    after, end = commanding.restart_when_free(after)
    shown, effects = _show(after, (*effects, *more, *laid, *end), now)
    return shown, (*effects, *heard(till, shown, event))


def due(till: Till) -> float | None:
    """When to send `TimePassed`, in `Now.elapsed`; None while only an event can change anything."""
    times = [orders.due(life, terms_of(till, life)) for life in living(till)]
    times += [session.due(till.session), _next_tick(till)]
    times += [breaker.left_alone_until for breaker in till.breakers.values() if breaker.left_alone_until]
    times += [time + till.settings.limits.unpaid_within for time in till.unpaid[:1]]
    times += [till.panel_retry_at] if on.Part.PANEL in till.faults else []
    return min((time for time in times if time is not None), default=None)


def _forget(till: Till, now: Now) -> Till:
    """Trouble that is long enough ago: the next order is the probe of a gateway, the counter starts anew."""
    within = till.settings.limits.unpaid_within
    unpaid = tuple(time for time in till.unpaid if time + within > now.elapsed)
    breakers = {name: readiness.half_open(each, now.elapsed) for name, each in till.breakers.items()}
    return replace(till, unpaid=unpaid, breakers=breakers)


def _look_after(till: Till, now: Now) -> Decided:
    """Give every order whose moment has come its `TimePassed`; a settled one also when the way is free."""
    effects: Effects = ()
    for life in living(till):
        moment = orders.due(life, terms_of(till, life))
        if (moment is not None and moment <= now.elapsed) or isinstance(life.state, Settled):
            stepped, more = orders.step(life, on.TimePassed(), desk_for(till, life, now))
            till, done = arrived(till, life, stepped, more, now)
            effects = (*effects, *done)
        elif _is_open(till, life) and not holds_panel(life, now):
            till = place(till, life, now)
    waited = session.wait(till.session, till.settings.language, now.elapsed)
    return replace(till, session=waited), effects


def _is_open(till: Till, life: Life) -> bool:
    return till.opened is life


def _show(till: Till, effects: Effects, now: Now) -> Decided:
    """Put the picture of this moment on the panel where it differs from what is there."""
    at = counter(till, now)
    screen = view.screen_of(till.session, till.opened, at, now.elapsed)
    wanted = View(screen, till.session.language, till.settings.environment.is_test)
    again = on.Part.PANEL in till.faults and now.elapsed >= till.panel_retry_at
    if wanted == till.shown and not again:
        return till, effects
    after = replace(till, shown=wanted, panel_retry_at=now.elapsed + PANEL_RETRY)
    return after, (*effects, do.Show(wanted))


def _next_tick(till: Till) -> float | None:
    """The next second of the countdown; the end of a claim window."""
    state = till.opened.state if till.opened else None
    screen = till.shown.screen if till.shown else None
    if isinstance(state, QrShown) and isinstance(screen, PayByCode):
        return state.expires_at - screen.seconds_left + till.tick
    return state.window_until if isinstance(state, Closing) else None


def _time_passed(till: Till, event: on.TimePassed, now: Now) -> Decided:
    """Every decision looks after what is due, so there is nothing else to do."""
    return till, ()


ANSWERS: dict[type[on.Event], Callable[[Till, Any, Now], Decided]] = {
    on.KeyPressed: staffing.key_pressed,
    on.KeyHeld: staffing.key_held,
    on.Minted: ordering.minted,
    on.Commanded: commanding.commanded,
    on.Pushed: pushing.pushed,
    on.OutputTried: staffing.output_tried,
    on.PinChecked: staffing.pin_checked,
    on.LookedUp: staffing.looked_up,
    on.LookedAround: staffing.looked_around,
    on.PartFailed: people.part_failed,
    on.PartHealed: people.part_healed,
    on.IdContested: people.id_contested,
    on.SlotEnabled: people.slot_enabled,
    on.SlotDisabled: people.slot_disabled,
    on.StockCounted: people.stock_counted,
    on.Stopping: people.stopping,
    on.TimePassed: _time_passed,
}
