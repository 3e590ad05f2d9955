"""What the keys mean on each page of the staff menu."""

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from msgspec.structs import replace

from kiosk.commands import Resolution
from kiosk.model import MACHINE, Slot
from kiosk.secret import Secret
from kiosk.settings import Settings
from kiosk.staff.pages import (
    Asking,
    Command,
    EnterPin,
    Filling,
    Find,
    LookAround,
    Menu,
    Moving,
    Orders,
    Page,
    Picking,
    Reading,
    Said,
    Settling,
    Switching,
    Tests,
    Trying,
    TryKeys,
    TryPanel,
    TryPin,
    TypeCode,
    Wish,
    WithoutPin,
)
from kiosk.staff_screens import Purpose, StaffRefused

SHORTEST_PIN: Final = 4
LONGEST_PIN: Final = 8
CLAIM_CODE: Final = 6
LONGEST_COUNT: Final = 4
LONGEST_NUMBER: Final = 2
ECHOED: Final = 12

Reply: TypeAlias = tuple[Page | None, Wish | None]
"""The next page, None where the menu is left; a page stays while its wish is granted."""


def press(page: Page, key: str, settings: Settings, stopped: frozenset[int]) -> Reply:
    """What a key does on a page; `stopped` are the slots that are out of service."""
    return PRESSES[type(page)](page, key, settings, stopped)


def _typed(digits: str, key: str, longest: int) -> str | None:
    """The digits after a key; None where back was pressed with none left."""
    if key == "*":
        return digits[:-1] if digits else None
    return digits + key if len(digits) < longest and key.isdigit() else digits


def _enter_pin(page: EnterPin, key: str, settings: Settings, stopped: frozenset[int]) -> Reply:
    digits = page.digits.reveal()
    if key == "#":
        return page, TryPin(page.digits) if len(digits) >= SHORTEST_PIN else None
    typed = _typed(digits, key, LONGEST_PIN)
    return (None if typed is None else EnterPin(Secret(typed))), None


def _without_pin(page: WithoutPin, key: str, settings: Settings, stopped: frozenset[int]) -> Reply:
    if key == "*":
        return None, None
    return page, LookAround(page) if key == "#" else None


def _still(page: Page, key: str, settings: Settings, stopped: frozenset[int]) -> Reply:
    return page, None


def _menu(page: Menu, key: str, settings: Settings, stopped: frozenset[int]) -> Reply:
    if key == "*":
        return None, None
    if key == "#":
        return Menu(1 - page.page), None
    return MENU[key](page, settings) if key in MENU else (page, None)


def _fill(page: Menu, settings: Settings) -> Reply:
    if not any(slot.counts_stock for slot in settings.slots):
        return Said(StaffRefused("no_stock_counted"), page), None
    return Picking(Purpose.FILL), None


def _switch(page: Menu, settings: Settings) -> Reply:
    return (Picking(Purpose.SWITCH) if settings.slots else Switching(MACHINE)), None


MENU: Final[dict[str, Callable[[Menu, Settings], Reply]]] = {
    "1": lambda page, _: (page, Find("")),
    "2": lambda _, __: (TypeCode(), None),
    "3": _fill,
    "4": _switch,
    "5": lambda _, __: (Tests(), None),
    "6": lambda page, _: (page, LookAround(page)),
}
"""The numbers are the same on both pages, so that who knows them need not leaf."""


def _tests(page: Tests, key: str, settings: Settings, stopped: frozenset[int]) -> Reply:
    free = settings.free
    pages: dict[str, Page] = {
        "*": Menu(1),
        "1": TryPanel(),
        "2": TryKeys(),
        "3": Moving(free.output, free.name) if free else Picking(Purpose.TRY),
    }
    return pages.get(key, page), None


def _type_code(page: TypeCode, key: str, settings: Settings, stopped: frozenset[int]) -> Reply:
    if key == "#":
        return page, Find(page.digits) if len(page.digits) == CLAIM_CODE else None
    digits = _typed(page.digits, key, CLAIM_CODE)
    return (Menu() if digits is None else TypeCode(digits)), None


def _orders(page: Orders, key: str, settings: Settings, stopped: frozenset[int]) -> Reply:
    if key == "*":
        return Menu(), None
    if key == "#":
        return replace(page, at=(page.at + 1) % len(page.lives)), None
    return (Settling(page) if key == "1" and page.life.is_claim else page), None


def _settling(page: Settling, key: str, settings: Settings, stopped: frozenset[int]) -> Reply:
    if page.resolution is None:
        return (page.orders if key == "*" else replace(page, resolution=RESOLUTIONS.get(key))), None
    if key == "#":
        return page, Find(page.orders.life.order.id, page.resolution)
    return (replace(page, resolution=None) if key == "*" else page), None


RESOLUTIONS: Final = {"1": Resolution.DISPENSED, "2": Resolution.REFUNDED, "3": Resolution.VOID}


def _picking(page: Picking, key: str, settings: Settings, stopped: frozenset[int]) -> Reply:
    if key == "#":
        return _picked(page, settings), None
    digits = _typed(page.digits, key, LONGEST_NUMBER)
    home = Tests() if page.purpose is Purpose.TRY else Menu(int(page.purpose is Purpose.SWITCH))
    return (home if digits is None else replace(page, digits=digits)), None


def _picked(page: Picking, settings: Settings) -> Page:
    """Where the number that was typed leads; nowhere while it names nothing."""
    number = int(page.digits or "-1")
    slot = settings.slot(number)
    if page.purpose is Purpose.SWITCH and (slot or number == MACHINE):
        return Switching(number)
    if slot is None:
        return page
    return SLOT_PAGES[page.purpose](slot)


SLOT_PAGES: Final[dict[Purpose, Callable[[Slot], Page]]] = {
    Purpose.FILL: lambda slot: Filling(slot.number),
    Purpose.TRY: lambda slot: Moving(slot.output, slot.name),
}


def _filling(page: Filling, key: str, settings: Settings, stopped: frozenset[int]) -> Reply:
    if key == "#" and page.digits:
        return page, Command("stock", {"slot": page.slot, "count": int(page.digits)})
    digits = _typed(page.digits, key, LONGEST_COUNT)
    return (Picking(Purpose.FILL) if digits is None else replace(page, digits=digits)), None


def _switching(page: Switching, key: str, settings: Settings, stopped: frozenset[int]) -> Reply:
    if key == "#":
        name = "enable" if page.slot in stopped else "disable"
        return page, Command(name, {"slot": page.slot or "all"})
    if key == "*":
        return (Picking(Purpose.SWITCH) if settings.slots else Menu(1)), None
    return page, None


def _moving(page: Moving, key: str, settings: Settings, stopped: frozenset[int]) -> Reply:
    if key == "#":
        return page, Command("test_output", {"output": page.output})
    return (Tests() if key == "*" else page), None


def _try_panel(page: TryPanel, key: str, settings: Settings, stopped: frozenset[int]) -> Reply:
    return Tests(), None


def _try_keys(page: TryKeys, key: str, settings: Settings, stopped: frozenset[int]) -> Reply:
    if key == "*" and page.keys.endswith("*"):
        return Tests(), None
    return TryKeys((page.keys + key)[-ECHOED:]), None


def _reading(page: Reading, key: str, settings: Settings, stopped: frozenset[int]) -> Reply:
    if key == "*":
        return page.home, None
    return replace(page, at=(page.at + 1) % len(page.pages)), None


def _said(page: Said, key: str, settings: Settings, stopped: frozenset[int]) -> Reply:
    return page.then, None


PRESSES: Final[dict[type[Page], Callable[[Any, str, Settings, frozenset[int]], Reply]]] = {
    EnterPin: _enter_pin,
    WithoutPin: _without_pin,
    Asking: _still,
    Trying: _still,
    Menu: _menu,
    Tests: _tests,
    TypeCode: _type_code,
    Orders: _orders,
    Settling: _settling,
    Picking: _picking,
    Filling: _filling,
    Switching: _switching,
    Moving: _moving,
    TryPanel: _try_panel,
    TryKeys: _try_keys,
    Reading: _reading,
    Said: _said,
}
