"""The code on a panel of any shape, and in the room it leaves the price, the time left and what to press.

The code keeps the left edge of the panel, or its top, and its ground is lit no further than the quiet zone:
beside a wide bright field a decoder takes the grey of blurred modules for light.  The words give way before
the code loses a pixel of module size: a merchant's name is shortened, `Rp` goes above figures that would
have to shrink.
"""

from collections.abc import Callable
from typing import Final

from PIL import Image

from kiosk.drawing.aside import Aside, band, column, has_rail, rail, strip
from kiosk.drawing.blocks import Box, blank, spread
from kiosk.drawing.desk import Desk
from kiosk.drawing.shapes import Shape, Words
from kiosk.drawing.tones import developed
from kiosk.errors import PictureError
from kiosk.screens import PayByCode, View

_GAP: Final = 2
_CLEAR: Final = 1
"""Rows between a code and the words below it: lit digits would run into its lit ground."""


def code_page(view: View, screen: PayByCode, desk: Desk, shape: Shape, mode: str = "1") -> Image.Image:
    """The whole picture; `PictureError` where the code does not fit the panel, or no word beside it."""
    code = desk.codes.picture(screen.payload, shape.code_sides)
    words = blank(*shape.size)
    ground = _PLACES[shape.words](words, Aside(view, screen, desk.fonts, shape), code)
    image = developed(words, mode, paper=shape.paper)
    left, top = _middle(ground, code)
    if shape.frame:
        image.paste("black", _grown((left, top, left + code.width, top + code.height), shape.frame))
    image.paste(code, (left, top))
    return image


def _beside(words: Image.Image, aside: Aside, code: Image.Image) -> Box:
    width, height = aside.shape.size
    box = (code.width + max(_GAP, aside.shape.edge), 0, width - aside.shape.edge, height)
    shown = _SETTINGS[aside.shape.words](aside, box[2] - box[0], height)
    _write(words, shown, box)
    return 0, 0, code.width, height


def _below(words: Image.Image, aside: Aside, code: Image.Image) -> Box:
    width, height = aside.shape.size
    edge = aside.shape.edge
    box = (edge, code.height, width - edge, height)
    _write(words, _SETTINGS[aside.shape.words](aside, box[2] - box[0], height - code.height), box)
    return 0, 0, width, code.height


def _around(words: Image.Image, aside: Aside, code: Image.Image) -> Box:
    """A strip below and, where a line of letters fits there, one that runs down at the right."""
    width, height = aside.shape.size
    framed = code.width + aside.shape.frame
    box = (_GAP, framed + _CLEAR, width - _GAP, height)
    below = strip(aside, box[2] - box[0], box[3] - box[1])
    _write(words, below.shown, box)
    beyond = width - framed
    if not has_rail(beyond):
        return 0, 0, width, code.height
    line = rail(below.others, beyond, code.height - 2 * _GAP, keys=not below.with_keys)
    words.paste(line, (framed + (beyond - line.width + 1) // 2, _GAP))
    return 0, 0, code.width, code.height


_PLACES: Final[dict[Words, Callable[[Image.Image, Aside, Image.Image], Box]]] = {
    Words.COLUMN_BESIDE: _beside,
    Words.BAND_BESIDE: _beside,
    Words.COLUMN_BELOW: _below,
    Words.BAND_BELOW: _below,
    Words.STRIP_BELOW: _around,
}
_SETTINGS: Final = {
    Words.COLUMN_BESIDE: column,
    Words.BAND_BESIDE: band,
    Words.COLUMN_BELOW: column,
    Words.BAND_BELOW: band,
}


def _write(words: Image.Image, shown: list[Image.Image] | None, box: Box) -> None:
    if not shown:
        raise PictureError(f"{words.width}x{words.height} leaves no room for words beside the code")
    spread(words, shown, box, 0.0)


def _grown(box: Box, by: int) -> Box:
    left, top, right, bottom = box
    return max(0, left - by), max(0, top - by), right + by, bottom + by


def _middle(ground: Box, code: Image.Image) -> tuple[int, int]:
    left, top, right, bottom = ground
    return left + (right - left - code.width) // 2, top + (bottom - top - code.height) // 2
