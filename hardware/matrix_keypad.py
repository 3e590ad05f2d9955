"""A keypad whose keys connect rows to columns, 3x4 or 4x4, without diodes.

Between presses all rows are driven low and a scan is one look at each column.  Once a column is pulled down,
one row at a time is driven low while the others float: two keys in one column join their rows, and a row
driven high there would be shorted through the keypad to the one driven low.
"""

import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Annotated

from msgspec import Meta, Struct

from hardware.base import no_matter, nothing
from hardware.board import Board
from hardware.debounce import Debouncer, Finding, Place
from hardware.pins import RowLine

KEYS = frozenset("0123456789#*")
"""What a key may mean; other legends (A to D) are on the pad and mean nothing."""
LEGENDS = {(4, 3): "123/456/789/*0#", (4, 4): "123A/456B/789C/*0#D"}
"""What is printed on the usual pads, by rows and columns."""
RISE = 0.0001
"""Seconds a column needs to rise through the chip's weak pull-up after a row is let go."""
WHY = {
    "stuck": "has been down for more than 10 s: free it, or look for wires that touch",
    "bounces": "flickers faster than a finger can: a loose wire, or a cable beside a motor's",
    "ghost": "cannot be told from its neighbours: three or more keys are down, or wires touch",
}

Pin = Annotated[int, Meta(ge=0, le=27, description="BCM number")]


class MatrixKeypad:
    """The keypad, looked at by the board's scanner."""

    class Config(Struct, frozen=True, kw_only=True):
        """Pins from the top row down and from the left column on; legends row by row, `/` between rows."""

        rows: tuple[Pin, ...]
        columns: tuple[Pin, ...]
        legends: str = ""

        def __post_init__(self) -> None:
            if len({*self.rows, *self.columns}) < len(self.rows) + len(self.columns):
                raise ValueError("rows and columns name a pin twice")
            shape = [len(self.columns)] * len(self.rows)
            if [len(row) for row in self.printed()] != shape:
                raise ValueError(
                    f"legends must have {len(self.rows)} rows of {len(self.columns)} keys, such as "
                    f"{LEGENDS[4, 3]!r}, to match the pins in rows and columns"
                )
            if missing := sorted(KEYS - {*"".join(self.printed())}):
                raise ValueError(
                    f"legends lack {' '.join(missing)}: nobody could buy without one of 0 to 9, # and *"
                )

        def printed(self) -> list[str]:
            """The legends, a string for each row."""
            usual = LEGENDS.get((len(self.rows), len(self.columns)), "")
            return (self.legends or usual).split("/")

    def __init__(self, config: Config, board: Board) -> None:
        self._legends = config.printed()
        self._scanner = board.scanner()
        self._debouncer = Debouncer()
        self._grounded: set[str] = set()
        self._bad = False
        self._put: Callable[[str], None] = no_matter
        self._held: Callable[[str], None] = no_matter
        self._failed: Callable[[str], None] = _nobody
        self._healed: Callable[[], None] = nothing
        pins = board.pins()
        with ExitStack() as lines:
            self._rows = [
                lines.enter_context(pins.row(pin, f"keypad row {n}")) for n, pin in enumerate(config.rows, 1)
            ]
            self._columns = [
                lines.enter_context(pins.column(pin, f"keypad column {n}"))
                for n, pin in enumerate(config.columns, 1)
            ]
            self._lines = lines.pop_all()

    def listen(
        self,
        put: Callable[[str], None],
        failed: Callable[[str], None],
        healed: Callable[[], None] = nothing,
        held: Callable[[str], None] = no_matter,
    ) -> None:
        """Begin to scan; all four are called from the scanner's thread."""
        self._put, self._failed, self._healed, self._held = put, failed, healed, held
        self._scanner.add(self.scan, failed)

    def close(self) -> None:
        """Stop scanning and let the rows float."""
        self._scanner.remove(self.scan)
        self._lines.close()

    def scan(self, now: float) -> None:
        """Look once, at a monotonic time; raises `DeviceFailed`."""
        seen = self._debouncer.feed(now, self._down())
        for places, tell in ((seen.presses, self._put), (seen.holds, self._held)):
            for place in places:
                if (key := self._legend(place)) in KEYS:
                    tell(key)
        for finding in seen.findings:
            self._failed(self._words(finding))
        self._tell_if_healed()

    def _tell_if_healed(self) -> None:
        was_bad, self._bad = self._bad, bool(self._grounded) or self._debouncer.doubts
        if was_bad and not self._bad:
            self._healed()

    def _down(self) -> frozenset[Place]:
        if not any(column.pulled_down() for column in self._columns):
            self._grounded = set()
            return frozenset()
        for row in self._rows:
            row.float()
        try:
            if self._held_without_a_key():
                return frozenset()
            return frozenset(place for n, row in enumerate(self._rows) for place in self._down_in(n, row))
        finally:
            for row in self._rows:
                row.drive()

    def _down_in(self, number: int, row: RowLine) -> list[Place]:
        row.drive()
        time.sleep(RISE)
        down = [Place(number, n) for n, column in enumerate(self._columns) if column.pulled_down()]
        row.float()
        return down

    def _held_without_a_key(self) -> bool:
        """Whether a column is low though no row is driven: it would look like a whole column of keys."""
        time.sleep(RISE)
        held = {column.name for column in self._columns if column.pulled_down()}
        for name in sorted(held - self._grounded):
            self._failed(
                f"{name} is held low by something that is no key: look for a wire that touches ground"
            )
        self._grounded = held
        return bool(held)

    def _legend(self, place: Place) -> str:
        return self._legends[place.row][place.column]

    def _words(self, finding: Finding) -> str:
        row, column = finding.place
        return (
            f"key {self._legend(finding.place)} (row {row + 1}, column {column + 1}) {WHY[finding.why]}; "
            "it is ignored until it is released"
        )


def _nobody(text: str) -> None:
    """Nobody listens yet."""
