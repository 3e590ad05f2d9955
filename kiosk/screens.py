"""Everything that can be shown, as values; drawing turns one and a panel's size into a picture."""

from typing import TypeAlias

from msgspec import Struct

from kiosk.model import Language, Rupiah
from kiosk.staff_screens import StaffScreen


class Starting(Struct, frozen=True):
    """The first picture of every start: overwrites whatever the panel still shows."""

    kiosk: str
    version: str


class SlotLine(Struct, frozen=True):
    """One slot as the idle screen lists it; not `available` is sold out, unless it was `stopped`."""

    number: int
    name: str
    price: Rupiah
    available: bool = True
    stopped: bool = False


class Idle(Struct, frozen=True):
    """What is sold and how to begin; `slots` is empty where the customer types an amount."""

    merchant: str
    slots: tuple[SlotLine, ...] = ()
    minimum: Rupiah = Rupiah(0)
    maximum: Rupiah = Rupiah(0)


class SlotChosen(Struct, frozen=True):
    """A slot and its price, to be confirmed; `digits` is what was typed so far."""

    digits: str
    name: str
    price: Rupiah


class NoSuchSlot(Struct, frozen=True):
    """The number typed so far names no slot."""

    digits: str


class AmountEntry(Struct, frozen=True):
    """The amount typed so far, with its limits."""

    amount: Rupiah
    minimum: Rupiah
    maximum: Rupiah
    step: Rupiah


class PleaseWait(Struct, frozen=True):
    """The gateway is being asked for a code."""

    amount: Rupiah


class PayByCode(Struct, frozen=True):
    """The code with amount, merchant and countdown.

    `link` marks a page for the camera instead of a QRIS code; `checking`: we are asking the gateway.
    """

    payload: str
    amount: Rupiah
    merchant: str
    seconds_left: int
    claim_code: str
    link: bool = False
    checking: bool = False


class ConfirmCancel(Struct, frozen=True):
    """Cancel was pressed once; asks once more."""

    amount: Rupiah


class Checking(Struct, frozen=True):
    """The code is gone, the gateway is asked: do not pay again."""

    claim_code: str
    contact: str


class ConfirmGiveUp(Struct, frozen=True):
    """Asks once more before leaving a payment that is still being checked."""

    claim_code: str


class Paid(Struct, frozen=True):
    """The payment is confirmed, the release is under way."""

    amount: Rupiah
    item: str


class TakeItem(Struct, frozen=True):
    """Released: take it, or drive."""

    item: str


class Expired(Struct, frozen=True):
    """The time is over, do not scan any more."""

    claim_code: str
    contact: str


class Cancelled(Struct, frozen=True):
    """Cancelled; if it was paid all the same, the claim code finds it."""

    claim_code: str
    contact: str


class TryAgain(Struct, frozen=True):
    """No code could be had; nothing was charged."""

    code: str


class RefundUnderWay(Struct, frozen=True):
    """Paid, not delivered, the money is on its way back."""

    amount: Rupiah
    claim_code: str
    contact: str


class MoneyReturned(Struct, frozen=True):
    """Paid, not delivered, and the gateway confirmed the refund."""

    amount: Rupiah
    claim_code: str
    contact: str


class CallOperator(Struct, frozen=True):
    """A person must decide; the claim code finds the order."""

    claim_code: str
    contact: str
    code: str


class Interrupted(Struct, frozen=True):
    """The power failed while an order was open: whoever paid finds it by the claim code."""

    claim_code: str
    contact: str


class Busy(Struct, frozen=True):
    """Somebody else's order is being served."""


class AmountNotAccepted(Struct, frozen=True):
    """The amount is outside the limits or not a whole step."""

    amount: Rupiah
    minimum: Rupiah
    maximum: Rupiah
    step: Rupiah


class SoldOut(Struct, frozen=True):
    """The slot is empty."""

    item: str


class SlotStopped(Struct, frozen=True):
    """The slot was taken out of service."""

    item: str
    code: str


class OutOfService(Struct, frozen=True):
    """Nothing can be bought; `code` tells a technician why."""

    code: str
    contact: str


class Technician(Struct, frozen=True):
    """Version, kiosk id and network, for the person with the laptop."""

    version: str
    kiosk: str
    network: str


class TestPicture(Struct, frozen=True):
    """Every row and column of the glass lit once, for whoever looks for a dead line."""


Screen: TypeAlias = (
    Starting
    | Idle
    | SlotChosen
    | NoSuchSlot
    | AmountEntry
    | PleaseWait
    | PayByCode
    | ConfirmCancel
    | Checking
    | ConfirmGiveUp
    | Paid
    | TakeItem
    | Expired
    | Cancelled
    | TryAgain
    | RefundUnderWay
    | MoneyReturned
    | CallOperator
    | Interrupted
    | Busy
    | AmountNotAccepted
    | SoldOut
    | SlotStopped
    | OutOfService
    | Technician
    | TestPicture
    | StaffScreen
)


class View(Struct, frozen=True):
    """A screen in a language; `test` is true wherever the money is not real, and every picture says so."""

    screen: Screen
    language: Language = Language.INDONESIAN
    test: bool = False
