"""OLED controllers as luma.oled knows them, made to say what they would send instead of sending it.

luma keeps three habits that we cannot: it talks to the bus in its constructors, it blanks the glass in a hook
of its own when the process ends, and it packs grey and coloured pictures dot by dot in Python.
"""

from typing import Any, Final, NamedTuple

import luma.oled.device
from PIL import Image

DISPLAY_OFF: Final = 0xAE
DISPLAY_ON: Final = 0xAF
_SHADES, _EVEN_SHADES = 0xB8, 0xB9


class Transfer(NamedTuple):
    """Bytes in one direction of the D/C line."""

    is_data: bool
    sent: bytes


class Recorder:
    """A serial interface, as luma calls it, that keeps what is sent through it."""

    def __init__(self) -> None:
        self._kept: list[Transfer] = []

    def command(self, *command: int) -> None:
        self._kept.append(Transfer(False, bytes(command)))

    def data(self, data: list[int] | bytes) -> None:
        self._kept.append(Transfer(True, bytes(data)))

    def take(self) -> tuple[Transfer, ...]:
        """What was kept since it was last asked."""
        kept, self._kept = tuple(self._kept), []
        return kept


class _Pixels:
    """What luma reads of a picture, for each pixel a byte; the method it uses leaves Pillow in version 14."""

    def __init__(self, image: Image.Image) -> None:
        self._image = image

    def getdata(self) -> bytes:
        return self._image.convert("L").tobytes()

    def load(self) -> Any:
        return self._image.load()


class _Luma:
    """Put before a controller of luma's."""

    def preprocess(self, image: Image.Image) -> _Pixels:
        return _Pixels(self.turned(image))

    def turned(self, image: Image.Image) -> Image.Image:
        """The picture as the controller's memory holds it."""
        turned: Image.Image = super().preprocess(image)  # type: ignore[misc]  # luma's, it has no types
        return turned

    def clear(self) -> None:
        """Leave the first picture to the driver."""

    def show(self) -> None:
        """Leave switching on to the driver."""

    def cleanup(self) -> None:
        """Leave the end to the driver."""


class _Whole(_Luma):
    """A controller of many bits a pixel; each picture is written whole, memory may have been lost."""

    _w: int
    _h: int

    def display(self, image: Image.Image) -> None:
        self._set_position(0, self._w, self._h, 0)  # type: ignore[attr-defined]  # luma's
        self.data(self.packed(self.turned(image)))  # type: ignore[attr-defined]  # luma's

    def packed(self, image: Image.Image) -> bytes:
        """The picture as the controller's memory wants it."""
        raise NotImplementedError


class _Grey(_Whole):
    """Four bits a pixel, two pixels a byte."""

    _nibble_order: int

    def packed(self, image: Image.Image) -> bytes:
        dots = image.tobytes()
        left, right = dots[0::2], dots[1::2]
        first, second = (right, left) if self._nibble_order else (left, right)
        return bytes(high & 0xF0 | low >> 4 for high, low in zip(first, second, strict=True))


class _Coloured(_Whole):
    """Five, six and five bits a pixel, two bytes a pixel."""

    def packed(self, image: Image.Image) -> bytes:
        red, green, blue = (band.tobytes() for band in image.split())
        packed = bytearray(2 * len(red))
        packed[0::2] = bytes(r & 0xF8 | g >> 5 for r, g in zip(red, green, strict=True))
        packed[1::2] = bytes(g << 3 & 0xE0 | b >> 3 for g, b in zip(green, blue, strict=True))
        return bytes(packed)


class Ssd1306(_Luma, luma.oled.device.ssd1306):  # type: ignore[misc]  # luma has no types
    """Pages of eight rows."""


class Sh1106(_Luma, luma.oled.device.sh1106):  # type: ignore[misc]  # luma has no types
    """Pages of 132 columns."""


class Ssd1309(_Luma, luma.oled.device.ssd1309):  # type: ignore[misc]  # luma has no types
    """Pages of eight rows, no charge pump."""


class Sh1107(_Luma, luma.oled.device.sh1107):  # type: ignore[misc]  # luma has no types
    """Sixteen pages."""


class Ssd1327(_Grey, luma.oled.device.ssd1327):  # type: ignore[misc]  # luma has no types
    """Grey, 128x128.

    luma sends it the shades of another controller, too few of them: this one would take the commands that
    follow for the rest.  Its own even shades are chosen instead.
    """

    def command(self, *command: int) -> None:
        super().command(*((_EVEN_SHADES,) if command[0] == _SHADES else command))


class Ssd1362(_Grey, luma.oled.device.ssd1362):  # type: ignore[misc]  # luma has no types
    """Grey, 256x64."""


class Ssd1322(_Grey, luma.oled.device.ssd1322):  # type: ignore[misc]  # luma has no types
    """Grey, 256x64 in the middle of 480 columns."""


class Ssd1351(_Coloured, luma.oled.device.ssd1351):  # type: ignore[misc]  # luma has no types
    """Colour."""
