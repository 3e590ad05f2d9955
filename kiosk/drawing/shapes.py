"""The shapes of panel there is a layout for: for each, its largest faces, and what stands where.

A text that does not fit in the face named here is set in the next smaller one, and so is one that would be as
high as the amount; nothing is ever scaled.
"""

from enum import Enum, auto
from typing import Final

from msgspec import Struct

from kiosk.drawing.fonts import GIANT, GREAT, HUGE, LARGE, MIDDLE, SMALL, Face
from kiosk.drawing.page import Style
from kiosk.errors import PictureError


class Words(Enum):
    """How the words stand about a code: one under another or in rows, beside it or below."""

    COLUMN_BESIDE = auto()
    BAND_BESIDE = auto()
    COLUMN_BELOW = auto()
    BAND_BELOW = auto()
    STRIP_BELOW = auto()


class Lettering(Struct, frozen=True):
    """The largest face of each role; `news` is a heading that brings good ones."""

    heading: Face
    news: Face
    strong: Face
    plain: Face
    note: Face
    keys: Face
    money: Face
    prices: Face
    mark: Face = SMALL

    def of(self, style: Style) -> Face:
        """The largest face of a line."""
        return {Style.STRONG: self.strong, Style.PLAIN: self.plain, Style.NOTE: self.note}[style]


class Aside(Struct, frozen=True):
    """The largest faces of the words about a code."""

    merchant: Face
    time: Face
    money: Face
    small: Face


class Shape(Struct, frozen=True):
    """One size of panel.

    `paper`: dark ink on a white ground, instead of lit dots.  `edge` pixels left and right stay free.
    `head`: columns of a heading that stands beside its parts instead of above them.  `strips`: rows that are
    kept for words below a code, the more pleasant first.  `frame`: dark pixels around the quiet zone, where
    the paper goes on beyond it.
    """

    size: tuple[int, int]
    lettering: Lettering
    aside: Aside
    words: Words
    paper: bool = False
    edge: int = 0
    pad: int = 1
    gaps: tuple[int, ...] = (1, 0)
    row_gaps: tuple[int, ...] = (0,)
    heading_lines: int = 1
    sign: int = 40
    head: int = 0
    strips: tuple[int, ...] = (0,)
    frame: int = 0

    @property
    def code_sides(self) -> tuple[int, ...]:
        """The squares a code may have, in pixels, the one that leaves more for words first."""
        width, height = self.size
        return tuple(min(width, height - strip) - self.frame for strip in self.strips)


_TINY: Final = Lettering(LARGE, HUGE, LARGE, MIDDLE, SMALL, SMALL, HUGE, LARGE)
_SQUARE: Final = Lettering(LARGE, GREAT, HUGE, LARGE, MIDDLE, MIDDLE, GREAT, LARGE)
_LOW: Final = Lettering(LARGE, GREAT, HUGE, LARGE, MIDDLE, MIDDLE, GREAT, LARGE)
_BOARD: Final = Lettering(HUGE, GREAT, GREAT, HUGE, LARGE, LARGE, GIANT, HUGE, MIDDLE)
_NOTE: Final = Lettering(HUGE, GREAT, GREAT, HUGE, LARGE, LARGE, GIANT, HUGE, MIDDLE)
_TALL: Final = Lettering(LARGE, GREAT, HUGE, LARGE, MIDDLE, MIDDLE, GREAT, LARGE, MIDDLE)
_POSTER: Final = Lettering(GREAT, GIANT, GREAT, HUGE, HUGE, HUGE, GIANT, GREAT, LARGE)

SHAPES: Final = {
    shape.size: shape
    for shape in (
        Shape((128, 64), _TINY, Aside(SMALL, MIDDLE, HUGE, SMALL), Words.COLUMN_BESIDE, sign=11),
        Shape(
            (128, 128),
            _SQUARE,
            Aside(MIDDLE, LARGE, HUGE, SMALL),
            Words.STRIP_BELOW,
            edge=2,
            pad=2,
            heading_lines=2,
            gaps=(3, 1, 0),
            row_gaps=(6, 3, 1, 0),
            strips=(14,),
        ),
        Shape(
            (256, 64),
            _LOW,
            Aside(LARGE, HUGE, GREAT, MIDDLE),
            Words.BAND_BESIDE,
            edge=2,
            gaps=(0,),
            row_gaps=(2, 0),
            head=92,
        ),
        Shape(
            (200, 200),
            _BOARD,
            Aside(LARGE, HUGE, GREAT, MIDDLE),
            Words.STRIP_BELOW,
            paper=True,
            edge=4,
            pad=3,
            heading_lines=2,
            gaps=(6, 3, 1, 0),
            row_gaps=(12, 6, 3, 0),
            strips=(26, 20),
            frame=3,
        ),
        Shape(
            (250, 122),
            _NOTE,
            Aside(LARGE, HUGE, GREAT, MIDDLE),
            Words.COLUMN_BESIDE,
            paper=True,
            edge=4,
            pad=2,
            gaps=(3, 1, 0),
            row_gaps=(4, 2, 0),
        ),
        Shape(
            (296, 128),
            _NOTE,
            Aside(LARGE, HUGE, GREAT, LARGE),
            Words.COLUMN_BESIDE,
            paper=True,
            edge=4,
            pad=2,
            gaps=(4, 2, 1, 0),
            row_gaps=(5, 2, 0),
        ),
        Shape(
            (400, 300),
            _POSTER,
            Aside(HUGE, GREAT, GREAT, LARGE),
            Words.COLUMN_BESIDE,
            paper=True,
            edge=6,
            pad=5,
            heading_lines=2,
            gaps=(8, 4, 1, 0),
            row_gaps=(18, 9, 3, 0),
        ),
        Shape(
            (122, 250),
            _TALL,
            Aside(LARGE, HUGE, GREAT, MIDDLE),
            Words.COLUMN_BELOW,
            paper=True,
            edge=2,
            pad=3,
            heading_lines=2,
            gaps=(6, 3, 1, 0),
            row_gaps=(10, 4, 0),
            strips=(122,),
        ),
        Shape(
            (128, 296),
            _TALL,
            Aside(LARGE, HUGE, GREAT, MIDDLE),
            Words.COLUMN_BELOW,
            paper=True,
            edge=2,
            pad=3,
            heading_lines=2,
            gaps=(6, 3, 1, 0),
            row_gaps=(10, 4, 0),
            strips=(160,),
        ),
        Shape(
            (300, 400),
            _POSTER,
            Aside(HUGE, GREAT, GIANT, LARGE),
            Words.BAND_BELOW,
            paper=True,
            edge=6,
            pad=5,
            heading_lines=2,
            gaps=(8, 4, 1, 0),
            row_gaps=(18, 9, 3, 0),
            strips=(115, 100),
        ),
    )
}
"""Every size that a driver can have and a code can be read on; upright e-paper is the same glass turned."""


def shape_of(size: tuple[int, int]) -> Shape:
    """The layout of a panel of this size; `PictureError` where there is none."""
    if size not in SHAPES:
        known = ", ".join(f"{width}x{height}" for width, height in SHAPES)
        raise PictureError(f"there is no layout for {size[0]}x{size[1]}: use a panel of {known}")
    return SHAPES[size]
