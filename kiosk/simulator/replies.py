"""Replies kept under their Idempotency-Key, as Midtrans keeps them.

Only successes are kept, for five minutes; a repeat gets the kept reply whatever it asks, at any endpoint; a
repeat while the first is still running is told so.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

KEPT: Final = 300.0
SUCCESSES: Final = ("200", "201", "407")

Paper = dict[str, object]


class Replies:
    """The kept replies; an empty key keeps nothing.  `now` counts seconds."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._kept: dict[str, tuple[float, Paper]] = {}
        self._running: set[str] = set()

    def stored(self, key: str) -> Paper | None:
        """The reply kept under this key, if it is younger than five minutes."""
        at, paper = self._kept.get(key, (0.0, {}))
        return paper if paper and self._now() - at < KEPT else None

    def is_running(self, key: str) -> bool:
        """Whether the first request with this key has no reply yet."""
        return key in self._running

    @contextmanager
    def running(self, key: str) -> Iterator[None]:
        """Mark a request as running for as long as the block lasts."""
        if not key:
            yield
            return
        self._running.add(key)
        try:
            yield
        finally:
            self._running.discard(key)

    def store(self, key: str, paper: Paper) -> None:
        """Keep a successful reply."""
        now = self._now()
        self._kept = {one: kept for one, kept in self._kept.items() if now - kept[0] < KEPT}
        if key and paper["status_code"] in SUCCESSES:
            self._kept[key] = (now, paper)
