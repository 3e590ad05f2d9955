"""What an input is for, and all that follows from it: one table.

A drop sensor and a "vend OK" are waited for after a release.  The others say at any time whether anything may
be sold at all.
"""

from enum import StrEnum
from typing import Final

from msgspec import Struct

from kiosk.events import Part


class Role(StrEnum):
    """What an input tells of."""

    DROP = "drop"
    VEND_OK = "vend_ok"
    INHIBIT = "inhibit"
    DOOR = "door"
    LOOP = "loop"


class Habit(Struct, frozen=True):
    """What is usual for a role.

    `debounce`: milliseconds; `timeout`: seconds for which it is waited for after a release, 0 where it is
    not; `part` is known to be bad while the input is `bad`, for `patience` seconds on end, and `reason` says
    why, empty where that is no news.  `active` and `resting` are what a technician calls its two levels.
    """

    part: Part
    reason: str
    active: str
    resting: str
    debounce: int = 100
    timeout: float = 0.0
    bad: bool = True
    patience: float = 0.0

    @property
    def is_waited_for(self) -> bool:
        """Whether it says how a release ended."""
        return self.timeout > 0


HABITS: Final = {
    Role.DROP: Habit(
        part=Part.SENSOR,
        reason="its beam is interrupted though nothing falls: look for goods in it, dirt, or a loose wire",
        active="interrupted",
        resting="clear",
        debounce=4,
        timeout=5.0,
        patience=10.0,
    ),
    Role.VEND_OK: Habit(
        part=Part.SENSOR,
        reason="it says that something was vended though nothing was: look at the dispenser and its wire",
        active="vended",
        resting="waiting",
        debounce=20,
        timeout=30.0,
        patience=10.0,
    ),
    Role.INHIBIT: Habit(
        part=Part.INHIBIT, reason="the dispenser says no", active="inhibits", resting="lets sell"
    ),
    Role.DOOR: Habit(part=Part.DOOR, reason="it is open", active="open", resting="closed"),
    Role.LOOP: Habit(
        part=Part.LOOP,
        reason="",
        active="a car",
        resting="no car",
        debounce=300,
        bad=False,
    ),
}
