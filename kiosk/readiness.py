"""Whether anything may be sold.

Ready means not known to be bad.  What is known is a code, the worst first; the panel shows it.  A gateway
that fails three times in a row is left alone for a while; then creating an order is itself the probe.
"""

from collections.abc import Iterable

from msgspec import Struct

from kiosk.events import Part
from kiosk.model import MACHINE, SlotRecord

FAILURES_ALLOWED = 3
PAUSES = (30.0, 60.0, 120.0, 240.0, 300.0)
PART_CODES = {
    Part.JOURNAL: "K404",
    Part.DISK: "K403",
    Part.PANEL: "K201",
    Part.OUTPUT: "K202",
    Part.DOOR: "K204",
    Part.INHIBIT: "K203",
    Part.LOOP: "K205",
    Part.SENSOR: "K213",
    Part.CLOCK: "K104",
}
"""What keeps the machine from selling, the worst first."""
SMALL_CODES = {Part.KEYPAD: "K206", Part.BUZZER: "K214"}
"""What does not."""
BY_HAND = "disabled"


class Breaker(Struct, frozen=True):
    """How a gateway behaved lately; while `left_alone_until` is ahead nothing new is sold there."""

    failures: int = 0
    left_alone_until: float = 0.0


def worked() -> Breaker:
    """One good answer forgets all failures."""
    return Breaker()


def failed(breaker: Breaker, now: float, *, for_certain: bool = False) -> Breaker:
    """One failure more; `for_certain`: it will go on failing, so it need not fail three times.

    While it is left alone already nothing is counted: the repeats of one customer's order are one failure.
    """
    if breaker.left_alone_until > now:
        return breaker
    failures = max(breaker.failures + 1, FAILURES_ALLOWED if for_certain else 0)
    if failures < FAILURES_ALLOWED:
        return Breaker(failures)
    pause = PAUSES[min(failures - FAILURES_ALLOWED, len(PAUSES) - 1)]
    return Breaker(failures, now + pause)


def half_open(breaker: Breaker, now: float) -> Breaker:
    """After the pause the next order may try; after one more failure it is left alone again, for longer."""
    over = breaker.left_alone_until and breaker.left_alone_until <= now
    return Breaker(breaker.failures) if over else breaker


def was_left_alone(breaker: Breaker) -> bool:
    """Whether a good answer is news."""
    return breaker.failures >= FAILURES_ALLOWED


def first_at_work(gateways: Iterable[str], breakers: dict[str, Breaker], now: float) -> str:
    """The first gateway that is not left alone, or nothing."""
    return next((name for name in gateways if breakers.get(name, Breaker()).left_alone_until <= now), "")


def part_code(faults: dict[Part, str]) -> str:
    """The code of the worst part that is known to be bad, or nothing; the clock stops only who signs time."""
    bad = faults.keys() - {Part.CLOCK}
    return next((code for part, code in PART_CODES.items() if part in bad), "")


def code_of(part: Part) -> str:
    """The code of a part that is known to be bad, whether it keeps the machine from selling or not."""
    return PART_CODES.get(part) or SMALL_CODES[part]


def stopped_code(slots: dict[int, SlotRecord]) -> str:
    """The code of a machine that a person took out of service, or nothing."""
    reason = slots.get(MACHINE, SlotRecord()).stopped
    return ("K504" if reason == BY_HAND else "K207") if reason else ""
