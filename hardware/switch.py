"""On for one bounded pulse at a time, whatever happens to the thread that asked for it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Lock, Timer

from hardware.errors import DeviceFailed, DeviceMissing
from hardware.plans import LONGEST_HOLD

MAXIMUM_MILLISECONDS = LONGEST_HOLD
"""Nothing is on for longer; nobody can configure it away."""
GRACE = 0.5
"""Seconds after which a pulse that was not ended in time is ended by another thread."""
TOO_LONG = "stayed on longer than its limit and was ended late: it may have released too much"

CUT = "was switched off in the middle of its pulse: it may have released"


class Turnstile:
    """Lets one bounded pulse through at a time; `name` is how its errors call the output."""

    def __init__(self, name: str, longest: int) -> None:
        self._name = name
        self._longest = min(longest, MAXIMUM_MILLISECONDS)
        self._inside = Lock()

    @property
    def is_taken(self) -> bool:
        """Whether a pulse is under way."""
        return self._inside.locked()

    @contextmanager
    def passage(self, milliseconds: int) -> Iterator[None]:
        """Hold it for the time of a pulse; raises `DeviceMissing` where there must be none."""
        if not 1 <= milliseconds <= self._longest:
            raise DeviceMissing(
                f"{self._name} was asked for a pulse of {milliseconds} ms and does 1 to {self._longest} ms: "
                "nothing was released"
            )
        if not self._inside.acquire(blocking=False):
            raise DeviceMissing(
                f"{self._name} is in the middle of a pulse: nothing was released a second time"
            )
        try:
            yield
        finally:
            self._inside.release()


class Switch:
    """One thing that is energised by `turn(True)`; `name` is how its errors call it.

    `turn` raises `DeviceFailed`, may be called from any thread, and switching off twice is once.
    """

    def __init__(
        self, name: str, turn: Callable[[bool], None], *, longest: int, grace: float = GRACE
    ) -> None:
        self._name = name
        self._turn = turn
        self._turnstile = Turnstile(name, longest)
        self._grace = grace
        self._edge = Lock()
        self._cut = Event()
        self._cut_by: list[str] = []
        self._closed = False

    def pulse(self, milliseconds: int) -> None:
        """Be on so long; raises `DeviceMissing` before it was on and `DeviceFailed` once it may have been."""
        with self._turnstile.passage(milliseconds):
            self._pulse(milliseconds / 1000)

    def _pulse(self, seconds: float) -> None:
        limit = Timer(seconds + self._grace, self._end_late)
        limit.daemon = True
        self._begin(limit)
        begun = time.monotonic()
        try:
            self._energise()
            self._cut.wait(seconds)
        finally:
            limit.cancel()
            self._turn(False)
            took = time.monotonic() - begun
            limit.join(self._grace)  # so that a limit which came just now cannot end the next pulse
        if took > seconds + self._grace:
            self._cut_by.append(TOO_LONG)  # a process that is stopped has no thread left to end it
        if self._cut_by:
            raise DeviceFailed(f"{self._name} {self._cut_by[0]}")

    def _begin(self, limit: Timer) -> None:
        with self._edge:
            if self._closed:
                raise DeviceMissing(f"{self._name} is closed: nothing was released")
            self._cut.clear()
            self._cut_by.clear()
        try:
            limit.start()
        except RuntimeError as error:
            raise DeviceMissing(
                f"{self._name} was not switched on, nothing would have guarded its end: {error}"
            ) from error

    def _energise(self) -> None:
        # in one piece with `off`, so that an output switched off a moment ago is not on a moment later
        with self._edge:
            if not self._cut.is_set():
                self._turn(True)

    def _end_late(self) -> None:
        # takes no lock: whoever is late may hold it
        self._cut_by.append(TOO_LONG)
        self._cut.set()
        self._turn(False)

    def off(self) -> None:
        """Switch off now, in mid-pulse too; idempotent."""
        held = self._edge.acquire(timeout=self._grace)  # not for ever: whoever holds it may hang
        try:
            if self._turnstile.is_taken:
                self._cut_by.append(CUT)
            self._cut.set()
            self._turn(False)
        finally:
            if held:
                self._edge.release()

    def close(self) -> None:
        """Switch off for good."""
        self._closed = True
        self.off()
