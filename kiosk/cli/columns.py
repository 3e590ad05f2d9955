"""Columns for people to read on a terminal."""

from collections.abc import Iterable, Sequence

from kiosk.cli.parsing import printable


def aligned(rows: Iterable[Sequence[str]], right: frozenset[int] = frozenset()) -> list[str]:
    """The rows with their columns one below the other, those of `right` at their right edge."""
    clean = [[printable(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*clean, strict=True)]
    return ["  ".join(_cells(row, widths, right)).rstrip() for row in clean]


def _cells(row: Sequence[str], widths: Sequence[int], right: frozenset[int]) -> Iterable[str]:
    for index, (cell, width) in enumerate(zip(row, widths, strict=True)):
        yield cell.rjust(width) if index in right else cell.ljust(width)
