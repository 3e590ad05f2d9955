"""What each screen of the staff menu says."""

from collections.abc import Callable
from typing import Any, Final

from kiosk import staff_screens as screens
from kiosk.commands import Resolution
from kiosk.drawing.page import Choice, Line, Money, Page, PriceList, Sign, Style
from kiosk.drawing.words import Say, Words, countdown, rupiah
from kiosk.screens import Screen

SET_PIN: Final = "kiosk secret set staff.pin"
MENU: Final = (
    (("1", Say.LAST_ORDERS), ("2", Say.FIND_CODE), ("3", Say.FILL_SLOT)),
    (("4", Say.SWITCH_SLOT), ("5", Say.TESTS), ("6", Say.TECHNICIAN)),
)
TESTS: Final = (("1", Say.TEST_PANEL), ("2", Say.TEST_KEYS), ("3", Say.TEST_OUTPUT))
PURPOSES: Final = {
    screens.Purpose.FILL: Say.FILL_SLOT,
    screens.Purpose.SWITCH: Say.SWITCH_SLOT,
    screens.Purpose.TRY: Say.TEST_OUTPUT,
}
STATES: Final = {
    "INTENT": Say.NOT_PAID_YET,
    "QR_SHOWN": Say.NOT_PAID_YET,
    "CLOSING": Say.BEING_CHECKED,
    "SETTLED": Say.BEING_RELEASED,
    "ARMED": Say.BEING_RELEASED,
    "DISPENSED": Say.WAS_RELEASED,
    "REFUNDING": Say.MONEY_ON_ITS_WAY,
    "REFUNDED": Say.MONEY_RETURNED,
    "ESCALATED": Say.NEEDS_A_PERSON,
    "CLOSED": Say.NEVER_PAID,
}
REASONS: Final = {
    "cut_in_release": Say.DID_IT_COME_OUT,
    "release_uncertain": Say.DID_IT_COME_OUT,
    "no_refund": Say.MONEY_STILL_OWED,
    "refund_refused": Say.MONEY_STILL_OWED,
    "refund_unanswered": Say.MONEY_STILL_OWED,
    "refund_cap": Say.MONEY_STILL_OWED,
    "partly_refunded": Say.MONEY_STILL_OWED,
    "paid_before_shown": Say.DOES_NOT_FIT,
    "wrong_amount": Say.DOES_NOT_FIT,
    "wrong_currency": Say.DOES_NOT_FIT,
    "wrong_merchant": Say.DOES_NOT_FIT,
    "foreign_answers": Say.DOES_NOT_FIT,
    "unresolved": Say.NEVER_ANSWERED,
    "journal_lost": Say.RECORDS_LOST,
}
RESOLUTIONS: Final = {
    Resolution.DISPENSED: Say.GOODS_GIVEN,
    Resolution.REFUNDED: Say.MONEY_GIVEN,
    Resolution.VOID: Say.NOTHING_OWED,
}
REFUSALS: Final = {
    "busy": Say.BUSY,
    "not_escalated": Say.ALREADY_SETTLED,
    "no_stock_counted": Say.NOTHING_COUNTED,
    "cap_reached": Say.ENOUGH_TODAY,
    "no_such_part": Say.NO_OUTPUT,
    "no_such_slot": Say.NO_SUCH_NUMBER,
    "no_such_order": Say.NOT_FOUND,
}
FAILURES: Final = {"K215": Say.OUTPUT_FAILED, "K405": Say.RECORDS_UNREAD}


def _pin_entry(screen: screens.PinEntry, words: Words) -> Page:
    heading = words(Say.WRONG_PIN if screen.wrong else Say.STAFF)
    parts = (Line(words(Say.TYPE_PIN)), Line(" ".join("*" * screen.typed) or "-", Style.STRONG))
    keys = (words(Say.KEY_OK), words(Say.KEY_DELETE))
    return Page(heading, parts, keys, Sign.BAD if screen.wrong else Sign.NONE)


def _pin_locked(screen: screens.PinLocked, words: Words) -> Page:
    wait = Line(words(Say.TRY_IN).format(countdown(screen.seconds)))
    return Page(words(Say.TOO_MANY_TRIES), (wait,), sign=Sign.BAD)


def _no_pin(_screen: screens.NoPin, words: Words) -> Page:
    how = Line(words(Say.SET_PIN).format(SET_PIN), Style.NOTE)
    return Page(words(Say.NO_PIN), (how,), (words(Say.KEY_TECHNICIAN), words(Say.KEY_LEAVE_MENU)))


def _menu(screen: screens.StaffMenu, words: Words) -> Page:
    keys = (words(Say.KEY_MORE), words(Say.KEY_LEAVE_MENU))
    return Page(f"{words(Say.STAFF)} {screen.page + 1}/{len(MENU)}", (_list(MENU[screen.page], words),), keys)


def _tests(_screen: screens.StaffTests, words: Words) -> Page:
    return Page(words(Say.TESTS), (_list(TESTS, words),), ("", words(Say.KEY_BACK)))


def _list(choices: tuple[tuple[str, Say], ...], words: Words) -> PriceList:
    return PriceList(tuple(Choice(number, words(say), "") for number, say in choices))


def _wait(_screen: screens.StaffWait, words: Words) -> Page:
    return Page(words(Say.STAFF), (Line(words(Say.PLEASE_WAIT), Style.STRONG),), sign=Sign.WAIT)


def _find_order(screen: screens.FindOrder, words: Words) -> Page:
    parts = (Line(screen.digits or "-", Style.STRONG), Line(words(Say.SIX_DIGITS), Style.NOTE))
    return Page(words(Say.TYPE_CODE), parts, (words(Say.KEY_OK), words(Say.KEY_DELETE)))


def _order_found(screen: screens.OrderFound, words: Words) -> Page:
    many = f" {screen.at}/{screen.count}" if screen.count > 1 else ""
    reason = "" if screen.resolved else screen.why
    return Page(
        f"{screen.claim_code}{many}",
        (
            Line(f"{rupiah(screen.amount)}  {_time(screen.made_at, screen.timezone)}"),
            Line(_standing(screen, words), Style.STRONG),
            *((Line(words(REASONS[reason]), Style.NOTE),) if reason in REASONS else ()),
        ),
        _order_keys(screen, words),
    )


def _time(moment: float, timezone: str) -> str:
    from datetime import datetime  # seldom used
    from zoneinfo import ZoneInfo

    return f"{datetime.fromtimestamp(moment, ZoneInfo(timezone)):%d/%m %H:%M}"


def _order_keys(screen: screens.OrderFound, words: Words) -> tuple[str, str]:
    """Back is back everywhere; what is only here must be said."""
    more = words(Say.KEY_MORE) if screen.count > 1 else ""
    if screen.open_claim:
        return words(Say.KEY_SETTLE), more or words(Say.KEY_BACK)
    return more, words(Say.KEY_BACK)


def _standing(screen: screens.OrderFound, words: Words) -> str:
    if screen.resolved:
        return words(Say.SETTLED_AS).format(words(RESOLUTIONS[Resolution(screen.resolved)]))
    return words(STATES[screen.state])


def _no_order(screen: screens.NoOrder, words: Words) -> Page:
    found = Line(screen.claim_code or words(Say.NO_ORDERS), Style.STRONG)
    return Page(words(Say.NOT_FOUND), (found,), ("", words(Say.KEY_BACK)), Sign.BAD)


def _settle(screen: screens.Settle, words: Words) -> Page:
    choices = tuple((str(number), say) for number, say in enumerate(RESOLUTIONS.values(), 1))
    return Page(words(Say.WHAT_WAS_DONE), (_list(choices, words),), (screen.claim_code, words(Say.KEY_BACK)))


def _really_settle(screen: screens.ReallySettle, words: Words) -> Page:
    done = Line(words(RESOLUTIONS[screen.resolution]), Style.STRONG)
    parts = (Line(screen.claim_code), Money(screen.amount), done)
    return Page(words(Say.NOTE_IT), parts, (words(Say.KEY_DO_IT), words(Say.KEY_DO_NOT)))


def _pick_slot(screen: screens.PickSlot, words: Words) -> Page:
    name = _picked(screen, words)
    hint = (Line(words(Say.WHOLE_MACHINE), Style.NOTE),) if screen.purpose is screens.Purpose.SWITCH else ()
    typed = Line(screen.digits or words(Say.WHICH_NUMBER), Style.STRONG)
    keys = (words(Say.KEY_OK), words(Say.KEY_DELETE))
    return Page(words(PURPOSES[screen.purpose]), (typed, *((Line(name),) if name else hint)), keys)


def _picked(screen: screens.PickSlot, words: Words) -> str:
    is_machine = screen.purpose is screens.Purpose.SWITCH and screen.digits and int(screen.digits) == 0
    return words(Say.MACHINE) if is_machine else screen.name


def _fill_slot(screen: screens.FillSlot, words: Words) -> Page:
    known = Line(words(Say.SO_FAR).format(screen.stock), Style.NOTE)
    typed = Line(screen.digits or words(Say.HOW_MANY), Style.STRONG)
    heading = f"{screen.number} {screen.name}"
    return Page(heading, (typed, known), (words(Say.KEY_OK), words(Say.KEY_DELETE)))


def _switch_slot(screen: screens.SwitchSlot, words: Words) -> Page:
    name = f"{screen.number} {screen.name}" if screen.number else words(Say.MACHINE)
    standing = Line(words(Say.SELLS if screen.sells else Say.DOES_NOT_SELL), Style.STRONG)
    stock = (Line(words(Say.STOCK).format(screen.stock)),) if screen.stock is not None else ()
    key = words(Say.KEY_STOP if screen.sells else Say.KEY_SELL)
    return Page(name, (standing, *stock), (key, words(Say.KEY_BACK)))


def _really_try(screen: screens.ReallyTry, words: Words) -> Page:
    parts = (Line(screen.name, Style.STRONG), Line(screen.output), Line(words(Say.IT_MOVES_ONCE), Style.NOTE))
    return Page(words(Say.MOVE_IT), parts, (words(Say.KEY_DO_IT), words(Say.KEY_DO_NOT)))


def _keys_pressed(screen: screens.KeysPressed, words: Words) -> Page:
    pressed = Line(" ".join(screen.keys) or "-", Style.STRONG)
    return Page(words(Say.PRESS_KEYS), (pressed,), ("", words(Say.KEY_TWICE_LEAVES)))


def _gateways_now(screen: screens.GatewaysNow, words: Words) -> Page:
    lines = tuple(
        Choice(str(number), line.name, words(Say.WORKS if line.works else Say.LEFT_ALONE))
        for number, line in enumerate(screen.gateways, 1)
    )
    return Page(words(Say.GATEWAYS), (PriceList(lines),), (words(Say.KEY_MORE), words(Say.KEY_BACK)))


def _codes_now(screen: screens.CodesNow, words: Words) -> Page:
    codes = Line(" ".join(screen.codes) or words(Say.NO_TROUBLE), Style.STRONG)
    return Page(words(Say.CODES), (codes,), (words(Say.KEY_MORE), words(Say.KEY_BACK)))


def _done(_screen: screens.StaffDone, words: Words) -> Page:
    return Page(words(Say.DONE), (Line(words(Say.NOTED)),), sign=Sign.GOOD)


def _refused(screen: screens.StaffRefused, words: Words) -> Page:
    known = REFUSALS.get(screen.reason)
    said = Line(words(known), Style.STRONG) if known else Line(screen.reason.replace("_", " "), Style.NOTE)
    return Page(words(Say.NOT_DONE), (said,), sign=Sign.BAD)


def _failed(screen: screens.StaffFailed, words: Words) -> Page:
    said = Line(words(FAILURES[screen.code]), Style.STRONG)
    return Page(words(Say.NOT_DONE), (said, Line(words(Say.CODE).format(screen.code))), sign=Sign.BAD)


STAFF_PAGES: Final[dict[type[Screen], Callable[[Any, Words], Page]]] = {
    screens.PinEntry: _pin_entry,
    screens.PinLocked: _pin_locked,
    screens.NoPin: _no_pin,
    screens.StaffMenu: _menu,
    screens.StaffTests: _tests,
    screens.StaffWait: _wait,
    screens.FindOrder: _find_order,
    screens.OrderFound: _order_found,
    screens.NoOrder: _no_order,
    screens.Settle: _settle,
    screens.ReallySettle: _really_settle,
    screens.PickSlot: _pick_slot,
    screens.FillSlot: _fill_slot,
    screens.SwitchSlot: _switch_slot,
    screens.ReallyTry: _really_try,
    screens.KeysPressed: _keys_pressed,
    screens.GatewaysNow: _gateways_now,
    screens.CodesNow: _codes_now,
    screens.StaffDone: _done,
    screens.StaffRefused: _refused,
    screens.StaffFailed: _failed,
}
