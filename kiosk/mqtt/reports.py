"""What a machine says to its operator, as types; `docs/mqtt.md` has an example of each.

A report may gain fields; a reader passes over those it does not know, for a fleet is never of one age.
"""

from enum import StrEnum
from typing import Any

from msgspec import Struct, field

from kiosk.mqtt.messages import Count, Message, Moment, Number
from kiosk.refusals import Refusal


class Report(Message, frozen=True, kw_only=True):
    """What a machine tells."""


class Presence(StrEnum):
    """Whether a machine is there: `lost` is its will, `offline` an orderly end."""

    ONLINE = "online"
    OFFLINE = "offline"
    LOST = "lost"


class Status(Report, frozen=True, kw_only=True):
    """Whether the machine is there; `session` rises with every start, `version` is the program's."""

    status: Presence
    session: Count
    version: str


class Phase(StrEnum):
    """What the machine is busy with, as somebody in front of it would say."""

    IDLE = "idle"
    CHOOSING = "choosing"
    PREPARING = "preparing"
    AWAITING_PAYMENT = "awaiting_payment"
    CHECKING = "checking"
    RELEASING = "releasing"
    NOTICE = "notice"
    OUT_OF_SERVICE = "out_of_service"


class OrderNow(Struct, frozen=True, kw_only=True):
    """The order in front of the customer; `reference` is the controller's, empty for one from the keypad."""

    order_id: str
    reference: str
    state: str
    amount: Count
    slot: Count
    item: str
    gateway: str
    claim_code: str


class SlotNow(Struct, frozen=True, kw_only=True):
    """One slot; `reason`: why it does not sell, empty while it does; `stock`: null where none is counted."""

    number: Number
    name: str
    price: Count
    reason: str
    stock: Count | None


class State(Report, frozen=True, kw_only=True):
    """What the machine does right now.

    `ready`: a customer could begin; `codes` (`docs/codes.md`): why not, the worst first; `background`: old
    orders that wait for their gateway.
    """

    phase: Phase
    ready: bool
    codes: tuple[str, ...]
    order: OrderNow | None
    slots: tuple[SlotNow, ...]
    background: Count


class Event(Report, frozen=True, kw_only=True):
    """Something that happened, told at least once: (kiosk, epoch, seq) names it for good, as `event_id` does.

    `time_ok`: whether the clock was believed then; `reference`: the controller's; `order_id` and it are
    empty where the event is about no order.
    """

    event_id: str
    epoch: Count
    seq: Count
    time: Moment
    time_ok: bool
    what: str
    order_id: str
    reference: str
    fields: dict[str, str | int]


class Telemetry(Report, frozen=True, kw_only=True):
    """How the machine is, every few minutes; one may be lost.

    `up`: seconds since the program started; `outbox`: events on disk that were not told yet; `sales`,
    `takings`: orders released today and their rupiah; `counters` count since the start (`refused.expired`),
    `health` measures (`disk_free_mib`).
    """

    time: Moment
    time_ok: bool
    up: Count
    session: Count
    epoch: Count
    seq: Count
    outbox: Count
    background: Count
    sales: Count
    takings: Count
    counters: dict[str, int]
    health: dict[str, int]


class Taken(StrEnum):
    """What became of a desired configuration."""

    APPLIED = "applied"
    WAITING = "waiting"
    RESTARTING = "restarting"
    REJECTED = "rejected"


class Fault(Struct, frozen=True, kw_only=True):
    """One thing that is wrong in a document: where, why, and what is probably meant."""

    path: str
    reason: str
    words: str
    advice: str


class Reported(Report, frozen=True, kw_only=True):
    """What became of the newest desired configuration, and what is in effect, without secrets.

    `version` and `hash` are the desired one's, `in_effect` is the version that holds now; 0 where none was
    ever pushed.  `waiting`: for the open order to end.
    """

    version: Count
    hash: str
    taken: Taken
    in_effect: Count
    reason: str
    errors: tuple[Fault, ...]
    effective: dict[str, Any]


class Answer(StrEnum):
    """How far a command has come.

    `duplicate`: the same charge was asked for before, under another id; `data` says how it stands.
    """

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    DONE = "done"
    FAILED = "failed"
    DUPLICATE = "duplicate"


class Reply(Report, frozen=True, kw_only=True):
    """The answer to a command; `id` is empty where the command's could not be read.

    `reason`: of a rejection one of `refusals.Reason`, of a failure the order's `why`; `words` say it.
    """

    id: str
    command: str
    status: Answer
    reason: str = ""
    words: str = ""
    data: dict[str, Any] = field(default_factory=dict)


def rejected(command: str, refusal: Refusal) -> Reply:
    """The reply to a command that was refused."""
    return Reply(
        id=refusal.id,
        command=command,
        status=Answer.REJECTED,
        reason=refusal.reason.value,
        words=refusal.words,
    )
