"""What happened in a story, as a witness who sees everything would have written it down.

The oracles judge this record and nothing else: they know neither the code nor who told the story.
"""

import hashlib
from typing import Any, NamedTuple, TypeAlias

import msgspec

from kiosk import effects as do
from kiosk import events as on
from kiosk.model import Charge, Drop, Order, Terms
from kiosk.mqtt.reports import Reply
from kiosk.screens import Screen
from kiosk.settings import Settings
from kiosk.states import Life


class Wrote(NamedTuple):
    """An order's state is on disk; `cause` is what was decided on, `before` what stood there."""

    n: int
    at: float
    life: Life
    before: Life | None
    cause: on.Event | None
    transaction: int


class Told(NamedTuple):
    """A message is in the outbox, in that transaction."""

    n: int
    at: float
    what: str
    order_id: str
    fields: dict[str, str | int]
    transaction: int


class Remembered(NamedTuple):
    """A command is written down as taken."""

    n: int
    at: float
    id: str
    name: str
    transaction: int


class Answered(NamedTuple):
    """An answer to a command is on disk."""

    n: int
    at: float
    reply: Reply
    transaction: int


class Decided(NamedTuple):
    """A decision is on disk and done; what the machine sells with, whom it serves, whom it still watches."""

    n: int
    at: float
    settings: Settings
    opened: str
    background: int
    document: dict[str, Any]


class Shown(NamedTuple):
    """A picture is on the panel."""

    n: int
    at: float
    screen: Screen


class Froze(NamedTuple):
    """The panel did not take a picture: whatever it says it says of an earlier moment."""

    n: int
    at: float


class Sent(NamedTuple):
    """A request to a gateway leaves the machine."""

    n: int
    at: float
    act: do.GatewayCall


class Made(NamedTuple):
    """The gateway has a charge for the order, of that amount."""

    n: int
    at: float
    order: Order
    charge: Charge


class Paid(NamedTuple):
    """The gateway took money for the charge of that reference."""

    n: int
    at: float
    order_id: str
    reference: str
    amount: int
    is_ours: bool


class GaveBack(NamedTuple):
    """The gateway gave money back; `key` is empty where somebody did it on its own page."""

    n: int
    at: float
    order_id: str
    reference: str
    amount: int
    key: str


class Heard(NamedTuple):
    """An answer of a gateway arrives that this process asked for, and that the gateway truly gave."""

    n: int
    at: float
    event: on.Event


class Rose(NamedTuple):
    """The output moves; pulses `first` to `last` where it gives several."""

    n: int
    at: float
    order: Order
    first: int
    last: int
    boot: str


class Fell(NamedTuple):
    """The output is at rest again; `done`: everything was given; `moved`: perhaps something was."""

    n: int
    at: float
    order_id: str
    done: bool
    moved: bool
    drop: Drop


class Tried(NamedTuple):
    """An output moves without a sale, for that command."""

    n: int
    at: float
    output: str
    command: str


class Asked(NamedTuple):
    """Somebody sends a command; `honest`: he may, and it is not stale."""

    n: int
    at: float
    id: str
    name: str
    args: dict[str, Any]
    honest: bool


class Ended(NamedTuple):
    """The process is gone, and with `power` everything in memory of the machine."""

    n: int
    at: float
    power: bool
    point: str


class Started(NamedTuple):
    """A process goes on with what is on disk; `recovery`: why it may release nothing, empty in health."""

    n: int
    at: float
    boot: str
    recovery: str


class Broke(NamedTuple):
    """A part is bad from now on: a door is open, an output answers nothing."""

    n: int
    at: float
    part: on.Part


class Mended(NamedTuple):
    """It is good again."""

    n: int
    at: float
    part: on.Part


class Noted(NamedTuple):
    """Something befalls the machine, in words."""

    n: int
    at: float
    words: str


Fact: TypeAlias = (
    Wrote
    | Told
    | Remembered
    | Answered
    | Decided
    | Shown
    | Froze
    | Sent
    | Made
    | Paid
    | GaveBack
    | Heard
    | Rose
    | Fell
    | Tried
    | Asked
    | Ended
    | Started
    | Broke
    | Mended
    | Noted
)


class Stand(NamedTuple):
    """How one charge stands at the gateway in the end: its money, and whether anybody could still pay it."""

    order_id: str
    reference: str
    paid: int
    returned: int
    payable: bool


class Chronicle:
    """Every fact in its order; what is true all the time stands beside them.

    `terms` of each gateway; `laid`: what the machine must sell with under a pushed document; `stands`: the
    gateways' books at the end; `lives`: the journal at the end; `rate`: of faults; `rests`: whether the
    machine came to rest by itself; `lost`: orders that are in no journal any more because somebody put an
    old one in its place; `forsaken`: a gateway never answers again,
    or tells what is not so.
    """

    def __init__(self, terms: dict[str, Terms]) -> None:
        self.terms = terms
        self.facts: list[Fact] = []
        self.time = 0.0
        self.stands: list[Stand] = []
        self.lives: list[Life] = []
        self.laid: dict[str, Settings] = {}
        self.unfinished: dict[str, str] = {}
        self.kept: set[str] = set()
        self.lost: set[str] = set()
        self.rate = 0.0
        self.rests = self.forsaken = False
        self.broken = ""

    def note(self, kind: Any, *fields: Any) -> None:
        """One more fact, at this moment."""
        self.facts.append(kind(len(self.facts), self.time, *fields))

    def of(self, kind: Any) -> list[Any]:
        """The facts of one kind, in their order."""
        return [fact for fact in self.facts if type(fact) is kind]

    def digest(self) -> str:
        """Equal for equal stories."""
        told = hashlib.sha256()
        for fact in self.facts:
            told.update(type(fact).__name__.encode())
            told.update(msgspec.json.encode(fact, enc_hook=str))
        return told.hexdigest()
