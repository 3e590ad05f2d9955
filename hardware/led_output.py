"""A relay that the kernel switches as an LED: it ends each pulse, whatever happens to this program.

The kernel's rules, each of which has its line below.  A shot while one is under way is taken and forgotten,
so there is a rest between two, and each is looked for.  A `delay_off` of 0 means on for ever.  Writing
`invert` in mid-pulse gives a second one.  Writing 0 to `brightness` ends a pulse at once and takes the
trigger away with its files; those that come with it again are root's until udev has given them to us.
"""

import atexit
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from errno import EINVAL
from threading import Event, Lock
from typing import Annotated, Final

from msgspec import Meta

from hardware.base import Pulse
from hardware.board import Board
from hardware.errors import DeviceFailed, DeviceMissing, HardwareError
from hardware.header import called, must_rest_off
from hardware.plans import Plan
from hardware.switch import CUT, GRACE, TOO_LONG, Turnstile

SHORTEST: Final = 20
"""Milliseconds of a pulse that the kernel's clock, of up to 10 ms a tick, still tells from its neighbours."""
REST: Final = 0.04
"""Seconds after a pulse in which the kernel might take the next shot for a part of it."""
ON_AFTER: Final = 0.03
"""Seconds after a shot by which the kernel has surely switched on."""
UDEV_TAKES: Final = 2.0
"""Seconds until files that the kernel made anew are ours."""
LOOK_EVERY: Final = 0.002


class LedOutput:
    """Off when made, off when closed, and off by the kernel's own clock at the end of each pulse."""

    class Config(Plan, frozen=True, kw_only=True):
        """`pin` is the BCM number; the LED's name follows from it, `kiosk-gpio17`.

        `resistor_holds_it_off` as for a relay: the word that a resistor keeps it off while the kernel starts.
        """

        pin: Annotated[int, Meta(ge=0, le=27)]
        active_high: bool = True
        resistor_holds_it_off: bool = False

        def __post_init__(self) -> None:
            super().__post_init__()
            if self.milliseconds < SHORTEST:
                raise ValueError(f"the kernel times no pulse below {SHORTEST} ms, not {self.milliseconds}")
            must_rest_off(
                self.pin, active_high=self.active_high, resistor_holds_it_off=self.resistor_holds_it_off
            )

    def __init__(self, config: Config, board: Board) -> None:
        self._led = board.led(f"kiosk-gpio{config.pin}")
        self._name = f"LED output on {called(config.pin)}"
        self._overlay = overlay(config.pin, active_high=config.active_high)
        self._turnstile = Turnstile(self._name, config.milliseconds)
        self._edge = Lock()
        self._cut = Event()
        self._closed = False
        self._rested_at = time.monotonic() + REST
        self._make_ready(config.milliseconds)
        atexit.register(self.close)

    def release(self, plan: Pulse) -> None:
        with self._turnstile.passage(plan.milliseconds):
            self._begin()
            time.sleep(max(0.0, self._rested_at - time.monotonic()))
            self._make_ready(plan.milliseconds)
            with self._speaking():
                self._pulse(plan.milliseconds / 1000)

    def off(self) -> None:
        with self._speaking():
            if self._turnstile.is_taken or self._is_on():
                self._end()

    def close(self) -> None:
        atexit.unregister(self.close)
        self._closed = True
        self.off()

    def _begin(self) -> None:
        with self._edge:
            if self._closed:
                raise DeviceMissing(f"{self._name} is closed: nothing was released")
            self._cut.clear()

    def _end(self) -> None:
        held = self._edge.acquire(timeout=GRACE)  # not for ever: whoever holds it may hang
        try:
            self._cut.set()
            self._led.write("brightness", "0")
        finally:
            if held:
                self._edge.release()

    def _pulse(self, seconds: float) -> None:
        begun = time.monotonic()
        self._shoot()
        try:
            missed = self._was_missed(begun, begun + seconds)
            self._cut.wait(max(0.0, begun + seconds - time.monotonic()))
            ended = self._until(self._is_off, begun + seconds + GRACE)
        finally:
            self._rested_at = time.monotonic() + REST
        if not ended:
            self._led.write("brightness", "0")
        if wrong := self._wrong(missed, ended):
            raise DeviceFailed(f"{self._name} {wrong}")

    def _shoot(self) -> None:
        # in one piece with `off`, so that an output switched off a moment ago is not on a moment later
        with self._edge:
            if self._cut.is_set():
                raise DeviceMissing(f"{self._name} was switched off before its pulse: nothing was released")
            self._led.write("shot", "1")

    def _was_missed(self, begun: float, end: float) -> bool:
        """Whether it was seen to be off when it should have been on.

        Who was kept from looking in time knows nothing, and trusts the kernel, which took the shot at rest.
        """
        looked = False
        while time.monotonic() < end and not self._cut.is_set():
            in_time = time.monotonic() > begun + ON_AFTER
            if self._is_on():
                return False
            looked |= in_time and time.monotonic() < end
            time.sleep(LOOK_EVERY)
        return looked

    def _wrong(self, missed: bool, ended: bool) -> str:
        if self._cut.is_set():
            return CUT
        if not ended:
            return TOO_LONG
        return "took a pulse and was never seen on: it may have released" if missed else ""

    def _until(self, there: Callable[[], bool], deadline: float) -> bool:
        """Look until it is so; False where it was not so even after the deadline."""
        while True:
            is_last = time.monotonic() >= deadline
            if (found := there()) or is_last:
                return found
            time.sleep(LOOK_EVERY)

    def _make_ready(self, milliseconds: int) -> None:
        """Off, and armed with a trigger of which all is known; raises `DeviceMissing`."""
        try:
            self._switch_off()
            self._arm(str(milliseconds))
        except OSError as error:
            raise DeviceMissing(f"{self._name} cannot be used: {self._advice(error)}") from error

    def _switch_off(self) -> None:
        """End what another process, which is gone, may have begun."""
        if self._is_off():
            return
        self._led.write("brightness", "0")
        if not self._until(self._is_off, time.monotonic() + GRACE):
            raise OSError("it cannot be switched off")

    def _arm(self, milliseconds: str) -> None:
        if "[oneshot]" not in self._led.read("trigger"):
            self._led.write("trigger", "oneshot")
        self._write_once_ours("delay_on", milliseconds)
        self._led.write("delay_off", "1")
        if self._led.read("invert") != "0":
            self._led.write("invert", "0")
        if (self._led.read("delay_on"), self._led.read("delay_off")) != (milliseconds, "1"):
            raise OSError("the kernel does not keep the length of its pulse")

    def _write_once_ours(self, name: str, text: str) -> None:
        deadline = time.monotonic() + UDEV_TAKES
        while True:
            is_last = time.monotonic() > deadline
            try:
                self._led.write(name, text)
            except (PermissionError, FileNotFoundError):
                if is_last:
                    raise
                time.sleep(LOOK_EVERY)
            else:
                return

    def _is_on(self) -> bool:
        return self._brightness() != "0"

    def _is_off(self) -> bool:
        return self._brightness() == "0"

    def _brightness(self) -> str:
        return self._led.read("brightness")

    @contextmanager
    def _speaking(self) -> Iterator[None]:
        try:
            yield
        except HardwareError:
            raise
        except OSError as error:
            raise DeviceFailed(f"{self._name} does not obey any more: {error}") from error

    def _advice(self, error: OSError) -> str:
        if isinstance(error, PermissionError):
            return f"{error}: udev gives it to the kiosk, see /etc/udev/rules.d/60-qris-kiosk.rules"
        if isinstance(error, FileNotFoundError):
            return f"{error}: put {self._overlay} into /boot/firmware/config.txt and start the Pi anew"
        if error.errno == EINVAL:
            return f"{error}: this kernel has no oneshot trigger:  sudo modprobe ledtrig-oneshot"
        return str(error)


def overlay(pin: int, *, active_high: bool) -> str:
    """The line of config.txt that makes an LED of a line."""
    return f"dtoverlay=gpio-led,gpio={pin},label=kiosk-gpio{pin},trigger=oneshot" + (
        "" if active_high else ",active_low=1"
    )
