"""Everything that can be asked for, in the imperative.

`Durable` effects of one decision are one transaction of the journal; the acts are performed after it is on
disk, never before.
"""

from typing import TypeAlias

from msgspec import Struct

from kiosk.model import Charge, Evidence, Order, Rupiah, SlotRecord, Tune
from kiosk.mqtt.reports import Reply
from kiosk.pushed import Pushed
from kiosk.screens import View
from kiosk.secret import Secret
from kiosk.states import Life


class Save(Struct, frozen=True):
    """Write the order's new state."""

    life: Life


class SaveSlot(Struct, frozen=True):
    """Write what is remembered of a slot; slot 0 is the machine as a whole."""

    number: int
    record: SlotRecord


class Tell(Struct, frozen=True):
    """Put a message for the operator into the outbox; `what` is a stable name such as `order.dispensed`.

    `reference` is the vending controller's name of the sale.
    """

    what: str
    order_id: str
    fields: dict[str, str | int]
    reference: str = ""


class Remember(Struct, frozen=True):
    """Write down a command, so that its id is answered once for ever; an `Answer` goes with it.

    `exp` is None for one that came through the control socket.
    """

    id: str
    name: str
    digest: str
    exp: int | None


class Answer(Struct, frozen=True):
    """Answer a command that is remembered; its newest answer is sent, and is what a repeat gets."""

    reply: Reply


class SavePushed(Struct, frozen=True):
    """Write what the operator pushed last, and what of it is in effect."""

    pushed: Pushed


class Show(Struct, frozen=True):
    """Put a picture on the panel."""

    view: View


class Mint(Struct, frozen=True):
    """Make an order id and a claim code; answered by `Minted`.

    With the controller's `reference` the id follows from it and from the `attempt`, 0 for the first gateway.
    """

    reference: str = ""
    attempt: int = 0


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
    """Energise the order's output once; answered by `Released` or `ReleaseFailed`.

    Of an order that is given in pulses: those from number `first` to number `last`, which count from 1.
    """

    order: Order
    first: int = 0
    last: int = 0


class Log(Struct, frozen=True):
    """One line for the technician; the code's text and consequence stand in `codes`."""

    code: str
    order_id: str = ""
    fields: dict[str, str | int] = {}


class Play(Struct, frozen=True):
    """Let something be heard."""

    tune: Tune


class TryOutput(Struct, frozen=True):
    """Move an output once without a sale, as a person on the spot asked; answered by `OutputTried`."""

    output: str
    command: str


class CheckPin(Struct, frozen=True):
    """Whether this is the staff menu's PIN, which takes a while to find out; answered by `PinChecked`.

    `ticket` comes back with the answer, here and below.
    """

    ticket: int
    pin: Secret


class LookUp(Struct, frozen=True):
    """Find the orders of a claim code or an id, the newest where it is empty; answered by `LookedUp`."""

    ticket: int
    name: str


class LookAround(Struct, frozen=True):
    """Find out what a technician asks of the process itself; answered by `LookedAround`."""

    ticket: int


class Restart(Struct, frozen=True):
    """End the process in good order, with 0, so that it is started anew."""


Durable: TypeAlias = Save | SaveSlot | Tell | Remember | Answer | SavePushed
GatewayCall: TypeAlias = Create | Ask | Cancel | Refund
StaffAct: TypeAlias = CheckPin | LookUp | LookAround
Act: TypeAlias = Show | Mint | GatewayCall | Release | Play | TryOutput | StaffAct | Restart | Log
Effect: TypeAlias = Durable | Act
DURABLE = (Save, SaveSlot, Tell, Remember, Answer, SavePushed)
