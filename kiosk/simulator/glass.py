"""The panel's glass as the world sees it: pixels, and whatever code a camera finds in them."""

import base64
import io
from typing import Final

import zxingcpp
from PIL import Image, ImageOps

from hardware.link import Picture

BLANK: Final = Image.new("1", (128, 64), 0)
QR: Final = zxingcpp.barcode_formats_from_str("QRCode")
ENLARGED: Final = 4
"""A phone sees more pixels than the panel has."""


class Glass:
    """What is on the panel right now; `number` grows with every change.

    `seen` holds every code that was ever on it, each change once, oldest first.
    """

    def __init__(self) -> None:
        self.number = 0
        self.seen: list[str] = []
        self.is_lit = False
        self._show(BLANK)

    def take(self, picture: Picture) -> None:
        """Put a picture on the glass; raises ValueError when its bytes are none of that size."""
        self._show(Image.frombytes(picture.mode, picture.size, picture.pixels))
        self.is_lit = True

    def darken(self) -> None:
        """An OLED without power, or switched off, shows nothing."""
        self._show(Image.new(self.image.mode, self.image.size, 0))
        self.is_lit = False

    def _show(self, image: Image.Image) -> None:
        self.image = image
        self.code = read_code(image)
        if self.code and self.seen[-1:] != [self.code]:
            self.seen.append(self.code)
        self.png = _as_png(image)
        self.number += 1


def read_code(image: Image.Image) -> str:
    """The text of the code in the picture, as a phone's camera reads it; empty where it finds none."""
    if image.getbbox() is None:
        return ""
    seen = image.convert("L").resize(
        (image.width * ENLARGED, image.height * ENLARGED), Image.Resampling.NEAREST
    )
    codes = zxingcpp.read_barcodes(ImageOps.expand(seen, 8, 0), formats=QR)
    return codes[0].text if codes else ""


def _as_png(image: Image.Image) -> str:
    png = io.BytesIO()
    image.save(png, "PNG")
    return base64.b64encode(png.getvalue()).decode()
