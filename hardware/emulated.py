"""Panel, keypad, outputs and boot of a machine that is only drawn: the other end is the simulator's box.

They keep the contracts of real parts to the letter, failures included, so that everything behind them is the
daemon of a real machine.
"""

import atexit
import time
from collections.abc import Callable
from itertools import count
from threading import Lock
from typing import Annotated, Literal

from msgspec import Meta, Struct
from PIL import Image

from hardware.base import Pulse, must_fit, no_matter, nothing
from hardware.board import Board
from hardware.errors import DeviceFailed, DeviceMissing
from hardware.lines import LONGEST_LINE, Lamp, PanelOff, Picture
from hardware.plans import Plan
from hardware.switch import Switch

LAMP_GRACE = 5.0
"""Seconds after which a lamp that was not switched off in time is.

It releases nothing, and a computer that runs a whole simulator stops a thread for longer than a Pi does.
"""


class EmulatedPanel:
    """A glass in the box."""

    class Config(Struct, frozen=True, kw_only=True):
        """Any size whose picture fits a line to the box."""

        socket: str
        width: Annotated[int, Meta(ge=1)] = 128
        height: Annotated[int, Meta(ge=1)] = 64
        mode: Literal["1", "L", "RGB"] = "1"

        def __post_init__(self) -> None:
            bits = self.width * self.height * {"1": 1, "L": 8, "RGB": 24}[self.mode]
            if bits // 6 > LONGEST_LINE - 1024:
                raise ValueError(
                    f"a picture of {self.width}x{self.height} in mode {self.mode} is too large to emulate"
                )

    def __init__(self, config: Config, board: Board) -> None:
        self._config = config
        self._link = board.link(config.socket)
        self._numbers = count(1)
        self._showing = Lock()
        self._closed = False

    @property
    def size(self) -> tuple[int, int]:
        return self._config.width, self._config.height

    @property
    def mode(self) -> str:
        return self._config.mode

    def show(self, image: Image.Image) -> None:
        """Send the picture and wait for the box's word that it is on the glass."""
        must_fit(image, self.size, self.mode)
        with self._showing:
            if self._closed:
                raise DeviceFailed("the panel is closed")
            if reason := self._link.trouble("panel"):
                raise DeviceFailed(reason)
            number = next(self._numbers)
            self._link.send(Picture(n=number, size=self.size, mode=self.mode, pixels=image.tobytes()))
            self._link.wait_shown(number, "panel")

    def close(self) -> None:
        with self._showing:
            if self._closed:
                return
            self._closed = True
            try:
                self._link.send(PanelOff())
            except DeviceFailed:
                return  # the box is gone, and its glass with it


class EmulatedKeypad:
    """Keys drawn in the box."""

    class Config(Struct, frozen=True, kw_only=True):
        """The box's socket."""

        socket: str

    def __init__(self, config: Config, board: Board) -> None:
        self._link = board.link(config.socket)
        self._open = True

    def listen(
        self,
        put: Callable[[str], None],
        failed: Callable[[str], None],
        healed: Callable[[], None] = nothing,
        held: Callable[[str], None] = no_matter,
    ) -> None:
        self._link.on_key(
            lambda key: put(key) if self._open else None, lambda key: held(key) if self._open else None
        )
        self._link.on_trouble(
            "keypad",
            lambda reason: failed(reason) if self._open else None,
            lambda: healed() if self._open else None,
        )

    def close(self) -> None:
        self._open = False


class EmulatedOutput:
    """A lamp in the box, kept to one bounded pulse by the same switch as a relay."""

    class Config(Plan, frozen=True, kw_only=True):
        """`name` is the lamp's in the box."""

        socket: str
        name: str

    def __init__(self, config: Config, board: Board) -> None:
        self._name = config.name
        self._link = board.link(config.socket)
        self._switch = Switch(
            f"output {config.name}", self._turn, longest=config.milliseconds, grace=LAMP_GRACE
        )
        try:
            self._turn(False)
        except DeviceFailed as error:
            raise DeviceMissing(str(error)) from error
        atexit.register(self.close)

    def release(self, plan: Pulse) -> None:
        if reason := self._link.trouble(f"output:{self._name}"):
            raise DeviceMissing(f"output {self._name} was not switched on: {reason}")
        self._switch.pulse(plan.milliseconds)

    def off(self) -> None:
        self._switch.off()

    def close(self) -> None:
        """Switch off; a box that is gone has switched its lamps off itself."""
        atexit.unregister(self.close)
        try:
            self._switch.close()
        except DeviceFailed:
            return

    def _turn(self, on: bool) -> None:
        self._link.send(Lamp(name=self._name, on=on, at=time.monotonic()))


class EmulatedBoot:
    """The boot the box pretends."""

    class Config(Struct, frozen=True, kw_only=True):
        """The box's socket."""

        socket: str

    def __init__(self, config: Config, board: Board) -> None:
        self._link = board.link(config.socket)

    @property
    def id(self) -> str:
        return self._link.boot_id

    def elapsed(self) -> float:
        return self._link.elapsed()
