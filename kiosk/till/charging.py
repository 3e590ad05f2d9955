"""The command `charge`: a vending controller asks for money, and its code is shown at once or not at all.

Nothing is queued, and the same reference is the same order for ever.
"""

from kiosk import events as on
from kiosk.commands import Charge
from kiosk.model import Now, Rupiah, Slot
from kiosk.refusals import Reason, Refusal
from kiosk.session import Draft, Idle
from kiosk.till.answering import accepted, refused, same, standing
from kiosk.till.ordering import begin
from kiosk.till.value import Decided, Till, closed_code, find, gateway_for, record_of


def charge(till: Till, event: on.Commanded, now: Now) -> Decided:
    """Begin an order for the controller, or say why not."""
    if event.sale:
        return _known(till, event)
    if is_busy(till):
        return refused(till, event, Reason.BUSY)
    if code := closed_code(till, now):
        return refused(till, event, Reason.OUT_OF_SERVICE, code, code=code)
    draft = drafted(till, event.command.id, _asked(event))
    if isinstance(draft, Draft):
        draft = _in_pulses(till, draft)
    if isinstance(draft, Refusal):
        return refused(till, event, draft.reason, draft.detail)
    gateway = gateway_for(till, now, draft.amount)
    if not gateway:
        return refused(till, event, Reason.AMOUNT_NOT_ACCEPTED, "no gateway takes it")
    assert event.minted, "a charge comes with an id for its order"
    after, effects = begin(till, draft, gateway, event.minted, (), now)
    return after, (*accepted(event, order_id=event.minted.order_id, amount=draft.amount), *effects)


def is_busy(till: Till) -> bool:
    """Whether anything but the idle screen is on the panel, or about to be."""
    taken = till.opened or till.trying or till.restart
    return bool(taken) or not isinstance(till.session.stage, Idle)


def drafted(till: Till, command: str, asked: Charge) -> Draft | Refusal:
    """What the controller wants, if this machine sells it at that price."""
    chosen = _slot(till, asked) if till.settings.slots else _free(till, asked)
    if isinstance(chosen, Refusal):
        return chosen
    number, name, amount, output = chosen
    return Draft(number, asked.description or name, amount, output, asked.reference, command)


def _in_pulses(till: Till, draft: Draft) -> Draft | Refusal:
    """The draft, where its output can give exactly what the amount buys."""
    train = till.settings.trains.get(draft.output)
    wrong = train.refusal(draft.amount) if train else ""
    return Refusal(Reason.AMOUNT_NOT_ACCEPTED, f"it {wrong}") if wrong else draft


def _known(till: Till, event: on.Commanded) -> Decided:
    sale = event.sale
    assert sale
    if sale.digest != event.command.digest:
        return refused(till, event, Reason.REFERENCE_USED)
    if life := find(till, sale.order_id):
        return till, same(event, **standing(life))
    told = {"order_id": sale.order_id, "state": sale.state, "amount": sale.amount, "why": sale.why}
    return till, same(event, **{name: fact for name, fact in told.items() if fact})


def _asked(event: on.Commanded) -> Charge:
    assert isinstance(event.command.args, Charge)
    return event.command.args


def _slot(till: Till, asked: Charge) -> tuple[int, str, Rupiah, str] | Refusal:
    slots = till.settings.slots
    if asked.slot is None and len(slots) > 1:
        return Refusal(Reason.SLOT_NEEDED)
    slot = till.settings.slot(slots[0].number if asked.slot is None else asked.slot)
    if slot is None:
        return Refusal(Reason.NO_SUCH_SLOT)
    amount = slot.price if asked.amount is None else Rupiah(asked.amount)
    return _unsold(till, slot, amount) or (slot.number, slot.name, amount, slot.output)


def _unsold(till: Till, slot: Slot, amount: Rupiah) -> Refusal | None:
    record = record_of(till, slot.number)
    if record.stopped:
        return Refusal(Reason.SLOT_STOPPED)
    if slot.counts_stock and record.stock <= 0:
        return Refusal(Reason.SOLD_OUT)
    # whoever can send a charge must not be able to sell for one rupiah
    limits = till.settings.limits
    highest = min(max(slot.price, limits.highest_charge), limits.highest_price)
    if slot.price <= amount <= highest:
        return None
    return Refusal(Reason.AMOUNT_NOT_ACCEPTED, f"from {slot.price} to {highest}")


def _free(till: Till, asked: Charge) -> tuple[int, str, Rupiah, str] | Refusal:
    free = till.settings.free
    if free is None:
        return Refusal(Reason.NO_SUCH_SLOT)
    if asked.amount is None:
        return Refusal(Reason.AMOUNT_NEEDED)
    if asked.slot is not None:
        return Refusal(Reason.NO_SUCH_SLOT)
    if not free.minimum <= asked.amount <= free.maximum or asked.amount % free.step:
        bounds = f"from {free.minimum} to {free.maximum} in steps of {free.step}"
        return Refusal(Reason.AMOUNT_NOT_ACCEPTED, bounds)
    return 0, free.name, Rupiah(asked.amount), free.output
