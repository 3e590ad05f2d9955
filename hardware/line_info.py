"""Who holds a line of the header, asked of the kernel without taking it: nothing moves, nobody is disturbed.

The kernel's own interface (include/uapi/linux/gpio.h, version 2), which needs the right to open the chip and
no library.
"""

import os
import struct
from fcntl import ioctl
from pathlib import Path
from typing import Final, NamedTuple

from hardware.errors import DeviceMissing

_CHIP: Final = struct.Struct("32s32sI")
_CHIP_INFO: Final = 0x8044_B401
_LINE: Final = struct.Struct("32s32sIIQ160s16s")
_LINE_INFO: Final = 0xC100_B405
_USED, _OUTPUT = 1 << 0, 1 << 3
_HEADER: Final = "pinctrl-"
"""How the label begins of the chip behind the header: pinctrl-bcm2711, pinctrl-rp1."""


class Line(NamedTuple):
    """`holder` is the name that the holding program gave, "" where nobody holds it."""

    holder: str
    is_output: bool


def header_chip(devices: Path = Path("/dev")) -> Path:
    """The chip behind the header's pins; raises DeviceMissing with what a technician can do."""
    chips = sorted(devices.glob("gpiochip*"))
    if not chips:
        raise DeviceMissing(f"there is no {devices}/gpiochip*: this is no Raspberry Pi")
    for chip in chips:
        if _label(chip).startswith(_HEADER):
            return chip
    return chips[0]


def line_of(chip: Path, number: int) -> Line:
    """How a line stands now; raises DeviceMissing."""
    packed = _asked(chip, _LINE_INFO, _LINE.pack(b"", b"", number, 0, 0, b"", b""))
    _, holder, _, _, flags, *_ = _LINE.unpack(packed)
    named = _text(holder) or "a program without a name"
    return Line(named if flags & _USED else "", bool(flags & _OUTPUT))


def _label(chip: Path) -> str:
    return _text(_CHIP.unpack(_asked(chip, _CHIP_INFO, bytes(_CHIP.size)))[1])


def _asked(chip: Path, request: int, packed: bytes) -> bytes:
    try:
        descriptor = os.open(chip, os.O_RDWR | os.O_CLOEXEC)
        try:
            return ioctl(descriptor, request, packed)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise DeviceMissing(f"{chip} cannot be asked: {error.strerror}") from error


def _text(field: bytes) -> str:
    return field.partition(b"\0")[0].decode("ascii", "replace")
