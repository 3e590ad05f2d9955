"""A string is cut into runs of digits, capitals and bytes, so that it takes the fewest bits as a QR code.

Dynamic programming over the three modes of ISO/IEC 18004.  The cost of a header depends on the version only
through its class, so that three results serve all forty versions.
"""

from itertools import groupby
from typing import Final, Literal, NamedTuple, TypeAlias

Mode: TypeAlias = Literal[1, 2, 4]
"""A mode indicator of the standard."""

DIGITS: Final = 1
CAPITALS: Final = 2
BYTES: Final = 4

_MODES: Final[tuple[Mode, ...]] = (DIGITS, CAPITALS, BYTES)
_CHARACTERS: Final = {
    DIGITS: frozenset(b"0123456789"),
    CAPITALS: frozenset(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"),
    BYTES: frozenset(range(256)),
}

# Three digits take 10 bits, two capitals 11, a byte 8: each character costs whole sixths of a bit.
_SIXTHS: Final = (20, 33, 48)
_NEVER: Final = 1 << 40
_USABLE: Final = tuple(
    tuple(at for at, mode in enumerate(_MODES) if byte in _CHARACTERS[mode]) for byte in range(256)
)


class Segment(NamedTuple):
    """A run of bytes that is written in one mode."""

    mode: Mode
    data: bytes


class VersionClass(NamedTuple):
    """Versions that share their header; `headers` are bits, 4 of mode and the rest of length."""

    first: int
    last: int
    headers: tuple[int, int, int]


CLASSES: Final = (
    VersionClass(1, 9, (14, 13, 12)),
    VersionClass(10, 26, (16, 15, 20)),
    VersionClass(27, 40, (18, 17, 20)),
)


def best_segments(data: bytes, among: VersionClass) -> tuple[Segment, ...]:
    """The segments that take the fewest bits in any version of the class."""
    modes = _modes(data, among)
    runs = groupby(range(len(data)), modes.__getitem__)
    return tuple(Segment(_MODES[at], bytes(data[i] for i in run)) for at, run in runs)


def bits(segments: tuple[Segment, ...], among: VersionClass) -> int:
    """How many bits the segments take, headers included, the terminator not."""
    return sum(_bits(segment, among) for segment in segments)


def pieces(segments: tuple[Segment, ...], longest: int) -> tuple[Segment, ...]:
    """The same data in segments of at most so many characters; a multiple of six wastes only headers."""
    return tuple(
        Segment(mode, data[at : at + longest])
        for mode, data in segments
        for at in range(0, len(data), longest)
    )


def _bits(segment: Segment, among: VersionClass) -> int:
    at = _MODES.index(segment.mode)
    return among.headers[at] + _whole_bits(len(segment.data) * _SIXTHS[at]) // 6


def _whole_bits(sixths: int) -> int:
    return sixths + -sixths % 6


def _modes(data: bytes, among: VersionClass) -> list[int]:
    # costs[m]: the cheapest way, in sixths of a bit, to have written everything so far and be in mode m
    costs = [_NEVER] * 3
    finished, last = 0, 0
    trail: list[list[int]] = []
    for byte in data:
        grown, came = [_NEVER] * 3, [0] * 3
        for at in _USABLE[byte]:
            begun = finished + 6 * among.headers[at]
            grown[at] = min(costs[at], begun) + _SIXTHS[at]
            came[at] = last if begun < costs[at] else at
        costs = grown
        trail.append(came)
        finished, last = min((_whole_bits(cost), at) for at, cost in enumerate(costs))
    return _walked_back(trail, last)


def _walked_back(trail: list[list[int]], last: int) -> list[int]:
    modes: list[int] = []
    for came in reversed(trail):
        modes.append(last)
        last = came[last]
    return modes[::-1]
