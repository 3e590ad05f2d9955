"""`kiosk run` on a bench: the real daemon and the real drivers, over parts that only a machine has.

Its pins are gpiozero's mock ones, its OLED is a bus that takes everything, its USB pad a pipe, its LED the
kernel's trigger as a model.  With SECONDS what is said after a sale stays only so long, so that many fit into
an hour.

`python -m tests.bench.modelled CONFIGURATION [SECONDS]`
"""

import os
import sys
from pathlib import Path
from typing import Final

from hardware.board import Board
from hardware.event_devices import EventDevices, Identity
from hardware.leds import Led
from hardware.pins import Pins
from kiosk import parts, view
from kiosk.assembly import run

PAD: Final = Identity(
    "a pipe", 1, 1, frozenset({14, 55, 69, 71, 72, 73, 74, 75, 76, 77, 78, 79, 80, 81, 82, 83, 96, 98})
)


class Glass:
    """An I2C bus on which an SSD1306 acknowledges every byte."""

    def write_i2c_block_data(self, i2c_addr: int, register: int, data: list[int], /) -> None:
        """As smbus2 does it."""

    def read_byte_data(self, i2c_addr: int, register: int, /) -> int:
        """As smbus2 does it."""
        return 0x06

    def close(self) -> None:
        """As smbus2 does it."""


class Pipe:
    """One numeric pad, on which nobody presses anything."""

    def __init__(self) -> None:
        self._readable, self._held = os.pipe()

    def nodes(self) -> list[str]:
        """The pad's."""
        return ["/dev/input/event0"]

    def open(self, path: str) -> int:
        """The end that is read."""
        os.set_blocking(self._readable, False)
        return os.dup(self._readable)

    def identity(self, descriptor: int) -> Identity:
        """A numeric pad."""
        return PAD

    def grab(self, descriptor: int) -> None:
        """Nobody else listens."""


def mock_pins() -> Pins:
    """Those that gpiozero has for tests."""
    from gpiozero.pins.mock import MockFactory, MockPWMPin

    return Pins(MockFactory(pin_class=MockPWMPin))


def modelled_led(name: str) -> Led:
    """The kernel's oneshot trigger."""
    from tests.hardware.leds import ModelledLed

    return ModelledLed()


def pads() -> EventDevices:
    """One pad."""
    return Pipe()


class BenchBoard(Board):
    """A board of such parts."""

    def __init__(self) -> None:
        super().__init__(
            open_pins=mock_pins,
            open_bus=lambda _: Glass(),
            open_events=pads,
            open_led=modelled_led,
        )


def main(config: Path, *seconds: str) -> int:
    """Run it until it is told to stop."""
    vars(parts)["Board"] = BenchBoard  # the one thing that is not as it is on a machine
    for each in seconds:
        view.READ_FOR.update(dict.fromkeys(view.READ_FOR, float(each)))
    return run(config)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *sys.argv[2:]))
