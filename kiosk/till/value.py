"""The machine as a value, and what can be read off it."""

from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from kiosk import readiness, shelf
from kiosk.events import Part
from kiosk.model import Now, Rupiah, SlotRecord, Terms
from kiosk.order.desk import Desk, Effects
from kiosk.pushed import Candidate, Pushed
from kiosk.readiness import Breaker
from kiosk.screens import View
from kiosk.session import Counter, Session
from kiosk.settings import Settings
from kiosk.staff.door import Door
from kiosk.states import Life
from kiosk.trains import Train

BLOCKING = frozenset({Part.OUTPUT, Part.INHIBIT, Part.DOOR, Part.LOOP, Part.SENSOR})


class Till(Struct, frozen=True):
    """Everything that decides.

    `unpaid`: when orders were left unpaid lately; `recovery`: why nothing may be released, empty in health;
    `shown`: the view on the panel, None when it must be put there anew.  `owed`: charges by command whose end
    is not answered yet, with their newest order, empty while that is being minted; `trying`: the command for
    which an output moves without a sale; `restart`: the one that waits to end the process; `waiting`: a
    pushed configuration that waits for the panel to be free; `tick`: seconds by which the
    countdown goes, many on a panel that is slow; `door`: the tries of the staff menu's PIN.
    """

    settings: Settings
    terms: dict[str, Terms]
    session: Session
    slots: dict[int, SlotRecord] = {}
    opened: Life | None = None
    background: tuple[Life, ...] = ()
    faults: dict[Part, str] = {}
    breakers: dict[str, Breaker] = {}
    unpaid: tuple[float, ...] = ()
    recovery: str = ""
    owed: dict[str, str] = {}
    trying: str = ""
    restart: str = ""
    pushed: Pushed = Pushed()
    waiting: Candidate | None = None
    tick: int = 1
    door: Door = Door()
    shown: View | None = None
    panel_retry_at: float = 0.0


Decided: TypeAlias = tuple[Till, Effects]
"""The next till, and what is to be done."""


def closed_code(till: Till, now: Now) -> str:
    """Why nothing is sold, as a code; empty while the machine sells."""
    limits = till.settings.limits
    lately = [time for time in till.unpaid if time + limits.unpaid_within > now.elapsed]
    return (
        ("K401" if till.recovery else "")
        or readiness.part_code(till.faults)
        or readiness.stopped_code(till.slots)
        or ("K315" if len(till.background) >= limits.background else "")
        or ("K314" if len(lately) >= limits.unpaid_orders else "")
        or ("" if gateway_for(till, now) else "K101" if _usable(till) else "K104")
    )


def gateway_for(till: Till, now: Now, amount: Rupiah | None = None, tried: tuple[str, ...] = ()) -> str:
    """The gateway at which the next order is made, or nothing; one that takes `amount`, none of `tried`."""
    fitting = [name for name in _usable(till) if name not in tried and _takes(till.terms[name], amount)]
    return readiness.first_at_work(fitting, till.breakers, now.elapsed)


def _takes(terms: Terms, amount: Rupiah | None) -> bool:
    return amount is None or terms.minimum <= amount <= terms.maximum


def _usable(till: Till) -> list[str]:
    """The gateways in order of preference; without a sane clock only those where no time is signed."""
    blind = Part.CLOCK in till.faults
    return [name for name in till.settings.gateways if not (blind and till.terms[name].signs_time)]


def counter(till: Till, now: Now) -> Counter:
    """What the session may know of the shop."""
    terms = [till.terms[name] for name in _usable(till)]
    least = min((each.minimum for each in terms), default=Rupiah(0))
    most = max((each.maximum for each in terms), default=Rupiah(0))
    return Counter(till.settings, till.slots, closed_code(till, now), least, most, till.tick)


def living(till: Till) -> tuple[Life, ...]:
    """Every order that is not over: the open one first."""
    return (till.opened, *till.background) if till.opened else till.background


def record_of(till: Till, number: int) -> SlotRecord:
    """What is remembered of a slot; nothing yet of one that never did anything."""
    return till.slots.get(number, SlotRecord())


def breaker_of(till: Till, gateway: str) -> Breaker:
    """How a gateway behaved lately."""
    return till.breakers.get(gateway, Breaker())


def open_id(till: Till) -> str:
    """The id of the order in front of the customer, or nothing."""
    return till.opened.order.id if till.opened else ""


def find(till: Till, order_id: str) -> Life | None:
    """The living order of that id, or None."""
    return next((life for life in living(till) if life.order.id == order_id), None)


def desk_for(till: Till, life: Life, now: Now) -> Desk:
    """What this order may know of the rest of the machine right now."""
    is_open = till.opened is not None and till.opened.order.id == life.order.id
    record = record_of(till, life.order.slot)
    knows_all = not (till.recovery or life.doubtful)
    train = till.settings.trains.get(life.order.output)
    return Desk(
        order=life.order,
        terms=terms_of(till, life),
        now=now,
        on_panel=is_open and Part.PANEL not in till.faults and knows_all,
        may_release=knows_all and not BLOCKING & till.faults.keys() and _fits(train, life),
        may_refund=shelf.may_refund(record, now, till.settings.limits),
        knows_all=knows_all,
        counts_pulses=train is not None and train.counted,
    )


def _fits(train: Train | None, life: Life) -> bool:
    """Whether the output still gives what was agreed: pulses for the amount, or one release for the price."""
    return (train is not None) == (life.order.pulses > 0)


def terms_of(till: Till, life: Life) -> Terms:
    """The terms of the gateway the order was born with; the plainest ones where it is configured no more.

    A contract that allows less time by now makes a code that is out no shorter: the longer one counts.
    """
    terms = till.terms.get(life.order.gateway, Terms())
    born = life.order.lapses_after
    return terms if born is None or born <= (terms.lapses_after or 0.0) else replace(terms, lapses_after=born)
