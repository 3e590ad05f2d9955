"""What each screen says, on a panel of any shape; a layout sets it.

The code to scan is not here: how it is set beside its words is the layout's own matter.
"""

from collections.abc import Callable
from typing import Any, Final

from kiosk import screens
from kiosk.drawing.page import Choice, Line, Money, Page, PriceList, Sign, Style
from kiosk.drawing.staff_pages import STAFF_PAGES
from kiosk.drawing.words import Say, Words, grouped, rupiah
from kiosk.model import Rupiah

LONGEST_LIST: Final = 4
"""More slots than this are not listed: the number on the spiral is typed."""


def page(view: screens.View) -> Page:
    """The content of any screen but the code itself."""

    def words(say: Say) -> str:
        return say.in_(view.language)

    return PAGES[type(view.screen)](view.screen, words)


def _starting(screen: screens.Starting, words: Words) -> Page:
    return Page(
        words(Say.STARTING),
        (Line(words(Say.PLEASE_WAIT), Style.STRONG),),
        (screen.kiosk, screen.version),
        Sign.WAIT,
    )


def _idle(screen: screens.Idle, words: Words) -> Page:
    keys = (words(Say.TYPE_NUMBER), words(Say.OTHER_LANGUAGE))
    if not screen.slots:
        return _idle_amount(screen, words)
    if len(screen.slots) > LONGEST_LIST:
        return _idle_numbers(screen, words)
    choices = tuple(_choice(slot, words) for slot in screen.slots)
    qris = Line(words(Say.PAY_WITH_QRIS), Style.NOTE, optional=True)
    return Page(screen.merchant, (PriceList(choices), qris), keys)


def _choice(slot: screens.SlotLine, words: Words) -> Choice:
    missing = words(Say.CLOSED if slot.stopped else Say.NONE_LEFT)
    return Choice(str(slot.number), slot.name, rupiah(slot.price) if slot.available else missing)


def _idle_numbers(screen: screens.Idle, words: Words) -> Page:
    numbers = [slot.number for slot in screen.slots]
    shown = f"{words(Say.NUMBERS)} {min(numbers)} - {max(numbers)}"
    return Page(
        screen.merchant,
        (
            Line(words(Say.TYPE_NUMBER), Style.STRONG),
            Line(shown),
            Line(words(Say.PAY_WITH_QRIS), Style.NOTE, optional=True),
        ),
        ("", words(Say.OTHER_LANGUAGE)),
    )


def _idle_amount(screen: screens.Idle, words: Words) -> Page:
    return Page(
        screen.merchant,
        (
            Line(words(Say.TYPE_AMOUNT), Style.STRONG),
            *_limits(screen.minimum, screen.maximum, words),
            Line(words(Say.PAY_WITH_QRIS), Style.NOTE, optional=True),
        ),
        ("", words(Say.OTHER_LANGUAGE)),
    )


def _limits(minimum: Rupiah, maximum: Rupiah, words: Words) -> tuple[Line, ...]:
    if not maximum:
        return ()
    return (Line(words(Say.AMOUNT_LIMITS).format(rupiah(minimum), grouped(maximum)), Style.NOTE),)


def _step(step: Rupiah, words: Words) -> tuple[Line, ...]:
    return (Line(words(Say.AMOUNT_STEP).format(rupiah(step)), Style.NOTE),) if step > 1 else ()


def _slot_chosen(screen: screens.SlotChosen, words: Words) -> Page:
    return Page(
        f"{words(Say.NUMBER)} {screen.digits}",
        (Line(screen.name, Style.STRONG), Money(screen.price)),
        (words(Say.KEY_BUY), words(Say.KEY_DELETE)),
    )


def _no_such_slot(screen: screens.NoSuchSlot, words: Words) -> Page:
    return Page(
        words(Say.NO_SUCH_NUMBER),
        (Line(screen.digits, Style.STRONG), Line(words(Say.CHOOSE_ANOTHER))),
        ("", words(Say.KEY_DELETE)),
        Sign.BAD,
    )


def _amount_entry(screen: screens.AmountEntry, words: Words) -> Page:
    limits = _limits(screen.minimum, screen.maximum, words)
    return Page(
        words(Say.TYPE_AMOUNT),
        (Money(screen.amount), *limits, *_step(screen.step, words)),
        (words(Say.KEY_BUY), words(Say.KEY_DELETE)),
    )


def _please_wait(screen: screens.PleaseWait, words: Words) -> Page:
    return Page(words(Say.PLEASE_WAIT), (Money(screen.amount), Line(words(Say.MAKING_CODE))), sign=Sign.WAIT)


def _confirm_cancel(screen: screens.ConfirmCancel, words: Words) -> Page:
    return Page(
        words(Say.REALLY_CANCEL),
        (Money(screen.amount), Line(words(Say.ALREADY_PAID_NO), Style.NOTE)),
        (words(Say.KEY_YES), words(Say.KEY_NO)),
    )


def _checking(screen: screens.Checking, words: Words) -> Page:
    return Page(
        words(Say.DO_NOT_PAY_AGAIN),
        (Line(words(Say.CHECKING)), *_claim(screen, words)),
        (words(Say.KEY_PAID), words(Say.KEY_LEAVE)),
    )


def _confirm_give_up(screen: screens.ConfirmGiveUp, words: Words) -> Page:
    return Page(
        words(Say.REALLY_LEAVE),
        (Line(words(Say.KEEP_CODE)), _code(screen.claim_code, words)),
        (words(Say.KEY_YES), words(Say.KEY_KEEP_WAITING)),
    )


def _paid(screen: screens.Paid, words: Words) -> Page:
    item, soon = Line(screen.item), Line(words(Say.PREPARING), Style.NOTE)
    return Page(words(Say.PAID), (Money(screen.amount), item, soon), sign=Sign.GOOD)


def _take_item(screen: screens.TakeItem, words: Words) -> Page:
    parts = (Line(screen.item, Style.STRONG), Line(words(Say.THANK_YOU)))
    return Page(words(Say.GO_AHEAD), parts, sign=Sign.GOOD)


def _expired(screen: screens.Expired, words: Words) -> Page:
    notes = (Line(words(Say.DO_NOT_SCAN)), Line(words(Say.PAID_ANYWAY), Style.NOTE))
    return Page(words(Say.EXPIRED), (*notes, *_claim(screen, words)), sign=Sign.BAD)


def _cancelled(screen: screens.Cancelled, words: Words) -> Page:
    parts = (Line(words(Say.PAID_ANYWAY), Style.NOTE), *_claim(screen, words))
    return Page(words(Say.CANCELLED), parts, sign=Sign.BAD)


def _try_again(screen: screens.TryAgain, words: Words) -> Page:
    parts = (Line(words(Say.NO_CODE)), Line(words(Say.NOTHING_CHARGED)))
    return Page(words(Say.TRY_AGAIN), parts, ("", screen.code))


def _refund_under_way(screen: screens.RefundUnderWay, words: Words) -> Page:
    return Page(words(Say.REFUND_UNDER_WAY), (Money(screen.amount), *_claim(screen, words)))


def _money_returned(screen: screens.MoneyReturned, words: Words) -> Page:
    claim = _claim(screen, words)
    return Page(words(Say.MONEY_RETURNED), (Money(screen.amount), *claim), sign=Sign.GOOD)


def _call_operator(screen: screens.CallOperator, words: Words) -> Page:
    return Page(words(Say.CALL_OPERATOR), _claim(screen, words), ("", screen.code), Sign.BAD)


def _interrupted(screen: screens.Interrupted, words: Words) -> Page:
    parts = (Line(words(Say.ALREADY_PAID), Style.NOTE), *_claim(screen, words))
    return Page(words(Say.INTERRUPTED), parts, sign=Sign.BAD)


def _busy(_screen: screens.Busy, words: Words) -> Page:
    return Page(words(Say.BUSY), (Line(words(Say.WAIT_A_LITTLE), Style.STRONG),), sign=Sign.WAIT)


def _amount_not_accepted(screen: screens.AmountNotAccepted, words: Words) -> Page:
    rules = (*_limits(screen.minimum, screen.maximum, words), *_step(screen.step, words))
    return Page(words(Say.AMOUNT_NOT_ACCEPTED), (Money(screen.amount), *rules), sign=Sign.BAD)


def _sold_out(screen: screens.SoldOut, words: Words) -> Page:
    parts = (Line(screen.item, Style.STRONG), Line(words(Say.CHOOSE_ANOTHER)))
    return Page(words(Say.SOLD_OUT), parts, sign=Sign.BAD)


def _slot_stopped(screen: screens.SlotStopped, words: Words) -> Page:
    parts = (Line(screen.item, Style.STRONG), Line(words(Say.CHOOSE_ANOTHER)))
    return Page(words(Say.SLOT_STOPPED), parts, ("", screen.code), Sign.BAD)


def _out_of_service(screen: screens.OutOfService, words: Words) -> Page:
    parts = (Line(words(Say.CANNOT_SELL)), *_contact(screen.contact))
    return Page(words(Say.OUT_OF_SERVICE), parts, ("", screen.code), Sign.BAD)


def _technician(screen: screens.Technician, words: Words) -> Page:
    kiosk = f"{words(Say.KIOSK)} {screen.kiosk}"
    version = f"{words(Say.VERSION)} {screen.version}"
    return Page(
        words(Say.TECHNICIAN),
        (Line(kiosk), Line(version), Line(screen.network or words(Say.NO_NETWORK), Style.NOTE)),
    )


def _claim(
    screen: screens.Checking
    | screens.Expired
    | screens.Cancelled
    | screens.RefundUnderWay
    | screens.MoneyReturned
    | screens.CallOperator
    | screens.Interrupted,
    words: Words,
) -> tuple[Line, ...]:
    return (_code(screen.claim_code, words), *_contact(screen.contact))


def _code(claim_code: str, words: Words) -> Line:
    return Line(words(Say.CODE).format(claim_code), Style.STRONG)


def _contact(contact: str) -> tuple[Line, ...]:
    return (Line(contact, Style.NOTE),) if contact else ()


PAGES: Final[dict[type[screens.Screen], Callable[[Any, Words], Page]]] = {
    screens.Starting: _starting,
    screens.Idle: _idle,
    screens.SlotChosen: _slot_chosen,
    screens.NoSuchSlot: _no_such_slot,
    screens.AmountEntry: _amount_entry,
    screens.PleaseWait: _please_wait,
    screens.ConfirmCancel: _confirm_cancel,
    screens.Checking: _checking,
    screens.ConfirmGiveUp: _confirm_give_up,
    screens.Paid: _paid,
    screens.TakeItem: _take_item,
    screens.Expired: _expired,
    screens.Cancelled: _cancelled,
    screens.TryAgain: _try_again,
    screens.RefundUnderWay: _refund_under_way,
    screens.MoneyReturned: _money_returned,
    screens.CallOperator: _call_operator,
    screens.Interrupted: _interrupted,
    screens.Busy: _busy,
    screens.AmountNotAccepted: _amount_not_accepted,
    screens.SoldOut: _sold_out,
    screens.SlotStopped: _slot_stopped,
    screens.OutOfService: _out_of_service,
    screens.Technician: _technician,
    **STAFF_PAGES,
}
