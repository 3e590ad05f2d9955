"""What each page of the staff menu shows."""

from collections.abc import Callable
from typing import Any, Final

from kiosk.model import SlotRecord
from kiosk.screens import Screen, TestPicture
from kiosk.settings import Settings
from kiosk.staff.pages import (
    Asking,
    EnterPin,
    Filling,
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
    TypeCode,
    WithoutPin,
)
from kiosk.staff_screens import (
    FillSlot,
    FindOrder,
    KeysPressed,
    NoPin,
    OrderFound,
    PickSlot,
    PinEntry,
    ReallySettle,
    ReallyTry,
    Settle,
    StaffMenu,
    StaffTests,
    StaffWait,
    SwitchSlot,
)
from kiosk.states import Closed, Escalated

Records = dict[int, SlotRecord]


def screen_of(page: Page, settings: Settings, records: Records) -> Screen:
    """The screen of this page."""
    return SCREENS[type(page)](page, settings, records)


def _order(page: Orders, settings: Settings, records: Records) -> Screen:
    life = page.life
    state = life.state
    return OrderFound(
        at=page.at + 1,
        count=len(page.lives),
        claim_code=life.order.claim_code,
        amount=life.order.amount,
        state=life.state_name,
        why=state.why.value if isinstance(state, Escalated | Closed) else "",
        made_at=life.order.made_at.wall,
        timezone=settings.timezone,
        resolved=life.resolved.as_ if life.resolved else "",
        open_claim=life.is_claim,
    )


def _settle(page: Settling, settings: Settings, records: Records) -> Screen:
    order = page.orders.life.order
    if page.resolution is None:
        return Settle(order.claim_code, order.amount)
    return ReallySettle(order.claim_code, order.amount, page.resolution)


def _pick(page: Picking, settings: Settings, records: Records) -> Screen:
    slot = settings.slot(int(page.digits or "-1"))
    return PickSlot(page.digits, slot.name if slot else "", page.purpose)


def _fill(page: Filling, settings: Settings, records: Records) -> Screen:
    stock = records.get(page.slot, SlotRecord()).stock
    return FillSlot(page.slot, _name(page.slot, settings), page.digits, stock)


def _switch(page: Switching, settings: Settings, records: Records) -> Screen:
    record, slot = records.get(page.slot, SlotRecord()), settings.slot(page.slot)
    stock = record.stock if slot and slot.counts_stock else None
    return SwitchSlot(page.slot, _name(page.slot, settings), not record.stopped, stock)


def _name(number: int, settings: Settings) -> str:
    slot = settings.slot(number)
    return slot.name if slot else settings.kiosk


SCREENS: Final[dict[type[Page], Callable[[Any, Settings, Records], Screen]]] = {
    EnterPin: lambda page, _, __: PinEntry(len(page.digits.reveal()), page.wrong),
    WithoutPin: lambda _, __, ___: NoPin(),
    Asking: lambda _, __, ___: StaffWait(),
    Trying: lambda _, __, ___: StaffWait(),
    Menu: lambda page, _, __: StaffMenu(page.page),
    Tests: lambda _, __, ___: StaffTests(),
    TypeCode: lambda page, _, __: FindOrder(page.digits),
    Orders: _order,
    Settling: _settle,
    Picking: _pick,
    Filling: _fill,
    Switching: _switch,
    Moving: lambda page, _, __: ReallyTry(page.output, page.name),
    TryPanel: lambda _, __, ___: TestPicture(),
    TryKeys: lambda page, _, __: KeysPressed(page.keys),
    Reading: lambda page, _, __: page.pages[page.at],
    Said: lambda page, _, __: page.screen,
}
