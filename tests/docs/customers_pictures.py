"""The pictures of docs/customers.md: what a customer sees, in both languages beside each other.

python -m tests.docs.customers_pictures    draws them; scripts/golden does so too
"""

import re
from pathlib import Path
from typing import Final

from PIL import Image

from kiosk.drawing import Artist
from kiosk.model import Language
from kiosk.screens import View
from tests.drawing.samples import USUAL

DOCS: Final = Path(__file__).parents[2] / "docs"
PAGE: Final = DOCS / "customers.md"
FOLDER: Final = DOCS / "customers"
SIZE: Final = (128, 128)
LARGER, FRAME, COLOURS = 2, 3, 16


def named() -> list[str]:
    """The screens that the page shows, in its order."""
    return re.findall(r"\(customers/([a-z-]+)\.png\)", PAGE.read_text(encoding="utf-8"))


def picture(name: str) -> Image.Image:
    """A screen in Indonesian, and beside it in English."""
    artist = Artist(SIZE, "RGB")
    drawn = [artist.draw(View(USUAL[name], language)) for language in Language]
    width, height = (LARGER * each for each in SIZE)
    image = Image.new("RGB", (2 * width + 3 * FRAME, height + 2 * FRAME), "grey")
    for number, one in enumerate(drawn):
        larger = one.resize((width, height), Image.Resampling.NEAREST)
        image.paste(larger, (FRAME + number * (width + FRAME), FRAME))
    return image


def opened(name: str) -> Image.Image:
    """The picture as it was kept."""
    with Image.open(FOLDER / f"{name}.png") as kept:
        return kept.convert("RGB")


def main() -> None:
    """Draw them all, and remove those of nothing."""
    FOLDER.mkdir(exist_ok=True)
    for path in FOLDER.glob("*.png"):
        path.unlink()
    for name in named():
        few = picture(name).quantize(COLOURS, dither=Image.Dither.NONE)
        few.save(FOLDER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
