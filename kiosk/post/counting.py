"""How much came, how much of it was refused, and how much is too much."""

from typing import Final

from kiosk import logs
from kiosk.refusals import Refusal

TOLD_EVERY: Final = 1.0
"""Seconds between two lines about the same reason."""
_LONGEST_TOPIC: Final = 60


class Tally:
    """Counts since the start of the program, by name; refusals among them as `refused.expired`."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self._told: dict[str, float] = {}

    def count(self, name: str) -> None:
        """One more."""
        self.counts[name] = self.counts.get(name, 0) + 1

    def refuse(self, refusal: Refusal, topic: str, now: float) -> None:
        """One more refusal; at most one line a second says so, for each reason."""
        name = f"refused.{refusal.reason.value}"
        self.count(name)
        if now - self._told.get(name, float("-inf")) < TOLD_EVERY:
            return
        self._told[name] = now
        place = ascii(topic[-_LONGEST_TOPIC:])
        logs.write("K706", fields={"reason": refusal.words, "topic": place, "count": self.counts[name]})


class Bucket:
    """Lets through `burst` at once, and then so many a second as `rate` says."""

    def __init__(self, burst: int, rate: float) -> None:
        self._burst, self._rate = burst, rate
        self._left, self._at = float(burst), 0.0

    def takes(self, now: float) -> bool:
        """Whether one more may pass; `now` in seconds, by a clock that never goes back."""
        self._left = min(self._burst, self._left + (now - self._at) * self._rate)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True
