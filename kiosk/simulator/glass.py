"""The panel's glass as the world sees it: pixels, and whatever code a camera finds in them."""

import base64
import io
from typing import Final

import zxingcpp
from PIL import Image, ImageOps

from hardware.lines import Picture

BLANK: Final = Image.new("1", (128, 64), 0)
QR: Final = zxingcpp.barcode_formats_from_str("QRCode")
ENLARGED: Final = 4
"""A phone sees more pixels than the panel has."""


class Glass:
    """What is on the panel right now; `number` grows with every change.

    `seen` holds every code that was ever on it, oldest first: a new one at each change, all of a picture
    that holds several.
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
        codes = read_codes(image)
        self.code = codes[0] if codes else ""
        if codes != self.seen[-len(codes) :]:
            self.seen += codes
        self.png = _as_png(image)
        self.number += 1


def read_codes(image: Image.Image) -> list[str]:
    """The texts of the codes in the picture, as a phone's camera reads them."""
    if image.getbbox() is None:
        return []
    seen = image.convert("L").resize(
        (image.width * ENLARGED, image.height * ENLARGED), Image.Resampling.NEAREST
    )
    return [code.text for code in zxingcpp.read_barcodes(ImageOps.expand(seen, 8, 0), formats=QR)]


def _as_png(image: Image.Image) -> str:
    png = io.BytesIO()
    image.save(png, "PNG")
    return base64.b64encode(png.getvalue()).decode()
