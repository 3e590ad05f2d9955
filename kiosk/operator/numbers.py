"""Which events of each machine are known, as spans of numbers.

A year of them without a hole takes no more room than one, so the books can be kept for years on end.
"""

from bisect import bisect_right
from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple, TypeAlias

Name: TypeAlias = tuple[str, int, int]
"""Machine, epoch and number: what names an event for good."""


class Gap(NamedTuple):
    """Events of a machine that never came, from the first missing number to the last."""

    kiosk: str
    epoch: int
    first: int
    last: int


class _Span(NamedTuple):
    first: int
    last: int


class Numbers:
    """Those that are known; they may be added in any order and more than once."""

    def __init__(self, names: Iterable[Name] = ()) -> None:
        self._spans: dict[tuple[str, int], list[_Span]] = {}
        for name in names:
            self.add(name)

    def __contains__(self, name: Name) -> bool:
        kiosk, epoch, seq = name
        spans = self._spans.get((kiosk, epoch), [])
        at = bisect_right(spans, seq, key=_first)
        return at > 0 and seq <= spans[at - 1].last

    def add(self, name: Name) -> None:
        """One more; what it closes a hole between becomes one span."""
        if name in self:
            return
        kiosk, epoch, seq = name
        spans = self._spans.setdefault((kiosk, epoch), [])
        at = bisect_right(spans, seq, key=_first)
        below = at > 0 and spans[at - 1].last + 1 == seq
        above = at < len(spans) and spans[at].first - 1 == seq
        whole = _Span(spans[at - 1].first if below else seq, spans[at].last if above else seq)
        spans[at - below : at + above] = [whole]

    @property
    def gaps(self) -> list[Gap]:
        """What is missing between those that came; a broker may have thrown away what it had no room for."""
        return [
            Gap(*source, below.last + 1, above.first - 1)
            for source, spans in sorted(self._spans.items())
            for below, above in pairwise(spans)
        ]


def _first(span: _Span) -> int:
    return span.first
