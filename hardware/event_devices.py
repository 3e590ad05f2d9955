"""The kernel's event devices, /dev/input/event*, spoken to without a package.

The numbers of the ioctls are made as the kernel's own header makes them, and are the same on ARM and x86.
"""

import fcntl
import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple, Protocol

EVENT: Final = struct.Struct("llHHi")
"""One event: seconds, microseconds, type, code, value; 24 bytes on a 64-bit system."""
SYNC, KEY = 0, 1
"""Types of events."""
DROPPED: Final = 3
"""The code of a `SYNC` by which the kernel says that events were lost."""
UP, DOWN = 0, 1
"""Values of a `KEY`; 2 is the kernel's own repeat of a key that is held."""
_HIGHEST_KEY: Final = 0x2FF
_NAME_BYTES: Final = 256
_READ, _WRITE = 2, 1


def request(direction: int, number: int, size: int) -> int:
    """An ioctl of the input system: 2 reads, 1 writes so many bytes."""
    return direction << 30 | size << 16 | ord("E") << 8 | number


class Event(NamedTuple):
    """One thing that the device says."""

    type: int
    code: int
    value: int


class Identity(NamedTuple):
    """What a device says it is; `keys` are the codes that it can send."""

    name: str
    vendor: int
    product: int
    keys: frozenset[int]

    @property
    def id(self) -> str:
        """As `lsusb` prints it: `1a2c:0b2a`."""
        return f"{self.vendor:04x}:{self.product:04x}"


class EventDevices(Protocol):
    """The event devices of a machine; every method but `nodes` raises OSError."""

    def nodes(self) -> list[str]:
        """The paths of all, in the order in which they were plugged in."""

    def open(self, path: str) -> int:
        """A descriptor to read events from, which never blocks."""

    def identity(self, descriptor: int) -> Identity:
        """What it is."""

    def grab(self, descriptor: int) -> None:
        """Have its events alone, until the descriptor is closed: no console hears a digit."""


class KernelDevices:
    """The real ones."""

    def __init__(self, folder: Path = Path("/dev/input")) -> None:
        self._folder = folder

    def nodes(self) -> list[str]:
        """As their numbers rise."""
        found = self._folder.glob("event[0-9]*")
        return [str(path) for path in sorted(found, key=lambda path: int(path.name.removeprefix("event")))]

    def open(self, path: str) -> int:
        """For reading only: nothing is ever written to a keypad."""
        return os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)

    def identity(self, descriptor: int) -> Identity:
        """Asked by EVIOCGNAME, EVIOCGID and EVIOCGBIT."""
        name = _asked(descriptor, 0x06, _NAME_BYTES).split(b"\0")[0].decode(errors="replace")
        _, vendor, product, _ = struct.unpack("4H", _asked(descriptor, 0x02, 8))
        bits = _asked(descriptor, 0x20 + KEY, _HIGHEST_KEY // 8 + 1)
        return Identity(name, vendor, product, frozenset(_set_bits(bits)))

    def grab(self, descriptor: int) -> None:
        """By EVIOCGRAB."""
        fcntl.ioctl(descriptor, request(_WRITE, 0x90, 4), 1)


def _asked(descriptor: int, number: int, size: int) -> bytes:
    answer = bytearray(size)
    fcntl.ioctl(descriptor, request(_READ, number, size), answer)
    return bytes(answer)


def _set_bits(bits: bytes) -> Iterator[int]:
    return (8 * place + bit for place, byte in enumerate(bits) for bit in range(8) if byte >> bit & 1)


class Events:
    """Bytes in, whole events out."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[Event]:
        """The events that are whole now."""
        data = self._rest + data
        whole = len(data) - len(data) % EVENT.size
        self._rest = data[whole:]
        return [Event(*fields[2:]) for fields in EVENT.iter_unpack(data[:whole])]
