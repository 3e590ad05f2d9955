"""The words about a code: who sells, the price, the time left, the claim code and what to press."""

from collections.abc import Iterator
from itertools import product
from typing import Final

from msgspec import Struct
from PIL import Image

from kiosk.drawing.blocks import Block, above, beside, blank, inverted, lines, row_of, shortened, stack, texts
from kiosk.drawing.fonts import SMALL, Face, Font, Fonts, down_from
from kiosk.drawing.money import money
from kiosk.drawing.shapes import Shape
from kiosk.drawing.signs import test_mark
from kiosk.drawing.tones import QUIET, toned
from kiosk.drawing.words import Say, countdown
from kiosk.screens import PayByCode, View

_LEAST_RAIL: Final = 10
"""A narrower column than this beside a code holds no line of letters."""
_MUCH: Final = 0.8
"""Less of its size than this the price does not keep for the sake of smaller words."""
_APART: Final = 6


class Aside(Struct, frozen=True):
    """What is said about one code on one shape of panel."""

    view: View
    screen: PayByCode
    fonts: Fonts
    shape: Shape

    def say(self, say: Say) -> str:
        """The words in the customer's language, the claim code filled in."""
        return say.in_(self.view.language).format(self.screen.claim_code)

    def mark(self, face: Face = SMALL) -> Image.Image:
        """The mark of money that is not real, or an empty picture."""
        return test_mark(self.fonts, self.view, face)

    def times(self) -> list[Image.Image]:
        """The time left, largest first."""
        faces = down_from(self.shape.aside.time)[:3]
        return [self.fonts[face].figures(countdown(self.screen.seconds_left)) for face in faces]

    def keys(self, width: int, most: int = 1) -> list[Image.Image]:
        """What to press, or that the gateway is being asked."""
        faces = down_from(self.shape.aside.small)
        if self.screen.checking:
            asking = [self.fonts[face].line(self.say(Say.ASKING)) for face in faces]
            return [inverted(line) for line in asking if line.width + 4 <= width]
        return self._small(Say.KEYS_BESIDE_CODE, width, most)

    def claim(self, width: int) -> list[Image.Image]:
        """The claim code."""
        return self._small(Say.CODE_SMALL, width, 1)

    def camera(self, width: int) -> list[Image.Image]:
        """That this code is for the phone's camera."""
        faces = down_from(self.shape.aside.small)
        sizes = texts(self.fonts, faces, self.say(Say.USE_CAMERA), width, 2, 0.0)
        return [picture for _, picture in sizes]

    def merchant(self, width: int, most: int = 2) -> list[Image.Image]:
        """Who sells; in the smallest letters a name that is too long is shortened."""
        name = self.screen.merchant
        faces = down_from(self.shape.aside.merchant)
        whole = [lines(self.fonts[face], name, width, most, 0.0) for face in faces]
        return [*(each for each in whole if each), shortened(self.fonts[SMALL], name, width)]

    def _small(self, say: Say, width: int, most: int) -> list[Image.Image]:
        faces = down_from(self.shape.aside.small)
        found = [lines(self.fonts[face], self.say(say), width, most, 0.0) for face in faces]
        return [toned(each, QUIET) for each in found if each]


def column(aside: Aside, width: int, height: int) -> list[Image.Image] | None:
    """Everything one under another, for `spread`; None where it does not fit."""
    mark = aside.mark(aside.shape.lettering.mark)
    times = [beside(time, mark, width) or above([time, mark], 2) for time in aside.times()]
    blocks = [
        Block(aside.merchant(width), 2),
        *([Block(aside.camera(width), 3)] if aside.screen.link else []),
        Block(times, 4),
        Block(money(aside.fonts, aside.screen.amount, width, aside.shape.aside.money), 5),
        Block(aside.claim(width), 1),
        Block(aside.keys(width, 2), 3),
    ]
    return stack(blocks, height, aside.shape.gaps) if all(block.sizes for block in blocks) else None


def band(aside: Aside, width: int, height: int) -> list[Image.Image] | None:
    """Rows from edge to edge: who sells, price and time, claim code and keys."""
    rows = [
        Block(_who(aside, width), 1),
        Block(_price_and_time(aside, width), 3),
        *_claim_and_keys(aside, width),
    ]
    return stack(rows, height, aside.shape.gaps)


def strip(aside: Aside, width: int, height: int) -> tuple[list[Image.Image] | None, bool]:
    """Price and time, with claim code and keys where the price keeps its size; whether it does."""
    price = Block(_price_and_time(aside, width), 3)
    alone = stack([price], height)
    both = stack([price, *_claim_and_keys(aside, width)], height, (1, 0))
    if alone and both and both[0].height >= _MUCH * alone[0].height:
        return both, True
    return alone, False


def rail(aside: Aside, width: int, length: int, *, keys: bool) -> Image.Image:
    """A line that runs down beside a code: who sells, and what stands nowhere else.

    The claim code gives way to the name, and the end of the name to the keys; a name gives way to the word
    that this code is for the camera.
    """
    fonts = [aside.fonts[face] for face in down_from(aside.shape.aside.merchant)]
    pressed = aside.keys(length) if keys else [blank(0, 0)]
    both = [_apart(claim, each) for each in pressed for claim in aside.claim(length) if keys]
    lines = [
        beside(who, end, length)
        for ends in (both, pressed)
        for font, end in product(fonts, ends)
        for who in _whose(aside, font)
    ]
    shortest = [beside(_shortest(aside, fonts[-1], length - end.width - 3), end, length) for end in pressed]
    fitting = (line for line in (*lines, *shortest) if line and line.height < width)
    return next(fitting, blank(0, 0)).transpose(Image.Transpose.ROTATE_270)


def _apart(first: Image.Image, second: Image.Image) -> Image.Image:
    return row_of([first, blank(_APART, 1), second])


def _whose(aside: Aside, font: Font) -> list[Image.Image]:
    """Who sells; of a code for the camera this too, or only this."""
    name = font.line(aside.screen.merchant)
    if not aside.screen.link:
        return [name]
    camera = font.line(aside.say(Say.USE_CAMERA))
    return [_apart(name, camera), camera]


def _shortest(aside: Aside, font: Font, room: int) -> Image.Image:
    """The name with dots for its end, or one word about the camera: our own words are never cut."""
    if aside.screen.link:
        return font.line(aside.say(Say.CAMERA))
    return shortened(font, aside.screen.merchant, room)


def has_rail(width: int) -> bool:
    """Whether a line of letters fits beside the code."""
    return width >= _LEAST_RAIL


def _who(aside: Aside, width: int) -> list[Image.Image]:
    if not aside.screen.link:
        return aside.merchant(width, 1)
    camera = aside.camera(width)
    sizes = [beside(who, line, width) for line in camera for who in aside.merchant(width - line.width - 3, 1)]
    return [row for row in sizes if row]


def _claim_and_keys(aside: Aside, width: int) -> Iterator[Block]:
    rows = [beside(claim, keys, width) for claim in aside.claim(width) for keys in aside.keys(width)]
    fitting = [row for row in rows if row]
    if fitting:
        yield Block(fitting, 2)


def _price_and_time(aside: Aside, width: int) -> list[Image.Image]:
    mark = aside.mark()
    ends = [beside(time, mark, time.width + 3 + mark.width) or time for time in aside.times()]
    prices = money(aside.fonts, aside.screen.amount, width, aside.shape.aside.money)
    rows = [beside(price, end, width) for price in prices for end in ends if end.height <= price.height]
    return [row for row in rows if row]
