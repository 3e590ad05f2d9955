"""Draws the golden pictures anew; a person looks at the sheet before committing them."""

import sys
from pathlib import Path

from PIL import Image

from kiosk.drawing import Artist
from tests.drawing.samples import golden_views

GOLDEN = Path(__file__).parent / "golden"
SIZE = (128, 64)
ENLARGED, COLUMNS, GAP = 4, 4, 12


def main(words: list[str]) -> None:
    """Write every picture, remove those of nothing, and put them all on a sheet where a path is given."""
    artist = Artist(SIZE)
    drawn = {name: artist.draw(view) for name, view in golden_views()}
    for path in GOLDEN.glob("*.png"):
        path.unlink()
    for name, picture in drawn.items():
        picture.save(GOLDEN / f"{name}.png", optimize=True)
    if words:
        sheet(list(drawn.values())).save(words[0])


def sheet(pictures: list[Image.Image]) -> Image.Image:
    """All pictures enlarged, in rows."""
    width, height = SIZE[0] * ENLARGED, SIZE[1] * ENLARGED
    rows = -(-len(pictures) // COLUMNS)
    image = Image.new("L", (COLUMNS * (width + GAP) + GAP, rows * (height + GAP) + GAP), 90)
    for count, picture in enumerate(pictures):
        row, column = divmod(count, COLUMNS)
        enlarged = picture.convert("L").resize((width, height), Image.Resampling.NEAREST)
        image.paste(enlarged, (GAP + column * (width + GAP), GAP + row * (height + GAP)))
    return image


if __name__ == "__main__":
    main(sys.argv[1:])
