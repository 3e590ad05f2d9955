"""Draws the golden pictures and their page in the handbook anew: a sheet for each panel and language.

A person looks at them before they are committed.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from PIL import Image

from kiosk.drawing import Artist
from kiosk.drawing.blocks import Box
from kiosk.drawing.fonts import SMALL, Fonts
from kiosk.model import Language
from kiosk.screens import View
from tests.drawing.samples import golden_views

DOCS = Path(__file__).parents[2] / "docs"
GOLDEN = DOCS / "screens"
PAGE = DOCS / "screens.md"
WIDEST = 1400
"""Pixels of a sheet, or five pictures of it."""
FRAME, CAPTION = 3, 12
COLOURS = 8


class Glass(NamedTuple):
    """A panel's size, the mode of its pictures, and who has one."""

    width: int
    height: int
    mode: str
    kind: str

    @property
    def size(self) -> tuple[int, int]:
        return self.width, self.height

    @property
    def columns(self) -> int:
        return max(5, WIDEST // self.width)

    def __str__(self) -> str:
        return f"{self.width}x{self.height}" + {"1": "", "L": "-grey", "RGB": "-colour"}[self.mode]


GLASSES = (
    Glass(128, 64, "1", "OLED: `ssd1306`, `sh1106`, `ssd1309`"),
    Glass(128, 128, "1", "OLED: `sh1107`"),
    Glass(128, 128, "L", "OLED: `ssd1327`"),
    Glass(128, 128, "RGB", "OLED: `ssd1351`"),
    Glass(256, 64, "L", "OLED: `ssd1322`, `ssd1362`"),
    Glass(200, 200, "1", 'E-paper, 1.54": `ssd1681`'),
    Glass(250, 122, "1", 'E-paper, 2.13": `ssd1680`'),
    Glass(296, 128, "1", 'E-paper, 2.9": `ssd1680`'),
    Glass(400, 300, "1", 'E-paper, 4.2": `ssd1683`, `uc8176`'),
)
"""Every panel there is a driver for, in every mode that one has."""

SHEETS = [(glass, language) for glass in GLASSES for language in Language]

INTRODUCTION = """\
# The screens

Every screen on every [panel](panels.md), in Indonesian; the English ones are linked. `scripts/golden` draws
the pictures, and the tests compare each of their dots with what the machine draws. Each shape has a layout of
its own, in the table of `kiosk/drawing/shapes.py`; nothing is scaled, and no text is ever
cut; only a merchant's name that is longer than the column beside its code ends in dots.

- The code has the largest whole-pixel modules that fit beside the price, dark on a light ground in its quiet
  zone; `kiosk render PAYLOAD --panel 250x122 --explain` says why it is as large as it is. After it the amount
  is the biggest thing: every word beside it is set in a smaller face than its figures. While a payment is
  checked the claim code stays where it fits, and the end of the merchant's name gives way to it.
- E-paper is black on white. Where a panel has grey, the keys are dimmed; where it has colours, amounts and
  good news have one each. A code is always black and white.
- E-paper stands upright too (`rotate = 1`), at 122x250, 128x296 and 300x400: the code above, its words below.
"""


def path_of(glass: Glass, language: Language) -> Path:
    """Where a panel's golden pictures are."""
    return GOLDEN / f"{glass}.{language}.png"


def tiles(glass: Glass, language: Language) -> Iterator[tuple[str, View, Box]]:
    """Each golden picture's name, what it shows, and its box on the sheet."""
    for count, (name, view) in enumerate(golden_views(language)):
        row, column = divmod(count, glass.columns)
        left = FRAME + column * (glass.width + 2 * FRAME)
        top = FRAME + row * (glass.height + 2 * FRAME + CAPTION)
        yield name, view, (left, top, left + glass.width, top + glass.height)


def sheet(glass: Glass, language: Language) -> Image.Image:
    """All pictures of one panel in one language, framed and named."""
    artist, font = Artist(glass.size, glass.mode), Fonts()[SMALL]
    drawn = [(name, artist.draw(view), box) for name, view, box in tiles(glass, language)]
    right, bottom = (max(box[at] for *_, box in drawn) for at in (2, 3))
    image = Image.new(glass.mode, (right + FRAME, bottom + FRAME + CAPTION))
    for name, picture, (left, top, end, foot) in drawn:
        image.paste("white", (left - 2, top - 2, end + 2, foot + 2))
        image.paste("black", (left - 1, top - 1, end + 1, foot + 1))
        image.paste(picture, (left, top))
        image.paste(font.line(name).convert(glass.mode), (left, foot + 4))
    return image


def page() -> str:
    """The handbook's page: a picture for each panel."""
    parts = [INTRODUCTION]
    for glass in GLASSES:
        name = str(glass).replace("-", ", ")
        shown, english = (path_of(glass, language).relative_to(DOCS) for language in Language)
        parts.append(
            f"## {name}\n\n{glass.kind} ([in English]({english})).\n\n![Every screen on {name}]({shown})\n"
        )
    return "\n".join(parts)


def main() -> None:
    """Write the page and every sheet, and remove those of nothing."""
    GOLDEN.mkdir(exist_ok=True)
    for path in GOLDEN.glob("*.png"):
        path.unlink()
    for glass, language in SHEETS:
        image = sheet(glass, language)
        kept = image if glass.mode == "1" else image.quantize(COLOURS, dither=Image.Dither.NONE)
        assert kept.convert(glass.mode).tobytes() == image.tobytes(), "more colours than were thought of"
        kept.save(path_of(glass, language), optimize=True)
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
