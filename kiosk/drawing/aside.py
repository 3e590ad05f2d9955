"""The words about a code: who sells, the price, the time left, the claim code and what to press."""

from collections.abc import Iterator
from itertools import product
from typing import Final, NamedTuple

from msgspec import Struct
from msgspec.structs import replace
from PIL import Image

from kiosk.drawing.blocks import (
    Block,
    above,
    beside,
    blank,
    first_stack,
    inverted,
    lines,
    row_of,
    shortened,
    stack,
    texts,
)
from kiosk.drawing.fonts import GIANT, SMALL, Face, Font, Fonts, smaller
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
_LEAST_NAME: Final = 32
"""Pixels beside a claim code in which the beginning of a name, or the word of the camera, says something."""


class Aside(Struct, frozen=True):
    """What is said about one code on one shape of panel, every word smaller than the price's figures."""

    view: View
    screen: PayByCode
    fonts: Fonts
    shape: Shape
    price: Face = GIANT

    def say(self, say: Say) -> str:
        """The words in the customer's language, the claim code filled in."""
        return say.in_(self.view.language).format(self.screen.claim_code)

    def faces(self, largest: Face) -> tuple[Face, ...]:
        """The face and all smaller ones, largest first, of those smaller than the price's."""
        return smaller(largest, self.price)

    def priced(self, width: int) -> Iterator[tuple["Aside", list[Image.Image]]]:
        """The price in each face in which it fits, largest first, with what may be said about it then."""
        largest = self.shape.aside.money
        for face, prices in money(self.fonts, self.screen.amount, width, largest).items():
            yield replace(self, price=face), prices

    def mark(self, face: Face = SMALL) -> Image.Image:
        """The mark of money that is not real, or an empty picture."""
        return test_mark(self.fonts, self.view, face)

    def times(self) -> list[Image.Image]:
        """The time left, largest first."""
        faces = self.faces(self.shape.aside.time)[:3]
        return [self.fonts[face].figures(countdown(self.screen.seconds_left)) for face in faces]

    def keys(self, width: int, most: int = 1) -> list[Image.Image]:
        """What to press, or that the gateway is being asked."""
        faces = self.faces(self.shape.aside.small)
        if self.screen.checking:
            asking = [self.fonts[face].line(self.say(Say.ASKING)) for face in faces]
            return [inverted(line) for line in asking if line.width + 4 <= width]
        return self._small(Say.KEYS_BESIDE_CODE, width, most)

    def claim(self, width: int) -> list[Image.Image]:
        """The claim code."""
        return self._small(Say.CODE_SMALL, width, 1)

    def camera(self, width: int) -> list[Image.Image]:
        """That this code is for the phone's camera."""
        faces = self.faces(self.shape.aside.small)
        sizes = texts(self.fonts, faces, self.say(Say.USE_CAMERA), width, 2, 0.0)
        return [picture for _, picture in sizes]

    def merchant(self, width: int, most: int = 2) -> list[Image.Image]:
        """Who sells; in the smallest letters a name that is too long is shortened."""
        name = self.screen.merchant
        faces = self.faces(self.shape.aside.merchant)
        whole = [lines(self.fonts[face], name, width, most, 0.0) for face in faces]
        return [*(each for each in whole if each), shortened(self.fonts[SMALL], name, width)]

    def _small(self, say: Say, width: int, most: int) -> list[Image.Image]:
        faces = self.faces(self.shape.aside.small)
        found = [lines(self.fonts[face], self.say(say), width, most, 0.0) for face in faces]
        return [toned(each, QUIET) for each in found if each]


def column(aside: Aside, width: int, height: int) -> list[Image.Image] | None:
    """Everything one under another, for `spread`; None where it does not fit."""
    choices = [_column(each, prices, width) for each, prices in aside.priced(width)]
    whole = [blocks for blocks in choices if all(block.sizes for block in blocks)]
    return first_stack(whole, height, aside.shape.gaps)


def _column(aside: Aside, prices: list[Image.Image], width: int) -> list[Block]:
    mark = aside.mark(aside.shape.lettering.mark)
    times = [beside(time, mark, width) or above([time, mark], 2) for time in aside.times()]
    return [
        Block(aside.merchant(width), 2),
        *([Block(aside.camera(width), 3)] if aside.screen.link else []),
        Block(times, 4),
        Block(prices, 5),
        Block(aside.claim(width), 1),
        Block(aside.keys(width, 2), 3),
    ]


def band(aside: Aside, width: int, height: int) -> list[Image.Image] | None:
    """Rows from edge to edge: who sells, price and time, claim code and keys."""
    choices = [
        [Block(_who(each, width), 1), price, *_claim_and_keys(each, width)]
        for each, price in _prices_and_times(aside, width)
    ]
    return first_stack(choices, height, aside.shape.gaps)


class Strip(NamedTuple):
    """Words below a code, whether claim code and keys are among them, and how large any others may be."""

    shown: list[Image.Image] | None
    with_keys: bool
    others: Aside


def strip(aside: Aside, width: int, height: int) -> Strip:
    """Price and time, with claim code and keys where the price keeps its size."""
    for each, price in _prices_and_times(aside, width):
        alone = stack([price], height)
        both = stack([price, *_claim_and_keys(each, width)], height, (1, 0))
        if alone:
            with_keys = both is not None and both[0].height >= _MUCH * alone[0].height
            return Strip(both if with_keys else alone, with_keys, each)
    return Strip(None, False, aside)


def rail(aside: Aside, width: int, length: int, *, keys: bool) -> Image.Image:
    """A line that runs down beside a code: who sells, and what stands nowhere else.

    The claim code gives way to the name, and the end of the name to the keys; a name gives way to the word
    that this code is for the camera.  Who asked has paid: then the claim code stays, before the name's end.
    """
    fonts = [aside.fonts[face] for face in aside.faces(aside.shape.aside.merchant)]
    pressed = aside.keys(length) if keys else [blank(0, 0)]
    both = [_apart(claim, each) for each in pressed for claim in aside.claim(length) if keys]

    def whole(ends: list[Image.Image]) -> list[Image.Image | None]:
        settings = product(fonts, ends)
        return [beside(who, end, length) for font, end in settings for who in _whose(aside, font)]

    def short(ends: list[Image.Image]) -> list[Image.Image | None]:
        return [beside(_shortest(aside, fonts[-1], length - end.width - 3), end, length) for end in ends]

    asked = [end for end in both[-1:] if aside.screen.checking and length - end.width >= _LEAST_NAME]
    lines = (*whole(both), *short(asked), *whole(pressed), *short(pressed))
    fitting = (line for line in lines if line and line.height < width)
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


def _prices_and_times(aside: Aside, width: int) -> Iterator[tuple[Aside, Block]]:
    """The price in each face in which it fits with the time in a row, with what may be said about it then."""
    mark = aside.mark()
    for each, prices in aside.priced(width):
        ends = [beside(time, mark, time.width + 3 + mark.width) or time for time in each.times()]
        rows = [beside(price, end, width, each.price.space) for price, end in product(prices, ends)]
        if fitting := [row for row in rows if row]:
            yield each, Block(fitting, 3)
