"""Signs for those who do not read the heading, and the mark of money that is not real."""

from typing import Final

from PIL import Image

from kiosk.drawing.blocks import blank, inverted
from kiosk.drawing.fonts import SMALL, Fonts
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


def sign(which: Sign) -> Image.Image:
    """The sign in ink on nothing; an empty picture where a page has none."""
    rows = _DOTS.get(which, "").split()
    image = blank(len(rows), len(rows))
    image.putdata([255 * (dot == "#") for row in rows for dot in row])
    return image


def test_mark(fonts: Fonts, view: View) -> Image.Image:
    """What every picture bears where the money is not real; elsewhere an empty picture."""
    return inverted(fonts[SMALL].line(Say.TEST.in_(view.language))) if view.test else blank(0, 0)
