"""The heading of a page: a lit bar above its parts, or a lit column beside them, with sign and mark in it."""

from collections.abc import Iterator
from itertools import product
from typing import Final

from PIL import Image

from kiosk.drawing.blocks import Block, above, blank, block, inverted, lines, place, spread
from kiosk.drawing.desk import Desk
from kiosk.drawing.fonts import SMALL, Face, Font, Fonts, down_from
from kiosk.drawing.page import Page, Sign
from kiosk.drawing.shapes import Shape
from kiosk.drawing.signs import sign
from kiosk.drawing.tones import GOOD, toned
from kiosk.errors import PictureError

_MOST: Final = 6
"""Lines of a heading that stands beside its parts."""
_SMALLER_SIGNS: Final = (28, 20)
_SMALLEST_SIGN: Final = 11


def bar(content: Page, mark: Image.Image, desk: Desk, shape: Shape) -> Block:
    """A bar from edge to edge in every size that fits; good news are what a customer reads from afar."""
    bars = [
        (face, _bar(content, mark, desk.fonts, shape, face, most)) for face, most in _sizes(content, shape)
    ]
    return block([(face, _lit(content, bar)) for face, bar in bars if bar], shape.lettering.note, 3)


def _sizes(content: Page, shape: Shape) -> Iterator[tuple[Face, int]]:
    """Faces, and lines at most; two in the usual face before one in a smaller."""
    usual = shape.lettering.heading
    for face in down_from(_face(content, shape)):
        yield face, 1
        if face == usual and shape.heading_lines > 1:
            yield face, shape.heading_lines
    yield SMALL, 3


def _bar(
    content: Page, mark: Image.Image, fonts: Fonts, shape: Shape, face: Face, most: int
) -> Image.Image | None:
    """Sign, heading, and whether the money is real; the sign is small where a usual heading is long."""
    signs = [min(shape.sign, most * (face.bottom - face.top) - 4)]
    if face in down_from(shape.lettering.heading):
        signs.append(_SMALLEST_SIGN)
    bars = (_set_bar(content, mark, fonts[face], shape, most, rows) for rows in signs)
    return next((bar for bar in bars if bar), None)


def _set_bar(
    content: Page, mark: Image.Image, font: Font, shape: Shape, most: int, rows: int
) -> Image.Image | None:
    width = shape.size[0]
    left = sign(content.sign, rows)
    start, end = left.width + 1 + 2 * shape.pad, width - 3 - mark.width
    words = lines(font, content.heading, end - start, most, 0.5)
    if words is None:
        return None
    image = blank(width, max(left.height, words.height, mark.height) + 2 * shape.pad)
    place(image, left, 2)
    place(image, words, start + (end - start - words.width) // 2)
    place(image, mark, width - 2 - mark.width)
    return image


def column(content: Page, mark: Image.Image, desk: Desk, shape: Shape) -> Image.Image:
    """A column from top to bottom; `PictureError` where the heading is too long for it."""
    for face, rows in product(
        down_from(_face(content, shape)), (shape.sign, *_SMALLER_SIGNS, _SMALLEST_SIGN)
    ):
        words = lines(desk.fonts[face], content.heading, shape.head - 4, _MOST, 0.5)
        pictures = [each for each in (sign(content.sign, rows), words, mark) if each and each.height]
        if words and sum(each.height + 2 for each in pictures) <= shape.size[1]:
            image = blank(shape.head, shape.size[1])
            spread(image, [above(pictures, 2, 0.5)], (0, 0, *image.size), 0.5)
            return _lit(content, image)
    raise PictureError(f"the heading {content.heading!r} is too long for {shape.head} columns")


def _face(content: Page, shape: Shape) -> Face:
    return shape.lettering.news if content.sign is Sign.GOOD else shape.lettering.heading


def _lit(content: Page, picture: Image.Image) -> Image.Image:
    lit = inverted(picture, 0)
    return toned(lit, GOOD) if content.sign is Sign.GOOD else lit
