"""Rates by distance as a drawing: a column for each panel, a row for each decoder."""

from collections.abc import Iterator, Mapping
from typing import Final

from tests.decodability.cells import Cell, Count
from tests.decodability.encoders import ENCODERS, OURS
from tests.decodability.glasses import GLASSES
from tests.decodability.rates import rate
from tests.decodability.readers import READERS

_COLOURS: Final = ("#c2185b", "#1565c0", "#00838f", "#2e7d32", "#ef6c00", "#6d4c41", "#9e9e9e")
_WIDTH, _HEIGHT = 138, 112
_FONT: Final = 'font-family="sans-serif" font-size="11"'
_LEFT, _TOP, _GAP = 44, 54, 16


def plot(counts: Mapping[Cell, Count]) -> str:
    """The whole SVG."""
    panels = list(dict.fromkeys(cell.panel for cell in counts))
    width = _LEFT + len(panels) * (_WIDTH + _GAP)
    height = _TOP + len(READERS) * (_HEIGHT + _GAP) + 22
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" {_FONT}>',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        *_legend(),
    ]
    for column, panel in enumerate(panels):
        left = _LEFT + column * (_WIDTH + _GAP)
        parts.append(_text(left + _WIDTH / 2, _TOP - 8, f"{panel}, {GLASSES[panel].name}", "middle"))
        for row, reader in enumerate(READERS):
            top = _TOP + row * (_HEIGHT + _GAP)
            parts += _square(counts, panel, reader, (left, top))
        parts += _distances(panel, left, _TOP + len(READERS) * (_HEIGHT + _GAP))
    for row, reader in enumerate(READERS):
        parts.append(_text(6, _TOP + row * (_HEIGHT + _GAP) + _HEIGHT / 2, reader))
    return "\n".join([*parts, "</svg>", ""])


def _text(x: float, y: float, words: str, anchor: str = "start") -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}">{words.replace(chr(34), "&#8243;")}</text>'


def _legend() -> Iterator[str]:
    at = _LEFT
    for name, colour in zip(ENCODERS, _COLOURS, strict=True):
        yield f'<path d="M{at} 14h18" stroke="{colour}" stroke-width="{_thick(name)}"/>'
        yield _text(at + 23, 18, name)
        at += 40 + 7 * len(name)


def _thick(name: str) -> float:
    return 2.5 if name == OURS else 1.2


def _square(counts: Mapping[Cell, Count], panel: str, reader: str, at: tuple[int, int]) -> Iterator[str]:
    left, top = at
    yield f'<rect x="{left}" y="{top}" width="{_WIDTH}" height="{_HEIGHT}" fill="none" stroke="#bbb"/>'
    for share in (0.25, 0.5, 0.75):
        yield f'<path d="M{left} {top + _HEIGHT * share:.0f}h{_WIDTH}" stroke="#eee"/>'
    if left == _LEFT:
        yield _text(left - 4, top + 9, "100%", "end")
        yield _text(left - 4, top + _HEIGHT, "0", "end")
    for name, colour in reversed(list(zip(ENCODERS, _COLOURS, strict=True))):
        yield from _line(counts, (panel, name, reader), colour, at)


def _line(
    counts: Mapping[Cell, Count], which: tuple[str, str, str], colour: str, at: tuple[int, int]
) -> Iterator[str]:
    panel, name, reader = which
    points = []
    for distance in GLASSES[panel].distances:
        count = counts[Cell(panel, distance, name)]
        x = at[0] + _x(panel, distance)
        y, high, low = (at[1] + _HEIGHT * (1 - share) for share in rate(count.read[reader], count.taken))
        points.append(f"{x:.1f},{y:.1f}")
        yield f'<path d="M{x:.1f} {low:.1f}V{high:.1f}" stroke="{colour}"/>'
    line = " ".join(points)
    yield f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="{_thick(name)}"/>'


def _x(panel: str, distance: int) -> float:
    near, far = GLASSES[panel].distances[0], GLASSES[panel].distances[-1]
    return 8 + (_WIDTH - 16) * (distance - near) / (far - near)


def _distances(panel: str, left: int, top: int) -> Iterator[str]:
    for distance in GLASSES[panel].distances:
        yield _text(left + _x(panel, distance), top, f"{distance / 10:g}", "middle")
    yield _text(left + _WIDTH / 2, top + 14, "cm", "middle")
