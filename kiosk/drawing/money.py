"""An amount in the largest figures that a box holds, `Rp` before them, or above where that is larger."""

from collections.abc import Iterator
from functools import cache
from itertools import groupby
from operator import itemgetter

from PIL import Image

from kiosk.drawing.blocks import above, blank
from kiosk.drawing.fonts import Face, Fonts, down_from
from kiosk.drawing.tones import PRICE, toned
from kiosk.drawing.words import grouped
from kiosk.errors import PictureError
from kiosk.model import Rupiah


@cache
def _settings(largest: Face) -> tuple[tuple[Face, Face, bool], ...]:
    """The figures' face, that of `Rp`, and whether this stands above, largest first."""
    return tuple(
        setting
        for face in down_from(largest)[:-1]
        for units in [down_from(face)[1:4]]
        for setting in (*((face, unit, False) for unit in units), (face, units[-1], True))
    )


def money(fonts: Fonts, amount: Rupiah, width: int, largest: Face) -> dict[Face, list[Image.Image]]:
    """By the face of its figures, the amount in every size that is no wider than `width`, largest first."""
    sizes = list(_sizes(fonts, grouped(amount), width, largest))
    if not sizes:
        raise PictureError(f"Rp {grouped(amount)} does not fit {width} pixels of width")
    return {face: [picture for _, picture in of] for face, of in groupby(sizes, itemgetter(0))}


def _sizes(fonts: Fonts, figures: str, width: int, largest: Face) -> Iterator[tuple[Face, Image.Image]]:
    for face, unit, on_top in _settings(largest):
        picture = _over(fonts, figures, face, unit) if on_top else _before(fonts, figures, face, unit)
        if picture.width <= width:
            yield face, toned(picture, PRICE)


def _over(fonts: Fonts, figures: str, face: Face, unit: Face) -> Image.Image:
    return above([fonts[unit].line("Rp"), fonts[face].figures(figures)], gap=1)


def _before(fonts: Fonts, figures: str, face: Face, unit: Face) -> Image.Image:
    number, label = fonts[face].figures(figures), fonts[unit].figures("Rp")
    hanging = label.height - fonts[unit].figures("R").height
    image = blank(label.width + face.space // 2 + number.width, number.height + hanging)
    image.paste(label, (0, image.height - label.height))
    image.paste(number, (image.width - number.width, 0))
    return image
