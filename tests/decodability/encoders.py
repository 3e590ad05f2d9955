"""Who draws a code on a panel: this machine, and others as they are commonly used, on the same glass.

The others get the whole height of the glass and no words beside; this machine shows its real page, with
price, name, time left and keys.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

import qrcode
import segno
from PIL import Image, ImageOps
from qrcode.constants import ERROR_CORRECT_L, ERROR_CORRECT_M

from kiosk.drawing import render
from tests.decodability.glasses import Glass

_QUIET: Final = 4
Matrix = list[list[bool]]


class Encoder(NamedTuple):
    """One way to bring a string onto the glass: the picture in mode `1`, lit dots white."""

    name: str
    about: str
    draw: Callable[[str, Glass], Image.Image]


def _ours(payload: str, glass: Glass) -> Image.Image:
    return render(payload, glass.size)[0]


def _inverted(payload: str, glass: Glass) -> Image.Image:
    return ImageOps.invert(_ours(payload, glass).convert("L")).convert("1")


def _qrcode(payload: str, level: int, optimize: int = 20) -> Matrix:
    code = qrcode.QRCode(version=None, error_correction=level, border=0)
    code.add_data(payload, optimize=optimize)
    code.make(fit=True)
    return [[bool(dark) for dark in row] for row in code.get_matrix()]


def _segno(payload: str) -> Matrix:
    return [[bool(dark) for dark in row] for row in segno.make_qr(payload).matrix]


def _dots(matrix: Matrix, module: int, quiet: int) -> Image.Image:
    count = len(matrix)
    dots = bytes(0 if dark else 255 for row in matrix for dark in row)
    code = Image.frombytes("L", (count, count), dots)
    code = code.resize((count * module,) * 2, Image.Resampling.NEAREST)
    return ImageOps.expand(code, quiet * module, 255).convert("1")


def _whole(matrix: Matrix, side: int) -> Image.Image:
    """Whole pixels a module, as careful people do: the border gives way when it must."""
    count = len(matrix)
    module = max(1, side // (count + 2 * _QUIET))
    quiet = max(0, min(_QUIET, (side - count * module) // (2 * module)))
    picture = _dots(matrix, module, quiet)
    return picture if picture.width <= side else _resized(matrix, side)


def _resized(matrix: Matrix, side: int) -> Image.Image:
    """Made large with its border and then resized to fit, as most do."""
    return _dots(matrix, 10, _QUIET).resize((side, side))


def _placed(code: Image.Image, glass: Glass) -> Image.Image:
    picture = Image.new("1", glass.size, 255 if glass.paper else 0)
    picture.paste(code, ((glass.side - code.width) // 2, (glass.size[1] - code.height) // 2))
    return picture


def _by(
    make: Callable[[str], Matrix], fit: Callable[[Matrix, int], Image.Image]
) -> Callable[..., Image.Image]:
    return lambda payload, glass: _placed(fit(make(payload), glass.side), glass)


OURS: Final = "ours"
INVERTED: Final = "ours, inverted"
ENCODERS: Final = {
    encoder.name: encoder
    for encoder in (
        Encoder(OURS, "the page that `kiosk render` draws, words and all", _ours),
        Encoder(
            "qrcode",
            "`QRCode(version=None)`, level M as by default, `make(fit=True)`, resized to the glass",
            _by(lambda payload: _qrcode(payload, ERROR_CORRECT_M), _resized),
        ),
        Encoder(
            "qrcode, whole pixels",
            "the same with the largest `box_size` of whole pixels; the border gives way where it must",
            _by(lambda payload: _qrcode(payload, ERROR_CORRECT_M), _whole),
        ),
        Encoder(
            "qrcode L",
            "whole pixels with `ERROR_CORRECT_L`",
            _by(lambda payload: _qrcode(payload, ERROR_CORRECT_L), _whole),
        ),
        Encoder(
            "qrcode L, optimize=0",
            "the same without segments",
            _by(lambda payload: _qrcode(payload, ERROR_CORRECT_L, 0), _whole),
        ),
        Encoder(
            "segno",
            "`segno.make_qr(payload)`, which raises the level while the version stays, whole pixels",
            _by(_segno, _whole),
        ),
        Encoder(INVERTED, "the same page with lit modules on a dark ground", _inverted),
    )
}
"""By name; this machine first."""
