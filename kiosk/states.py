"""The states of an order, each with exactly what is known in it.

Times are `Now.elapsed` of the boot in which they were written; recovery gives them anew after another boot.
"""

from enum import StrEnum
from typing import TypeAlias

from msgspec import Struct

from kiosk.model import Charge, Drop, Evidence, Now, Order, Rupiah


class Why(StrEnum):
    """The reason of a closing, a refund, an escalation or an end, in words that go into records."""

    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REFUSED = "refused"
    NEVER_SHOWN = "never_shown"
    BAD_CODE = "bad_code"
    INHIBITED = "inhibited"
    PANEL_FAILED = "panel_failed"
    POWER_CUT = "power_cut"
    RESTARTED = "restarted"
    STOPPING = "stopping"
    PAID_LATE = "paid_late"
    NO_OUTPUT = "no_output"
    OUTPUT_FAILED = "output_failed"
    NOT_DROPPED = "not_dropped"
    CUT_IN_RELEASE = "cut_in_release"
    RELEASE_UNCERTAIN = "release_uncertain"
    PAID_BEFORE_SHOWN = "paid_before_shown"
    WRONG_AMOUNT = "wrong_amount"
    WRONG_CURRENCY = "wrong_currency"
    WRONG_MERCHANT = "wrong_merchant"
    FOREIGN_ANSWERS = "foreign_answers"
    PARTLY_REFUNDED = "partly_refunded"
    REFUNDED_ELSEWHERE = "refunded_elsewhere"
    NO_REFUND = "no_refund"
    REFUND_REFUSED = "refund_refused"
    REFUND_UNANSWERED = "refund_unanswered"
    REFUND_CAP = "refund_cap"
    UNRESOLVED = "unresolved"
    JOURNAL_LOST = "journal_lost"
    BY_HAND = "by_hand"
    GOODWILL = "goodwill"


class Inquiry(Struct, frozen=True):
    """When an order is asked about: never twice at once, never closer than two seconds.

    `asked_at` is None while no question is under way, `last_at` before the first; `again`: a hint came during
    one; `hinted`: the question under way is owed to a hint; `eager`: quick repeats after a hint used up;
    `polls`: pending answers so far; `silent`: calls in a row that brought nothing.
    """

    next_at: float
    asked_at: float | None = None
    last_at: float | None = None
    again: bool = False
    hinted: bool = False
    eager: int = 0
    polls: int = 0
    silent: int = 0


class Intent(Struct, frozen=True, tag="INTENT"):
    """The id is on disk, the gateway is being asked for a code; nobody can have paid."""

    give_up_at: float
    retry_at: float
    in_flight: bool = False
    attempts: int = 0


class QrShown(Struct, frozen=True, tag="QR_SHOWN"):
    """The code is on the panel and payable; `foreign`: answers in a row that spoke of something else."""

    charge: Charge
    expires_at: float
    inquiry: Inquiry
    foreign: int = 0


class CancelStep(StrEnum):
    """How far the cancel of a closing order has come."""

    TO_DO = "to do"
    SENT = "sent"
    OVER = "over"


class Closing(Struct, frozen=True, tag="CLOSING"):
    """The code is off the panel; the gateway says how it ended.

    Without a charge the code was never shown.  Until `window_until` its "checking" screen is on the panel
    and a payment is still released.  `absent_since` is None until the gateway said it knows no such order.
    """

    why: Why
    charge: Charge | None
    began_at: float
    window_until: float
    cancel: CancelStep
    cancel_at: float
    inquiry: Inquiry
    absent_since: float | None = None
    foreign: int = 0


class Settled(Struct, frozen=True, tag="SETTLED"):
    """Paid as asked; the goods are owed until `until`.

    `seen_at`: when the newest answer came, which was PAID; None once a newer one was not.
    """

    charge: Charge
    evidence: Evidence
    seen_at: float | None
    until: float
    inquiry: Inquiry


class Armed(Struct, frozen=True, tag="ARMED"):
    """Written before the output moves; found without an outcome, nothing is done again.

    Of an order that is given in pulses: so many were `given` for sure, and so many were `begun`, those that
    the output is giving now among them.
    """

    charge: Charge
    evidence: Evidence
    given: int = 0
    begun: int = 0


class Dispensed(Struct, frozen=True, tag="DISPENSED"):
    """Released once."""

    charge: Charge
    evidence: Evidence
    drop: Drop


class Refunding(Struct, frozen=True, tag="REFUNDING"):
    """Money is owed back.  `unsure`: a refund call went out and its reply was lost, so we look first.

    `refused`: the gateway's no to the refund, believed only after one more look.  `asked` is what a person
    asked for, None where the whole price is owed because nothing was delivered.
    """

    why: Why
    charge: Charge
    evidence: Evidence
    give_up_at: float
    next_at: float
    in_flight: bool = False
    unsure: bool = False
    refused: str = ""
    tries: int = 0
    asked: "RefundAsked | None" = None


class RefundAsked(Struct, frozen=True):
    """A refund that a person asked for: of how much, which number of this order, for which command.

    `given` is what went back before it; `before` the state the order was in, and is in again when only a part
    went back or none.
    """

    amount: Rupiah
    given: Rupiah
    number: int
    who: str
    command: str
    before: "Dispensed | Escalated"


class Refunded(Struct, frozen=True, tag="REFUNDED"):
    """The gateway confirmed the whole sum."""

    why: Why
    evidence: Evidence
    reference: str = ""


class Escalated(Struct, frozen=True, tag="ESCALATED"):
    """A person decides; the claim code finds it.

    `asked` is the refund by hand that was never answered; until it is, no other one is begun.
    """

    why: Why
    evidence: Evidence
    detail: str = ""
    asked: RefundAsked | None = None


class Closed(Struct, frozen=True, tag="CLOSED"):
    """Unpaid for good, on the gateway's word."""

    why: Why


State: TypeAlias = (
    Intent | QrShown | Closing | Settled | Armed | Dispensed | Refunding | Refunded | Escalated | Closed
)
FINAL = (Dispensed, Refunded, Escalated, Closed)


class Step(Struct, frozen=True):
    """One arrow that was taken: the state reached, when, and the reason where there is one."""

    state: str
    at: Now
    why: str = ""


class PartRefund(Struct, frozen=True):
    """A part of the price that the gateway confirmed to have given back; `number` is its place among them."""

    number: int
    amount: Rupiah
    who: str
    reference: str
    at: Now


class Resolved(Struct, frozen=True):
    """What a person did about an escalated order: `dispensed`, `refunded` or `void`; no gateway's word."""

    as_: str
    who: str
    at: Now


class Life(Struct, frozen=True):
    """An order with its state and the way it came.

    `reference` is the gateway's own id, once it has one; `charge` is kept of an escalated order, so that it
    can still be refunded; `parts` are the refunds of a part of the price.  `doubtful`: the journal that held
    it was lost or an old copy, so more may have become of it than is known here.
    """

    order: Order
    state: State
    history: tuple[Step, ...] = ()
    reference: str = ""
    charge: Charge | None = None
    parts: tuple[PartRefund, ...] = ()
    resolved: Resolved | None = None
    doubtful: bool = False

    @property
    def refunded(self) -> Rupiah:
        """What the gateway confirmed to have given back."""
        if isinstance(self.state, Refunded):
            return self.order.amount
        return Rupiah(sum(part.amount for part in self.parts))

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen by itself."""
        return isinstance(self.state, FINAL)

    @property
    def is_claim(self) -> bool:
        """Whether it waits for a person to say what was done about it."""
        return isinstance(self.state, Escalated) and self.resolved is None

    @property
    def state_name(self) -> str:
        """The state as it is written in records."""
        return name_of(self.state)


def name_of(state: State) -> str:
    """The state's name as the design and the journal write it, for example `QR_SHOWN`."""
    return str(type(state).__struct_config__.tag)
