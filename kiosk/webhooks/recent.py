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


class _Seen(Struct):
    since: float
    count: int = 0


class _Minute:
    """Keys first seen less than a minute ago."""

    def __init__(self) -> None:
        self._seen: OrderedDict[Hashable, _Seen] = OrderedDict()

    def find(self, key: Hashable, now: float) -> _Seen | None:
        """What is remembered of a key."""
        seen = self._seen.get(key)
        return seen if seen and now - seen.since < MINUTE else None

    def add(self, key: Hashable, now: float) -> _Seen:
        """What is remembered of a key from now on; those that are over go."""
        seen = self._seen[key] = _Seen(now)
        self._seen.move_to_end(key)
        while len(self._seen) > MOST or now - next(iter(self._seen.values())).since >= MINUTE:
            self._seen.popitem(last=False)
        return seen

    def clear(self) -> None:
        """Forget everything."""
        self._seen.clear()

    def __len__(self) -> int:
        return len(self._seen)


class Kept:
    """Notifications that are in the stream since less than a minute."""

    def __init__(self) -> None:
        self._minute = _Minute()

    def has(self, key: Hashable, now: float) -> bool:
        """Whether it is surely there already."""
        return self._minute.find(key, now) is not None

    def add(self, key: Hashable, now: float) -> None:
        """It is there now."""
        self._minute.add(key, now)

    def forget(self) -> None:
        """Redis was away: nobody knows what it has lost."""
        self._minute.clear()

    def __len__(self) -> int:
        return len(self._minute)


class Quota:
    """Counts what each machine gets in a minute, from its first hint on."""

    def __init__(self) -> None:
        self._minute = _Minute()

    def allows(self, key: Hashable, now: float) -> bool:
        """Whether there may be one more."""
        seen = self._minute.find(key, now)
        return seen is None or seen.count < MOST_A_MINUTE

    def count(self, key: Hashable, now: float) -> None:
        """There is one more."""
        seen = self._minute.find(key, now) or self._minute.add(key, now)
        seen.count += 1

    def __len__(self) -> int:
        return len(self._minute)
