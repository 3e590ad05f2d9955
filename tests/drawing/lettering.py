"""Where a word stands in a picture, and in which face: dot for dot, lit or dark, across or running down."""

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import groupby
from typing import NamedTuple

from PIL import Image, ImageChops

from kiosk.drawing.fonts import LADDER, Face, Fonts

FONTS = Fonts()


class Dots(NamedTuple):
    """A byte for each dot, and a line's end, which no dot equals."""

    width: int
    height: int
    all: bytes

    def row(self, at: int) -> bytes:
        begin = at * (self.width + 1)
        return self.all[begin : begin + self.width]


def dots(picture: Image.Image) -> Dots:
    """Every ink is the same."""
    lit = picture.convert("L").point([0] + [255] * 255)
    framed = Image.new("L", (lit.width + 1, lit.height), 1)
    framed.paste(lit, (0, 0))
    return Dots(lit.width, lit.height, framed.tobytes())


def places(word: Dots, picture: Dots) -> Iterator[tuple[int, int]]:
    """Left and top of each.

    Looked for by its busiest row: a stroke alone stands in every picture a thousand times.
    """
    rows, line = [word.row(at) for at in range(word.height)], picture.width + 1
    busiest = max(range(word.height), key=lambda at: len(list(groupby(rows[at]))))
    hit = picture.all.find(rows[busiest])
    while hit >= 0:
        top = hit - busiest * line
        if top >= 0 and all(picture.all.startswith(row, top + at * line) for at, row in enumerate(rows)):
            yield top % line, top // line
        hit = picture.all.find(rows[busiest], hit + 1)


def views(picture: Image.Image) -> tuple[Dots, Dots]:
    """The picture as it is, and turned for the words that run down beside a code."""
    return dots(picture), dots(picture.transpose(Image.Transpose.ROTATE_90))


@cache
def _inks(text: str, face: Face) -> tuple[Dots, Dots]:
    word = FONTS[face].figures(text).convert("L")
    return dots(word), dots(ImageChops.invert(word))


def found(text: str, face: Face, seen: Iterable[Dots]) -> Iterator[tuple[int, int]]:
    """Left and top of each place where the text is there in this face."""
    return (place for picture in seen for ink in _inks(text, face) for place in places(ink, picture))


def face_of(text: str, seen: Iterable[Dots]) -> Face | None:
    """The largest face in which the text is there; None where it is not."""
    return next((face for face in LADDER if any(found(text, face, seen))), None)
