"""How often the PIN was wrong, and how long nobody may try it.

Both are forgotten with the process.
"""

from math import ceil
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

FREE: Final = 3
"""Tries without a pause."""
FIRST: Final = 30.0
LONGEST: Final = 3600.0
"""Seconds: the pause doubles with every try from the first to this one."""


class Door(Struct, frozen=True):
    """`wrong`: tries since the last right one; `locked_until` in `Now.elapsed`; `tickets`: asked so far."""

    wrong: int = 0
    locked_until: float = 0.0
    tickets: int = 0


def tried(door: Door, now: float) -> Door:
    """One try more; it counts as a wrong one until it proves to be right."""
    wrong = door.wrong + 1
    return replace(door, wrong=wrong, locked_until=now + pause(wrong))


def pause(wrong: int) -> float:
    """Seconds until the next try after so many wrong ones."""
    return 0.0 if wrong < FREE else min(FIRST * 2.0 ** min(wrong - FREE, 20), LONGEST)


def opened(door: Door) -> Door:
    """The PIN was right."""
    return replace(door, wrong=0, locked_until=0.0)


def locked_for(door: Door, now: float) -> int:
    """Whole seconds until the next try; 0 where one may be made."""
    return max(0, ceil(door.locked_until - now))
