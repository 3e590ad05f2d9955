"""Lettering without anti-aliasing, from the sheets in `fonts/`.

The fonts are Spleen's bitmaps, set with the white each letter needs instead of in equal cells: beside a code
of 61 pixels every pixel of a line counts.
"""

from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from PIL import Image

_SHEETS: Final = Path(__file__).parent / "fonts"
_FIRST, _ROW, _ROWS = 32, 16, 14
_KEPT: Final = 32
"""Lines of a face that are kept: a countdown redraws the same ones every second."""


class Face(NamedTuple):
    """A sheet, the rows that Latin letters need, the bottom of a capital, and the white between."""

    sheet: str
    top: int
    bottom: int
    base: int
    gap: int
    space: int


SMALL: Final = Face("spleen-5x8.pbm", 0, 8, 7, 1, 3)
MIDDLE: Final = Face("spleen-6x12.pbm", 1, 12, 9, 1, 4)
LARGE: Final = Face("spleen-8x16.pbm", 2, 15, 12, 1, 5)
HUGE: Final = Face("spleen-12x24.pbm", 4, 24, 19, 2, 8)
GREAT: Final = Face("spleen-16x32.pbm", 6, 32, 26, 3, 10)
GIANT: Final = Face("spleen-32x64.pbm", 12, 64, 52, 5, 20)

LADDER: Final = (GIANT, GREAT, HUGE, LARGE, MIDDLE, SMALL)


def down_from(largest: Face) -> tuple[Face, ...]:
    """The face and all smaller ones, largest first."""
    return LADDER[LADDER.index(largest) :]


def smaller(largest: Face, price: Face) -> tuple[Face, ...]:
    """The face and all smaller ones, largest first, of those smaller than that of the amount's figures."""
    return LADDER[max(LADDER.index(largest), LADDER.index(price) + 1) :]


class Font:
    """One face, its letters cut out as they are needed."""

    def __init__(self, face: Face) -> None:
        self.face = face
        _, size, ink = (_SHEETS / face.sheet).read_bytes().split(b"\n", 2)
        width, height = map(int, size.split())
        self._sheet = Image.frombytes("1", (width, height), ink)
        self._cell = width // _ROW, height // _ROWS
        self._letters: dict[str, Image.Image] = {}
        self._lines = lru_cache(maxsize=_KEPT)(self._line)

    def line(self, text: str) -> Image.Image:
        """The text in ink on nothing, not to be drawn on; a letter the face lacks becomes a question mark."""
        return self._lines(text)

    def _line(self, text: str) -> Image.Image:
        image = self._set(text)
        box = image.getbbox() or (0, 0, 1, 1)
        top, bottom = min(self.face.top, box[1]), max(self.face.bottom, box[3])
        return image.crop((0, top, image.width, bottom))

    def figures(self, text: str) -> Image.Image:
        """The text without white above and below, for figures that stand alone."""
        image = self._set(text)
        return image.crop(image.getbbox())

    def width(self, text: str) -> int:
        """How many pixels a line takes."""
        return sum([self._letter(letter).width + self.face.gap for letter in text]) - self.face.gap

    def _set(self, text: str) -> Image.Image:
        image = Image.new("1", (max(self.width(text), 1), self._cell[1]))
        x = 0
        for letter in text:
            glyph = self._letter(letter)
            image.paste(glyph, (x, 0))
            x += glyph.width + self.face.gap
        return image

    def _letter(self, letter: str) -> Image.Image:
        if letter not in self._letters:
            self._letters[letter] = self._cut(letter)
        return self._letters[letter]

    def _cut(self, letter: str) -> Image.Image:
        number = letter.encode("latin-1", "replace")[0]
        width, height = self._cell
        row, column = divmod(max(number - _FIRST, 0), _ROW)
        cell = self._sheet.crop((column * width, row * height, (column + 1) * width, (row + 1) * height))
        ink = cell.getbbox()
        if ink is None:
            return Image.new("1", (self.face.space - 2 * self.face.gap, height))
        return cell.crop((ink[0], 0, ink[2], height))


class Fonts:
    """The fonts that were used so far."""

    def __init__(self) -> None:
        self._fonts: dict[Face, Font] = {}

    def __getitem__(self, face: Face) -> Font:
        if face not in self._fonts:
            self._fonts[face] = Font(face)
        return self._fonts[face]
