"""What the staff menu can show, as values; a slot's number 0 stands for the whole machine."""

from enum import StrEnum
from typing import TypeAlias

from msgspec import Struct

from kiosk.commands import Resolution
from kiosk.model import Rupiah


class Purpose(StrEnum):
    """What a slot is chosen for."""

    FILL = "fill"
    SWITCH = "switch"
    TRY = "try"


class PinEntry(Struct, frozen=True):
    """So many digits of the PIN were typed; which ones is nobody's business."""

    typed: int
    wrong: bool = False


class PinLocked(Struct, frozen=True):
    """Too many wrong tries: the next one in so many seconds."""

    seconds: int


class NoPin(Struct, frozen=True):
    """No PIN is set, and how to set one."""


class StaffMenu(Struct, frozen=True):
    """What can be done, on two pages: 0 and 1."""

    page: int


class StaffTests(Struct, frozen=True):
    """What can be tried."""


class StaffWait(Struct, frozen=True):
    """Something is being looked up, checked or tried."""


class FindOrder(Struct, frozen=True):
    """A claim code is being typed."""

    digits: str


class OrderFound(Struct, frozen=True):
    """One order of several, the newest first; `state` and `why` are named as records have them.

    `made_at`: seconds since 1970, shown in `timezone`.  `resolved` is what a person did about it, empty where
    nobody did; `open_claim`: it waits for a person.
    """

    at: int
    count: int
    claim_code: str
    amount: Rupiah
    state: str
    why: str
    made_at: float
    timezone: str
    resolved: str = ""
    open_claim: bool = False


class NoOrder(Struct, frozen=True):
    """No order has this claim code; empty where there is no order at all."""

    claim_code: str


class Settle(Struct, frozen=True):
    """Asks what was done about this claim."""

    claim_code: str
    amount: Rupiah


class ReallySettle(Struct, frozen=True):
    """Asks once more before it is written down."""

    claim_code: str
    amount: Rupiah
    resolution: Resolution


class PickSlot(Struct, frozen=True):
    """A slot's number is being typed; `name` is empty while it names none."""

    digits: str
    name: str
    purpose: Purpose


class FillSlot(Struct, frozen=True):
    """How many are in the slot now; `stock` is what the machine believes so far."""

    number: int
    name: str
    digits: str
    stock: int


class SwitchSlot(Struct, frozen=True):
    """Whether it sells, and the key that changes it; `stock` is None where none is counted."""

    number: int
    name: str
    sells: bool
    stock: int | None = None


class ReallyTry(Struct, frozen=True):
    """Asks once more before an output moves."""

    output: str
    name: str


class KeysPressed(Struct, frozen=True):
    """The newest keys, for whoever tests the keypad."""

    keys: str


class GatewayLine(Struct, frozen=True):
    """A gateway, and whether it is used now or left alone."""

    name: str
    works: bool


class GatewaysNow(Struct, frozen=True):
    """How the gateways are."""

    gateways: tuple[GatewayLine, ...]


class CodesNow(Struct, frozen=True):
    """Everything that is known to be bad, as codes; empty in health."""

    codes: tuple[str, ...]


class StaffDone(Struct, frozen=True):
    """It is done and written down."""


class StaffRefused(Struct, frozen=True):
    """It was not done; `reason` as `refusals.Reason` has it."""

    reason: str


class StaffFailed(Struct, frozen=True):
    """It was tried and did not work; the log line under `code` has the part's own words."""

    code: str


StaffScreen: TypeAlias = (
    PinEntry
    | PinLocked
    | NoPin
    | StaffMenu
    | StaffTests
    | StaffWait
    | FindOrder
    | OrderFound
    | NoOrder
    | Settle
    | ReallySettle
    | PickSlot
    | FillSlot
    | SwitchSlot
    | ReallyTry
    | KeysPressed
    | GatewaysNow
    | CodesNow
    | StaffDone
    | StaffRefused
    | StaffFailed
)
