"""What this receiver has seen lately: which notifications are surely kept, and how many a machine got.

Both are bounded, and forgetting is safe: a hint more is harmless.
"""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Final

from msgspec import Struct

MINUTE: Final = 60.0
MOST: Final = 50_000
"""So many keys are remembered, the oldest go first."""
MOST_A_MINUTE: Final = 60
"""Hints for one machine from one gateway; a customer takes longer than a second to pay."""


class Kept:
    """Notifications that are in the stream since less than a minute."""

    def __init__(self) -> None:
        self._since: OrderedDict[Hashable, float] = OrderedDict()

    def has(self, key: Hashable, now: float) -> bool:
        """Whether it is surely there already."""
        since = self._since.get(key)
        return since is not None and now - since < MINUTE

    def add(self, key: Hashable, now: float) -> None:
        """It is there now."""
        self._since[key] = now
        self._since.move_to_end(key)
        while len(self._since) > MOST:
            self._since.popitem(last=False)

    def forget(self) -> None:
        """Redis was away: nobody knows what it has lost."""
        self._since.clear()


class _Window(Struct):
    since: float
    count: int = 0


class Quota:
    """Counts what each machine gets in a minute."""

    def __init__(self) -> None:
        self._windows: OrderedDict[Hashable, _Window] = OrderedDict()

    def allows(self, key: Hashable, now: float) -> bool:
        """Whether there may be one more."""
        window = self._windows.get(key)
        return window is None or now - window.since >= MINUTE or window.count < MOST_A_MINUTE

    def count(self, key: Hashable, now: float) -> None:
        """There is one more."""
        window = self._windows.get(key)
        if window is None or now - window.since >= MINUTE:
            window = self._windows[key] = _Window(now)
            self._windows.move_to_end(key)
            if len(self._windows) > MOST:
                self._windows.popitem(last=False)
        window.count += 1
