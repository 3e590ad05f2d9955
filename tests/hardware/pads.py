"""USB pads of pipes: what is written into one comes out of its node, in the kernel's own bytes."""

import errno
import os
from collections.abc import Callable

from hardware.board import Board
from hardware.event_devices import EVENT, KEY, SYNC, EventDevices, Identity
from hardware.pins import Pins
from tests.hardware.boards import no_bus, no_pins, no_spi

NUMERIC = frozenset({14, 55, 69, 71, 72, 73, 74, 75, 76, 77, 78, 79, 80, 81, 82, 83, 96, 98})
"""The keys of an ordinary numeric pad."""
PAD = Identity("SIGMACHIP USB Keyboard", 0x1C4F, 0x0002, NUMERIC)
MOUSE = Identity("Logitech USB Mouse", 0x046D, 0xC077, frozenset({0x110, 0x111, 0x112}))
MISC = 4
SCAN = 4


class Plugged:
    """One device that is plugged in."""

    def __init__(self, identity: Identity) -> None:
        self.identity = identity
        self.readable, self.written = os.pipe()
        os.set_blocking(self.readable, False)
        self.grabs = 0
        self.opened: set[int] = set()

    def is_behind(self, descriptor: int) -> bool:
        """Whether the descriptor is open still, and this device's."""
        try:
            return os.path.sameopenfile(descriptor, self.readable)
        except OSError:
            return False

    def close(self) -> None:
        os.close(self.readable)
        if self.written >= 0:
            os.close(self.written)


class Sockets:
    """The USB sockets of a machine; `refuses` names nodes that fail to open, and how."""

    def __init__(self, **devices: Identity) -> None:
        self._there = {self._node(name): Plugged(identity) for name, identity in devices.items()}
        self._gone: list[Plugged] = []
        self.refuses: dict[str, int] = {}
        self.is_held = False

    @staticmethod
    def _node(name: str) -> str:
        return f"/dev/input/{name}"

    def plug(self, name: str, identity: Identity = PAD) -> None:
        """Plug a device in."""
        self._there[self._node(name)] = Plugged(identity)

    def unplug(self, name: str) -> None:
        """Pull it out: whoever reads it hears nothing more."""
        device = self._there.pop(self._node(name))
        os.close(device.written)
        device.written = -1
        self._gone.append(device)

    def send(self, name: str, data: bytes) -> None:
        """What the device says, in bytes."""
        os.write(self._there[self._node(name)].written, data)

    def grabs(self, name: str) -> int:
        """How often the device was grabbed."""
        return self._there[self._node(name)].grabs

    def open_devices(self) -> list[str]:
        """The nodes that somebody holds open; `gone` for each that was pulled out."""
        devices = [*self._there.items(), *(("gone", device) for device in self._gone)]
        return [node for node, device in devices if any(map(device.is_behind, device.opened))]

    def close(self) -> None:
        """Pull everything out."""
        for device in (*self._there.values(), *self._gone):
            device.close()

    def nodes(self) -> list[str]:
        return list(self._there)

    def open(self, path: str) -> int:
        if number := self.refuses.get(path):
            raise OSError(number, os.strerror(number), path)
        if path not in self._there:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
        device = self._there[path]
        descriptor = os.dup(device.readable)
        for each in [*self._there.values()]:  # while somebody plugs another one in
            each.opened.discard(descriptor)  # the number was another's, who closed it
        device.opened.add(descriptor)
        return descriptor

    def identity(self, descriptor: int) -> Identity:
        return self._of(descriptor).identity

    def grab(self, descriptor: int) -> None:
        if self.is_held:
            raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))
        self._of(descriptor).grabs += 1

    def _of(self, descriptor: int) -> Plugged:
        return next(each for each in [*self._there.values()] if descriptor in each.opened)


def board_with(devices: EventDevices, open_pins: Callable[[], Pins] = no_pins) -> Board:
    """A board with nothing but USB."""
    return Board(open_pins=open_pins, open_bus=no_bus, open_spi=no_spi, open_events=lambda: devices)


def stroke(code: int, *values: int) -> bytes:
    """Key events as hid-input sends them: the scan code, the key, the end of the report."""
    return b"".join(
        EVENT.pack(1_700_000_000, 0, MISC, SCAN, 0x70000 + code)
        + EVENT.pack(1_700_000_000, 0, KEY, code, value)
        + EVENT.pack(1_700_000_000, 0, SYNC, 0, 0)
        for value in values
    )
