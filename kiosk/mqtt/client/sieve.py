"""How large a message may be, and what becomes of one that is larger: thrown away unread, and counted."""

import time
from collections.abc import Callable
from typing import Final

from kiosk.mqtt.news import Dropped, Item

LARGEST: Final = 64 * 1024
"""Bytes of a payload, both ways."""
LONGEST_TOPIC: Final = 256
"""Characters."""


def check(topic: str, payload: bytes) -> None:
    """Raises ValueError for a message of ours that no broker would take."""
    if not 0 < len(topic) <= LONGEST_TOPIC or not topic.isprintable() or set(topic) & set("+#"):
        raise ValueError(f"nothing can be published to the topic {topic[:LONGEST_TOPIC]!a}")
    if len(payload) > LARGEST:
        raise ValueError(f"{len(payload)} bytes for {topic} are more than the {LARGEST} of a message")


class Sieve:
    """Looks at what arrives before anybody parses it; one for all connections, so a flood is told once."""

    def __init__(self, put: Callable[[Item], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._put = put
        self._clock = clock
        self._count = 0
        self._told_at = float("-inf")

    def takes(self, topic: str, size: int) -> bool:
        """Whether a message is small enough to be looked at."""
        if size <= LARGEST and len(topic) <= LONGEST_TOPIC:
            return True
        self._count += 1
        now = self._clock()
        if now - self._told_at >= 1:
            self._told_at = now
            reason = f"{size} bytes for {topic[:80]!a} are too many"
            self._put(Dropped(reason, self._count, topic[:LONGEST_TOPIC]))
        return False
