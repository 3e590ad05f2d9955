"""The price list of the idle screen: number, name and price, a line each where the names allow it."""

from collections.abc import Iterator, Sequence

from PIL import Image

from kiosk.drawing.blocks import above, beside, blank
from kiosk.drawing.fonts import LARGE, MIDDLE, SMALL, Font, Fonts
from kiosk.drawing.page import Choice


def price_list(fonts: Fonts, choices: Sequence[Choice], width: int) -> list[Image.Image]:
    """The list in every size that fits; in the smallest, a price goes below a name that is too long."""
    return [*_one_line_each(fonts, choices, width), *_smallest(fonts[SMALL], choices, width)]


def _one_line_each(fonts: Fonts, choices: Sequence[Choice], width: int) -> Iterator[Image.Image]:
    for face in (LARGE, MIDDLE):
        rows = [_row(fonts[face], choice, choices, width) for choice in choices]
        fitting = [row for row in rows if row]
        if len(fitting) == len(rows):
            yield above(fitting)


def _smallest(font: Font, choices: Sequence[Choice], width: int) -> Iterator[Image.Image]:
    rows = [
        _row(font, choice, choices, width) or _two_lines(font, choice, choices, width) for choice in choices
    ]
    yield above(rows, 1)
    yield above(rows)


def _row(font: Font, choice: Choice, choices: Sequence[Choice], width: int) -> Image.Image | None:
    return beside(_numbered(font, choice, choices), font.line(choice.price), width)


def _two_lines(font: Font, choice: Choice, choices: Sequence[Choice], width: int) -> Image.Image:
    price = font.line(choice.price)
    below = blank(width, price.height)
    below.paste(price, (width - price.width, 0))
    return above([_numbered(font, choice, choices), below])


def _numbered(font: Font, choice: Choice, choices: Sequence[Choice]) -> Image.Image:
    number, name = font.line(choice.number), font.line(choice.name)
    column = max(font.width(other.number) for other in choices)
    image = blank(column + font.face.space + name.width, name.height)
    image.paste(number, (column - number.width, 0))
    image.paste(name, (image.width - name.width, 0))
    return image
