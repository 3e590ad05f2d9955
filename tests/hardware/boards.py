"""Boards whose edges are modelled; everything between is the real thing."""

from itertools import groupby
from typing import Any, NoReturn

from gpiozero.pins.mock import MockFactory

from hardware.board import Board
from hardware.i2c import Bus
from hardware.leds import Led
from hardware.pins import Pins
from tests.hardware.glass import ModelledBus, Part


def no_pins() -> NoReturn:
    """A board in a test that moves no pin."""
    raise AssertionError("no pin was to be opened")


def no_bus(number: int) -> NoReturn:
    """A board in a test that uses no bus."""
    raise AssertionError(f"bus {number} was not to be opened")


def no_spi(bus: int, chip_select: int) -> NoReturn:
    """A board in a test that sends nothing by SPI."""
    raise AssertionError(f"SPI bus {bus} was not to be opened")


def board_with_pins(factory: MockFactory) -> Board:
    """A board over gpiozero's mock pins."""
    return Board(open_pins=lambda: Pins(factory), open_bus=no_bus, open_spi=no_spi)


def board_with_bus(bus: ModelledBus, number: int = 1) -> Board:
    """A board with one I2C bus."""

    def open_bus(wanted: int) -> Bus:
        if wanted != number:
            raise FileNotFoundError(2, "No such file or directory", f"/dev/i2c-{wanted}")
        return bus

    return Board(open_pins=no_pins, open_bus=open_bus, open_spi=no_spi)


def board_with_part(address: int, part: Part) -> tuple[Board, ModelledBus]:
    """A board with one part on I2C bus 1."""
    bus = ModelledBus({address: part})
    return board_with_bus(bus), bus


def states(factory: MockFactory, number: int) -> list[bool]:
    """Everything a pin has been, the oldest first; two threads that switch it off at once are one edge."""
    pin: Any = factory.pin(number)
    return [state for state, _ in groupby(bool(each.state) for each in pin.states)]


def board_with_led(led: Led) -> Board:
    """A board whose only LED is this one."""
    return Board(open_pins=no_pins, open_bus=no_bus, open_spi=no_spi, open_led=lambda _: led)
