"""The layout for 128x64: a lit heading, what matters in the middle, the keys at the foot."""

from typing import Final

from PIL import Image

from kiosk.drawing.blocks import Block, beside, blank, inverted, lines, place, spread, stack, texts
from kiosk.drawing.codepage import code_page
from kiosk.drawing.desk import Desk
from kiosk.drawing.fonts import HUGE, LARGE, MIDDLE, SMALL, Face, Fonts
from kiosk.drawing.money import money
from kiosk.drawing.page import Money, Page, Part, PriceList, Sign, Style
from kiosk.drawing.pages import page
from kiosk.drawing.pricelist import price_list
from kiosk.drawing.signs import sign, test_mark
from kiosk.errors import PictureError
from kiosk.screens import PayByCode, View

WIDTH, HEIGHT = 128, 64

_FACES: Final = {Style.STRONG: (LARGE, MIDDLE, SMALL), Style.PLAIN: (MIDDLE, SMALL), Style.NOTE: (SMALL,)}
_RANKS: Final = {Style.STRONG: 4, Style.PLAIN: 2, Style.NOTE: 1}


def picture(view: View, desk: Desk) -> Image.Image:
    """The picture of any screen; `PictureError` where a text is longer than the configuration allows."""
    if isinstance(view.screen, PayByCode):
        return code_page(view, view.screen, desk, (WIDTH, HEIGHT))
    content = page(view)
    mark = test_mark(desk.fonts, view)
    return _set(content, mark, desk.fonts) or _crowded(content, mark, desk.fonts)


def _set(content: Page, mark: Image.Image, fonts: Fonts) -> Image.Image | None:
    foot = _foot(fonts, content.keys)
    blocks = [_head(content, mark, fonts), *(_block(part, fonts) for part in content.parts)]
    chosen = stack(blocks, HEIGHT - foot.height, 1) or stack(blocks, HEIGHT - foot.height)
    if not chosen:
        return None
    image = blank(WIDTH, HEIGHT)
    image.paste(chosen[0], (0, 0))
    image.paste(foot, (0, HEIGHT - foot.height))
    spread(image, chosen[1:], (0, chosen[0].height, WIDTH, HEIGHT - foot.height), 0.5)
    return image


def _crowded(content: Page, mark: Image.Image, fonts: Fonts) -> Image.Image:
    """A list of three long names takes the place of the keys too, one of four the whole panel.

    Beside the last price there is room for the mark.
    """
    shown = tuple(part for part in content.parts if isinstance(part, PriceList))
    picture = _set(Page(content.heading, shown), mark, fonts) if shown else None
    if picture:
        return picture
    chosen = stack([_block(part, fonts) for part in shown], HEIGHT)
    if not chosen:
        raise PictureError(f"the texts of {content.heading!r} are too long for {WIDTH}x{HEIGHT}")
    image = blank(WIDTH, HEIGHT)
    spread(image, chosen, (0, 0, WIDTH, HEIGHT), 0.5)
    image.paste(mark, (0, HEIGHT - mark.height))
    return image


def _block(part: Part, fonts: Fonts) -> Block:
    if isinstance(part, Money):
        return Block(money(fonts, part.amount, WIDTH), 5)
    if isinstance(part, PriceList):
        return Block(price_list(fonts, part.choices, WIDTH - 2), 4)
    sizes = texts(fonts, _FACES[part.style], part.text, WIDTH)
    return Block([*sizes, blank(WIDTH, 0)]) if part.optional else Block(sizes, _RANKS[part.style])


def _head(content: Page, mark: Image.Image, fonts: Fonts) -> Block:
    """Good news is the largest thing a customer can read from afar."""
    faces = (HUGE, LARGE, MIDDLE, SMALL) if content.sign is Sign.GOOD else (LARGE, MIDDLE, SMALL)
    bars = [_heading(content, mark, fonts, face, 1) for face in faces]
    return Block([bar for bar in (*bars, _heading(content, mark, fonts, SMALL, 3)) if bar], 3)


def _heading(content: Page, mark: Image.Image, fonts: Fonts, face: Face, most: int) -> Image.Image | None:
    """One lit bar from edge to edge: sign, heading, and whether the money is real."""
    left = sign(content.sign)
    start, end = left.width + 3, WIDTH - 3 - mark.width
    words = lines(fonts[face], content.heading, end - start, most, 0.5)
    if words is None:
        return None
    bar = blank(WIDTH, max(left.height, words.height, mark.height) + 2)
    place(bar, left, 2)
    place(bar, words, start + (end - start - words.width) // 2)
    place(bar, mark, WIDTH - 2 - mark.width)
    return inverted(bar, 0)


def _foot(fonts: Fonts, keys: tuple[str, str]) -> Image.Image:
    left, right = (fonts[SMALL].line(key) if key else blank(0, 0) for key in keys)
    keys_apart = beside(left, right, WIDTH - 2)
    if keys_apart is None:
        raise PictureError(f"{' and '.join(keys)} are too long for {WIDTH} pixels")
    foot = blank(WIDTH, keys_apart.height)
    foot.paste(keys_apart, (1, 0))
    return foot
