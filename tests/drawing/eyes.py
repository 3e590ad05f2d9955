"""Two decoders that stand for the phones: what they read in a picture that a camera would see."""

import ctypes.util
import os

import pytest
import zxingcpp
from PIL import Image, ImageFilter


def seen(picture: Image.Image, module: int, blur: float = 0.35, pixels: int = 6) -> Image.Image:
    """The picture as a camera sees it: on a dark bezel, so many pixels a module, out of focus.

    `blur` is its sigma in modules; at 0.6 hardly any code can be read.
    """
    grey = picture.convert("L")
    scale = pixels / module
    near = grey.resize((round(grey.width * scale), round(grey.height * scale)), Image.Resampling.NEAREST)
    framed = Image.new("L", (near.width + 8 * pixels, near.height + 8 * pixels), 40)
    framed.paste(near, (4 * pixels, 4 * pixels))
    return framed.filter(ImageFilter.GaussianBlur(blur * pixels))


_FORMATS = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)


def zxing(picture: Image.Image) -> list[bytes]:
    """What ZXing, the decoder of most Android cameras, reads."""
    return [found.bytes for found in zxingcpp.read_barcodes(picture, formats=_FORMATS)]


def zbar(picture: Image.Image) -> list[bytes]:
    """What ZBar reads; skips where its library is missing, and fails there in CI."""
    if ctypes.util.find_library("zbar") is None:
        missing = "libzbar0 is not installed"
        pytest.fail(missing) if os.environ.get("CI") == "true" else pytest.skip(missing)
    from pyzbar import pyzbar

    return [found.data for found in pyzbar.decode(picture, symbols=[pyzbar.ZBarSymbol.QRCODE])]
