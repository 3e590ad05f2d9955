"""What was counted, and how often the log hears of it: at most a line a second of each kind."""

import time
from collections import Counter
from collections.abc import Callable
from threading import Lock
from typing import Final

from kiosk import logs

PAUSE: Final = 1.0
"""Seconds between two lines of one kind."""


class Tally:
    """Counts since the start; may be called from any thread."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = Lock()
        self._told: dict[str, float] = {}
        self._summed: Counter[str] = Counter()
        self.counts: Counter[str] = Counter()

    def count(self, kind: str, number: int = 1) -> None:
        """So many more of a kind, for the summary only."""
        with self._lock:
            self.counts[kind] += number

    def tell(self, code: str, kind: str, number: int = 1, *, reason: str = "") -> None:
        """So many more of a kind, and a line with its code, unless there was one just now."""
        with self._lock:
            self.counts[kind] += number
            now = self._now()
            if now - self._told.get(kind, float("-inf")) < PAUSE:
                return
            self._told[kind] = now
            count = self.counts[kind]
        words = {"reason": reason} if reason else {}
        logs.write(code, fields={"kind": kind, "count": count, **words})

    def sum_up(self) -> None:
        """One line with every count, unless nothing has happened since the last."""
        with self._lock:
            counts = Counter(self.counts)
            is_news = counts != self._summed
            self._summed = counts
        if is_news:
            logs.write("K610", fields=dict(sorted(counts.items())))
