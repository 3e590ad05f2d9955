"""What the kiosk and the simulator's box say to each other, line by line."""

from collections.abc import Iterator
from typing import Annotated, TypeAlias

import msgspec
from msgspec import Meta, Struct

LONGEST_LINE = 64 * 1024
"""Bytes, the newline included."""


class BootLine(Struct, frozen=True, tag_field="t", tag="boot"):
    """Which boot is pretended, the seconds since, and what the inputs are; one not named is not active."""

    id: str
    elapsed: float
    inputs: dict[str, bool] = {}


class Shown(Struct, frozen=True, tag_field="t", tag="shown"):
    """The picture with this number is on the glass."""

    n: int


class Key(Struct, frozen=True, tag_field="t", tag="key"):
    """Somebody pressed a key."""

    key: Annotated[str, Meta(pattern="^[0-9#*]$")]


class Held(Struct, frozen=True, tag_field="t", tag="held"):
    """The key that was pressed last has been down for so long that holding it means something."""

    key: Annotated[str, Meta(pattern="^[0-9#*]$")]


class Touch(Struct, frozen=True, tag_field="t", tag="input"):
    """An input is active from now on, or no longer."""

    name: str
    active: bool


class Trouble(Struct, frozen=True, tag_field="t", tag="trouble"):
    """From now on this part fails: `panel`, `keypad`, `buzzer`, `output:NAME` or `input:NAME`."""

    part: str
    reason: str


class Heal(Struct, frozen=True, tag_field="t", tag="heal"):
    """The part works again."""

    part: str


class Picture(Struct, frozen=True, tag_field="t", tag="panel"):
    """A picture for the glass: Pillow's mode and bytes, base64 on the wire."""

    n: int
    size: tuple[int, int]
    mode: str
    pixels: bytes


class PanelOff(Struct, frozen=True, tag_field="t", tag="panel_off"):
    """Leave the glass without a picture."""


class Lamp(Struct, frozen=True, tag_field="t", tag="output"):
    """An output is energised, or no longer: since `at`, in seconds of the machine's monotonic clock.

    With 0 since the line came, which may be late.
    """

    name: str
    on: bool
    at: float = 0.0


class Sound(Struct, frozen=True, tag_field="t", tag="sound"):
    """A tune is played: pairs of hertz, 0 for silence, and milliseconds."""

    name: str
    notes: tuple[tuple[int, int], ...]


FromBox: TypeAlias = BootLine | Shown | Key | Held | Touch | Trouble | Heal
ToBox: TypeAlias = Picture | PanelOff | Lamp | Sound

_read = msgspec.json.Decoder(FromBox).decode
written = msgspec.json.Encoder().encode
"""A line to the box, without its end."""


def heard(said: bytes) -> FromBox:
    """A line from the box; raises ValueError for one that nobody understands."""
    try:
        line: FromBox = _read(said)
    except RecursionError:
        raise ValueError("a line is nested too deep") from None
    return line


class Lines:
    """Bytes in, whole lines out."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The lines that are whole now; raises ValueError when one is too long."""
        *whole, self._rest = (self._rest + data).split(b"\n")
        for line in whole:
            _check(line)
            yield line
        _check(self._rest)


def _check(line: bytes) -> None:
    if len(line) >= LONGEST_LINE:
        raise ValueError(f"a line is longer than {LONGEST_LINE} bytes")
