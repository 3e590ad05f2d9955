"""Grey and coloured OLED controllers as their datasheets describe them, and SPI without wires.

A window is set, memory is written into it from its start, and what is out of it or out of order fails the
test.
"""

from itertools import islice
from typing import Any, ClassVar

from gpiozero.pins.mock import MockFactory, MockPin
from PIL import Image

from hardware.board import Board
from hardware.pins import Pins
from hardware.spi import SpiDev
from tests.hardware.boards import no_bus
from tests.hardware.glass import Part

DATA_OR_COMMAND, RESET = 24, 25


class Windowed:
    """A window of columns and rows; memory cells are `CELLS` bits of two or of one pixel."""

    SIZE: ClassVar[tuple[int, int]]
    COLUMNS: ClassVar[int]
    """Addresses of columns in memory."""
    BYTES: ClassVar[int] = 1
    """Bytes behind one address of a column."""
    FIRST_VISIBLE: ClassVar[int] = 0
    ARGUMENTS: ClassVar[dict[int, int]]
    """How many bytes follow each command, as commands or as data: `ARGUMENTS_ARE_DATA`."""
    ARGUMENTS_ARE_DATA: ClassVar[bool] = False
    WRITE: ClassVar[int | None] = None
    """The command before memory is written; None where data are memory at once."""
    UPRIGHT: ClassVar[tuple[int, ...]]
    """The arguments of 0xA0 with which modules are mounted upright."""

    def __init__(self) -> None:
        self.power_up()

    def power_up(self) -> None:
        """Forget everything; memory holds noise, the display is off."""
        rows = self.SIZE[1]
        self.memory = [
            bytearray((row * 37 + n * 11) % 256 for n in range(self.COLUMNS * self.BYTES))
            for row in range(rows)
        ]
        self.registers: dict[int, tuple[int, ...]] = {}
        self.on = False
        self.mode = 0xA6
        self.column = self.row = self.byte = 0
        self._waiting = -1
        self._arguments: list[int] = []

    def status(self) -> int | None:
        return None

    def receive(self, control: int, block: list[int]) -> None:
        """One transfer; control 0x40 is D/C high."""
        if control == 0x40:
            self._take_data(block)
            return
        assert not self._arguments, f"command 0x{self._waiting:02x} lacks arguments"
        stream = iter(block)
        for command in stream:
            wanted = self.ARGUMENTS.get(command)
            assert wanted is not None, f"no such command: 0x{command:02x}"
            if self.ARGUMENTS_ARE_DATA:
                self._waiting, self._arguments = command, []
                if not wanted:
                    self.obey(command, ())
            else:
                arguments = tuple(islice(stream, wanted))
                assert len(arguments) == wanted, f"command 0x{command:02x} lacks arguments"
                self.obey(command, arguments)

    def _take_data(self, block: list[int]) -> None:
        if not self.ARGUMENTS_ARE_DATA or self._waiting == self.WRITE:
            for byte in block:
                self._store(byte)
            return
        self._arguments += block
        wanted = self.ARGUMENTS[self._waiting]
        assert len(self._arguments) <= wanted, f"command 0x{self._waiting:02x} has {wanted} arguments"
        if len(self._arguments) == wanted:
            arguments, self._arguments = tuple(self._arguments), []
            self.obey(self._waiting, arguments)

    def obey(self, command: int, arguments: tuple[int, ...]) -> None:
        """Set what the command sets."""
        self.registers[command] = arguments
        match command:
            case 0xAE | 0xAF:
                self.on = command == 0xAF
            case 0xA4 | 0xA5 | 0xA6 | 0xA7:
                self.mode = command
            case 0x15:
                assert arguments[1] < self.COLUMNS, "the window is out of memory"
                self.column, self.byte = arguments[0], 0
            case 0x75:
                assert arguments[1] < self.SIZE[1], "the window is out of memory"
                self.row = arguments[0]

    def _store(self, byte: int) -> None:
        (left, right), (top, bottom) = self.registers[0x15], self.registers[0x75]
        self.memory[self.row][self.column * self.BYTES + self.byte] = byte
        self.byte = (self.byte + 1) % self.BYTES
        if not self.byte:
            self.column += 1
        if self.column > right:
            self.column = left
            self.row = top if self.row == bottom else self.row + 1

    def lit(self) -> bool:
        """Whether the glass shows what memory holds."""
        return self.on and self.mode != 0xA5

    def contrast(self) -> int:
        """How brightly it shines."""
        return self.registers[0x81][0]

    def picture(self) -> Image.Image:
        """What a person sees; lines and columns are straight as modules are mounted."""
        assert self.registers[0xA0] == self.UPRIGHT, "the picture is mirrored"
        assert self.registers.get(0xA1, (0,)) == self.registers.get(0xA2, (0,)) == (0,), "lines are moved"
        seen = self.seen()
        return seen if self.lit() else Image.new(seen.mode, seen.size)

    def seen(self) -> Image.Image:
        """The part of memory behind the glass."""
        raise NotImplementedError


class GreyGlass(Windowed):
    """Two pixels a byte."""

    LEFT_IS_LOW: ClassVar[bool] = True

    def seen(self) -> Image.Image:
        width, height = self.SIZE
        first = self.FIRST_VISIBLE * self.BYTES
        dots = bytearray()
        for row in self.memory:
            for byte in row[first : first + width // 2]:
                high, low = byte & 0xF0 | byte >> 4, byte << 4 & 0xF0 | byte & 0x0F
                dots += bytes((low, high) if self.LEFT_IS_LOW else (high, low))
        return Image.frombytes("L", (width, height), bytes(dots))


class Ssd1327Glass(GreyGlass):
    """128x128."""

    SIZE, COLUMNS, UPRIGHT = (128, 128), 64, (0x53,)
    ARGUMENTS: ClassVar[dict[int, int]] = {
        **dict.fromkeys((0xA4, 0xA5, 0xA6, 0xA7, 0xAE, 0xAF, 0xB9), 0),
        **dict.fromkeys((0x81, 0xA0, 0xA1, 0xA2, 0xA8, 0xAB, 0xB1, 0xB3, 0xB6, 0xBC, 0xBE, 0xD5, 0xFD), 1),
        0x15: 2,
        0x75: 2,
        0xB8: 15,
    }


class Ssd1362Glass(GreyGlass):
    """256x64."""

    SIZE, COLUMNS, UPRIGHT = (256, 64), 128, (0x43,)
    ARGUMENTS: ClassVar[dict[int, int]] = {
        **dict.fromkeys((0xA4, 0xA5, 0xA6, 0xA7, 0xAE, 0xAF, 0xB9), 0),
        **dict.fromkeys((0x81, 0xA0, 0xA1, 0xA2, 0xA8, 0xAB, 0xAD, 0xB1, 0xB3, 0xBC, 0xBE), 1),
        0x15: 2,
        0x75: 2,
    }


class Ssd1322Glass(GreyGlass):
    """256x64, in the middle of 480 columns; two bytes an address."""

    SIZE, COLUMNS, BYTES, FIRST_VISIBLE, UPRIGHT = (256, 64), 120, 2, 28, (0x14, 0x11)
    LEFT_IS_LOW = False
    ARGUMENTS_ARE_DATA = True
    WRITE = 0x5C
    ARGUMENTS: ClassVar[dict[int, int]] = {
        **dict.fromkeys((0x5C, 0xA4, 0xA5, 0xA6, 0xA7, 0xA9, 0xAE, 0xAF, 0xB9), 0),
        **dict.fromkeys(
            (0xA1, 0xA2, 0xAB, 0xB1, 0xB3, 0xB5, 0xB6, 0xBB, 0xBE, 0xC1, 0xC7, 0xCA, 0xFD),
            1,
        ),
        **dict.fromkeys((0x15, 0x75, 0xA0, 0xB4, 0xD1), 2),
    }

    def contrast(self) -> int:
        return self.registers[0xC1][0]

    def lit(self) -> bool:
        return self.on and self.mode == 0xA6 and self.registers[0xFD] == (0x12,)


class Ssd1351Glass(Windowed):
    """128x128, two bytes a pixel."""

    SIZE, COLUMNS, BYTES, UPRIGHT = (128, 128), 128, 2, (0x70,)
    ARGUMENTS_ARE_DATA = True
    WRITE = 0x5C
    ARGUMENTS: ClassVar[dict[int, int]] = {
        **dict.fromkeys((0x5C, 0xA4, 0xA5, 0xA6, 0xA7, 0xAE, 0xAF), 0),
        **dict.fromkeys((0xA0, 0xA1, 0xA2, 0xAB, 0xB1, 0xB3, 0xB5, 0xB6, 0xBE, 0xC7, 0xCA, 0xFD), 1),
        **dict.fromkeys((0x15, 0x75), 2),
        **dict.fromkeys((0xB4, 0xC1), 3),
    }

    def contrast(self) -> int:
        return self.registers[0xC1][0]

    def lit(self) -> bool:
        return self.on and self.mode == 0xA6 and self.registers[0xFD] == (0xB1,)

    def seen(self) -> Image.Image:
        dots = bytearray()
        for row in self.memory:
            for high, low in zip(row[0::2], row[1::2], strict=True):
                red, green, blue = high & 0xF8, high << 5 & 0xE0 | low >> 3 & 0x1C, low << 3 & 0xF8
                dots += bytes((red | red >> 5, green | green >> 6, blue | blue >> 5))
        return Image.frombytes("RGB", self.SIZE, bytes(dots))


class ResetPin(MockPin):  # type: ignore[misc]  # gpiozero has no types
    """A pin that resets the controller when it is RST and falls."""

    def _change_state(self, value: bool) -> bool:
        changed = bool(super()._change_state(value))
        port = getattr(self.factory, "port", None)
        if port and self._number == RESET and changed and not value:
            port.part.power_up()
        return changed


class ModelledSpi:
    """As spidev does it; `spoil` holds errors for the transfers to come."""

    def __init__(self, part: Any) -> None:
        self.part = part
        self.mode = self.max_speed_hz = -1
        self.spoil: list[OSError | None] = []
        self.closed = False
        self.factory: Any = MockFactory(pin_class=ResetPin)
        self.factory.port = self

    def writebytes2(self, data: bytes, /) -> None:
        assert not self.closed, "the port is closed"
        assert (self.mode, 100_000 <= self.max_speed_hz <= 10_000_000) == (0, True)
        assert self.factory.pin(RESET).state, "spoken to while RST is low"
        if self.spoil and (error := self.spoil.pop(0)):
            raise error
        self.part.receive(0x40 if self.factory.pin(DATA_OR_COMMAND).state else 0x00, list(data))

    def close(self) -> None:
        self.closed = True


def board_with_spi(part: Part) -> tuple[Board, ModelledSpi]:
    """A board with one OLED on SPI bus 0, chip select 0."""
    port = ModelledSpi(part)

    def open_spi(bus: int, chip_select: int) -> SpiDev:
        if (bus, chip_select) != (0, 0):
            raise FileNotFoundError(2, "No such file or directory")
        return port

    return Board(open_pins=lambda: Pins(port.factory), open_bus=no_bus, open_spi=open_spi), port
