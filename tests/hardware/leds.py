"""The kernel's LED as `led-core.c` and `ledtrig-oneshot.c` have it: the oneshot trigger.

Its traps are modelled too: a shot in mid-pulse is forgotten, a `delay_off` of 0 leaves it on, `invert` in
mid-pulse gives a second one, 0 in `brightness` takes trigger and files away.  It needs no thread: whoever
looks sees what the clock says it must be by now.
"""

import time
from collections.abc import Callable
from errno import EINVAL, ENODEV
from math import inf
from threading import Event, RLock

JIFFY = 0.01
"""Seconds between two ticks of a slow kernel."""
WITH_THE_TRIGGER = ("delay_on", "delay_off", "invert", "shot")


def nothing() -> None:
    """Do nothing at a pulse's beginning."""


class ModelledLed:
    """One LED; `edges` is everything it has been, `refuses` the files that are not ours.

    `oneshot`: whether the kernel has that trigger; `gone`: whether it was taken away; `hangs`: the kernel's
    timer never comes again; `deaf`: shots are forgotten; `on_shot` is called within each shot and `udev` when
    the trigger is set.
    """

    def __init__(self, trigger: str = "oneshot") -> None:
        self.lock = RLock()
        self.edges: list[bool] = []
        self.lit = Event()
        self.written: list[tuple[str, str]] = []
        self.refuses: set[str] = set()
        self.oneshot = True
        self.gone = False
        self.hangs = False
        self.deaf = False
        self.on_shot: Callable[[], None] = nothing
        self.udev: Callable[[], None] = nothing
        self._brightness = 0
        self._trigger = ""
        self._delays = {"delay_on": 0, "delay_off": 0}
        self._invert = 0
        self._next = inf
        self._stop = False
        if trigger == "oneshot":
            self._activate()

    def read(self, name: str) -> str:
        with self.lock:
            self._must_be(name)
            self._go_on()
            match name:
                case "brightness":
                    return str(self._brightness)
                case "trigger":
                    known = ("none", "heartbeat", "oneshot") if self.oneshot else ("none", "heartbeat")
                    return " ".join(
                        f"[{each}]" if each == (self._trigger or "none") else each for each in known
                    )
                case "invert":
                    return str(self._invert)
                case _:
                    return str(self._delays[name])

    def write(self, name: str, text: str) -> None:
        with self.lock:
            self._must_be(name)
            if name in self.refuses:
                raise PermissionError(13, "Permission denied", name)
            self.written.append((name, text))
            self._go_on()
            match name:
                case "brightness":
                    self._set_brightness(int(text))
                case "trigger":
                    self._set_trigger(text)
                case "invert":
                    self._invert = int(text)
                    self._turn(self._invert)  # at once, and the timer goes on
                case "shot":
                    self._shot()
                case _:
                    self._delays[name] = int(text)

    def leave_on(self, milliseconds: int) -> None:
        """What a process that was killed left behind: a pulse of so many milliseconds under way."""
        with self.lock:
            self._delays = {"delay_on": milliseconds, "delay_off": 1}
            self._turn(1)
            self._next = time.monotonic() + milliseconds / 1000

    def _must_be(self, name: str) -> None:
        if self.gone:
            raise OSError(ENODEV, "No such device", name)
        if name in WITH_THE_TRIGGER and self._trigger != "oneshot":
            raise FileNotFoundError(2, "No such file or directory", name)

    def _set_brightness(self, value: int) -> None:
        assert value == 0, "the driver never switches on by itself"
        self._trigger = ""
        self._next = inf
        self._turn(0)

    def _set_trigger(self, text: str) -> None:
        if text not in (("none", "heartbeat", "oneshot") if self.oneshot else ("none", "heartbeat")):
            raise OSError(EINVAL, "Invalid argument", "trigger")
        self._next = inf
        self._turn(0)
        self._trigger = "" if text == "none" else text
        if text == "oneshot":
            self._activate()
            self.udev()

    def _activate(self) -> None:
        self._trigger = "oneshot"
        self._delays = {"delay_on": 100, "delay_off": 100}
        self._invert = 0

    def _shot(self) -> None:
        self.on_shot()
        if self._next < inf or self.deaf:
            return  # forgotten
        if not self._delays["delay_off"]:
            self._turn(1)
            return  # for ever
        self._stop = False
        self._tick(time.monotonic())

    def _go_on(self) -> None:
        """Whatever the timer did since somebody looked."""
        while self._next <= time.monotonic():
            self._tick(self._next)

    def _tick(self, now: float) -> None:
        if self._stop:
            self._next, self._stop = inf, False
        elif self._brightness:
            self._turn(0)
            self._stop = not self._invert
            self._next = now + self._delays["delay_off"] / 1000 + JIFFY
        else:
            self._turn(1)
            self._next = inf if self.hangs else now + self._delays["delay_on"] / 1000

    def _turn(self, brightness: int) -> None:
        if brightness != self._brightness:
            self.edges.append(bool(brightness))
        self._brightness = brightness
        if brightness:
            self.lit.set()
