"""The QR engine: what it draws is read back by two decoders, and no smaller code could have held it."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image
from qrcode.constants import ERROR_CORRECT_H, ERROR_CORRECT_L, ERROR_CORRECT_M, ERROR_CORRECT_Q
from qrcode.main import QRCode

from kiosk.drawing.qr import FULL_QUIET, LEAST_QUIET, QrCode, encode, longest_code
from kiosk.errors import PictureError
from tests.drawing.eyes import seen, zbar, zxing
from tests.drawing.samples import DOKU_GENERATED, DOKU_PAID, GOPAY, INTERACTIVE
from tests.drawing.test_segments import fewest_bits

SAMPLES = {
    "interactive": INTERACTIVE,
    "doku paid": DOKU_PAID,
    "gopay": GOPAY,
    "doku generated": DOKU_GENERATED,
}

PRINTABLE = st.characters(min_codepoint=32, max_codepoint=126)
PAYLOADS = st.one_of(
    st.text(PRINTABLE, min_size=1, max_size=400),
    st.text("0123456789", min_size=1, max_size=400),
    st.text("01A", min_size=1, max_size=400),
    st.builds(
        lambda before, zeros, after: (before + "0" * zeros + after)[:400],
        st.text(PRINTABLE, max_size=40),
        st.integers(1, 360),
        st.text(PRINTABLE, max_size=40),
    ),
)

# Data bits of a code by version, from the table of ISO/IEC 18004: L, M, Q, H.
CAPACITY = {
    1: (152, 128, 104, 72),
    2: (272, 224, 176, 128),
    3: (440, 352, 272, 208),
    4: (640, 512, 384, 288),
}


LEVELS = (ERROR_CORRECT_L, ERROR_CORRECT_M, ERROR_CORRECT_Q, ERROR_CORRECT_H)


def payloads_read(code: QrCode) -> list[list[bytes]]:
    """What each decoder reads first while the camera comes into focus."""
    frames = [seen(code.picture(), code.module, blur) for blur in (0.4, 0.35, 0.25)]
    return [next(filter(None, map(decoder, frames)), []) for decoder in (zxing, zbar)]


@settings(max_examples=300, deadline=None)
@given(PAYLOADS)
@example("0" * 400)
@example("A" + "0" * 399)
@example("00" * 60 + "A" + "00" * 60)
@example("0")
@example(" ")
@example(" " * 400)
@example("~" * 400)
def test_both_decoders_read_any_payload_back(payload: str) -> None:
    code = encode(payload, 300)
    assert payloads_read(code) == [[payload.encode()]] * 2


@pytest.mark.parametrize("payload", SAMPLES.values(), ids=SAMPLES)
@pytest.mark.parametrize("side", [64, 122, 128, 200, 300])
def test_both_decoders_read_the_gateways_samples_on_every_panel(payload: str, side: int) -> None:
    assert payloads_read(encode(payload, side)) == [[payload.encode()]] * 2


def test_a_decoder_can_fail_to_read() -> None:
    """The blur is no formality: twice as much of it, and the very same code is not read."""
    worse = seen(encode(GOPAY, 64).picture(), 1, blur=0.7)
    assert (zxing(worse), zbar(worse)) == ([], [])


def test_a_decoder_reads_the_string_that_was_drawn_and_no_other() -> None:
    camera = seen(encode(GOPAY.replace("789000", "789001"), 64).picture(), 1)
    assert (zxing(camera) == [GOPAY.encode()], zbar(camera) == [GOPAY.encode()]) == (False, False)


def test_an_inverted_code_is_not_what_is_drawn() -> None:
    """Half of the decoders do not read light modules on a dark ground."""
    picture = encode(GOPAY, 64).picture()
    assert picture.crop((0, 0, picture.width, 4)).getextrema() == (255, 255)
    assert picture.getpixel((4, 4)) == 0


@pytest.mark.parametrize(
    ("payload", "drawn"),
    [
        (INTERACTIVE, (8, "M", 1, 4)),
        (DOKU_PAID, (9, "M", 1, 4)),
        (GOPAY, (9, "M", 1, 4)),
        (DOKU_GENERATED, (10, "M", 1, 3)),
    ],
    ids=SAMPLES,
)
def test_the_samples_have_the_best_code_64_pixels_can_hold(
    payload: str, drawn: tuple[int, str, int, int]
) -> None:
    code = encode(payload, 64)
    assert (code.version, code.level, code.module, code.quiet) == drawn


@given(st.text("019AZ:az", min_size=1, max_size=8), st.integers(25, 80))
@settings(deadline=None)
def test_no_other_segments_would_have_brought_a_smaller_version(payload: str, side: int) -> None:
    code = encode(payload, side)
    smaller = CAPACITY.get(code.version - 1)
    if smaller:
        assert fewest_bits(payload, (14, 13, 12)) > smaller["LMQH".index(code.level)]


@given(st.text(PRINTABLE, min_size=1, max_size=60), st.integers(60, 300))
@settings(deadline=None)
def test_the_code_fits_with_its_quiet_zone(payload: str, side: int) -> None:
    code = encode(payload, side)
    assert LEAST_QUIET <= code.quiet <= FULL_QUIET
    assert code.side <= side
    assert code.picture().size == (code.side, code.side)


@given(st.text(PRINTABLE, min_size=1, max_size=200), st.integers(60, 300))
@settings(deadline=None, max_examples=50)
def test_error_correction_never_costs_a_pixel_of_module_size(payload: str, side: int) -> None:
    """No code of the lowest level has larger modules in a full quiet zone."""
    lowest = QRCode(error_correction=ERROR_CORRECT_L)
    lowest.add_data(payload)
    assert side // (17 + 4 * lowest.version + 2 * FULL_QUIET) <= encode(payload, side).module


@given(st.text("0123456789", min_size=100, max_size=330), st.integers(60, 130))
@settings(deadline=None, max_examples=50)
def test_no_higher_level_would_have_fitted_as_large(payload: str, side: int) -> None:
    code = encode(payload, side)
    for level in LEVELS["LMQH".index(code.level) + 1 :]:
        higher = QRCode(error_correction=level)
        higher.add_data(payload)
        count = 17 + 4 * higher.version
        assert (count + 2 * code.quiet) * code.module > side


@pytest.mark.parametrize("zeros", range(20, 400, 13))
@pytest.mark.parametrize("before", ["", "A", "a", "12"])
def test_a_block_of_nothing_but_zeros_is_drawn_all_the_same(before: str, zeros: int) -> None:
    payload = before + "0" * zeros
    assert zxing(seen(encode(payload, 120).picture(), encode(payload, 120).module)) == [payload.encode()]


def test_a_long_run_of_zeros_is_still_read_under_more_blur() -> None:
    """Under a mask that makes a chessboard of them, zxing reads two of these at most."""
    codes = {payload: encode(payload, 120) for payload in ("A" + "0" * zeros for zeros in range(20, 400, 26))}
    blurred = {payload: seen(code.picture(), code.module, blur=0.5) for payload, code in codes.items()}
    read = [payload for payload, camera in blurred.items() if zxing(camera) == [payload.encode()]]
    assert len(read) >= len(codes) * 2 // 3


def test_letters_beyond_ascii_are_written_as_utf_8() -> None:
    payload = "00020101 最佳运输 Café"
    code = encode(payload, 122)
    assert payloads_read(code)[0] == [payload.encode()]


def test_a_code_that_does_not_fit_with_two_modules_of_quiet_is_refused() -> None:
    """Version 10 at L holds 271 bytes: 57 modules and a quiet zone of 3; version 11 has room for one."""
    assert encode("a" * 271, 64).quiet == 3
    with pytest.raises(PictureError, match="272 characters does not fit 64 pixels"):
        encode("a" * 272, 64)


@pytest.mark.parametrize("payload", ["", "0" * 7090, "half \ud800 character"])
def test_what_no_code_can_hold_is_refused(payload: str) -> None:
    with pytest.raises(PictureError):
        encode(payload, 1000)


def test_two_pixels_in_a_narrow_quiet_zone_beat_one_in_a_full_one() -> None:
    code = encode("a" * 271, 122)
    assert (code.version, code.module, code.quiet) == (10, 2, 2)


def test_a_larger_module_is_worth_two_modules_of_quiet_zone() -> None:
    """Version 7 at L has 45 modules: 53 with all of its quiet zone, 49 with the least."""
    drawn = [(code.module, code.quiet) for code in (encode(INTERACTIVE, side) for side in (293, 294, 318))]
    assert drawn == [(5, 4), (6, 2), (6, 4)]


def test_a_higher_level_is_worth_the_fourth_module_of_quiet_zone_and_no_more() -> None:
    """At level M GOPAY's code has 53 modules: 177 pixels with three of quiet zone; at L 49."""
    drawn = [(code.level, code.quiet) for code in (encode(GOPAY, side) for side in (176, 177, 183))]
    assert drawn == [("L", 4), ("M", 3), ("M", 4)]


@pytest.mark.parametrize("payload", SAMPLES.values(), ids=SAMPLES)
def test_the_promised_length_is_on_the_safe_side(payload: str) -> None:
    for side in (64, 122, 128):
        repeated = (payload * 9)[: longest_code(side)]
        assert encode(repeated, side).side <= side


def test_a_module_is_a_square_of_whole_pixels() -> None:
    code = encode(GOPAY, 200)
    small = code.picture().resize((code.side // code.module,) * 2, Image.Resampling.NEAREST)
    assert small.resize((code.side,) * 2, Image.Resampling.NEAREST).tobytes() == code.picture().tobytes()
