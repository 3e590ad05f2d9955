"""A contact or a sensor on one GPIO line: a switch, a loop detector's relay, a light barrier.

Between orders it is looked at with everything else, fifty times a second.  While goods may fall it is looked
at five hundred times a second: a bar of chocolate passes a light barrier in ten milliseconds.
"""

from collections.abc import Callable
from typing import Annotated, Literal

from msgspec import Meta, Struct

from hardware.base import Watch, nothing
from hardware.board import Board
from hardware.steady import Steady

CLOSE = 0.002
"""Seconds from one look to the next while goods may fall."""


class Contact:
    """The line, looked at by the board's scanner."""

    class Config(Struct, frozen=True, kw_only=True):
        """`pin` is the BCM number; `active` is the level that means what the input is named for.

        `pull` is what a wire that is off reads as: choose it so that a cut wire stops the sale.  A level
        counts once it has stood for `debounce` milliseconds.
        """

        pin: Annotated[int, Meta(ge=0, le=27, description="BCM number")]
        active: Literal["low", "high"]
        pull: Literal["up", "down"] = "up"
        debounce: Annotated[int, Meta(ge=0, le=5_000, description="milliseconds")] = 20

    def __init__(self, config: Config, board: Board) -> None:
        self._active = config.active == "high"
        self._settle = config.debounce / 1000
        self._scanner = board.scanner()
        self._line = board.pins().signal(config.pin, "input", pulled_up=config.pull == "up")
        self._scans: list[Callable[[float], None]] = []

    def listen(
        self,
        put: Callable[[bool], None],
        failed: Callable[[str], None],
        healed: Callable[[], None] = nothing,
    ) -> bool:
        """Begin to scan; `put` and `failed` are called from its thread.  A line that failed never heals."""
        steady = Steady(self.active(), self._settle)

        def scan(now: float) -> None:
            if steady.changed(now, self.active()):
                put(steady.level)

        self._begin(scan, failed)
        return steady.level

    def active(self) -> bool:
        return self._line.high() == self._active

    def watch(self) -> Watch:
        """A level must stand for the debounce time here as well, and must not have stood before."""
        steady = Steady(self.active(), self._settle)

        def scan(now: float) -> None:
            if steady.changed(now, self.active()) and steady.level:
                watch.notice()

        watch = Watch(lambda: self._end(scan))
        self._begin(scan, watch.fail, CLOSE)
        return watch

    def close(self) -> None:
        """Scan no more and let go of the line."""
        for scan in list(self._scans):
            self._end(scan)
        self._line.close()

    def _begin(self, scan: Callable[[float], None], failed: Callable[[str], None], *every: float) -> None:
        self._scans.append(scan)
        self._scanner.add(scan, failed, *every)

    def _end(self, scan: Callable[[float], None]) -> None:
        if scan in self._scans:
            self._scans.remove(scan)
        self._scanner.remove(scan)
