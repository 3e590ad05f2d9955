"""One part on an I2C bus, and what its silence means in wires and pins."""

import errno
from collections.abc import Callable
from typing import Protocol

from hardware.errors import DeviceFailed, DeviceMissing

SMBUS_BLOCK = 32
"""The most bytes one SMBus block may carry."""

_WIRES = {0: "SDA (pin 27), SCL (pin 28)", 1: "SDA (pin 3), SCL (pin 5)"}


class Bus(Protocol):
    """The part of smbus2 that we use."""

    def write_i2c_block_data(self, i2c_addr: int, register: int, data: list[int], /) -> None:
        """Send at most 32 bytes after a control byte; raises OSError."""

    def read_byte_data(self, i2c_addr: int, register: int, /) -> int:
        """Read one byte after a control byte; raises OSError."""

    def close(self) -> None:
        """Let go of the bus."""


def smbus(number: int) -> Bus:
    """Open /dev/i2c-N; raises OSError."""
    from smbus2 import SMBus

    bus: Bus = SMBus(number)
    return bus


def open_bus(number: int, open_by: Callable[[int], Bus]) -> Bus:
    """The bus, or `DeviceMissing` with what to switch on."""
    try:
        return open_by(number)
    except OSError as error:
        raise DeviceMissing(_no_bus(number, error)) from error


def _no_bus(number: int, error: OSError) -> str:
    node = f"/dev/i2c-{number}"
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"no permission to open {node}: the user must be in the group i2c"
    if error.errno in (errno.ENOENT, errno.ENODEV, errno.ENXIO):
        return f"there is no {node}: switch I2C on with `sudo raspi-config nonint do_i2c 0` and restart"
    return f"{node} cannot be opened: {error}"


class Wire:
    """Commands and data to one address, in the shape luma calls a serial interface.

    A transfer that fails is a `DeviceFailed` which names bus, address and the pins to look at.
    """

    def __init__(self, bus: Bus, number: int, address: int) -> None:
        self._bus = bus
        self._number = number
        self._address = address
        self.where = f"0x{address:02x} on I2C bus {number}"

    def status(self) -> int | None:
        """What a controller says of itself; None from one that is not made to be read."""
        try:
            return self._bus.read_byte_data(self._address, 0x00)
        except OSError:
            return None

    def command(self, *command: int) -> None:
        """Send a command with its arguments."""
        self._send(0x00, list(command))

    def data(self, data: list[int]) -> None:
        """Send picture memory, in as many transfers as it takes."""
        for start in range(0, len(data), SMBUS_BLOCK):
            self._send(0x40, data[start : start + SMBUS_BLOCK])

    def _send(self, control: int, block: list[int]) -> None:
        try:
            self._bus.write_i2c_block_data(self._address, control, block)
        except OSError as error:
            raise DeviceFailed(self._silence(error)) from error

    def _silence(self, error: OSError) -> str:
        where = self.where
        wires = _WIRES.get(self._number, "SDA, SCL")
        look = f"check {wires}, 3V3 and ground; `i2cdetect -y {self._number}`"
        if error.errno in (errno.ENXIO, errno.EREMOTEIO, errno.EIO, errno.ENODEV):
            return f"nothing answers at {where}: {look}"
        if error.errno in (errno.ETIMEDOUT, errno.EAGAIN):
            return f"the transfer to {where} never ended, a wire is shorted or held low: {look}"
        if error.errno == errno.EBUSY:
            return f"{where} is held by a kernel driver: remove its dtoverlay from /boot/firmware/config.txt"
        return f"the transfer to {where} failed ({error}): {look}"
