"""The nouns: what a sale is made of.  Values only, no behaviour that decides, no clock, no IO.

They are msgspec structs, so that the very same types are what the core decides on and what the journal
stores, checked on the way in.
"""

from enum import StrEnum
from typing import Final, NewType, TypeAlias

from msgspec import Struct

Rupiah = NewType("Rupiah", int)
"""Whole rupiah; an amount is never a float."""


class Now(Struct, frozen=True):
    """The time as it is handed to the core.

    `elapsed` counts seconds since boot, sleep included, and drives every timer; `wall` is seconds since 1970
    and only a label for people; `boot` tells one boot from the next.
    """

    boot: str
    elapsed: float
    wall: float


class Language(StrEnum):
    """What the panel speaks."""

    INDONESIAN = "id"
    ENGLISH = "en"


class Environment(StrEnum):
    """Where the money is real."""

    PRODUCTION = "production"
    SANDBOX = "sandbox"
    SIMULATOR = "simulator"

    @property
    def is_test(self) -> bool:
        """Whether every picture says TEST."""
        return self is not Environment.PRODUCTION


class Slot(Struct, frozen=True):
    """One thing that can be released: a spiral, a gate.

    `low_stock`: so few left are told to the operator, 0 where none ever are.
    """

    number: int
    name: str
    price: Rupiah
    output: str
    counts_stock: bool = False
    low_stock: int = 0


class FreeAmount(Struct, frozen=True):
    """The customer types the amount: from `minimum` to `maximum` in whole `step`s."""

    name: str
    minimum: Rupiah
    maximum: Rupiah
    step: Rupiah
    output: str


class Order(Struct, frozen=True):
    """One sale as it was agreed; nothing of it ever changes.

    `id` is the kiosk id followed by exactly 20 of A-Z 0-9, the last one a letter.  `reference` is the vending
    controller's own name of the sale and `command` the id of its charge, both empty for one from the keypad.
    `pulses`: how many its output gives for the amount, 0 where it is energised once, whatever was paid.
    `lapses_after`: as in the `Terms` it was made under, whatever these say later.
    """

    id: str
    claim_code: str
    slot: int
    item: str
    amount: Rupiah
    output: str
    gateway: str
    environment: Environment
    merchant: str
    made_at: Now
    reference: str = ""
    command: str = ""
    pulses: int = 0
    lapses_after: float | None = None

    @property
    def kiosk(self) -> str:
        """The kiosk that minted it; notifications are routed by this."""
        return self.id[:-20]


class Sale(Struct, frozen=True):
    """What is kept for ever of a controller's sale: its newest order, and how that stands.

    `digest` is of the charge's arguments; `state` and `why` as records name them.
    """

    digest: str
    order_id: str
    amount: Rupiah
    state: str
    why: str


class QrisCode(Struct, frozen=True, tag="qris"):
    """An EMVCo string as the gateway sent it, never edited."""

    payload: str


class WebLink(Struct, frozen=True, tag="link"):
    """A page that is opened with the phone's camera; not a QRIS code."""

    url: str


Code: TypeAlias = QrisCode | WebLink


class Charge(Struct, frozen=True):
    """The gateway's record of an order; `reference` is the gateway's own id of it.

    `details` is whatever else this gateway needs to be asked about the order again, or a person to
    reconcile it.
    """

    code: Code
    reference: str
    merchant: str = ""
    details: dict[str, str] = {}


class Status(StrEnum):
    """What an authenticated answer says about an order; anything else is Unreadable."""

    PENDING = "pending"
    PAID = "paid"
    UNPAID_FINAL = "unpaid for good"
    REFUNDED = "refunded"
    PARTLY_REFUNDED = "partly refunded"
    ABSENT = "absent"


class Evidence(Struct, frozen=True):
    """What an operator reconciles with, where the gateway gives it; no payer's name, no card number."""

    reference: str = ""
    issuer: str = ""
    acquirer: str = ""
    approval_code: str = ""
    rrn: str = ""
    paid_at: str = ""
    tip: Rupiah = Rupiah(0)


class Field(StrEnum):
    """A field of a status answer that a gateway can declare to carry."""

    ORDER_ID = "order_id"
    AMOUNT = "amount"
    CURRENCY = "currency"
    MERCHANT = "merchant"


class Report(Struct, frozen=True):
    """A gateway's answer about one order; an empty field was not in it."""

    status: Status
    order_id: str = ""
    amount: Rupiah | None = None
    currency: str = ""
    merchant: str = ""
    refunded: Rupiah = Rupiah(0)
    detail: str = ""
    evidence: Evidence = Evidence()


class RefundReceipt(Struct, frozen=True):
    """A gateway's confirmation of a refund, of exactly `amount`."""

    amount: Rupiah
    reference: str = ""


class Tips(StrEnum):
    """What to do with a code that asks the payer for a tip."""

    REFUSE = "refuse"
    IGNORE = "ignore"


class Terms(Struct, frozen=True, kw_only=True):
    """What a gateway declares about itself and what its contract allows; seconds throughout.

    `carries`: fields a status answer must hold and that must equal what was asked.  `lapses_after`: counted
    from the charge, after which an authenticated unpaid answer is final; None where the gateway itself says
    a final no.  `asks_by_charge`: without its Charge an order cannot be asked about.  `merchant` and `nmid`:
    what answers and codes must name; empty where the operator configured none.
    """

    on_screen: float = 180.0
    poll: tuple[float, ...] = (10.0,)
    create_deadline: float = 10.0
    status_deadline: float = 5.0
    claim_window: float = 20.0
    wait_for_code: float = 20.0
    minimum: Rupiah = Rupiah(1)
    maximum: Rupiah = Rupiah(10_000_000)
    cancels: bool = False
    refunds: bool = False
    refunds_in_part: bool = False
    repeats_create: bool = True
    asks_by_charge: bool = False
    signs_time: bool = False
    lapses_after: float | None = None
    carries: frozenset[Field] = frozenset()
    longest_code: int = 330
    tips: Tips = Tips.REFUSE
    merchant: str = ""
    nmid: str = ""
    link_hosts: frozenset[str] = frozenset()


class TroubleKind(StrEnum):
    """The five ways a gateway call fails, named by what may be concluded about the money."""

    UNREACHABLE = "unreachable"
    UNREADABLE = "unreadable"
    REFUSED = "refused"
    UNSUPPORTED = "unsupported"
    MISCONFIGURED = "misconfigured"


class Trouble(Struct, frozen=True):
    """A failed gateway call as a value."""

    kind: TroubleKind
    reason: str
    code: str = ""

    @property
    def is_final(self) -> bool:
        """Whether the very same request can never succeed."""
        return self.kind in (TroubleKind.REFUSED, TroubleKind.UNSUPPORTED)


class Drop(StrEnum):
    """What the drop sensor said about a release."""

    SEEN = "seen"
    NOT_SEEN = "not seen"
    NO_SENSOR = "no sensor fitted"


class Tune(StrEnum):
    """What is heard: a key was not accepted, an order was; it is paid; it ended badly."""

    REFUSED = "refused"
    ACCEPTED = "accepted"
    PAID = "paid"
    FAILED = "failed"


MACHINE: Final = 0
"""The slot that stands for the machine as a whole, wherever slots are counted."""


class SlotRecord(Struct, frozen=True):
    """What is remembered of one slot: stock, trouble in a row, and the refunds of one day.

    `stopped` is the reason why it is out of service, empty while it sells; days count since 1970.  `tests` of
    outputs on one day are kept with `MACHINE`.
    """

    stock: int = 0
    failed_vends: int = 0
    cuts: int = 0
    stopped: str = ""
    refund_day: int = 0
    refunds: int = 0
    test_day: int = 0
    tests: int = 0
