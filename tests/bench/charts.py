"""Curves as drawings: what something costs while something else becomes more, a square for each figure.

Each square begins at nothing.  Its dashed line is the first point, and a stroke through a point reaches from
the lowest round to the highest.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Final

from tests.bench.figures import Figure, Row

COLOUR: Final = "#1565c0"
WIDTH, HEIGHT = 200, 120
LEFT, TOP, ACROSS, DOWN = 16, 30, 34, 58
A_ROW: Final = 4
FONT: Final = 'font-family="sans-serif" font-size="11"'
HEADROOM: Final = 1.25


def drawings(section: str, rows: Iterable[Row]) -> dict[str, str]:
    """The SVG of each drawing that these rows name, by the name of its file."""
    curves = ((row.curve[0], row) for row in rows if row.curve)
    return {
        f"{section}-{name}.svg": drawn([row for _, row in same])
        for name, same in groupby(curves, key=lambda pair: pair[0])
    }


def write(folder: Path, section: str, rows: Iterable[Row]) -> None:
    """Put them where they belong."""
    for name, picture in drawings(section, rows).items():
        (folder / name).write_text(picture, encoding="utf-8")


def drawn(rows: list[Row]) -> str:
    """A square for each row, four beside each other."""
    lines = -(-len(rows) // A_ROW)
    columns = min(len(rows), A_ROW)
    width = 2 * LEFT + columns * (WIDTH + ACROSS) - ACROSS + 22
    height = TOP + lines * (HEIGHT + DOWN) - 18
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" {FONT}>',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
    ]
    for number, row in enumerate(rows):
        line, column = divmod(number, A_ROW)
        parts += _square(row, LEFT + 22 + column * (WIDTH + ACROSS), TOP + line * (HEIGHT + DOWN))
    return "\n".join([*parts, "</svg>", ""])


def _square(row: Row, left: int, top: int) -> Iterator[str]:
    assert row.curve
    curve = row.curve[1]
    highest = HEADROOM * max(figure.high for figure in curve.values()) or 1.0
    what, _, more = row.what.rpartition(", ")
    yield _text(left, top - 8, what if row.unit in what.split() else f"{what}, {row.unit}")
    yield f'<rect x="{left}" y="{top}" width="{WIDTH}" height="{HEIGHT}" fill="none" stroke="#bbb"/>'
    first = top + HEIGHT * (1 - curve[min(curve)].median / highest)
    yield f'<path d="M{left} {first:.1f}h{WIDTH}" stroke="#999" stroke-dasharray="3 3"/>'
    yield from _points(curve, highest, left, top)
    yield _text(left + WIDTH / 2, top + HEIGHT + 27, more.partition(" ")[2], "middle")


def _points(curve: Mapping[int, Figure], highest: float, left: int, top: int) -> Iterator[str]:
    places, words = list[str](), list[str]()
    step = (WIDTH - 50) / max(1, len(curve) - 1)
    for number, (count, figure) in enumerate(sorted(curve.items())):
        x = left + 22 + step * number
        middle, low, high = (
            top + HEIGHT * (1 - max(0.0, value) / highest)
            for value in (figure.median, figure.low, figure.high)
        )
        places.append(f"{x:.1f},{middle:.1f}")
        yield f'<path d="M{x:.1f} {low:.1f}V{high:.1f}" stroke="{COLOUR}"/>'
        yield f'<circle cx="{x:.1f}" cy="{middle:.1f}" r="2.5" fill="{COLOUR}"/>'
        words.append(_text(x, high - 6, said(figure.median), "middle"))
        yield _text(x, top + HEIGHT + 13, f"{count:,}", "middle")
    yield f'<polyline points="{" ".join(places)}" fill="none" stroke="{COLOUR}" stroke-width="1.5"/>'
    yield f'<g paint-order="stroke" stroke="#fff" stroke-width="3">{"".join(words)}</g>'


def said(value: float) -> str:
    """Three figures."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _text(x: float, y: float, words: str, anchor: str = "start") -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}">{words}</text>'
