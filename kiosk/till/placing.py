"""An order's step, and all that follows from it for the rest of the machine.

The order is open while it holds the panel, in the background while it is unfinished, and gone when it is
over. Its step changes what is remembered of its slot, of its gateway, and what the customer reads.
"""

from typing import Any

from msgspec.structs import replace

from kiosk import effects as do
from kiosk import events as on
from kiosk import order as orders
from kiosk import readiness, session, shelf, view
from kiosk.model import Now, SlotRecord, TroubleKind
from kiosk.order.desk import Effects
from kiosk.readiness import Breaker
from kiosk.session import Draft, Notice, Ordering, Serving, Session
from kiosk.states import Armed, Closing, Intent, Life, QrShown, Settled, Why
from kiosk.telling import tell
from kiosk.till.answering import ended
from kiosk.till.value import Decided, Till, breaker_of, closed_code, desk_for, find, gateway_for, record_of

NO_CODE = (Why.REFUSED, Why.NEVER_SHOWN, Why.BAD_CODE)


def to_order(till: Till, event: Any, now: Now) -> Decided:
    """An event about an order; one that nobody knows any more changes nothing."""
    life = find(till, event.order_id)
    if life is None:
        return till, ()
    after, lines = _breathe(till, life, event, now)
    stepped, effects = orders.step(life, event, desk_for(after, life, now))
    placed, more = arrived(after, life, stepped, effects, now)
    return placed, (*more, *lines)


def arrived(till: Till, before: Life, life: Life, effects: Effects, now: Now) -> Decided:
    """Put an order back where it now belongs, and see to all that follows from its step."""
    after = replace(till, slots=_remembered(till, before, life, now))
    slot = life.order.slot
    changed = after.slots.get(slot) != till.slots.get(slot)
    saved: Effects = (do.SaveSlot(slot, after.slots[slot]),) if changed else ()
    stopped = _stopped(till, after, slot)
    after = place(_count_unpaid(after, before, life, now), life, now)
    if after.opened is life and len(life.history) > len(before.history):
        # "really cancel?" was asked about the screen before; it must not become "really leave?" by itself
        after = replace(after, session=session.unasked(after.session))
    after, mint = _fail_over(after, till.session, before, life, now)
    after, answers = ended(after, before, life)
    told = tell(len(before.history), life)
    return after, (*effects, *saved, *told, *stopped, *_stock_told(till, after, slot), *answers, *mint)


def _fail_over(till: Till, served: Session, before: Life, life: Life, now: Now) -> Decided:
    """A gateway without a code is not the customer's trouble: a new order is begun at the next one."""
    why = getattr(life.state, "why", None)
    if not isinstance(served.stage, Serving) or not isinstance(before.state, Intent) or why not in NO_CODE:
        return till, ()
    order = life.order
    tried = (*served.stage.tried, order.gateway)
    if closed_code(till, now) or not gateway_for(till, now, order.amount, tried):
        return till, ()
    draft = Draft(order.slot, order.item, order.amount, order.output, order.reference, order.command)
    waiting = replace(served, stage=Ordering(draft, tried))
    owed = {**till.owed, order.command: ""} if order.command in till.owed else till.owed
    fields: dict[str, str | int] = {"gateway": order.gateway, "tried": len(tried)}
    minting = do.Mint(order.reference, len(tried))
    return replace(till, session=waiting, owed=owed), (minting, do.Log("K109", order.id, fields))


def place(till: Till, life: Life, now: Now) -> Till:
    """Open while it holds the panel, in the background while it is unfinished, gone when it is over."""
    was_open = till.opened is not None and till.opened.order.id == life.order.id
    holds = was_open and holds_panel(life, now)
    others = tuple(each for each in till.background if each.order.id != life.order.id)
    kept = others if holds or life.is_over else (*others, life)
    after = replace(till, opened=life if holds else (None if was_open else till.opened), background=kept)
    if was_open and not holds:
        return say_last_word(after, life, now)
    return _newer_word(after, life, now)


def holds_panel(life: Life, now: Now) -> bool:
    """Whether the order's own screens are the customer's: until it is over or its claim window is."""
    if isinstance(life.state, Closing):
        return now.elapsed < life.state.window_until
    return isinstance(life.state, Intent | QrShown | Settled | Armed)


def say_last_word(till: Till, life: Life, now: Now) -> Till:
    """Tell the customer how this order left the panel."""
    screen = view.last_word(life, till.settings)
    said = session.notify(till.session, screen, view.READ_FOR[type(screen)], now.elapsed, life.order.id)
    return replace(till, session=said)


def _newer_word(till: Till, life: Life, now: Now) -> Till:
    """What is still being read about this order is kept true."""
    stage = till.session.stage
    about_it = isinstance(stage, Notice) and stage.order_id == life.order.id
    return say_last_word(till, life, now) if about_it and _is_news(till, life) else till


def _is_news(till: Till, life: Life) -> bool:
    stage = till.session.stage
    return isinstance(stage, Notice) and view.last_word(life, till.settings) != stage.screen


def _remembered(till: Till, before: Life, life: Life, now: Now) -> dict[int, SlotRecord]:
    if len(life.history) == len(before.history):
        return till.slots
    number = life.order.slot
    slot = till.settings.slot(number)
    counts = slot is not None and slot.counts_stock
    record = record_of(till, number)
    limits = till.settings.limits
    kept = shelf.remember(record, before.state, life.state, now, limits, counts_stock=counts)
    return till.slots if kept == record else {**till.slots, number: kept}


def _stopped(before: Till, after: Till, slot: int) -> Effects:
    reason = record_of(after, slot).stopped
    if not reason or record_of(before, slot).stopped:
        return ()
    fields: dict[str, str | int] = {"slot": slot, "reason": reason}
    return do.Tell("slot.stopped", "", {**fields, "code": "K207"}), do.Log("K207", "", fields)


def _stock_told(before: Till, after: Till, number: int) -> Effects:
    """Say once that few are left, and once that none are."""
    slot = after.settings.slot(number)
    had, left = (record_of(till, number).stock for till in (before, after))
    if slot is None or not slot.counts_stock or left >= had:
        return ()
    if left > 0 and not left <= slot.low_stock < had:
        return ()
    what, code = ("slot.low_stock", "K211") if left else ("slot.sold_out", "K212")
    fields: dict[str, str | int] = {"slot": number, "item": slot.name, "stock": left}
    return do.Tell(what, "", {**fields, "code": code}), do.Log(code, "", fields)


def _count_unpaid(till: Till, before: Life, life: Life, now: Now) -> Till:
    """Orders whose code was taken away unpaid; many of them in a short time are a nuisance or an attack."""
    if not isinstance(before.state, QrShown) or not isinstance(life.state, Closing):
        return till
    if life.state.why not in (Why.CANCELLED, Why.EXPIRED):
        return till
    return replace(till, unpaid=(*till.unpaid, now.elapsed)[-till.settings.limits.unpaid_orders :])


def _breathe(till: Till, life: Life, event: on.Event, now: Now) -> Decided:
    """What a call to a gateway tells of the gateway itself."""
    gateway = life.order.gateway
    breaker = breaker_of(till, gateway)
    after = _breaker_after(breaker, event, is_open=life is till.opened, now=now)
    if after == breaker:
        return till, ()
    lines = _breaker_lines(gateway, breaker, after, event)
    return replace(till, breakers={**till.breakers, gateway: after}), lines


def _breaker_after(breaker: Breaker, event: on.Event, *, is_open: bool, now: Now) -> Breaker:
    match event:
        case on.ChargeMade() | on.StatusReported() | on.CancelDone() | on.RefundDone():
            return readiness.worked()
        case on.ChargeFailed(trouble=trouble) | on.StatusFailed(trouble=trouble) if (
            is_open and not trouble.is_final
        ):
            wrong = trouble.kind is TroubleKind.MISCONFIGURED
            return readiness.failed(breaker, now.elapsed, for_certain=wrong)
        case _:
            return breaker


def _breaker_lines(gateway: str, before: Breaker, after: Breaker, event: Any) -> Effects:
    fields: dict[str, str | int] = {"gateway": gateway}
    if readiness.was_left_alone(before) and not after.failures:
        return do.Tell("gateway.healed", "", fields), do.Log("K106", "", fields)
    if after.left_alone_until and not before.left_alone_until:
        trouble = event.trouble
        code = "K105" if trouble.kind is TroubleKind.MISCONFIGURED else "K101"
        told = fields | {"code": code, "reason": trouble.reason}
        return do.Tell("gateway.failed", "", told), do.Log(code, "", fields | {"reason": trouble.reason})
    return ()
