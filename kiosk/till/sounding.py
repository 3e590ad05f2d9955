"""What is to be heard: read off what a decision changed, so that no decision has to think of it.

A key that changed nothing was not accepted; whoever is served hears that it is accepted, paid, or over for a
bad reason.  What goes on in the background makes no sound, and neither does a customer who cancels.
"""

from typing import Final

from msgspec.structs import replace

from kiosk import effects as do
from kiosk import events as on
from kiosk import screens
from kiosk.model import Tune
from kiosk.order.desk import Effects
from kiosk.session import MEANT, Idle, Notice, Ordering, Serving
from kiosk.states import Armed, Closing, QrShown, Settled
from kiosk.till.value import Till

GOOD_ENDS: Final = (screens.TakeItem, screens.Cancelled, screens.Expired)
BUSY: Final = (Ordering, Serving)


def heard(before: Till, after: Till, event: on.Event) -> Effects:
    """The tune for this decision, where there is something to play it and anything to be told by it."""
    if not after.settings.has_buzzer:
        return ()
    tune = _of_payment(before, after) or _of_stage(before, after)
    if tune is None and isinstance(event, on.KeyPressed):
        tune = _of_key(before, after, event.key)
    return (do.Play(tune),) if tune else ()


def _of_payment(before: Till, after: Till) -> Tune | None:
    if before.opened is None or after.opened is None or before.opened.order.id != after.opened.order.id:
        return None
    was, now = before.opened.state, after.opened.state
    return Tune.PAID if isinstance(was, QrShown | Closing) and isinstance(now, Settled | Armed) else None


def _of_stage(before: Till, after: Till) -> Tune | None:
    was, now = before.session.stage, after.session.stage
    if isinstance(now, BUSY):
        return None if isinstance(was, BUSY) else Tune.ACCEPTED
    bad = isinstance(now, Notice) and not isinstance(now.screen, GOOD_ENDS)
    return Tune.FAILED if bad and isinstance(was, BUSY) else None


def _of_key(before: Till, after: Till, key: str) -> Tune | None:
    """A key that was not accepted: it changed nothing, or led to words that say no."""
    was, now = before.session.stage, after.session.stage
    if key not in MEANT or _means_something_unseen(before, key):
        return None
    refused = isinstance(now, Notice) and not isinstance(was, Notice)
    nowhere = after.shown is not None and isinstance(after.shown.screen, screens.NoSuchSlot)
    untouched = replace(after.session, touched_at=before.session.touched_at) == before.session
    return Tune.REFUSED if refused or nowhere or untouched else None


def _means_something_unseen(till: Till, key: str) -> bool:
    """`*` at rest is the beginning of the staff menu; `#` at a code asks the gateway, again and again."""
    stage = till.session.stage
    return (isinstance(stage, Idle) and key == "*") or (isinstance(stage, Serving) and key in "#*")
