"""The driver: runs a controller's scripts over its wires, and chooses full or partial refresh."""

import atexit
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from threading import Lock
from typing import Annotated, Any, ClassVar, NamedTuple

from msgspec import Meta, Struct
from PIL import Image

from hardware.base import must_exist, must_fit
from hardware.board import Board
from hardware.epaper.script import Controller, Memory, Script, Send, Wait
from hardware.errors import DeviceFailed, DeviceMissing
from hardware.header import called
from hardware.pins import OutputLine, SignalLine
from hardware.spi import Port, Wire

_TRIES = 2
"""A reset cures most of what can befall a controller."""
_RESET_SECONDS = 0.01
_LOOK_EVERY = 0.01
_MUCH = 0.04
"""The share of dots from which on a change is refreshed fully.

A digit that is typed changes a hundredth or two, the smallest code on the widest glass a fifteenth.
"""
_TURNS = {1: Image.Transpose.ROTATE_270, 2: Image.Transpose.ROTATE_180, 3: Image.Transpose.ROTATE_90}
"""Quarter turns clockwise, which Pillow counts the other way."""

Pin = Annotated[int, Meta(ge=0, le=27)]


class EPaperConfig(Struct, frozen=True, kw_only=True):
    """`spi` is the bus, the pins are BCM numbers; `power_pin` only where the board has a switch for power.

    After `full_every` partial refreshes comes a full one.
    """

    spi: Annotated[int, Meta(ge=0, le=1)] = 0
    chip_select: Annotated[int, Meta(ge=0, le=2)] = 0
    dc_pin: Pin = 25
    reset_pin: Pin = 17
    busy_pin: Pin = 24
    power_pin: Pin | None = None
    hertz: Annotated[int, Meta(ge=100_000, le=10_000_000)] = 4_000_000
    rotate: Annotated[int, Meta(ge=0, le=3)] = 0
    partial_refresh: bool = True
    full_every: Annotated[int, Meta(ge=1, le=100)] = 10


class Glass(NamedTuple):
    """A glass: its controller, its columns and rows, and the quarter turns from how people hold it."""

    controller: Controller
    columns: int
    rows: int
    turns: int


class Watch(NamedTuple):
    """Where the time comes from, in seconds."""

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


class EPaper:
    """One panel; the glass is white once it is made, and when it is closed."""

    GLASSES: ClassVar[dict[tuple[int, int], Glass]]
    SIZES: ClassVar[frozenset[tuple[int, int]]]

    def __init__(self, config: Any, board: Board, watch: Watch = Watch()) -> None:  # noqa: B008  # immutable
        size = config.width, config.height
        must_exist(type(self).__name__.lower(), size, self.SIZES)
        self._config = config
        self._glass = self.GLASSES[size]
        self._controller = self._glass.controller
        self._size = size[::-1] if config.rotate % 2 else size
        self._watch = watch
        self._lock = Lock()
        self._closed = False
        self._white = self._laid_out(Image.new("1", self._size, 255))
        self._shown = b""
        """What is on the glass; nothing where nobody knows."""
        self._partials = 0
        with ExitStack() as opened:
            try:
                self._claim(board, opened)
                self._put(self._white)
            except DeviceFailed as error:
                raise DeviceMissing(str(error)) from error
            self._opened = opened.pop_all()
        atexit.register(self._end)

    def _claim(self, board: Board, opened: ExitStack) -> None:
        config, controller = self._config, self._controller
        pins = board.pins()

        def output(pin: int, wire: str, *, active_high: bool) -> OutputLine:
            return opened.enter_context(pins.output(pin, f"the panel's {wire}", active_high=active_high))

        self._port: Port = board.spi(config.spi, config.chip_select, config.hertz)
        if config.power_pin is not None:
            output(config.power_pin, "power", active_high=True).turn(True)
        self._wire = Wire(self._port, output(config.dc_pin, "D/C", active_high=True))
        self._reset_line = output(config.reset_pin, "RST", active_high=False)
        self._busy_line: SignalLine = opened.enter_context(
            pins.signal(config.busy_pin, "the panel's BUSY", pulled_up=controller.busy_is_high)
        )

    @property
    def size(self) -> tuple[int, int]:
        return self._size

    @property
    def mode(self) -> str:
        return "1"

    @property
    def refresh_seconds(self) -> float:
        return self._controller.seconds

    def show(self, image: Image.Image) -> None:
        """Refresh the glass: fully where much changes, and where the same picture is shown again."""
        must_fit(image, self._size, "1")
        with self._lock:
            if self._closed:
                raise DeviceFailed("the panel is closed")
            self._put(self._laid_out(image))

    def close(self) -> None:
        """Wipe the glass; raises `DeviceFailed` where the last picture may have stayed on it."""
        atexit.unregister(self._end)
        with self._lock:
            if self._closed:
                return
            self._closed = True
            with self._opened:
                if self._shown != self._white:
                    self._wipe()

    def _end(self) -> None:
        with suppress(DeviceFailed):  # the process ends, nobody is left to be told
            self.close()

    def _wipe(self) -> None:
        self._shown = b""  # whatever it was, nothing of it may stay
        try:
            self._put(self._white)
        except DeviceFailed as error:
            raise DeviceFailed(f"{error}; the last picture may still be on the glass") from error

    def _laid_out(self, image: Image.Image) -> bytes:
        """The picture as the controller's memory holds it: rows of whole bytes, a set bit is white."""
        turns = (self._glass.turns + self._config.rotate) % 4
        turned = image.transpose(_TURNS[turns]) if turns else image
        memory = Image.new("1", (-(-self._glass.columns // 8) * 8, self._glass.rows), 255)
        memory.paste(turned)
        return memory.tobytes()

    def _put(self, new: bytes) -> None:
        for left in reversed(range(_TRIES)):
            try:
                self._refresh(new)
            except DeviceFailed:
                self._shown = b""
                if not left:
                    raise
            else:
                return

    def _refresh(self, new: bytes) -> None:
        controller, full = self._controller, self._must_be_full(new)
        memories = {Memory.NEW: new, Memory.OLD: self._shown or self._white}
        self._reset()
        self._run(controller.wake, memories)
        self._run(controller.full if full else controller.partial, memories)
        self._run(controller.sleep, memories)
        self._shown = new
        self._partials = 0 if full else self._partials + 1

    def _must_be_full(self, new: bytes) -> bool:
        if not (self._controller.partial and self._config.partial_refresh and self._shown):
            return True
        changed = (int.from_bytes(new) ^ int.from_bytes(self._shown)).bit_count()
        return not 0 < changed < _MUCH * 8 * len(new) or self._partials >= self._config.full_every

    def _reset(self) -> None:
        for held in (True, False):
            self._reset_line.turn(held)
            self._watch.sleep(_RESET_SECONDS)

    def _run(self, script: Script, memories: dict[Memory, bytes]) -> None:
        for step in script:
            match step:
                case Wait():
                    self._wait(step)
                case Send(command, data):
                    self._wire.command(command)
                    sent = memories[data] if isinstance(data, Memory) else data
                    if sent:
                        self._wire.data(sent)

    def _wait(self, wait: Wait) -> None:
        begun = self._watch.clock()
        self._watch.sleep(wait.begins_within or _LOOK_EVERY)
        if wait.begins_within and not self._is_busy():
            raise DeviceFailed(self._deaf(wait))
        while self._is_busy():
            if self._watch.clock() - begun > wait.seconds:
                raise DeviceFailed(self._stuck(wait))
            self._watch.sleep(_LOOK_EVERY)

    def _is_busy(self) -> bool:
        return self._busy_line.high() == self._controller.busy_is_high

    def _stuck(self, wait: Wait) -> str:
        busy, reset = called(self._config.busy_pin), called(self._config.reset_pin)
        return (
            f"the e-paper {self._controller.name} on {self._port.where} did not {wait.act} within "
            f"{wait.seconds:g} s: check BUSY at {busy}, RST at {reset}, 3V3 and ground, "
            "or another controller is on it"
        )

    def _deaf(self, wait: Wait) -> str:
        busy, data = called(self._config.busy_pin), called(self._config.dc_pin)
        return (
            f"the e-paper {self._controller.name} on {self._port.where} did not begin to {wait.act}: check "
            f"{self._port.wires}, D/C at {data}, BUSY at {busy}, or another controller is on it"
        )
