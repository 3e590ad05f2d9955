"""Which way an input takes through the program, and what it costs: lines are counted, not seconds.

Every step from one line of ours to the next is an edge.  Readers of the standard library that we hand a
stranger's text are counted too, so that what is slow in them is seen.
"""

import signal
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, Final, NamedTuple, NoReturn

ROOT: Final = Path(__file__).parents[2]
OURS: Final = tuple(f"{ROOT}/{package}/" for package in ("kiosk", "hardware"))
COUNTED: Final = ("/tomllib/", "/json/", "/urllib/parse.py", "/email/", "/_strptime.py")
HANGS_AFTER: Final = 20.0
"""Seconds of a core after which an input hangs: what it is stuck in may have no lines."""
_LINES_OF_ALL: Final = 22
_SKIPPED, _COUNTED, _OURS = range(3)


class Hangs(Exception):
    """An input that comes to no end."""


class Trail(NamedTuple):
    """The edges an input went along, each with how often in powers of two, and how many lines it cost."""

    edges: frozenset[tuple[int, int]]
    cost: int


class Tracer:
    """Follows calls, one at a time, on the main thread."""

    def __init__(self) -> None:
        self._kinds: dict[CodeType, int] = {}
        self._bases: dict[CodeType, int] = {}
        self._names: dict[int, str] = {}
        self._hits: dict[int, int] = {}
        self._last = 0
        self._cost = 0

    def follow(self, call: Callable[[], Any]) -> Trail:
        """The trail of a call; what it raises is raised."""
        self._hits, self._last, self._cost = {}, 0, 0
        signal.setitimer(signal.ITIMER_PROF, HANGS_AFTER)
        sys.settrace(self._entered)
        try:
            call()
        finally:
            sys.settrace(None)
            signal.setitimer(signal.ITIMER_PROF, 0)
        return self.trail

    @property
    def trail(self) -> Trail:
        """How far the newest call went, finished or not."""
        return Trail(frozenset((edge, min(5, n.bit_length())) for edge, n in self._hits.items()), self._cost)

    def places(self, edges: frozenset[tuple[int, int]]) -> set[str]:
        """The files and lines at the ends of edges."""
        mask = (1 << _LINES_OF_ALL) - 1
        return {f"{self._names[place >> 12]}:{place & 4095}" for edge, _ in edges if (place := edge & mask)}

    def _entered(self, frame: FrameType, _event: str, _arg: object) -> Any:
        kind = self._kinds.get(frame.f_code)
        if kind is None:
            kind = self._known(frame.f_code)
        return (None, self._counted, self._stepped)[kind]

    def _known(self, code: CodeType) -> int:
        name = code.co_filename
        kind = _OURS if name.startswith(OURS) else _COUNTED if any(c in name for c in COUNTED) else _SKIPPED
        if kind == _OURS:
            number = next((n for n, known in self._names.items() if known == name), len(self._names) + 1)
            self._names[number] = name
            self._bases[code] = number << 12
        self._kinds[code] = kind
        return kind

    def _counted(self, _frame: FrameType, event: str, _arg: object) -> Any:
        self._cost += event == "line"
        return self._counted

    def _stepped(self, frame: FrameType, event: str, _arg: object) -> Any:
        if event == "line":
            self._cost += 1
            here = self._bases[frame.f_code] + frame.f_lineno
            edge = self._last << _LINES_OF_ALL | here
            self._hits[edge] = self._hits.get(edge, 0) + 1
            self._last = here
        return self._stepped


def peak_of(call: Callable[[], Any]) -> int:
    """The most bytes of memory that a call had at once; what it raises is raised."""
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def hang(_number: int, _frame: FrameType | None) -> NoReturn:
    """For the timer's signal."""
    raise Hangs(f"no end after {HANGS_AFTER:g} s of a core")
