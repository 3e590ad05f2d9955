"""Ink that is more than ink: on a grey or colour panel the keys are dimmed, amounts and good news coloured.

A picture that is being composed holds tones instead of light; developing turns them into what the panel
shows.  On black and white every tone is ink.
"""

from typing import Final

from PIL import Image

QUIET: Final = 100
PRICE: Final = 180
GOOD: Final = 220

_LIGHT: Final = {
    "1": {QUIET: 255, PRICE: 255, GOOD: 255},
    "L": {QUIET: 136, PRICE: 255, GOOD: 255},
}
_COLOURS: Final = {QUIET: (136, 136, 136), PRICE: (255, 200, 90), GOOD: (120, 230, 130)}

MODES: Final = ("1", "L", "RGB")
"""The Pillow modes a panel may have."""


def toned(picture: Image.Image, tone: int) -> Image.Image:
    """The picture with all its ink in one tone."""
    image = Image.new("L", picture.size)
    image.paste(tone, mask=picture)
    return image


def developed(tones: Image.Image, mode: str, *, paper: bool) -> Image.Image:
    """What the panel shows: light ink on a dark ground, or on paper black on white."""
    if paper:
        return tones.point([255] + [0] * 255, "1").convert(mode)
    if mode == "RGB":
        return Image.merge("RGB", [tones.point(_table(_channel(at))) for at in range(3)])
    return tones.point(_table(_LIGHT[mode]), mode if mode == "1" else None)


def _channel(at: int) -> dict[int, int]:
    return {tone: colour[at] for tone, colour in _COLOURS.items()}


def _table(light: dict[int, int]) -> list[int]:
    return [0 if tone == 0 else light.get(tone, 255) for tone in range(256)]
