"""The price list of the idle screen: number, name and price, a line each where the names allow it."""

from collections.abc import Iterator, Sequence

from PIL import Image

from kiosk.drawing.blocks import above, beside, blank
from kiosk.drawing.fonts import SMALL, Face, Font, Fonts, down_from
from kiosk.drawing.page import Choice
from kiosk.drawing.shapes import Lettering


def price_list(
    fonts: Fonts, choices: Sequence[Choice], width: int, letters: Lettering, gaps: Sequence[int]
) -> Iterator[tuple[Face, Image.Image]]:
    """The list in every size that fits: a line each, or prices below the names that are too long for one.

    Two lines in letters as large as a note's come before one in smaller ones.
    """
    legible = down_from(letters.note)
    for face in down_from(letters.prices):
        if face != SMALL:
            rows = [_row(fonts[face], choice, choices, width) for choice in choices]
            yield from ((face, picture) for picture in _every_gap(rows, gaps))
        if face in legible:
            rows = [_one_or_two(fonts[face], choice, choices, width) for choice in choices]
            more = (*(gap for gap in gaps if gap > 1), 1, 0)
            yield from ((face, picture) for picture in _every_gap(rows, more))


def _every_gap(rows: Sequence[Image.Image | None], gaps: Sequence[int]) -> Iterator[Image.Image]:
    fitting = [row for row in rows if row]
    if len(fitting) == len(rows):
        yield from (above(fitting, gap) for gap in gaps)


def _one_or_two(font: Font, choice: Choice, choices: Sequence[Choice], width: int) -> Image.Image | None:
    return _row(font, choice, choices, width) or _two_lines(font, choice, choices, width)


def _row(font: Font, choice: Choice, choices: Sequence[Choice], width: int) -> Image.Image | None:
    return beside(_numbered(font, choice, choices), font.line(choice.price), width)


def _two_lines(font: Font, choice: Choice, choices: Sequence[Choice], width: int) -> Image.Image | None:
    name, price = _numbered(font, choice, choices), font.line(choice.price)
    if max(name.width, price.width) > width:
        return None
    below = blank(width, price.height)
    below.paste(price, (width - price.width, 0))
    return above([name, below])


def _numbered(font: Font, choice: Choice, choices: Sequence[Choice]) -> Image.Image:
    number, name = font.line(choice.number), font.line(choice.name)
    column = max(font.width(other.number) for other in choices)
    image = blank(column + font.face.space + name.width, name.height)
    image.paste(number, (column - number.width, 0))
    image.paste(name, (image.width - name.width, 0))
    return image
