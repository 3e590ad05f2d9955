"""The code on a panel of any shape, and in the room it leaves the price, the time left and what to press.

The code keeps the left edge of a wide panel and the top of any other, its ground lit to the panel's edges.
The words give way before the code loses a pixel of module size: a merchant's name is shortened, `Rp` goes
above figures that would have to shrink.
"""

from typing import Final

from PIL import Image

from kiosk.drawing.blocks import Block, Box, beside, blank, inverted, lines, shortened, spread, stack
from kiosk.drawing.desk import Desk
from kiosk.drawing.fonts import LARGE, MIDDLE, SMALL, Fonts
from kiosk.drawing.money import money
from kiosk.drawing.signs import test_mark
from kiosk.drawing.words import Say, countdown
from kiosk.errors import PictureError
from kiosk.screens import PayByCode, View

_GAP: Final = 2
_COLUMN: Final = 48
"""A narrower column than this beside the code holds no price."""


def code_page(view: View, screen: PayByCode, desk: Desk, size: tuple[int, int]) -> Image.Image:
    """The whole picture; `PictureError` where the code does not fit the panel, or no word beside it."""
    width, height = size
    return _wide(view, screen, desk, size) if width - height >= _COLUMN else _high(view, screen, desk, size)


def _wide(view: View, screen: PayByCode, desk: Desk, size: tuple[int, int]) -> Image.Image:
    width, height = size
    code = desk.codes.picture(screen.payload, height)
    image = blank(width, height)
    image.paste(255, (0, 0, code.width, height))
    image.paste(code, (0, (height - code.height) // 2))
    box = (code.width + _GAP, 0, width, height)
    zoom = _zoom(box, 64)
    _write(image, _beside_code(view, screen, desk.fonts, (width - box[0]) // zoom), box, zoom)
    return image


def _high(view: View, screen: PayByCode, desk: Desk, size: tuple[int, int]) -> Image.Image:
    width, height = size
    code = desk.codes.picture(screen.payload, min(width, height - max(10, height // 12)))
    image = blank(width, height)
    image.paste(255, (0, 0, width, code.height))
    image.paste(code, ((width - code.width) // 2, 0))
    box = (_GAP, code.height, width - _GAP, height)
    zoom = _zoom(box, 128)
    _write(image, _below_code(view, screen, desk.fonts, (box[2] - box[0]) // zoom), box, zoom)
    return image


def _zoom(box: Box, width: int) -> int:
    left, top, right, bottom = box
    return max(1, min((right - left) // width, (bottom - top) // 64))


def _write(image: Image.Image, blocks: list[Block], box: Box, zoom: int) -> None:
    width, height = (box[2] - box[0]) // zoom, (box[3] - box[1]) // zoom
    chosen = stack(blocks, height, 1) or stack(blocks, height)
    if not chosen:
        raise PictureError(f"{image.width}x{image.height} leaves no room for words beside the code")
    words = blank(width, height)
    spread(words, chosen, (0, 0, width, height), 0.0)
    image.paste(words.resize((width * zoom, height * zoom), Image.Resampling.NEAREST), box[:2])


def _beside_code(view: View, screen: PayByCode, fonts: Fonts, width: int) -> list[Block]:
    time = fonts[MIDDLE].figures(countdown(screen.seconds_left))
    return [
        Block(_merchant(fonts, screen.merchant, width), 1),
        *([Block([_small(Say.USE_CAMERA, view, screen, fonts)])] if screen.link else []),
        Block([beside(time, test_mark(fonts, view), width) or time]),
        Block(money(fonts, screen.amount, width), 2),
        Block([_small(Say.CODE_SMALL, view, screen, fonts)]),
        Block([_keys(view, screen, fonts)]),
    ]


def _below_code(view: View, screen: PayByCode, fonts: Fonts, width: int) -> list[Block]:
    claim, keys = _small(Say.CODE_SMALL, view, screen, fonts), _keys(view, screen, fonts)
    pressed = beside(claim, keys, width)
    return [
        Block([*_merchant(fonts, screen.merchant, width), blank(width, 0)], 2),
        Block(_price_and_time(view, screen, fonts, width), 3),
        Block([pressed, blank(width, 0)] if pressed else [blank(width, 0)], 1),
    ]


def _price_and_time(view: View, screen: PayByCode, fonts: Fonts, width: int) -> list[Image.Image]:
    mark = test_mark(fonts, view)
    times = [fonts[face].figures(countdown(screen.seconds_left)) for face in (LARGE, MIDDLE, SMALL)]
    ends = [beside(time, mark, time.width + 3 + mark.width) or time for time in times]
    rows = [beside(price, end, width) for price in money(fonts, screen.amount, width) for end in ends]
    return [row for row in rows if row]


def _merchant(fonts: Fonts, merchant: str, width: int) -> list[Image.Image]:
    whole = lines(fonts[SMALL], merchant, width, 2, 0.0)
    return [*([whole] if whole else []), shortened(fonts[SMALL], merchant, width)]


def _keys(view: View, screen: PayByCode, fonts: Fonts) -> Image.Image:
    if screen.checking:
        return inverted(_small(Say.ASKING, view, screen, fonts))
    return _small(Say.KEYS_BESIDE_CODE, view, screen, fonts)


def _small(say: Say, view: View, screen: PayByCode, fonts: Fonts) -> Image.Image:
    return fonts[SMALL].line(say.in_(view.language).format(screen.claim_code))
