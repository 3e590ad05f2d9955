"""Signs for those who do not read the heading, and the mark of money that is not real."""

from typing import Final

from PIL import Image, ImageDraw

from kiosk.drawing.blocks import blank, inverted
from kiosk.drawing.fonts import Face, Fonts
from kiosk.drawing.page import Sign
from kiosk.drawing.words import Say
from kiosk.screens import View

_DOTS: Final = {
    Sign.GOOD: """
        ...........
        ..........#
        .........##
        ........##.
        .......##..
        ......##...
        #....##....
        ##..##.....
        .####......
        ..##.......
        ...........
    """,
    Sign.WAIT: """
        ###########
        .#.......#.
        .#.......#.
        ..#.###.#..
        ...#.#.#...
        ....#.#....
        ...#.#.#...
        ..#..#..#..
        .#..###..#.
        .#.#####.#.
        ###########
    """,
    Sign.BAD: """
        .....#.....
        ....###....
        ....#.#....
        ...##.##...
        ...##.##...
        ..###.###..
        ..###.###..
        .#########.
        .####.####.
        ###########
        ...........
    """,
}


_STROKES: Final[dict[Sign, tuple[tuple[tuple[tuple[float, float], ...], bool], ...]]] = {
    Sign.GOOD: ((((0.0, 0.55), (0.14, 0.41), (0.37, 0.64), (0.86, 0.12), (1.0, 0.26), (0.37, 0.92)), True),),
    Sign.WAIT: (
        (((0.08, 0.0), (0.92, 0.0), (0.92, 0.12), (0.08, 0.12)), True),
        (((0.08, 0.88), (0.92, 0.88), (0.92, 1.0), (0.08, 1.0)), True),
        (((0.16, 0.12), (0.84, 0.12), (0.56, 0.5), (0.84, 0.88), (0.16, 0.88), (0.44, 0.5)), True),
        (((0.3, 0.2), (0.7, 0.2), (0.62, 0.32), (0.38, 0.32)), False),
        (((0.5, 0.58), (0.68, 0.8), (0.32, 0.8)), False),
    ),
    Sign.BAD: (
        (((0.5, 0.03), (1.0, 0.95), (0.0, 0.95)), True),
        (((0.44, 0.35), (0.56, 0.35), (0.54, 0.68), (0.46, 0.68)), False),
        (((0.44, 0.76), (0.56, 0.76), (0.56, 0.87), (0.44, 0.87)), False),
    ),
}
"""Corners as shares of the side, in ink or taken out of it."""

_LARGER: Final = 16
"""From so many rows on a sign is drawn with lines instead of dots."""


def sign(which: Sign, rows: int = 0) -> Image.Image:
    """The sign in ink on nothing, of 11 rows or of as many as there are; empty where a page has none."""
    if which is Sign.NONE:
        return blank(0, 0)
    return _lines(which, rows) if rows >= _LARGER else _dots(which)


def _dots(which: Sign) -> Image.Image:
    rows = _DOTS[which].split()
    image = blank(len(rows), len(rows))
    image.putdata([255 * (dot == "#") for row in rows for dot in row])
    return image


def _lines(which: Sign, rows: int) -> Image.Image:
    image = blank(rows, rows)
    pen = ImageDraw.Draw(image)
    for shape, ink in _STROKES[which]:
        points = [(round(x * (rows - 1)), round(y * (rows - 1))) for x, y in shape]
        pen.polygon(points, fill=255 * ink)
    return image


def test_mark(fonts: Fonts, view: View, face: Face) -> Image.Image:
    """What every picture bears where the money is not real; elsewhere an empty picture."""
    return inverted(fonts[face].line(Say.TEST.in_(view.language))) if view.test else blank(0, 0)
