"""E-paper controllers as their datasheets describe them, behind an SPI port without wires.

They know time, which passes only when the driver sleeps: while one refreshes it is busy, and being spoken to
then, or asleep, or in the wrong order, fails the test.  Their glass does what ink does: a full refresh drives
every dot, a partial one only those that differ between the two planes, so a plane that lies leaves ghosts.
"""

from collections.abc import Callable
from itertools import repeat
from typing import Any, ClassVar, NoReturn

from gpiozero.pins.mock import MockFactory, MockPin
from PIL import Image

from hardware.board import Board
from hardware.epaper.panel import Watch
from hardware.i2c import Bus
from hardware.pins import Pins
from hardware.spi import SpiDev

DATA_OR_COMMAND, RESET, BUSY = 25, 17, 24
TOWARDS_WHITE = {0: 0, 1: -1, 2: 1}
"""By the two bits that choose a voltage."""
ENOUGH = 20
"""Frames that bring ink from one side to the other."""


class PaperPin(MockPin):  # type: ignore[misc]  # gpiozero has no types
    """A pin that is wired to a controller, where the factory knows of one."""

    def _get_state(self) -> bool:
        level = self.factory.paper.level(self._number) if self._function == "input" else None
        return bool(self._state) if level is None else level

    def _change_state(self, value: bool) -> bool:
        changed = bool(super()._change_state(value))
        if self._number == RESET and changed:
            self.factory.paper.reset(held=not value)
        return changed


class Paper:
    """What all of them share: time, BUSY, planes and a glass.  A set bit is white."""

    COLUMNS: ClassVar[int]
    ROWS: ClassVar[int]
    TURNED: ClassVar[bool]
    BUSY_IS_HIGH: ClassVar[bool]
    FULL: ClassVar[float]
    DATA: ClassVar[dict[int, int]]
    """How many bytes follow each command; -1 is as many as a plane holds."""

    def __init__(self) -> None:
        self.now = self._ready_at = 0.0
        self.unplugged = self.deaf = self.hung = False
        self.refreshes: list[str] = []
        self.glass = bytearray(n * 37 % 256 for n in range(self.ROWS * self.row_bytes))
        self.old, self.new = bytearray(self.glass), bytearray(self.glass)
        self.held = self.asleep = False
        self._command = -1
        self._data = bytearray()
        self.power_up()
        self.factory: Any = MockFactory(pin_class=PaperPin)
        self.factory.paper = self

    @property
    def row_bytes(self) -> int:
        return -(-self.COLUMNS // 8)

    def power_up(self) -> None:
        """What a reset leaves."""

    def reset(self, *, held: bool) -> None:
        """The RST line: while low nothing is heard, then all but the planes is forgotten."""
        if held and not self.unplugged:
            self.asleep = False
            self._ready_at, self._command = self.now, -1
            self.power_up()
        self.held = held

    def level(self, pin: int) -> bool | None:
        """What BUSY is driven to; None where nobody drives it."""
        return None if pin != BUSY or self.unplugged else self.is_busy() == self.BUSY_IS_HIGH

    def is_busy(self) -> bool:
        return self.hung or self.now < self._ready_at

    def be_busy(self, seconds: float) -> None:
        self._ready_at = self.now + seconds

    def sleep(self, seconds: float) -> None:
        """Time passes."""
        self.now += seconds

    def hear(self, sent: bytes, *, is_data: bool) -> None:
        """One transfer."""
        if self.unplugged or self.deaf:
            return
        assert not self.held, "spoken to while RST is low"
        assert not self.asleep, "spoken to in deep sleep"
        assert not self.is_busy(), "spoken to while busy"
        if is_data:
            self._data += sent
            wanted = self.expected(self._command)
            assert len(self._data) <= wanted, f"command 0x{self._command:02x} has {wanted} bytes of data"
            if len(self._data) == wanted:
                self.obey(self._command, bytes(self._data))
            return
        assert len(sent) == 1, "a command is one byte, its data follow with D/C high"
        self._must_be_whole()
        self._command, self._data = sent[0], bytearray()
        assert self._command in self.DATA, f"no such command: 0x{self._command:02x}"
        if not self.expected(self._command):
            self.obey(self._command, b"")

    def _must_be_whole(self) -> None:
        if self._command >= 0:
            wanted = self.expected(self._command)
            assert len(self._data) == wanted, f"command 0x{self._command:02x} lacks data"

    def expected(self, command: int) -> int:
        """Bytes that follow the command."""
        wanted = self.DATA[command]
        return self.ROWS * self.row_bytes if wanted < 0 else wanted

    def obey(self, command: int, data: bytes) -> None:
        """Do what a whole command says."""
        raise NotImplementedError

    def drive_all(self) -> None:
        """A full refresh."""
        self.refreshes.append("full")
        self.glass[:] = self.new

    def drive_changes(self) -> None:
        """A partial refresh."""
        self.refreshes.append("partial")
        for n, (new, old) in enumerate(zip(self.new, self.old, strict=True)):
            changed = new ^ old
            self.glass[n] = self.glass[n] & ~changed | new & changed

    def picture(self) -> Image.Image:
        """What a person sees."""
        memory = Image.frombytes("1", (self.row_bytes * 8, self.ROWS), bytes(self.glass))
        seen = memory.crop((0, 0, self.COLUMNS, self.ROWS))
        return seen.transpose(Image.Transpose.ROTATE_270) if self.TURNED else seen

    def is_white(self) -> bool:
        return self.picture().getextrema() == (255, 255)


def net_frames(table: int, waveform: bytes) -> int:
    """Frames towards white, less those towards black, of the first phase of every group of a table."""
    voltages, times = waveform[12 * table : 12 * (table + 1)], waveform[60:144]
    driven = zip(voltages, times[::7], times[6::7], strict=True)
    return sum(TOWARDS_WHITE[voltage >> 6] * frames * (again + 1) for voltage, frames, again in driven)


class Ssd168xPaper(Paper):
    """SSD1680, SSD1681, SSD1683."""

    BUSY_IS_HIGH = True
    FULL, PARTIAL = 2.0, 0.4
    SOURCES: ClassVar[int]
    HAS_PARTIAL_WAVEFORM: ClassVar[bool] = True
    DATA: ClassVar[dict[int, int]] = {
        **dict.fromkeys((0x12, 0x20), 0),
        **dict.fromkeys((0x10, 0x11, 0x18, 0x22, 0x3C, 0x4E), 1),
        **dict.fromkeys((0x21, 0x44, 0x4F), 2),
        0x01: 3,
        0x45: 4,
        0x32: 153,
        0x24: -1,
        0x26: -1,
    }

    def power_up(self) -> None:
        self.registers: dict[int, bytes] = {}
        self._lose_counters()
        self.soft_reset = False
        self.waveform = ""

    def _lose_counters(self) -> None:
        """Where they stand after a reset or a whole plane is not to be relied on."""
        self.x = self.y = -1

    def obey(self, command: int, data: bytes) -> None:
        match command:
            case 0x12:
                self.power_up()
                self.soft_reset = True
                self.be_busy(0.005)
            case 0x10:
                assert data == b"\x01", "deep sleep mode 1"
                self.asleep = True
            case 0x20:
                self._activate(self.registers[0x22][0])
            case 0x24 | 0x26:
                self._write(self.new if command == 0x24 else self.old, data)
            case 0x32:
                self.waveform = "ours"
                self._must_drive(data)
            case 0x4E:
                self.x = data[0]
            case 0x4F:
                self.y = int.from_bytes(data, "little")
            case _:
                self.registers[command] = data

    def _write(self, plane: bytearray, data: bytes) -> None:
        """Fill the window from the counters on, columns first."""
        assert self.soft_reset, "a soft reset comes first"
        assert self.registers[0x11] == b"\x03", "only counting upwards is modelled"
        left, right = self.registers[0x44]
        top, bottom = (int.from_bytes(self.registers[0x45][n : n + 2], "little") for n in (0, 2))
        assert right < self.row_bytes, "the window is wider than the glass"
        assert bottom < self.ROWS, "the window is higher than the glass"
        for byte in data:
            assert left <= self.x <= right, "the column counter is outside its window"
            assert top <= self.y <= bottom, "the row counter is outside its window"
            plane[self.y * self.row_bytes + self.x] = byte
            self.x += 1
            if self.x > right:
                self.x = left
                self.y = top if self.y == bottom else self.y + 1
        self._lose_counters()

    def _must_drive(self, waveform: bytes) -> None:
        """What changes must be driven there for long enough, what stays must not be driven away."""
        stays_black, to_white, to_black, stays_white = map(net_frames, range(4), repeat(waveform))
        assert (to_white >= ENOUGH, to_black <= -ENOUGH) == (True, True), "dots that change do not get there"
        assert stays_black <= 0 <= stays_white, "dots that stay are driven away"

    def _activate(self, sequence: int) -> None:
        assert self.registers[0x01] == (self.ROWS - 1).to_bytes(2, "little") + b"\x00", "wrong gates"
        assert self.registers[0x18] == b"\x80", "the built-in sensor is not chosen"
        assert sequence & 0x80, "the clock is off"
        if sequence & 0x10:
            assert sequence & 0x20, "a waveform is chosen by temperature"
            self.waveform = "partial" if sequence & 0x08 else "full"
        if not sequence & 0x04:
            self.be_busy(0.01)
            return
        assert sequence & 0x40, "the voltages are off"
        assert sequence & 0x03 == 0x03, "voltages and clock stay on"
        assert self.registers[0x21][1] == self.SOURCES, "the glass hangs on other column drivers"
        self._refresh(partly=bool(sequence & 0x08))

    def _refresh(self, *, partly: bool) -> None:
        if partly:
            own = "partial" if self.HAS_PARTIAL_WAVEFORM else "ours"
            assert self.waveform == own, f"the waveform is {self.waveform}"
            assert self.registers[0x21][0] == 0x00, "the old plane is not looked at"
            assert self.registers[0x3C] == b"\x80", "the border is driven and flashes"
            self.drive_changes()
        else:
            assert self.waveform == "full", f"the waveform is {self.waveform}"
            assert self.registers[0x21][0] == 0x40, "the old plane is taken for red"
            assert self.registers[0x3C] == b"\x05", "the border does not follow and greys"
            self.drive_all()
        self.be_busy(self.PARTIAL if partly else self.FULL)


class Paper2in13(Ssd168xPaper):
    """SSD1680, 250x122."""

    COLUMNS, ROWS, TURNED, SOURCES = 122, 250, True, 0x80


class Paper2in9(Ssd168xPaper):
    """SSD1680, 296x128, without a partial waveform."""

    COLUMNS, ROWS, TURNED, SOURCES = 128, 296, True, 0x80
    HAS_PARTIAL_WAVEFORM = False


class Paper1in54(Ssd168xPaper):
    """SSD1681, 200x200."""

    COLUMNS, ROWS, TURNED, SOURCES = 200, 200, False, 0x00


class Paper4in2(Ssd168xPaper):
    """SSD1683, 400x300."""

    COLUMNS, ROWS, TURNED, SOURCES = 400, 300, False, 0x00


class Uc8176Paper(Paper):
    """UC8176, 400x300; BUSY is low while busy."""

    COLUMNS, ROWS, TURNED = 400, 300, False
    BUSY_IS_HIGH = False
    FULL = 4.0
    DATA: ClassVar[dict[int, int]] = {
        **dict.fromkeys((0x02, 0x04, 0x12), 0),
        **dict.fromkeys((0x00, 0x07, 0x50), 1),
        0x06: 3,
        0x61: 4,
        0x10: -1,
        0x13: -1,
    }

    def power_up(self) -> None:
        self.registers: dict[int, bytes] = {}
        self.powered = False
        self.sent: set[int] = set()

    def obey(self, command: int, data: bytes) -> None:
        match command:
            case 0x04:
                assert self.registers[0x06] == b"\x17\x17\x17", "the booster is not set up"
                self.powered = True
                self.be_busy(0.1)
            case 0x02:
                self.powered = False
                self.be_busy(0.1)
            case 0x07:
                assert data == b"\xa5", "the check code of deep sleep"
                assert not self.powered, "deep sleep with voltages on"
                self.asleep = True
            case 0x10 | 0x13:
                self._write(self.old if command == 0x10 else self.new, data)
                self.sent.add(command)
            case 0x12:
                assert self.powered, "the voltages are off"
                assert self.sent == {0x10, 0x13}, "what was on the glass decides with what shall be"
                assert self.registers[0x50] == b"\x97", "the border or the polarity of data is wrong"
                self.drive_all()
                self.be_busy(self.FULL)
            case _:
                self.registers[command] = data

    def _write(self, plane: bytearray, data: bytes) -> None:
        assert self.registers[0x61] == bytes([400 >> 8, 400 & 255, 300 >> 8, 300 & 255]), "resolution"
        assert self.registers[0x00] == b"\x1f", "the waveform in its own memory, black and white"
        plane[:] = data


class ModelledPort:
    """As spidev does it; `spoil` holds errors for the transfers to come."""

    def __init__(self, paper: Paper) -> None:
        self.mode, self.max_speed_hz = -1, 0
        self.spoil: list[OSError | None] = []
        self.closed = False
        self._paper = paper

    def writebytes2(self, data: bytes, /) -> None:
        assert not self.closed, "the port is closed"
        assert (self.mode, 100_000 <= self.max_speed_hz <= 10_000_000) == (0, True)
        if self.spoil and (error := self.spoil.pop(0)):
            raise error
        is_data = bool(self._paper.factory.pin(DATA_OR_COMMAND).state)
        self._paper.hear(data, is_data=is_data)

    def close(self) -> None:
        self.closed = True


def no_i2c(number: int) -> NoReturn:
    """There is none here."""
    raise AssertionError(f"bus {number} was not to be opened")


def board_with_paper(paper: Paper, *, bus: int = 0, select: int = 0) -> tuple[Board, ModelledPort, Watch]:
    """A board with one panel on an SPI bus, and the time it goes by."""
    port = ModelledPort(paper)

    def open_spi(wanted_bus: int, wanted_select: int) -> SpiDev:
        if (wanted_bus, wanted_select) != (bus, select):
            raise FileNotFoundError(2, "No such file or directory")
        return port

    open_bus: Callable[[int], Bus] = no_i2c
    board = Board(open_pins=lambda: Pins(paper.factory), open_bus=open_bus, open_spi=open_spi)
    return board, port, Watch(lambda: paper.now, paper.sleep)
