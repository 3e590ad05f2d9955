"""What an order is handed with every event, and what it gives back."""

from typing import TypeAlias

from msgspec import Struct

from kiosk import effects as do
from kiosk.model import Charge, Now, Order, Terms
from kiosk.states import PartRefund, State, Why

Effects: TypeAlias = tuple[do.Effect, ...]


class Desk(Struct, frozen=True):
    """What an order may know besides itself.

    `on_panel`: it is the order in front of the customer; `may_release`: its output can be energised right
    now; `may_refund`: the slot's refunds of today are not used up; `knows_all`: the journal is the one this
    machine wrote, so that what it does not say did not happen; `counts_pulses`: its output leaves time to
    write each pulse down before it is given.
    """

    order: Order
    terms: Terms
    now: Now
    on_panel: bool
    may_release: bool
    may_refund: bool
    knows_all: bool = True
    counts_pulses: bool = False

    @property
    def at(self) -> float:
        """The clock that drives timers, in seconds."""
        return self.now.elapsed


class Passing(Struct, frozen=True):
    """What an arrow is called that leads back to where the order was before, and the reason it went there."""

    name: str
    why: str = ""


class Outcome(Struct, frozen=True):
    """The next state and what is to be done; `via` is a state passed through in the same transaction.

    `passing` names an arrow that leads back, `part` is what was refunded on it.
    """

    state: State
    effects: Effects = ()
    via: State | None = None
    passing: Passing | None = None
    part: PartRefund | None = None


def log(code: str, desk: Desk, /, **fields: str | int) -> do.Log:
    """A line about this order."""
    return do.Log(code, desk.order.id, fields)


def pause(pauses: tuple[float, ...], tries: int) -> float:
    """The pause after so many tries; the last one repeats."""
    return pauses[min(tries, len(pauses) - 1)]


def why_of(state: State) -> str:
    """The reason that stands in the state, where it has one."""
    reason = getattr(state, "why", None)
    return reason.value if isinstance(reason, Why) else ""


def reference_of(state: State) -> str:
    """The gateway's own id of the order, where the state holds its charge."""
    charge = getattr(state, "charge", None)
    return charge.reference if isinstance(charge, Charge) else ""
