"""From a keyboard's ups and downs to what a finger did; no device, no clock, no thread.

A keyboard debounces its own contacts, so a down is a press.  What is left to find is what breaks on a machine
in the street: a key that stays down (stuck) and a key that goes up and down faster than a finger can
(bouncing).  Such a key is told once and ignored until it has been released; a bouncing one until it has been
quiet for a second as well.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from hardware.debounce import FLICKER, HELD, QUIET, STUCK


class Doubt(NamedTuple):
    """A key that cannot be believed, and why: `stuck` or `bounces`."""

    code: int
    why: str


class Noticed(NamedTuple):
    """What came of it, keys by the codes the device sends."""

    presses: tuple[int, ...] = ()
    holds: tuple[int, ...] = ()
    doubts: tuple[Doubt, ...] = ()


@dataclass(slots=True)
class _Key:
    down: bool = False
    since: float = 0.0
    held: bool = False
    doubt: str = ""
    changes: list[float] = field(default_factory=list)

    def change(self, now: float, down: bool) -> bool:
        """Whether that is a press."""
        self.changes.append(now)
        self.down, self.since, self.held = down, now, False
        if self.doubt == "stuck":
            self.doubt = ""
        return down and not self.doubt

    def doubts(self, now: float) -> str:
        """Why it is not believed from now on; nothing where that is no news."""
        self.changes = [when for when in self.changes if now - when < QUIET]
        if self.doubt == "bounces" and not (self.down or self.changes):
            self.doubt = ""
        if self.doubt:
            return ""
        flickers, stays = len(self.changes) >= FLICKER, self.down and now - self.since >= STUCK
        self.doubt = "bounces" if flickers else "stuck" if stays else ""
        return self.doubt

    def hold(self, now: float) -> bool:
        if self.held or self.doubt or not self.down or now - self.since < HELD:
            return False
        self.held = True
        return True

    def moments(self) -> Iterator[float]:
        if self.doubt == "bounces" and not self.down:
            yield self.since + QUIET
        if self.down and not self.doubt:
            yield self.since + (STUCK if self.held else HELD)


class Strokes:
    """The keys of one keyboard, with a clock that never goes back."""

    def __init__(self) -> None:
        self._keys: dict[int, _Key] = {}

    @property
    def doubtful(self) -> bool:
        """Whether some key is not believed now."""
        return any(key.doubt for key in self._keys.values())

    @property
    def due(self) -> float | None:
        """When to ask `ripen`, though nothing moves; None while only a finger changes anything."""
        return min((moment for key in self._keys.values() for moment in key.moments()), default=None)

    def change(self, code: int, down: bool, now: float) -> Noticed:
        """A key went down, or up; one that goes up though nobody saw it go down means nothing."""
        key = self._keys.setdefault(code, _Key())
        pressed = key.change(now, down)
        doubt = key.doubts(now)
        return Noticed(
            presses=(code,) if pressed and not doubt else (),
            doubts=(Doubt(code, doubt),) if doubt else (),
        )

    def ripen(self, now: float) -> Noticed:
        """What the mere passing of time brings."""
        doubts = tuple(Doubt(code, why) for code, key in self._keys.items() if (why := key.doubts(now)))
        return Noticed(holds=tuple(code for code, key in self._keys.items() if key.hold(now)), doubts=doubts)

    def forget(self) -> None:
        """Nobody knows any more what is down."""
        self._keys.clear()
