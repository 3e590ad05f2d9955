"""What the panel shows: a pure function of the session, the open order and the time.

The words follow the contract: "refund under way" stands only where one is, and whoever may have paid always
reads a claim code.
"""

from math import ceil

from kiosk import screens
from kiosk.model import Rupiah, Slot, SlotRecord, WebLink
from kiosk.session import Choosing, Counter, Notice, Ordering, Serving, Session, Typing
from kiosk.settings import NOTHING, Settings
from kiosk.staff import Staff, panel
from kiosk.states import (
    Armed,
    Closed,
    Closing,
    Dispensed,
    Escalated,
    Life,
    QrShown,
    Refunded,
    Refunding,
    Settled,
    Why,
)

TRY_AGAIN = {Why.REFUSED: "K102", Why.NEVER_SHOWN: "K101", Why.BAD_CODE: "K103"}
INTERRUPTED = (Why.POWER_CUT, Why.RESTARTED, Why.STOPPING)
READ_FOR = {
    screens.TakeItem: 6.0,
    screens.TryAgain: 8.0,
    screens.Cancelled: 15.0,
    screens.Expired: 30.0,
    screens.MoneyReturned: 30.0,
    screens.Interrupted: 60.0,
    screens.RefundUnderWay: 60.0,
    screens.CallOperator: 120.0,
}
ESCALATED_CODES = {
    Why.CUT_IN_RELEASE: "K312",
    Why.RELEASE_UNCERTAIN: "K312",
    Why.NO_REFUND: "K313",
    Why.JOURNAL_LOST: "K401",
}


def screen_of(session: Session, opened: Life | None, counter: Counter, now: float) -> screens.Screen:
    """The screen of this moment."""
    match session.stage:
        case Notice(screen=screen):
            return screen
        case Choosing(digits=digits):
            return _chosen(digits, counter.settings)
        case Typing(digits=digits):
            return _typed(digits, counter.settings)
        case Ordering(draft=draft):
            return screens.PleaseWait(draft.amount)
        case Staff(page=page):
            return panel.screen_of(page, counter.settings, counter.slots)
        case Serving(asked_until=until) if opened:
            return _served(opened, until is not None, counter, now)
        case _:
            return _idle(counter)


def last_word(life: Life, settings: Settings) -> screens.Screen:
    """What a customer reads when the order leaves the panel."""
    order, contact = life.order, settings.contact
    match life.state:
        case Dispensed():
            return screens.TakeItem(order.item)
        case Refunding():
            return screens.RefundUnderWay(order.amount, order.claim_code, contact)
        case Refunded():
            return screens.MoneyReturned(order.amount, order.claim_code, contact)
        case Escalated(why=why):
            return screens.CallOperator(order.claim_code, contact, ESCALATED_CODES.get(why, "K311"))
        case Closing(why=why) | Closed(why=why):
            return _unpaid(why, order.claim_code, contact)
        case state:
            raise AssertionError(f"{state!r} has no last word")


def without_memory(settings: Settings, session: Session, opened: Life | None) -> screens.View:
    """The last picture of a machine whose journal cannot be written: the claim code, if an order is open."""
    contact = settings.contact
    screen = (
        screens.CallOperator(opened.order.claim_code, contact, "K402")
        if opened
        else screens.OutOfService("K402", contact)
    )
    return screens.View(screen, session.language, settings.environment.is_test)


def seconds_left(shown: QrShown, now: float, tick: int) -> int:
    """The countdown beside the code, up to the next `tick`; a millionth of a second is rounding, no more."""
    return max(0, ceil((shown.expires_at - now - 1e-6) / tick) * tick)


def _unpaid(why: Why, claim_code: str, contact: str) -> screens.Screen:
    if why in TRY_AGAIN:
        return screens.TryAgain(TRY_AGAIN[why])
    if why in INTERRUPTED:
        return screens.Interrupted(claim_code, contact)
    if why is Why.EXPIRED:
        return screens.Expired(claim_code, contact)
    return screens.Cancelled(claim_code, contact)


def _served(life: Life, asked: bool, counter: Counter, now: float) -> screens.Screen:
    order = life.order
    match life.state:
        case QrShown() if asked:
            return screens.ConfirmCancel(order.amount)
        case QrShown() as shown:
            return _code(life, shown, counter, now)
        case Closing() if asked:
            return screens.ConfirmGiveUp(order.claim_code)
        case Closing():
            return screens.Checking(order.claim_code, counter.settings.contact)
        case Settled() | Armed():
            return screens.Paid(order.amount, order.item)
        case _:
            return screens.PleaseWait(order.amount)


def _code(life: Life, shown: QrShown, counter: Counter, now: float) -> screens.Screen:
    code, order = shown.charge.code, life.order
    payload, is_link = (code.url, True) if isinstance(code, WebLink) else (code.payload, False)
    return screens.PayByCode(
        payload=payload,
        amount=order.amount,
        merchant=counter.settings.merchant,
        seconds_left=seconds_left(shown, now, counter.tick),
        claim_code=order.claim_code,
        link=is_link,
        checking=shown.inquiry.hinted,
    )


def _chosen(digits: str, settings: Settings) -> screens.Screen:
    slot = settings.slot(int(digits))
    if slot is None or slot.output == NOTHING:
        return screens.NoSuchSlot(digits)
    return screens.SlotChosen(digits, slot.name, slot.price)


def _typed(digits: str, settings: Settings) -> screens.Screen:
    free = settings.free
    assert free is not None
    return screens.AmountEntry(Rupiah(int(digits or "0")), free.minimum, free.maximum, free.step)


def _idle(counter: Counter) -> screens.Screen:
    settings = counter.settings
    if counter.closed:
        return screens.OutOfService(counter.closed, settings.contact)
    if settings.free:
        return screens.Idle(settings.merchant, (), settings.free.minimum, settings.free.maximum)
    # what only a controller sells is listed where there is nothing else, for its price
    mine = [slot for slot in settings.slots if slot.output != NOTHING] or settings.slots
    return screens.Idle(settings.merchant, tuple(_line(slot, counter.slots) for slot in mine))


def _line(slot: Slot, records: dict[int, SlotRecord]) -> screens.SlotLine:
    record = records.get(slot.number, SlotRecord())
    available = not record.stopped and (record.stock > 0 or not slot.counts_stock)
    return screens.SlotLine(slot.number, slot.name, slot.price, available, bool(record.stopped))
