"""Black and white OLED controllers as their datasheets describe them, on an I2C bus without wires.

They remember what they are told, byte by byte, so that what a person would see can be read back.
"""

import errno
from itertools import islice
from typing import ClassVar, Protocol

from PIL import Image

WIDTH, LINES = 128, 64


def noise(size: tuple[int, int]) -> Image.Image:
    """A picture in which every misplaced bit shows."""
    dots = bytes((n * n * 31 + n * 7) >> 3 & 0xFF for n in range(size[0] * size[1] // 8))
    return Image.frombytes("1", size, dots)


class Part(Protocol):
    """Whatever sits on a bus."""

    def receive(self, control: int, block: list[int]) -> None:
        """One I2C transfer after its address."""

    def status(self) -> int | None:
        """The byte of a read; None where it is not acknowledged."""

    def picture(self) -> Image.Image:
        """What a person sees."""


class Controller:
    """What these controllers share: registers, memory in pages of eight rows, and a glass."""

    COLUMNS: ClassVar[int]
    PAGES: ClassVar[int] = 8
    STATUS: ClassVar[int | None] = None
    """What it says when it is read, without the bit for off; None from one that cannot be read."""
    FIRST_VISIBLE: ClassVar[int] = 0
    ARGUMENTS: ClassVar[dict[int, int]]

    def __init__(self) -> None:
        self.power_up()

    def power_up(self) -> None:
        """Forget everything; memory holds noise, the display is off."""
        self.memory = [
            bytearray((page * 37 + n * 11) % 256 for n in range(self.COLUMNS)) for page in range(self.PAGES)
        ]
        self.registers = {0x81: 0x7F, 0xA8: 0x3F, 0xD3: 0, 0x8D: 0x10, 0x20: 0x02}
        self.on = self.inverted = self.all_on = False
        self.segments_remapped = self.scan_reversed = False
        self.start = self.page = self.column = 0

    def status(self) -> int | None:
        """The byte of a read; its bit 6 says that the display is off."""
        return None if self.STATUS is None else self.STATUS | (not self.on) << 6

    def receive(self, control: int, block: list[int]) -> None:
        """One I2C transfer after its address."""
        if control == 0x40:
            for byte in block:
                self.store(byte)
            return
        assert control == 0x00, "only plain command and data streams are modelled"
        stream = iter(block)
        for command in stream:
            wanted = self.ARGUMENTS.get(command, 0)
            arguments = list(islice(stream, wanted))
            assert len(arguments) == wanted, f"command 0x{command:02x} lacks arguments"
            self.obey(command, arguments)

    def obey(self, command: int, arguments: list[int]) -> None:
        """Set what the command sets."""
        if arguments:
            self.registers[command] = arguments[0]
        elif command <= 0x0F:
            self.column = (self.column & 0xF0) | command
        elif command <= 0x1F:
            self.column = (self.column & 0x0F) | (command & 0x0F) << 4
        elif 0x40 <= command <= 0x7F:
            self.start = command & 0x3F
        elif 0xB0 <= command < 0xB0 + self.PAGES:
            self.page = command & 0x0F
        else:
            self.switch(command)

    def switch(self, command: int) -> None:
        """The commands that are a bit each; what a controller does not know it ignores."""
        match command & 0xFE, bool(command & 1):
            case 0xA0, bit:
                self.segments_remapped = bit
            case 0xA4, bit:
                self.all_on = bit
            case 0xA6, bit:
                self.inverted = bit
            case 0xAE, bit:
                self.on = bit
            case 0xC0 | 0xC8, _:
                self.scan_reversed = command == 0xC8

    def store(self, byte: int) -> None:
        """Take a byte of picture and move on."""
        raise NotImplementedError

    def lit(self) -> bool:
        """Whether the glass has the voltage to show anything."""
        raise NotImplementedError

    def picture(self) -> Image.Image:
        """What a person sees: remapped segments and a reversed scan are upright, as modules are mounted."""
        height = self.registers[0xA8] + 1
        seen = Image.new("1", (WIDTH, height))
        if self.on and self.lit():
            pixels = seen.load()
            assert pixels is not None
            for x in range(WIDTH):
                for y in range(height):
                    pixels[x, y] = 255 * self._dot(x, y, height)
        return seen

    def _dot(self, x: int, y: int, height: int) -> bool:
        column = (
            x + self.FIRST_VISIBLE if self.segments_remapped else self.COLUMNS - 1 - x - self.FIRST_VISIBLE
        )
        line = y if self.scan_reversed else height - 1 - y
        row = (line + self.start + self.registers[0xD3]) % (8 * self.PAGES)
        stored = bool(self.memory[row // 8][column] >> row % 8 & 1)
        return self.all_on or stored != self.inverted


class Ssd1306Glass(Controller):
    """128 columns, three ways of addressing, dark without its charge pump."""

    COLUMNS = 128
    STATUS: ClassVar[int | None] = 0x06
    ARGUMENTS: ClassVar[dict[int, int]] = {
        **dict.fromkeys((0x20, 0x81, 0x8D, 0xA8, 0xD3, 0xD5, 0xD9, 0xDA, 0xDB), 1),
        **dict.fromkeys((0x21, 0x22, 0xA3), 2),
        **dict.fromkeys((0x29, 0x2A), 5),
        **dict.fromkeys((0x26, 0x27), 6),
    }

    def power_up(self) -> None:
        super().power_up()
        self.columns = (0, 127)
        self.pages = (0, 7)

    def obey(self, command: int, arguments: list[int]) -> None:
        if command == 0x21:
            self.columns = (arguments[0], arguments[1])
            self.column = arguments[0]
        elif command == 0x22:
            self.pages = (arguments[0], arguments[1])
            self.page = arguments[0]
        else:
            super().obey(command, arguments)

    def store(self, byte: int) -> None:
        self.memory[self.page][self.column] = byte
        assert self.registers[0x20] == 0x00, "only horizontal addressing is modelled"
        self.column += 1
        if self.column > self.columns[1]:
            self.column = self.columns[0]
            self.page = self.pages[0] if self.page == self.pages[1] else self.page + 1

    def lit(self) -> bool:
        return self.registers[0x8D] == 0x14


class Ssd1309Glass(Ssd1306Glass):
    """An SSD1306 without a charge pump, lit by its module; 0x8D and its argument are commands to it."""

    STATUS = None
    ARGUMENTS: ClassVar[dict[int, int]] = {
        command: arguments for command, arguments in Ssd1306Glass.ARGUMENTS.items() if command != 0x8D
    }

    def lit(self) -> bool:
        return True


class Sh1106Glass(Controller):
    """132 columns of which the glass shows the middle 128; pages only; its pump is on by itself.

    It knows neither 0x20, 0x21, 0x22 nor 0x8D: their would-be arguments are commands to it.
    """

    COLUMNS = 132
    STATUS = 0x08
    FIRST_VISIBLE = 2
    ARGUMENTS: ClassVar[dict[int, int]] = dict.fromkeys((0x81, 0xA8, 0xAD, 0xD3, 0xD5, 0xD9, 0xDA, 0xDB), 1)

    def store(self, byte: int) -> None:
        if self.column < self.COLUMNS:
            self.memory[self.page][self.column] = byte
            self.column += 1

    def lit(self) -> bool:
        return self.registers.get(0xAD, 0x8B) == 0x8B


class Sh1107Glass(Controller):
    """Sixteen pages of 128 columns, page after page or column after column; a voltage of its own.

    0x20 and 0x21 are commands without arguments, 0xDC has one, and 0xDA does not exist: what others would
    take for its argument is a command.
    """

    COLUMNS = 128
    PAGES = 16
    STATUS = 0x07
    ARGUMENTS: ClassVar[dict[int, int]] = dict.fromkeys((0x81, 0xA8, 0xAD, 0xD3, 0xD5, 0xD9, 0xDB, 0xDC), 1)

    def power_up(self) -> None:
        super().power_up()
        self.registers |= {0xA8: 0x7F, 0xDC: 0}
        self.vertical = False

    def obey(self, command: int, arguments: list[int]) -> None:
        if command in (0x20, 0x21):
            self.vertical = command == 0x21
        elif not 0x18 <= command <= 0x1F:
            super().obey(command, arguments)

    def store(self, byte: int) -> None:
        assert not self.vertical, "only page addressing is modelled"
        self.memory[self.page][self.column] = byte
        self.column = (self.column + 1) % self.COLUMNS

    def lit(self) -> bool:
        return True

    def _dot(self, x: int, y: int, height: int) -> bool:
        """Mounted the other way round: neither remapped nor reversed is upright."""
        assert not self.segments_remapped
        assert not self.scan_reversed
        row = (y + self.registers[0xDC] + self.registers[0xD3]) % 128
        return self.all_on or bool(self.memory[row // 8][x] >> row % 8 & 1) != self.inverted


class ModelledBus:
    """An I2C bus on which some addresses answer; `spoil` holds errors for the transfers to come."""

    def __init__(self, parts: "dict[int, Part]") -> None:
        self.parts = parts
        self.spoil: list[OSError | None] = []
        self.transfers = 0
        self.closed = False

    def write_i2c_block_data(self, i2c_addr: int, register: int, data: list[int], /) -> None:
        """As smbus2 does it."""
        assert not self.closed, "the bus is closed"
        assert len(data) <= 32, "more than an SMBus block"
        self.transfers += 1
        if self.spoil and (error := self.spoil.pop(0)):
            raise error
        if i2c_addr not in self.parts:
            raise OSError(errno.EREMOTEIO, "Remote I/O error")
        self.parts[i2c_addr].receive(register, data)

    def read_byte_data(self, i2c_addr: int, register: int, /) -> int:
        """As smbus2 does it."""
        assert register == 0x00, "a status is read after a control byte of nought"
        status = self.parts[i2c_addr].status() if i2c_addr in self.parts else None
        if status is None:
            raise OSError(errno.EREMOTEIO, "Remote I/O error")
        return status

    def close(self) -> None:
        """As smbus2 does it."""
        self.closed = True
