"""From a QR string to the picture of a panel, beside two encoders as they are commonly used.

Ours is the whole screen: code, amount, countdown, claim code.  The others draw the code alone, and fit it to
the panel's height, as examples on the web do.
"""

import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import count
from typing import Final

import qrcode
import segno
from PIL import Image

from kiosk.drawing import Artist
from kiosk.drawing.qr import needed
from kiosk.drawing.segments import CLASSES
from kiosk.model import Rupiah
from kiosk.screens import PayByCode, View
from tests.bench.figures import Effort, Row, Target, alone, compared
from tests.drawing.samples import DOKU_GENERATED, DOKU_PAID, GOPAY, INTERACTIVE
from tests.drawing.test_segments import fewest_bits

ROUNDS: Final = {Effort.TASTE: 1, Effort.QUICK: 5, Effort.USUAL: 31, Effort.LONG: 301}
SAMPLES: Final = (GOPAY, INTERACTIVE, DOKU_GENERATED, DOKU_PAID)
PANEL: Final = (128, 64)
THRICE: Final = Target(least=3)
LEVEL: Final = "M"
Way = Callable[[str], Image.Image]
BITS_OF_M: Final = (0, 128, 224, 352, 512, 688, 864, 992, 1232, 1456, 1728, 2032, 2320, 2672, 2920, 3320)
"""Data bits of a code of level M, by version; ISO/IEC 18004, table 7."""


def measure(effort: Effort, tell: Callable[[str], None]) -> list[Row]:
    """Each round draws all samples with each; nothing is drawn twice, since a desk keeps what it drew."""
    ours, common, other = list[float](), list[float](), list[float]()
    draw, fresh = partial(_screen, Artist(PANEL)), count()
    tell(f"{ROUNDS[effort]} rounds of {len(SAMPLES)} codes")
    for number in range(ROUNDS[effort] + 1):
        codes = [_another(sample, next(fresh)) for sample in SAMPLES]
        turns: list[tuple[Way, list[float]]] = [(draw, ours), (_qrcode, common), (_segno, other)]
        for way, kept in turns if number % 2 else turns[::-1]:
            kept.append(_milliseconds(way, codes))
    del ours[0], common[0], other[0]  # the first only warms up
    proven = SAMPLES[:1] if effort is Effort.TASTE else SAMPLES
    tell("every way to cut the samples")
    return [
        compared("string to picture", "ms", ours, "qrcode.make, resize", common),
        compared("string to picture", "ms", ours, "segno, resize", other),
        alone("faster than qrcode.make, quickest of each", "times", [min(common) / min(ours)], THRICE),
        alone("versions above the proven optimum", "versions", _excess(proven), Target(most=0)),
        compared(
            "version", "", _versions(SAMPLES), "qrcode.make", [_common_version(each) for each in SAMPLES]
        ),
        compared("version", "", _versions(SAMPLES), "segno", [_segno_version(each) for each in SAMPLES]),
    ]


def _another(sample: str, number: int) -> str:
    """The same kind of string, of the same length."""
    return sample[:-4] + f"{number:04d}"


def _milliseconds(way: Way, codes: list[str]) -> float:
    begun = time.perf_counter()
    for each in codes:
        way(each)
    return (time.perf_counter() - begun) * 1000 / len(codes)


def _screen(artist: Artist, payload: str) -> Image.Image:
    return artist.draw(View(PayByCode(payload, Rupiah(12_500), "Kopi Kita", 180, "048217")))


def _qrcode(payload: str) -> Image.Image:
    return _fitted(qrcode.make(payload).get_image().convert("1"))


def _segno(payload: str) -> Image.Image:
    code = segno.make(payload, micro=False)
    rows = [bytes(0 if dark else 255 for dark in row) for row in code.matrix_iter(border=4)]
    return _fitted(Image.frombytes("L", (len(rows), len(rows)), b"".join(rows)).convert("1"))


def _fitted(code: Image.Image) -> Image.Image:
    picture = Image.new("1", PANEL)
    picture.paste(code.resize((PANEL[1], PANEL[1]), Image.Resampling.NEAREST))
    return picture


def _versions(codes: Sequence[str]) -> list[float]:
    return [float(need.version) if (need := needed(each, LEVEL)) else 0.0 for each in codes]


def _excess(codes: Sequence[str]) -> list[float]:
    """Ours above the least that any way to cut the string into segments could have."""
    return [ours - _least(each) for ours, each in zip(_versions(codes), codes, strict=True)]


def _least(payload: str) -> int:
    for among in CLASSES[:2]:
        bits = fewest_bits(payload, among.headers)
        for version in range(among.first, min(among.last + 1, len(BITS_OF_M))):
            if bits <= BITS_OF_M[version]:
                return version
    raise AssertionError("no sample is that long")


def _common_version(payload: str) -> float:
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M)
    code.add_data(payload)
    return float(code.best_fit())


def _segno_version(payload: str) -> float:
    return float(segno.make(payload, micro=False, error=LEVEL, boost_error=False).version)
