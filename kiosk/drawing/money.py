"""An amount in the largest figures that a box holds, `Rp` before them, or above where that is larger."""

from collections.abc import Iterator
from typing import Final

from PIL import Image

from kiosk.drawing.blocks import above, blank
from kiosk.drawing.fonts import HUGE, LARGE, MIDDLE, SMALL, Face, Fonts
from kiosk.drawing.words import grouped
from kiosk.errors import PictureError
from kiosk.model import Rupiah

_SIZES: Final = (
    (HUGE, LARGE, False),
    (HUGE, MIDDLE, False),
    (HUGE, SMALL, False),
    (HUGE, SMALL, True),
    (LARGE, MIDDLE, False),
    (LARGE, SMALL, False),
    (LARGE, SMALL, True),
    (MIDDLE, SMALL, False),
    (MIDDLE, SMALL, True),
)


def money(fonts: Fonts, amount: Rupiah, width: int) -> list[Image.Image]:
    """The amount in every size that is no wider than `width`, largest first."""
    sizes = list(_sizes(fonts, grouped(amount), width))
    if not sizes:
        raise PictureError(f"Rp {grouped(amount)} does not fit {width} pixels of width")
    return sizes


def _sizes(fonts: Fonts, figures: str, width: int) -> Iterator[Image.Image]:
    for face, unit, on_top in _SIZES:
        picture = _over(fonts, figures, face, unit) if on_top else _before(fonts, figures, face, unit)
        if picture.width <= width:
            yield picture


def _over(fonts: Fonts, figures: str, face: Face, unit: Face) -> Image.Image:
    return above([fonts[unit].line("Rp"), fonts[face].figures(figures)], gap=1)


def _before(fonts: Fonts, figures: str, face: Face, unit: Face) -> Image.Image:
    number, label = fonts[face].figures(figures), fonts[unit].figures("Rp")
    hanging = label.height - fonts[unit].figures("R").height
    image = blank(label.width + face.space // 2 + number.width, number.height + hanging)
    image.paste(label, (0, image.height - label.height))
    image.paste(number, (image.width - number.width, 0))
    return image
