"""Monochrome OLEDs on I2C: the SSD1306 and its cousin, the SH1106.

luma.oled knows the controllers; around it stand the checks it leaves to `assert`, words for its errors, and
two decisions.  Each picture goes out with the whole set-up before it: a controller that lost its supply for a
moment beside a motor acknowledges every byte and stays dark for ever unless it is set up anew.  And the glass
is blanked when the driver is closed or the process ends, by us instead of by luma (its hook would talk to a
bus that is closed by then): nobody watches over a code that a dead process left there.
"""

import atexit
from threading import Lock
from typing import Annotated, Any, ClassVar

import luma.oled.device
from msgspec import Meta, Struct
from PIL import Image

from hardware.base import must_fit
from hardware.board import Board
from hardware.errors import DeviceFailed, DeviceMissing
from hardware.i2c import Wire

_DISPLAY_OFF = 0xAE
_TRIES = 2
"""A spark spoils one transfer, not two."""


class _Pixels:
    """What luma reads of a picture, for each pixel a byte; the method it uses leaves Pillow in version 14."""

    def __init__(self, image: Image.Image) -> None:
        self._pixels = image.convert("L").tobytes()

    def getdata(self) -> bytes:
        return self._pixels


class _Luma:
    """Put before a controller of luma's."""

    def preprocess(self, image: Image.Image) -> _Pixels:
        return _Pixels(super().preprocess(image))  # type: ignore[misc]  # luma's, it has no types

    def cleanup(self) -> None:
        """Leave the end to `_Oled.close`."""


class _Ssd1306(_Luma, luma.oled.device.ssd1306):  # type: ignore[misc]  # luma has no types
    pass


class _Sh1106(_Luma, luma.oled.device.sh1106):  # type: ignore[misc]  # luma has no types
    pass


class _Recorder:
    """A serial interface that keeps the commands sent through it."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self.commands: list[tuple[int, ...]] = []

    def command(self, *command: int) -> None:
        self.commands.append(command)
        self._wire.command(*command)

    def data(self, data: list[int]) -> None:
        self._wire.data(data)


class _Oled:
    """One panel; the glass is blank once it is made."""

    SIZES: ClassVar[frozenset[tuple[int, int]]]
    CONTROLLER: ClassVar[Any]

    class Config(Struct, frozen=True, kw_only=True):
        """`rotate` counts quarter turns clockwise; width and height are the controller's, before it."""

        bus: Annotated[int, Meta(ge=0)] = 1
        address: Annotated[int, Meta(ge=0x03, le=0x77)] = 0x3C
        width: int = 128
        height: int = 64
        rotate: Annotated[int, Meta(ge=0, le=3)] = 0
        contrast: Annotated[int, Meta(ge=0, le=255)] = 0xCF

    def __init__(self, config: Config, board: Board) -> None:
        if (config.width, config.height) not in self.SIZES:
            known = ", ".join(f"{width}x{height}" for width, height in sorted(self.SIZES))
            raise DeviceMissing(
                f"{type(self).__name__} has no panel of {config.width}x{config.height} pixels: "
                f"choose from {known}"
            )
        self._contrast = config.contrast
        self._lock = Lock()
        self._closed = False
        self._wire = board.i2c(config.bus, config.address)
        recorder = _Recorder(self._wire)
        try:
            self._wire.command(_DISPLAY_OFF)  # luma hooks itself into the exit even where nothing answers
            self._device = self.CONTROLLER(recorder, config.width, config.height, config.rotate)
        except DeviceFailed as error:
            raise DeviceMissing(str(error)) from error
        self._setup = recorder.commands[0][1:]
        atexit.register(self.close)

    @property
    def size(self) -> tuple[int, int]:
        width, height = self._device.size
        return width, height

    @property
    def mode(self) -> str:
        return "1"

    def show(self, image: Image.Image) -> None:
        """Send set-up and picture; returns when the last byte is on the bus.  A later try may succeed."""
        must_fit(image, self.size, self.mode)
        with self._lock:
            if self._closed:
                raise DeviceFailed("the panel is closed")
            self._send(image)

    def _send(self, image: Image.Image) -> None:
        for left in reversed(range(_TRIES)):
            try:
                self._wire.command(*self._setup)
                self._device.contrast(self._contrast)
                self._device.display(image)
                self._device.show()
            except DeviceFailed:
                if not left:
                    raise
            else:
                return

    def close(self) -> None:
        """Blank the glass and switch it off, as far as it still answers."""
        atexit.unregister(self.close)
        with self._lock:
            if self._closed:
                return
            self._closed = True
            try:
                self._device.hide()
                self._device.clear()
            except DeviceFailed:
                return  # it is gone, and its picture with it


class Ssd1306(_Oled):
    """0.96 inch panels, nearly all of them."""

    SIZES = frozenset({(128, 64), (128, 32), (96, 16), (64, 48), (64, 32)})
    CONTROLLER = _Ssd1306


class Sh1106(_Oled):
    """1.3 inch panels; 132 columns of which the glass shows the middle 128."""

    SIZES = frozenset({(128, 128), (128, 64), (128, 32)})
    CONTROLLER = _Sh1106
