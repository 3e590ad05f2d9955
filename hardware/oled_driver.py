"""How OLEDs are driven, whatever the controller, on I2C and on SPI.

luma.oled knows the controllers; around it stand the checks it leaves to `assert`, words for its errors, and
two decisions.  Each picture goes out with the whole set-up before it: a controller that lost its supply for a
moment beside a motor acknowledges every byte and stays dark for ever unless it is set up anew.  And the glass
is blanked when the driver is closed or the process ends, by us instead of by luma (its hook would talk to a
bus that is closed by then): nobody watches over a code that a dead process left there.

On I2C a panel that is gone does not acknowledge, and is an error.  On SPI nobody can know.
"""

import atexit
import time
from collections.abc import Callable
from contextlib import ExitStack
from threading import Lock
from typing import Annotated, Any, ClassVar, Protocol

from msgspec import Meta, Struct
from PIL import Image

from hardware.base import Rest, must_exist, must_fit
from hardware.board import Board
from hardware.errors import DeviceFailed, DeviceMissing
from hardware.oled_chips import DISPLAY_OFF, DISPLAY_ON, Recorder, Transfer

_TRIES = 2
"""A spark spoils one transfer, not two."""
_RESET_SECONDS = 0.01
_SLOWEST_I2C = 100_000 / 9
"""Bytes a second on a bus as Raspberry Pi OS sets it up."""
_IDENTITIES = {0x3: "ssd1306", 0x6: "ssd1306", 0x7: "sh1107", 0xF: "sh1107", 0x8: "sh1106"}
"""The low bits of the status byte of controllers that let it be read."""
_BITS = {"1": 1, "L": 4, "RGB": 16}

_SOONEST_REST = 60.0
"""Seconds for which every picture is bright: a code on a slow panel is a new one every half minute."""

Seconds = Annotated[float, Meta(ge=0, le=1_000_000)]


class Wire(Protocol):
    """Commands and data to one controller."""

    where: str

    def command(self, *command: int) -> None:
        """Send a command with its arguments; raises `DeviceFailed`."""

    def data(self, data: list[int]) -> None:
        """Send picture memory; raises `DeviceFailed`."""


class Look(Struct, frozen=True, kw_only=True):
    """What every OLED can be told; width and height are the controller's, before `rotate`."""

    width: int = 128
    height: int = 64
    rotate: Annotated[int, Meta(ge=0, le=3)] = 0
    contrast: Annotated[int, Meta(ge=0, le=255)] = 0xCF
    dim_after: Seconds = 120.0
    dark_after: Seconds = 14_400.0

    def __post_init__(self) -> None:
        for name, after in (("dim_after", self.dim_after), ("dark_after", self.dark_after)):
            if 0 < after < _SOONEST_REST:
                raise ValueError(
                    f"{name} must be 0, for never, or at least {_SOONEST_REST:g} seconds, not {after:g}: "
                    "a code would rest while it is to be read"
                )


class I2cConfig(Look, frozen=True, kw_only=True):
    """`check_controller = false` opens a panel that says it has another controller."""

    bus: Annotated[int, Meta(ge=0)] = 1
    address: Annotated[int, Meta(ge=0x03, le=0x77)] = 0x3C
    check_controller: bool = True


class SpiConfig(Look, frozen=True, kw_only=True):
    """`spi` is the bus; the pins are BCM numbers."""

    spi: Annotated[int, Meta(ge=0, le=1)] = 0
    chip_select: Annotated[int, Meta(ge=0, le=2)] = 0
    dc_pin: Annotated[int, Meta(ge=0, le=27)] = 24
    reset_pin: Annotated[int, Meta(ge=0, le=27)] = 25
    hertz: Annotated[int, Meta(ge=100_000, le=10_000_000)] = 8_000_000


class Oled:
    """One panel; the glass is blank once it is made."""

    NAME: ClassVar[str]
    CHIP: ClassVar[Callable[..., Any]]
    SIZES: ClassVar[frozenset[tuple[int, int]]]
    MODE: ClassVar[str] = "1"

    def __init__(self, config: Any, board: Board) -> None:
        must_exist(self.NAME, (config.width, config.height), self.SIZES)
        self._config = config
        self._contrast = config.contrast
        self._lock = Lock()
        self._closed = False
        self._wires = ExitStack()
        recorder = Recorder()
        try:
            self._wire = self._wired(config, board, self._wires)
            self._chip = self.CHIP(recorder, config.width, config.height, config.rotate, **self._more(config))
            self._recorder = recorder
            self._setup = _without_switching_off(recorder.take())
            self._send(Image.new(self.MODE, self.size))
        except BaseException as error:
            self._wires.close()
            if isinstance(error, DeviceFailed):
                raise DeviceMissing(str(error)) from error
            raise
        atexit.register(self.close)

    def _wired(self, config: Any, board: Board, opened: ExitStack) -> Wire:
        raise NotImplementedError

    def _more(self, config: Any) -> dict[str, Any]:
        """What else luma's controller is told."""
        return {}

    @property
    def size(self) -> tuple[int, int]:
        width, height = self._chip.size
        return width, height

    @property
    def mode(self) -> str:
        return self.MODE

    @property
    def rest(self) -> Rest:
        return Rest(self._config.dim_after, self._config.dark_after)

    @property
    def refresh_seconds(self) -> float:
        return 0.0

    def glow(self, share: float) -> None:
        self._contrast = round(self._config.contrast * share)

    def show(self, image: Image.Image) -> None:
        """Send set-up and picture; returns when the last byte is on the bus.  A later try may succeed."""
        must_fit(image, self.size, self.mode)
        with self._lock:
            if self._closed:
                raise DeviceFailed("the panel is closed")
            self._send(image)

    def _send(self, image: Image.Image) -> None:
        picture = self._drawn(image)
        for left in reversed(range(_TRIES)):
            try:
                self._transfer(self._setup)
                self._transfer(picture)
                self._wire.command(DISPLAY_ON)
            except DeviceFailed:
                if not left:
                    raise
            else:
                return

    def _drawn(self, image: Image.Image) -> tuple[Transfer, ...]:
        self._chip.contrast(self._contrast)
        self._chip.display(image)
        return self._recorder.take()

    def _transfer(self, transfers: tuple[Transfer, ...]) -> None:
        for is_data, sent in transfers:
            if is_data:
                self._wire.data(list(sent))
            else:
                self._wire.command(*sent)

    def close(self) -> None:
        """Blank the glass and switch it off, as far as it still answers."""
        atexit.unregister(self.close)
        with self._lock, self._wires:
            if self._closed:
                return
            self._closed = True
            try:
                self._wire.command(DISPLAY_OFF)
                self._transfer(self._drawn(Image.new(self.MODE, self.size)))
            except DeviceFailed:
                return  # it is gone, and its picture with it


def _without_switching_off(setup: tuple[Transfer, ...]) -> tuple[Transfer, ...]:
    """The set-up as it may be sent while a picture is on the glass."""
    off = bytes([DISPLAY_OFF])
    kept = (
        Transfer(each.is_data, each.sent if each.is_data else each.sent.removeprefix(off)) for each in setup
    )
    return tuple(each for each in kept if each.sent)


class OnI2c(Oled):
    """A panel that acknowledges what it is sent."""

    ACCEPTED: ClassVar[frozenset[str]] = frozenset(_IDENTITIES.values())
    """Who it may say that it is."""

    @property
    def refresh_seconds(self) -> float:
        width, height = self.size
        return width * height * _BITS[self.MODE] / 8 / _SLOWEST_I2C

    def _wired(self, config: Any, board: Board, opened: ExitStack) -> Wire:
        wire = board.i2c(config.bus, config.address)
        wire.command(DISPLAY_OFF)  # luma hooks itself into the exit even where nothing answers
        if config.check_controller:
            self._must_be_ours(wire.status(), wire.where)
        return wire

    def _must_be_ours(self, status: int | None, where: str) -> None:
        found = _IDENTITIES.get(status & 0x0F) if status is not None else None
        if found and found not in self.ACCEPTED:
            raise DeviceMissing(
                f"the panel at {where} says that it is {found}, not {self.NAME}: write driver = "
                f'"{found}", or check_controller = false if you know better'
            )


class OnSpi(Oled):
    """A panel that nobody hears of."""

    def _wired(self, config: Any, board: Board, opened: ExitStack) -> Wire:
        from hardware.spi import Wire as SpiWire

        port = board.spi(config.spi, config.chip_select, config.hertz)
        pins = board.pins()
        data = opened.enter_context(pins.output(config.dc_pin, "the panel's D/C", active_high=True))
        reset = opened.enter_context(pins.output(config.reset_pin, "the panel's RST", active_high=False))
        for held in (True, False):
            reset.turn(held)
            time.sleep(_RESET_SECONDS)
        return SpiWire(port, data)
