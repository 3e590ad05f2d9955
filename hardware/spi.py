"""One part behind a chip select of an SPI bus.

SPI has no acknowledgement: what is sent to a part that is not there is lost without a sign.  So every error
names the wires, and a driver that has a wire coming back watches that.
"""

import errno
from collections.abc import Callable
from typing import Protocol

from hardware.errors import DeviceFailed, DeviceMissing
from hardware.header import called
from hardware.pins import OutputLine

BUS_PINS = {0: (10, 11), 1: (20, 21)}
"""Data and clock of each bus, as BCM numbers."""
SELECT_PINS = {(0, 0): 8, (0, 1): 7, (1, 0): 18, (1, 1): 17, (1, 2): 16}
"""The chip select of each bus, as BCM numbers."""


class SpiDev(Protocol):
    """The part of spidev.SpiDev that we use, after its `open`."""

    mode: int
    max_speed_hz: int

    def writebytes2(self, data: bytes, /) -> None:
        """Send any number of bytes; raises OSError."""

    def close(self) -> None:
        """Let go of it."""


def spidev(bus: int, chip_select: int) -> SpiDev:
    """Open /dev/spidevB.C; raises OSError, and ImportError where the package is missing."""
    from spidev import SpiDev as Device

    device: SpiDev = Device(bus, chip_select)
    return device


class Port:
    """A chip select in use; `where` and `wires` are for errors."""

    def __init__(self, device: SpiDev, bus: int, chip_select: int) -> None:
        self._device = device
        self.where = f"SPI bus {bus}, chip select {chip_select}"
        self.wires = _wires(bus, chip_select)

    def send(self, data: bytes) -> None:
        """Send bytes; raises `DeviceFailed`, but never because nobody listens."""
        try:
            self._device.writebytes2(data)
        except OSError as error:
            raise DeviceFailed(
                f"the transfer on {self.where} failed ({error}): check {self.wires}"
            ) from error

    def close(self) -> None:
        """Let go of the chip select; twice is once."""
        self._device.close()


def open_port(bus: int, chip_select: int, hertz: int, open_by: Callable[[int, int], SpiDev]) -> Port:
    """The port, or `DeviceMissing` with what to switch on."""
    try:
        device = open_by(bus, chip_select)
        device.mode = 0
        device.max_speed_hz = hertz
    except ImportError as error:
        raise DeviceMissing(
            f"nothing can be sent by SPI without the package spidev ({error}): "
            "`sudo apt install python3-spidev`, and a virtual environment made with --system-site-packages"
        ) from error
    except OSError as error:
        raise DeviceMissing(_no_port(bus, chip_select, error)) from error
    return Port(device, bus, chip_select)


def _no_port(bus: int, chip_select: int, error: OSError) -> str:
    node = f"/dev/spidev{bus}.{chip_select}"
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"no permission to open {node}: the user must be in the group spi"
    if error.errno in (errno.ENOENT, errno.ENODEV, errno.ENXIO):
        how = "`sudo raspi-config nonint do_spi 0`" if bus == 0 else "dtoverlay=spi1-3cs in config.txt"
        return f"there is no {node}: switch SPI on with {how} and restart"
    return f"{node} cannot be opened: {error}"


def _wires(bus: int, chip_select: int) -> str:
    data, clock = BUS_PINS.get(bus, (None, None))
    select = SELECT_PINS.get((bus, chip_select))
    named = (("DIN", data), ("CLK", clock), ("CS", select))
    return ", ".join(f"{name} at {called(pin)}" if pin is not None else name for name, pin in named)


class Wire:
    """Commands and data to a part with a D/C line, in the shape luma calls a serial interface."""

    def __init__(self, port: Port, data_or_command: OutputLine) -> None:
        self._port = port
        self._line = data_or_command
        self.where = port.where

    def command(self, *command: int) -> None:
        """Send bytes with the D/C line low."""
        self._send(False, bytes(command))

    def data(self, data: bytes | list[int]) -> None:
        """Send bytes with the D/C line high."""
        self._send(True, bytes(data))

    def _send(self, is_data: bool, sent: bytes) -> None:
        self._line.turn(is_data)
        self._port.send(sent)
