"""Draws the golden pictures anew, a sheet for each panel and language, for a person to look at."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from PIL import Image

from kiosk.drawing import Artist
from kiosk.model import Language
from kiosk.screens import View
from tests.drawing.samples import golden_views

GOLDEN = Path(__file__).parent / "golden"
COLUMNS = 10
COLOURS = 8


class Glass(NamedTuple):
    """A panel's size, and the mode of its pictures."""

    width: int
    height: int
    mode: str = "1"

    @property
    def size(self) -> tuple[int, int]:
        return self.width, self.height

    def __str__(self) -> str:
        return f"{self.width}x{self.height}" + {"1": "", "L": "-grey", "RGB": "-colour"}[self.mode]


GLASSES = (
    Glass(128, 64),
    Glass(128, 128),
    Glass(128, 128, "L"),
    Glass(128, 128, "RGB"),
    Glass(256, 64, "L"),
    Glass(200, 200),
    Glass(250, 122),
    Glass(296, 128),
    Glass(400, 300),
)
"""Every panel there is a driver for, in every mode that one has."""

SHEETS = [(glass, language) for glass in GLASSES for language in Language]


def path_of(glass: Glass, language: Language) -> Path:
    """Where a panel's golden pictures are."""
    return GOLDEN / f"{glass}.{language}.png"


def tiles(glass: Glass, language: Language) -> Iterator[tuple[str, View, tuple[int, int, int, int]]]:
    """Each golden picture's name, what it shows, and its box on the sheet."""
    for count, (name, view) in enumerate(golden_views(language)):
        row, column = divmod(count, COLUMNS)
        left, top = column * glass.width, row * glass.height
        yield name, view, (left, top, left + glass.width, top + glass.height)


def sheet(glass: Glass, language: Language) -> Image.Image:
    """All pictures of one panel in one language, side by side."""
    artist = Artist(glass.size, glass.mode)
    drawn = [(artist.draw(view), box) for _, view, box in tiles(glass, language)]
    image = Image.new(glass.mode, (COLUMNS * glass.width, max(box[3] for _, box in drawn)))
    for picture, box in drawn:
        image.paste(picture, box)
    return image


def main() -> None:
    """Write every sheet, and remove those of nothing."""
    for path in GOLDEN.glob("*.png"):
        path.unlink()
    for glass, language in SHEETS:
        image = sheet(glass, language)
        kept = image if glass.mode == "1" else image.quantize(COLOURS, dither=Image.Dither.NONE)
        assert kept.convert(glass.mode).tobytes() == image.tobytes(), "more colours than were thought of"
        kept.save(path_of(glass, language), optimize=True)


if __name__ == "__main__":
    main()
