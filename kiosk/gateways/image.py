"""The code in a gateway's picture, for accounts whose answers carry no string.

Needs the extra `image`.  The picture is a stranger's: its size is read from its header before a single pixel
is unpacked.
"""

import zlib
from io import BytesIO
from typing import Final

from kiosk.errors import CodeError, MissingPart

LARGEST_PICTURE: Final = 256 * 1024
_WIDEST: Final = 2048
_PNG: Final = b"\x89PNG\r\n\x1a\n"


def code_in(picture: bytes) -> str:
    """The one QR code in a PNG; `CodeError` if it holds none or more, `MissingPart` without the extra."""
    _check_header(picture)
    try:
        import zxingcpp
        from PIL import Image
    except ImportError as error:
        raise MissingPart(
            "reading a code from a picture needs zxing-cpp: install the extra `image`"
        ) from error
    try:
        with Image.open(BytesIO(picture), formats=("PNG",)) as image:
            # QR only: among the modules of one code some other kind of bar code is "seen" now and then
            found = zxingcpp.read_barcodes(
                image.convert("L"), formats=zxingcpp.barcode_formats_from_str("QRCode")
            )
    except (OSError, SyntaxError, ValueError, EOFError, zlib.error, Image.DecompressionBombError):
        raise CodeError("the gateway's picture cannot be read") from None
    if len(found) != 1:
        raise CodeError(f"the gateway's picture holds {len(found)} codes, not one QR code")
    return found[0].text


def _check_header(picture: bytes) -> None:
    if picture[:8] != _PNG or picture[12:16] != b"IHDR":
        raise CodeError("the gateway's picture is no PNG")
    width, height = int.from_bytes(picture[16:20]), int.from_bytes(picture[20:24])
    if not (0 < width <= _WIDEST and 0 < height <= _WIDEST):
        raise CodeError(
            f"the gateway's picture is {width} by {height} pixels, at most {_WIDEST} will be read"
        )
