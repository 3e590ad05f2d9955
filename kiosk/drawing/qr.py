"""The QR engine for small panels: the largest modules first, then error correction, then the quiet zone.

A QRIS string is mostly digits, so optimal segments bring it from version 10 to 7 or 8, and the modules that
this saves are spent on error correction as long as it costs neither a pixel of module size nor more than the
fourth module of quiet zone.  Modules are whole pixels, dark on a light ground; the string is never edited.
The order was measured: docs/decodability.md.
"""

from bisect import bisect_left
from collections.abc import Iterator
from typing import Final, NamedTuple

from msgspec import Struct
from PIL import Image
from qrcode.constants import ERROR_CORRECT_H, ERROR_CORRECT_L, ERROR_CORRECT_M, ERROR_CORRECT_Q
from qrcode.main import QRCode
from qrcode.util import BIT_LIMIT_TABLE, QRData

from kiosk.drawing.segments import CLASSES, Segment, best_segments, bits, pieces
from kiosk.errors import PictureError

LONGEST: Final = 7089
"""No QR code holds more characters."""

FULL_QUIET, GOOD_QUIET, LEAST_QUIET = 4, 3, 2
"""Modules of light around the code: what the standard asks for, what is read as well, what is read still."""

# Chosen once instead of by score, which takes four times as long as all the rest.  Of the eight it is among
# the two that both decoders read most of in the bench of docs/decodability.md, and it makes no
# chessboard of a long run of zeros, as mask 0 does and 5 and 7 nearly do: blurred, few of those are read.
_MASK: Final = 2

_LEVELS: Final = {"L": ERROR_CORRECT_L, "M": ERROR_CORRECT_M, "Q": ERROR_CORRECT_Q, "H": ERROR_CORRECT_H}
_RANKS: Final = "LMQH"
LEVELS: Final = tuple(_RANKS)
"""From the weakest error correction to the strongest."""

# Characters a segment; 0 leaves the optimal segments whole.
_CUTS: Final = (0, 240, 120, 60, 30, 12)


class QrCode(Struct, frozen=True):
    """A code as it will be drawn: `module` in pixels, `quiet` in modules, `matrix` true where dark."""

    version: int
    level: str
    module: int
    quiet: int
    matrix: tuple[tuple[bool, ...], ...]

    @property
    def side(self) -> int:
        """Pixels of the square the code takes, quiet zone included."""
        return self.module * (len(self.matrix) + 2 * self.quiet)

    def picture(self) -> Image.Image:
        """The code in its quiet zone, mode `1`: ground lit, modules dark."""
        count = len(self.matrix)
        dots = bytes(0 if dark else 255 for row in self.matrix for dark in row)
        code = Image.frombytes("L", (count, count), dots)
        code = code.resize((count * self.module,) * 2, Image.Resampling.NEAREST)
        image = Image.new("1", (self.side, self.side), 255)
        image.paste(code.convert("1", dither=Image.Dither.NONE), (self.quiet * self.module,) * 2)
        return image


class Need(NamedTuple):
    """The smallest version that holds a string at one level, the bits it takes there, and those there are."""

    version: int
    bits: int
    limit: int

    @property
    def modules(self) -> int:
        """Of a side, without the quiet zone."""
        return 4 * self.version + 17


class _Plan(NamedTuple):
    """One way to write a string, ordered by how well a phone will read it.

    `good` is the quiet zone as far as it counts more than the level, `rank`.
    """

    module: int
    good: int
    rank: int
    quiet: int
    spare: int
    version: int
    segments: tuple[Segment, ...]


def encode(payload: str, side: int) -> QrCode:
    """The code that phones read best on a square of so many pixels; `PictureError` where none fits."""
    data = _data(payload)
    for plan in _plans(data, side):
        matrix = _matrix(plan)
        if matrix:
            return QrCode(plan.version, _RANKS[plan.rank], plan.module, plan.quiet, matrix)
    raise PictureError(f"a code of {len(data)} characters does not fit {side} pixels: use a larger panel")


def best_side(payload: str, sides: tuple[int, ...]) -> int:
    """The first of these squares on which the code is as large, quiet and strong as on any."""
    if len(sides) == 1:
        return sides[0]
    data = _data(payload)
    plans = [next(_plans(data, side), None) for side in sides]
    worths = [plan[:3] if plan else (0, 0, 0) for plan in plans]
    return sides[worths.index(max(worths))]


def needed(payload: str, level: str) -> Need | None:
    """What the string needs at an error correction level, L, M, Q or H; None where no version holds it."""
    data, limits = _data(payload), BIT_LIMIT_TABLE[_LEVELS[level]]
    for among in CLASSES:
        taken = bits(best_segments(data, among), among)
        version = bisect_left(limits, taken, among.first, among.last + 1)
        if version <= among.last:
            return Need(version, taken, limits[version])
    return None


def longest_code(side: int) -> int:
    """How many characters of a QRIS string surely fit; real ones take 5.1 to 5.8 bits a character."""
    limits = BIT_LIMIT_TABLE[_LEVELS["L"]]
    return max((limits[version] // 6 for version in range(1, 41) if _room(version, side)), default=0)


def _data(payload: str) -> bytes:
    try:
        return payload.encode()
    except UnicodeEncodeError as error:
        raise PictureError("a code with half a character in it cannot be drawn") from error


def _plans(data: bytes, side: int) -> Iterator[_Plan]:
    if not 0 < len(data) <= LONGEST:
        return
    best = {among.first: best_segments(data, among) for among in CLASSES if _room(among.first, side)}
    yield from sorted(_fitting(best, 0, side), reverse=True)[:1]
    yield from sorted((plan for cut in _CUTS for plan in _fitting(best, cut, side)), reverse=True)


def _fitting(best: dict[int, tuple[Segment, ...]], cut: int, side: int) -> Iterator[_Plan]:
    segments = {first: pieces(whole, cut) if cut else whole for first, whole in best.items()}
    for rank, level in enumerate(_RANKS):
        plan = _smallest(segments, rank, BIT_LIMIT_TABLE[_LEVELS[level]], side)
        if plan:
            yield plan


def _smallest(
    segments: dict[int, tuple[Segment, ...]], rank: int, limits: list[int], side: int
) -> _Plan | None:
    for among in CLASSES:
        if among.first not in segments:
            continue
        needed = bits(segments[among.first], among)
        version = bisect_left(limits, needed, among.first, among.last + 1)
        if version <= among.last and (room := _room(version, side)):
            module, quiet = room
            good = min(quiet, GOOD_QUIET)
            return _Plan(module, good, rank, quiet, -needed, version, segments[among.first])
    return None


def _room(version: int, side: int) -> tuple[int, int] | None:
    count = 4 * version + 17
    module = side // (count + 2 * LEAST_QUIET)  # a larger module is worth more than a wide quiet zone
    if not module:
        return None
    return module, min(FULL_QUIET, (side - count * module) // (2 * module))


def _matrix(plan: _Plan) -> tuple[tuple[bool, ...], ...] | None:
    """None where the encoder fails: it takes the logarithm of a block of nothing but zeros.

    A long run of zeros fills such a block; cut into pieces, every block holds a bit of a header.
    """
    level = _LEVELS[_RANKS[plan.rank]]
    code = QRCode(version=plan.version, error_correction=level, mask_pattern=_MASK)
    for mode, data in plan.segments:
        code.add_data(QRData(data, mode=mode), optimize=0)
    try:
        code.make(fit=False)
    except ValueError:
        return None
    return tuple(tuple(map(bool, row)) for row in code.modules)
