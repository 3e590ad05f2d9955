"""The two decoders, fed with frames instead of pictures."""

from collections.abc import Callable
from typing import Final

import numpy as np
import zxingcpp
from numpy.typing import NDArray
from PIL import Image

Frame = NDArray[np.uint8]

_FORMATS: Final = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)


def _zxing(frame: Frame, payload: bytes) -> bool:
    return any(found.bytes == payload for found in zxingcpp.read_barcodes(frame, formats=_FORMATS))


def _zbar(frame: Frame, payload: bytes) -> bool:
    from pyzbar import pyzbar  # fails where its library is not installed

    found = pyzbar.decode(Image.fromarray(frame), symbols=[pyzbar.ZBarSymbol.QRCODE])
    return any(each.data == payload for each in found)


READERS: Final[dict[str, Callable[[Frame, bytes], bool]]] = {"zxing": _zxing, "zbar": _zbar}
"""Whether each reads exactly this payload in a frame."""
