"""The code on 128x64, and on about 64 pixels beside it the price, the time left and what to press.

The code keeps the left edge, its ground lit from top to bottom.  Everything beside it gives way before the
code loses a pixel: a merchant's name is shortened, and `Rp` goes above figures that would have to shrink.
"""

from PIL import Image

from kiosk.drawing.blocks import Block, beside, blank, inverted, lines, shortened, spread, stack
from kiosk.drawing.desk import Desk
from kiosk.drawing.fonts import MIDDLE, SMALL, Fonts
from kiosk.drawing.money import money
from kiosk.drawing.signs import test_mark
from kiosk.drawing.words import Say, countdown
from kiosk.errors import PictureError
from kiosk.screens import PayByCode, View

_GAP = 2


def code_page(view: View, screen: PayByCode, desk: Desk, size: tuple[int, int]) -> Image.Image:
    """The whole picture of a code that can be paid."""
    width, height = size
    code = desk.codes.picture(screen.payload, height)
    image = blank(width, height)
    image.paste(1, (0, 0, code.width, height))
    image.paste(code, (0, (height - code.height) // 2))
    column = (code.width + _GAP, 0, width, height)
    chosen = stack(_beside_code(view, screen, desk.fonts, column[2] - column[0]), height)
    if not chosen or max(picture.width for picture in chosen) > column[2] - column[0]:
        raise PictureError(f"no room beside a code of {code.width} pixels on {width}x{height}")
    spread(image, chosen, column, 0.0)
    return image


def _beside_code(view: View, screen: PayByCode, fonts: Fonts, width: int) -> list[Block]:
    def small(say: Say) -> Image.Image:
        return fonts[SMALL].line(say.in_(view.language).format(screen.claim_code))

    time = fonts[MIDDLE].figures(countdown(screen.seconds_left))
    row = beside(time, test_mark(fonts, view), width) or time
    keys = inverted(small(Say.ASKING)) if screen.checking else small(Say.KEYS_BESIDE_CODE)
    return [
        Block(_merchant(fonts, screen.merchant, width), 1),
        *([Block([small(Say.USE_CAMERA)])] if screen.link else []),
        Block([row]),
        Block(money(fonts, screen.amount, width), 2),
        Block([small(Say.CODE_SMALL)]),
        Block([keys]),
    ]


def _merchant(fonts: Fonts, merchant: str, width: int) -> list[Image.Image]:
    whole = lines(fonts[SMALL], merchant, width, 2, 0.0)
    return [*([whole] if whole else []), shortened(fonts[SMALL], merchant, width)]
