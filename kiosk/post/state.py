"""What the machine does right now, read off the till for the operator; pure."""

from typing import Final

from kiosk.events import Part
from kiosk.model import Now, Slot, SlotRecord
from kiosk.mqtt.reports import OrderNow, Phase, SlotNow, State
from kiosk.readiness import PART_CODES, stopped_code
from kiosk.session import Choosing, Idle, Ordering, Serving, Stage, Typing
from kiosk.states import Armed, Closing, Intent, Life, QrShown, Settled
from kiosk.states import State as OrderState
from kiosk.till.value import Till, closed_code, record_of

SOLD_OUT: Final = "sold_out"
_SERVING: Final[dict[type[OrderState], Phase]] = {
    Intent: Phase.PREPARING,
    QrShown: Phase.AWAITING_PAYMENT,
    Closing: Phase.CHECKING,
    Settled: Phase.RELEASING,
    Armed: Phase.RELEASING,
}
_ALONE: Final[dict[type[Stage], Phase]] = {
    Idle: Phase.IDLE,
    Choosing: Phase.CHOOSING,
    Typing: Phase.CHOOSING,
    Ordering: Phase.PREPARING,
    Serving: Phase.PREPARING,
}
"""Whatever else is on the panel is something to read."""


def state_of(till: Till, now: Now) -> State:
    """The report of this moment."""
    codes = _codes(till, now)
    phase = _phase(till)
    slots = tuple(_slot(slot, record_of(till, slot.number)) for slot in till.settings.slots)
    sells = not codes and (not slots or any(not slot.reason for slot in slots))
    return State(
        phase=Phase.OUT_OF_SERVICE if phase is Phase.IDLE and codes else phase,
        ready=phase is Phase.IDLE and sells,
        codes=codes,
        order=_order(till.opened) if till.opened else None,
        slots=slots,
        background=len(till.background),
    )


def out_of_service(code: str) -> State:
    """The last state of a machine that must end at once."""
    return State(phase=Phase.OUT_OF_SERVICE, ready=False, codes=(code,), order=None, slots=(), background=0)


def _phase(till: Till) -> Phase:
    if till.opened:
        return _SERVING.get(type(till.opened.state), Phase.NOTICE)
    return _ALONE.get(type(till.session.stage), Phase.NOTICE)


def _codes(till: Till, now: Now) -> tuple[str, ...]:
    """Why nothing is sold: the worst first, which is what the panel says, then whatever else is bad."""
    worst = closed_code(till, now)
    parts = (code for part, code in PART_CODES.items() if part in till.faults and part is not Part.CLOCK)
    return tuple(filter(None, dict.fromkeys((worst, *parts, stopped_code(till.slots)))))


def _order(life: Life) -> OrderNow:
    order = life.order
    return OrderNow(
        order_id=order.id,
        reference=order.reference,
        state=life.state_name,
        amount=order.amount,
        slot=order.slot,
        item=order.item,
        gateway=order.gateway,
        claim_code=order.claim_code,
    )


def _slot(slot: Slot, record: SlotRecord) -> SlotNow:
    empty = SOLD_OUT if slot.counts_stock and record.stock <= 0 else ""
    return SlotNow(
        number=slot.number,
        name=slot.name,
        price=slot.price,
        reason=record.stopped or empty,
        stock=record.stock if slot.counts_stock else None,
    )
