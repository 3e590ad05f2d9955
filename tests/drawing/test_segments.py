"""Segments take as few bits as any: every way to cut a string is tried."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kiosk.drawing.segments import BYTES, CAPITALS, CLASSES, DIGITS, Segment, best_segments, bits, pieces
from tests.drawing.samples import DOKU_GENERATED, DOKU_PAID, GOPAY, INTERACTIVE

CHARACTERS = {DIGITS: "0123456789", CAPITALS: "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"}


def cost(mode: int, length: int, headers: tuple[int, int, int]) -> int:
    """Bits of one segment, counted as ISO/IEC 18004 says it: in threes, in pairs, one by one."""
    if mode == DIGITS:
        return headers[0] + 10 * (length // 3) + (0, 4, 7)[length % 3]
    if mode == CAPITALS:
        return headers[1] + 11 * (length // 2) + 6 * (length % 2)
    return headers[2] + 8 * length


def can(mode: int, letter: str) -> bool:
    return mode == BYTES or letter in CHARACTERS[mode]


def fewest_bits(text: str, headers: tuple[int, int, int]) -> int:
    """The cheapest of all ways to cut the text: of every first segment and the cheapest rest."""
    rest = [0] * (len(text) + 1)
    for start in reversed(range(len(text))):
        rest[start] = min(
            cost(mode, end - start, headers) + rest[end]
            for mode in (DIGITS, CAPITALS, BYTES)
            for end in range(start + 1, len(text) + 1)
            if all(can(mode, letter) for letter in text[start:end])
        )
    return rest[0]


@given(st.text("019AZ:az", min_size=1, max_size=20))
@example("000000A00000")
@example("a00000000000")
@example("AAAAAA000aaa")
def test_no_other_segments_take_fewer_bits(text: str) -> None:
    for among in CLASSES:
        assert bits(best_segments(text.encode(), among), among) == fewest_bits(text, among.headers)


@given(st.text(max_size=200))
def test_segments_hold_the_string_and_nothing_else(text: str) -> None:
    for among in CLASSES:
        segments = best_segments(text.encode(), among)
        assert b"".join(segment.data for segment in segments) == text.encode()
        assert all(can(segment.mode, chr(byte)) for segment in segments for byte in segment.data)


@pytest.mark.parametrize(
    ("code", "small", "middle"),
    [(INTERACTIVE, 1232, 1262), (DOKU_PAID, 1406, 1452), (GOPAY, 1412, 1454), (DOKU_GENERATED, 1465, 1507)],
)
def test_the_gateways_own_samples_take_their_proven_optimum(code: str, small: int, middle: int) -> None:
    taken = [bits(best_segments(code.encode(), among), among) for among in CLASSES[:2]]
    assert taken == [small, middle]


def test_pieces_are_no_longer_than_asked_and_hold_the_same() -> None:
    whole = (Segment(DIGITS, b"0" * 100), Segment(BYTES, b"abc"))
    assert pieces(whole, 60) == (
        Segment(DIGITS, b"0" * 60),
        Segment(DIGITS, b"0" * 40),
        Segment(BYTES, b"abc"),
    )
