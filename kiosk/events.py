"""Everything that can happen, in the past tense.

Every event about an order carries its id, so that no late answer or old timer hits the next customer.
"""

from enum import StrEnum
from typing import TypeAlias

from msgspec import Struct

from kiosk.admission import Admitted
from kiosk.model import Charge, Drop, RefundReceipt, Report, Sale, Trouble
from kiosk.pushed import Candidate
from kiosk.states import Life, Why


class KeyPressed(Struct, frozen=True):
    """A person pressed a key: one of 0-9, `#` (confirm) and `*` (back)."""

    key: str


class KeyHeld(Struct, frozen=True):
    """A person has kept a key down for three seconds; it was told to be pressed before."""

    key: str


class TimePassed(Struct, frozen=True):
    """The moment that `due` named has come, or something woke us early."""


class Minted(Struct, frozen=True):
    """A fresh order id and a claim code no living order has, for the draft that asked."""

    order_id: str
    claim_code: str


class ChargeMade(Struct, frozen=True):
    """The gateway holds the order and answered with its code."""

    order_id: str
    charge: Charge


class ChargeFailed(Struct, frozen=True):
    """A create brought no code."""

    order_id: str
    trouble: Trouble


class StatusReported(Struct, frozen=True):
    """The one door for money: an answer we asked for.

    `asked_at` and `answered_at` are `Now.elapsed` when the call was sent and when its answer was there.
    """

    order_id: str
    report: Report
    asked_at: float
    answered_at: float


class StatusFailed(Struct, frozen=True):
    """A status call brought no answer."""

    order_id: str
    trouble: Trouble


class CancelDone(Struct, frozen=True):
    """The gateway took our cancel; only the next status answer says what that came to."""

    order_id: str


class CancelFailed(Struct, frozen=True):
    """The gateway did not take our cancel: perhaps just because it is paid."""

    order_id: str
    trouble: Trouble


class RefundDone(Struct, frozen=True):
    """The gateway confirmed a refund."""

    order_id: str
    receipt: RefundReceipt


class RefundFailed(Struct, frozen=True):
    """A refund call brought no confirmation."""

    order_id: str
    trouble: Trouble


class Hinted(Struct, frozen=True):
    """Somebody says something may have changed; it makes us ask, and proves nothing."""

    order_id: str


class CloseAsked(Struct, frozen=True):
    """The open order is to be closed: a person cancelled, or the machine cannot deliver."""

    order_id: str
    why: Why


class CustomerLeft(Struct, frozen=True):
    """The customer gave up waiting while we were still checking; the claim window ends here."""

    order_id: str


class Released(Struct, frozen=True):
    """The output did what it was asked for; `last` numbers the last pulse, where it gives several."""

    order_id: str
    drop: Drop
    last: int = 0


class ReleaseFailed(Struct, frozen=True):
    """The output did not finish; `energised` is whether it may have moved at all.

    Where it gives several pulses: the number of the last that was `given` for sure, and of the last that was
    `begun` and may have been given.
    """

    order_id: str
    energised: bool
    reason: str
    given: int = 0
    begun: int = 0


class Part(StrEnum):
    """A part of the machine that can be known to be bad."""

    PANEL = "panel"
    KEYPAD = "keypad"
    OUTPUT = "output"
    JOURNAL = "journal"
    DISK = "disk"
    CLOCK = "clock"
    INHIBIT = "inhibit"
    DOOR = "door"
    LOOP = "loop"
    SENSOR = "sensor"
    BUZZER = "buzzer"


class PartFailed(Struct, frozen=True):
    """A part is known to be bad from now on; without a reason that is no news, as when a car drives away."""

    part: Part
    reason: str


class PartHealed(Struct, frozen=True):
    """The part works again."""

    part: Part


class SlotEnabled(Struct, frozen=True):
    """A person put a slot (or, with 0, the whole machine) back into service."""

    slot: int
    who: str


class SlotDisabled(Struct, frozen=True):
    """A person took a slot (or, with 0, the whole machine) out of service, after the current order."""

    slot: int
    who: str


class StockCounted(Struct, frozen=True):
    """A person filled a slot: so many are in it now."""

    slot: int
    stock: int
    who: str


class Commanded(Struct, frozen=True, kw_only=True):
    """An admitted command, with what was looked up for it before.

    `minted`: an id and a claim code for the order of a charge; `sale`: the one that bears the reference it
    names; `found`: the order it names where that is over; `facts`: what `diagnostics` asks of the process.
    `searched`: whether all that is over was looked through; `trouble`: why nobody could look; `no_start`: why
    the machine would not come back, empty where it would.
    """

    command: Admitted
    minted: Minted | None = None
    sale: Sale | None = None
    found: Life | None = None
    facts: dict[str, str | int] = {}
    searched: bool = False
    trouble: str = ""
    no_start: str = ""


class Pushed(Struct, frozen=True):
    """A desired configuration arrived and was looked through."""

    candidate: Candidate


class OutputTried(Struct, frozen=True):
    """An output moved without a sale, or could not; `reason` is empty where it did."""

    command: str
    reason: str


class IdContested(Struct, frozen=True):
    """Another machine seems to use this one's id at the broker; comes at most once an hour."""


class PinChecked(Struct, frozen=True):
    """Whether the PIN was the right one; `ticket` is that of the question, here and below."""

    ticket: int
    ok: bool


class LookedUp(Struct, frozen=True):
    """Orders were found, the newest first, or none; `trouble`: why nobody could look."""

    ticket: int
    lives: tuple[Life, ...]
    trouble: str = ""


class LookedAround(Struct, frozen=True):
    """The machine's addresses in the network, each with its interface."""

    ticket: int
    addresses: tuple[str, ...]


class Stopping(Struct, frozen=True):
    """The process is about to end: an open order is closed as a boot would close it."""


OfOrder: TypeAlias = (
    ChargeMade
    | ChargeFailed
    | StatusReported
    | StatusFailed
    | CancelDone
    | CancelFailed
    | RefundDone
    | RefundFailed
    | Hinted
    | CloseAsked
    | CustomerLeft
    | Released
    | ReleaseFailed
)

Event: TypeAlias = (
    OfOrder
    | KeyPressed
    | KeyHeld
    | TimePassed
    | Minted
    | PartFailed
    | PartHealed
    | SlotEnabled
    | SlotDisabled
    | StockCounted
    | Commanded
    | Pushed
    | OutputTried
    | IdContested
    | PinChecked
    | LookedUp
    | LookedAround
    | Stopping
)
