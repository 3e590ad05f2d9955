"""A draft becomes an order: at the keypad after it was confirmed, for a controller at once."""

from msgspec.structs import replace

from kiosk import events as on
from kiosk import order as orders
from kiosk import session
from kiosk.model import Now, Order
from kiosk.screens import OutOfService
from kiosk.session import Draft, Ordering, Serving
from kiosk.telling import tell
from kiosk.till.answering import gave_up
from kiosk.till.value import Decided, Till, closed_code, gateway_for

SORRY_FOR = 6.0


def minted(till: Till, event: on.Minted, now: Now) -> Decided:
    """The draft becomes an order, unless the shop closed meanwhile."""
    stage = till.session.stage
    if not isinstance(stage, Ordering) or till.opened:
        return till, ()
    gateway = gateway_for(till, now, stage.draft.amount, stage.tried)
    closed = closed_code(till, now) or ("" if gateway else "K101")
    if closed:
        return _sorry(till, stage.draft, closed, now)
    return begin(till, stage.draft, gateway, event, stage.tried, now)


def begin(
    till: Till, draft: Draft, gateway: str, event: on.Minted, tried: tuple[str, ...], now: Now
) -> Decided:
    """Make the order and ask the gateway for its code."""
    terms = till.terms[gateway]
    order = Order(
        id=event.order_id,
        claim_code=event.claim_code,
        slot=draft.slot,
        item=draft.item,
        amount=draft.amount,
        output=draft.output,
        gateway=gateway,
        environment=till.settings.environment,
        merchant=terms.merchant,
        made_at=now,
        reference=draft.reference,
        command=draft.command,
        pulses=till.settings.pulses(draft.output, draft.amount),
        lapses_after=terms.lapses_after,
    )
    life, effects = orders.begin(order, terms, now)
    serving = replace(till.session, stage=Serving(tried=tried))
    owed = {**till.owed, order.command: order.id} if order.command else till.owed
    after = replace(till, opened=life, session=serving, owed=owed)
    return after, (*effects, *tell(0, life))


def _sorry(till: Till, draft: Draft, code: str, now: Now) -> Decided:
    screen = OutOfService(code, till.settings.contact)
    after, answers = gave_up(till, draft.command, code)
    return replace(after, session=session.notify(after.session, screen, SORRY_FOR, now.elapsed)), answers
