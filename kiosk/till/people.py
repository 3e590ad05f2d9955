"""What people and parts do to the machine: keys, slots, things that fail and heal."""

from collections.abc import Callable

from msgspec.structs import replace

from kiosk import effects as do
from kiosk import events as on
from kiosk import readiness, session, shelf
from kiosk.model import Now, SlotRecord
from kiosk.states import Why
from kiosk.till.placing import to_order
from kiosk.till.value import Decided, Till, counter, open_id, record_of

CLOSES_ORDER = {
    on.Part.PANEL: Why.PANEL_FAILED,
    on.Part.OUTPUT: Why.NO_OUTPUT,
    on.Part.INHIBIT: Why.INHIBITED,
    on.Part.DOOR: Why.INHIBITED,
    on.Part.LOOP: Why.INHIBITED,
    on.Part.SENSOR: Why.INHIBITED,
}


def key_pressed(till: Till, event: on.KeyPressed, now: Now) -> Decided:
    """A key changes the screen, or becomes a wish that is granted here."""
    touched, wish = session.press(till.session, event.key, till.opened, counter(till, now), now.elapsed)
    after = replace(till, session=touched)
    return GRANTS[type(wish)](after, now) if wish else (after, ())


def _mint(till: Till, now: Now) -> Decided:
    return till, (do.Mint(),)


def _look_again(till: Till, now: Now) -> Decided:
    return to_order(till, on.Hinted(open_id(till)), now)


def _cancel(till: Till, now: Now) -> Decided:
    return to_order(till, on.CloseAsked(open_id(till), Why.CANCELLED), now)


def _leave(till: Till, now: Now) -> Decided:
    return to_order(till, on.CustomerLeft(open_id(till)), now)


GRANTS: dict[type[session.Wish], Callable[[Till, Now], Decided]] = {
    session.Buy: _mint,
    session.LookAgain: _look_again,
    session.CancelOrder: _cancel,
    session.Leave: _leave,
}


def part_failed(till: Till, event: on.PartFailed, now: Now) -> Decided:
    """Remember what is bad; an order that cannot be delivered any more is closed."""
    code = readiness.code_of(event.part)
    fields: dict[str, str | int] = {"part": event.part.value, "reason": event.reason}
    told = do.Tell("part.failed", "", {**fields, "code": code})
    is_news = event.reason and not till.faults.get(event.part)
    line = (told, do.Log(code, "", fields)) if is_news else ()
    after = replace(till, faults={**till.faults, event.part: event.reason})
    why = CLOSES_ORDER.get(event.part)
    if why is None or till.opened is None:
        return after, line
    closing, effects = to_order(after, on.CloseAsked(open_id(till), why), now)
    return closing, (*effects, *line)


def part_healed(till: Till, event: on.PartHealed, now: Now) -> Decided:
    """Forget what was bad."""
    if event.part not in till.faults:
        return till, ()
    faults = {part: reason for part, reason in till.faults.items() if part is not event.part}
    fields: dict[str, str | int] = {"part": event.part.value}
    shown = None if event.part is on.Part.PANEL else till.shown
    after = replace(till, faults=faults, shown=shown)
    if not till.faults[event.part]:
        return after, ()
    return after, (do.Tell("part.healed", "", fields), do.Log("K208", "", fields))


def _slot_changed(till: Till, number: int, record: SlotRecord, told: str, code: str, who: str) -> Decided:
    fields: dict[str, str | int] = {"slot": number, "who": who, "stock": record.stock}
    after = replace(till, slots={**till.slots, number: record})
    said = do.Tell(told, "", {**fields, "code": code})
    return after, (do.SaveSlot(number, record), said, do.Log(code, "", fields))


def slot_enabled(till: Till, event: on.SlotEnabled, now: Now) -> Decided:
    """A person vouches for the slot."""
    record = shelf.vouched_for(record_of(till, event.slot), now)
    return _slot_changed(till, event.slot, record, "slot.enabled", "K505", event.who)


def slot_disabled(till: Till, event: on.SlotDisabled, now: Now) -> Decided:
    """Out of service after the current order."""
    record = replace(record_of(till, event.slot), stopped=readiness.BY_HAND)
    return _slot_changed(till, event.slot, record, "slot.disabled", "K504", event.who)


def stock_counted(till: Till, event: on.StockCounted, now: Now) -> Decided:
    """A person counted what is in the slot."""
    record = replace(record_of(till, event.slot), stock=event.stock)
    return _slot_changed(till, event.slot, record, "slot.filled", "K509", event.who)


def id_contested(till: Till, event: on.IdContested, now: Now) -> Decided:
    """It sells on; the operator must give one of the two another id."""
    return till, (do.Tell("broker.taken_over", "", {"code": "K703"}),)


def stopping(till: Till, event: on.Stopping, now: Now) -> Decided:
    """Release nothing more, and take a payable code away; the next start goes on from there."""
    after = replace(till, faults={**till.faults, on.Part.OUTPUT: "the machine is stopping"})
    return to_order(after, on.CloseAsked(open_id(after), Why.STOPPING), now)
