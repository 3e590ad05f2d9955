"""From what a scan sees to what a finger did; no pins, no clock, no thread.

A key counts as pressed when two scans in a row see it down, once, however long it is held.  Three things are
no press: a key held too long (stuck), a key that flickers (bouncing, a wire picking up noise), and any corner
of a rectangle whose four corners all look pressed.  In a matrix without diodes three pressed corners look
exactly like four, so none of them can be believed (a ghost).  Such a key is told once and ignored until it
has been released; a flickering one until it has been quiet for a second as well.  So is a key that is down at
the very first scan: nobody saw it being pressed.
"""

from dataclasses import dataclass, field
from itertools import combinations
from typing import NamedTuple

SETTLE = 0.015
"""Seconds a contact must be unchanged: two scans at 50 Hz, less their jitter."""
HELD = 3.0
"""Seconds without a break after which a press is told to be held, once."""
STUCK = 10.0
"""Seconds a finger may hold a key."""
FLICKER = 20
"""Changes within `QUIET` that no finger makes: ten presses in a second."""
QUIET = 1.0
"""Seconds without a change after which a flickering key is believed again."""


class Place(NamedTuple):
    """A key's place in the matrix, counted from nought."""

    row: int
    column: int


class Finding(NamedTuple):
    """A key that cannot be believed, and why: `stuck`, `bounces` or `ghost`."""

    place: Place
    why: str


class Seen(NamedTuple):
    """What one scan came to."""

    presses: tuple[Place, ...] = ()
    findings: tuple[Finding, ...] = ()
    holds: tuple[Place, ...] = ()


@dataclass(slots=True)
class _Key:
    down: bool = False
    since: float = 0.0
    pressed: bool = False
    held: bool = False
    ignored: bool = False
    told: set[str] = field(default_factory=set)
    changes: list[float] = field(default_factory=list)

    def look(self, now: float, down: bool) -> None:
        self.changes = [when for when in self.changes if now - when < QUIET]
        if down != self.down:
            self.down, self.since = down, now
            self.changes.append(now)

    def settled(self, now: float) -> bool:
        return now - self.since >= SETTLE

    def doubts(self, now: float, ghosted: bool) -> list[str]:
        found = {
            "ghost": ghosted,
            "bounces": len(self.changes) >= FLICKER,
            "stuck": self.down and now - self.since > STUCK,
        }
        news = [why for why, holds in found.items() if holds and why not in self.told]
        self.told.update(news)
        self.ignored = self.ignored or bool(news)
        return news

    def press(self, now: float) -> bool:
        if not self.settled(now):
            return False
        if not self.down:
            self._release()
            return False
        new = not (self.pressed or self.ignored)
        self.pressed = True
        return new

    def hold(self, now: float) -> bool:
        if self.held or self.ignored or not (self.pressed and self.down and now - self.since >= HELD):
            return False
        self.held = True
        return True

    def _release(self) -> None:
        self.pressed = self.held = False
        if not self.changes or "bounces" not in self.told:
            self.ignored = False
            self.told.clear()


class Debouncer:
    """The keys of one pad; fed the places that look pressed, with a clock that never goes back."""

    def __init__(self) -> None:
        self._keys: dict[Place, _Key] = {}
        self._first = True

    @property
    def doubts(self) -> bool:
        """Whether some key is not believed now."""
        return any(key.told for key in self._keys.values())

    def feed(self, now: float, down: frozenset[Place]) -> Seen:
        """What this scan adds to what was seen before."""
        for place in down - self._keys.keys():
            self._keys[place] = _Key(ignored=self._first)
        self._first = False
        ghosts = ghosted(down)
        presses, findings, holds = [], [], []
        for place, key in sorted(self._keys.items()):
            key.look(now, place in down)
            findings += [Finding(place, why) for why in key.doubts(now, place in ghosts)]
            if key.press(now):
                presses.append(place)
            if key.hold(now):
                holds.append(place)
        return Seen(tuple(presses), tuple(findings), tuple(holds))


def ghosted(down: frozenset[Place]) -> frozenset[Place]:
    """The places that are corners of a rectangle with all four corners down."""
    columns: dict[int, set[int]] = {}
    for place in down:
        columns.setdefault(place.row, set()).add(place.column)
    return frozenset(
        Place(row, column)
        for above, below in combinations(columns, 2)
        if len(shared := columns[above] & columns[below]) > 1
        for row in (above, below)
        for column in shared
    )
