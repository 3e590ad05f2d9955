"""Everything that can be asked for, in the imperative.

`Durable` effects of one decision are one transaction of the journal; the acts are performed after it is on
disk, never before.
"""

from typing import TypeAlias

from msgspec import Struct

from kiosk.model import Charge, Evidence, Order, Rupiah, SlotRecord
from kiosk.screens import View
from kiosk.states import Life


class Save(Struct, frozen=True):
    """Write the order's new state."""

    life: Life


class SaveSlot(Struct, frozen=True):
    """Write what is remembered of a slot; slot 0 is the machine as a whole."""

    number: int
    record: SlotRecord


class Tell(Struct, frozen=True):
    """Put a message for the operator into the outbox; `what` is a stable name such as `order.dispensed`."""

    what: str
    order_id: str
    fields: dict[str, str | int]


class Show(Struct, frozen=True):
    """Put a picture on the panel."""

    view: View


class Mint(Struct, frozen=True):
    """Make an order id and a claim code; answered by `Minted`."""


class Create(Struct, frozen=True):
    """Ask the order's gateway for a code; answered by `ChargeMade` or `ChargeFailed`."""

    order: Order


class Ask(Struct, frozen=True):
    """Ask the order's gateway for its status; answered by `StatusReported` or `StatusFailed`."""

    order: Order
    charge: Charge | None


class Cancel(Struct, frozen=True):
    """Ask the gateway to cancel; answered by `CancelDone` or `CancelFailed`."""

    order: Order
    charge: Charge | None


class Refund(Struct, frozen=True):
    """Ask the gateway for the money back; answered by `RefundDone` or `RefundFailed`.

    `key` is the same at every repeat of this refund.
    """

    order: Order
    charge: Charge
    evidence: Evidence
    amount: Rupiah
    key: str


class Release(Struct, frozen=True):
    """Energise the order's output once; answered by `Released` or `ReleaseFailed`."""

    order: Order


class Log(Struct, frozen=True):
    """One line for the technician; the code's text and consequence stand in `codes`."""

    code: str
    order_id: str = ""
    fields: dict[str, str | int] = {}


Durable: TypeAlias = Save | SaveSlot | Tell
GatewayCall: TypeAlias = Create | Ask | Cancel | Refund
Act: TypeAlias = Show | Mint | GatewayCall | Release | Log
Effect: TypeAlias = Durable | Act
DURABLE = (Save, SaveSlot, Tell)
