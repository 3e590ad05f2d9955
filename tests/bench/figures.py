"""What was measured: a median with its spread over rounds, beside a peer, against a target."""

import statistics
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Self

from msgspec import Struct


class Effort(Enum):
    """How long somebody will wait: all sections in 45 seconds, as long as figures need, or longer.

    A taste only shows that a section runs; its figures mean nothing.
    """

    TASTE = "taste"
    QUICK = "quick"
    USUAL = "usual"
    LONG = "long"


class Figure(Struct, frozen=True):
    """A median, the lowest and the highest, and of how many."""

    median: float
    low: float
    high: float
    count: int

    @classmethod
    def of(cls, values: Sequence[float]) -> Self:
        """Of what was measured, at least once."""
        return cls(statistics.median(values), min(values), max(values), len(values))


class Target(Struct, frozen=True):
    """What was promised: at most or at least so much, of ours or of ours through the peer's."""

    most: float | None = None
    least: float | None = None
    is_share: bool = False

    def is_met(self, value: float) -> bool:
        """Whether a figure, or a share, keeps it."""
        return (self.most is None or value <= self.most) and (self.least is None or value >= self.least)

    def __str__(self) -> str:
        sign, number = (">=", self.least) if self.most is None else ("<=", self.most)
        return f"{sign} {number:g}{' x' if self.is_share else ''}"


Curve = tuple[str, Mapping[int, Figure]]


class Row(Struct, frozen=True, kw_only=True):
    """One line of the table; `share` is ours through the peer's, round by round.

    `curve` names a drawing and says what there was at each number of something, ours at the highest, the
    peer's at the lowest.
    """

    what: str
    unit: str
    ours: Figure
    peer: str = ""
    beside: Figure | None = None
    share: Figure | None = None
    target: Target | None = None
    curve: Curve | None = None

    @property
    def is_met(self) -> bool | None:
        """Whether the target is met; None where nothing was promised."""
        if self.target is None:
            return None
        held = self.share if self.target.is_share else self.ours
        assert held, "a target for a share needs a peer"
        return self.target.is_met(held.median)


def compared(
    what: str,
    unit: str,
    ours: Sequence[float],
    peer: str,
    beside: Sequence[float],
    target: Target | None = None,
    *,
    curve: Curve | None = None,
) -> Row:
    """A row of rounds that took turns."""
    shares = [one / other for one, other in zip(ours, beside, strict=True) if other]
    return Row(
        what=what,
        unit=unit,
        ours=Figure.of(ours),
        peer=peer,
        beside=Figure.of(beside),
        share=Figure.of(shares or [0.0]),
        target=target,
        curve=curve,
    )


def alone(what: str, unit: str, values: Sequence[float], target: Target | None = None) -> Row:
    """A row without a peer."""
    return Row(what=what, unit=unit, ours=Figure.of(values), target=target)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that so large a share does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
