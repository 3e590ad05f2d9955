"""The operator's own line, for tests that must not guess when the broker has told everything."""

import secrets
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any, Final, Self

import pytest
from msgspec.structs import replace

from kiosk.mqtt.news import Arrived, Item
from kiosk.mqtt.topics import Post
from kiosk.operator.line import Line
from tests.operator.waiting import PATIENCE

LAST: Final = b"the last of what the broker kept "


class Whole(Line):
    """Has everything that the broker kept for it when entered, up to sixty messages.

    A word of its own goes to the broker after its subscriptions, and comes back behind all that is kept.
    """

    def __init__(self, broker: Any, caller: Any, filters: tuple[str, ...]) -> None:
        super().__init__(broker, caller, filters)
        self._here = deque[Item]()
        self._word = LAST + secrets.token_bytes(8)
        self._place = Post(filters[-1].replace("+", "END"), 1, retain=False)

    def __enter__(self) -> Self:
        super().__enter__()
        try:
            self.publish(self._place, self._word)
            self._hear_all()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def _hear_all(self) -> None:
        until = time.monotonic() + PATIENCE
        while (item := super().next(until)) is not None:
            if not isinstance(item, Arrived) or not item.payload.startswith(LAST):
                self._hear(item)
                continue
            super().acknowledge(item)
            if item.payload == self._word:
                return
        raise AssertionError("the broker never gave back what was said last")

    def _hear(self, item: Item) -> None:
        self._here.append(item)

    def next(self, until: float) -> Item | None:
        return self._here.popleft() if self._here else super().next(until)

    def waiting(self) -> Item | None:
        return self._here.popleft() if self._here else super().waiting()


class Known(Whole):
    """Has all of it, however much that is: it lets the broker forget it, and at once."""

    def _hear(self, item: Item) -> None:
        if isinstance(item, Arrived):
            super().acknowledge(item)
            item = replace(item, receipt=None)
        super()._hear(item)

    def acknowledge(self, arrived: Arrived) -> None:
        if arrived.receipt is not None:
            super().acknowledge(arrived)


@contextmanager
def following(deed: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Follows events by `deed` in a thread, until a person presses Ctrl-C at the end of the block."""
    over = Event()

    class Followed(Line):
        def next(self, until: float) -> Item | None:
            if over.is_set():
                raise KeyboardInterrupt
            return super().next(min(until, time.monotonic() + 0.1))

    monkeypatch.setattr("kiosk.cli.operator_books.Line", Followed)
    thread = Thread(target=deed)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
