"""Rates with their intervals, and who wins."""

import math
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from tests.decodability.cells import Cell, Count
from tests.decodability.encoders import ENCODERS, OURS
from tests.decodability.readers import READERS

_Z: Final = 1.959964


class Rate(NamedTuple):
    """Of pictures read, with the 95 % interval of Wilson."""

    share: float
    low: float
    high: float


class Comparison(NamedTuple):
    """This machine beside the best of the others, where and as one decoder sees them."""

    panel: str
    distance: int
    reader: str
    ours: Rate
    best: Rate
    name: str

    @property
    def lost(self) -> bool:
        """Whether the other one's rate lies above our interval."""
        return self.best.share > self.ours.high


def rate(read: int, taken: int) -> Rate:
    """The share read; with nothing taken anything is possible."""
    if not taken:
        return Rate(0.0, 0.0, 1.0)
    share, square = read / taken, _Z**2 / taken
    middle = (share + square / 2) / (1 + square)
    half = math.sqrt(share * (1 - share) * square + square**2 / 4) / (1 + square)
    return Rate(share, max(0.0, middle - half), min(1.0, middle + half))


def comparisons(counts: Mapping[Cell, Count]) -> Iterator[Comparison]:
    """For each panel, distance and decoder."""
    for panel, distance in dict.fromkeys((cell.panel, cell.distance) for cell in counts):
        for reader in READERS:
            rates = {
                name: rate(count.read[reader], count.taken)
                for name in ENCODERS
                if (count := counts.get(Cell(panel, distance, name)))
            }
            best = max(
                (name for name in rates if not name.startswith(OURS)), key=lambda name: rates[name].share
            )
            yield Comparison(panel, distance, reader, rates[OURS], rates[best], best)


def in_sum(counts: Mapping[Cell, Count], reader: str) -> dict[str, int]:
    """Pictures that each encoder had read by a decoder, over all cells."""
    return {
        name: sum(count.read[reader] for cell, count in counts.items() if cell.encoder == name)
        for name in ENCODERS
    }
