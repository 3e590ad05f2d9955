"""The GPIO lines of the board, each held by one part under a name people know.

gpiozero moves them; its errors, and lgpio's, are translated here and nowhere else.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any, Self

from gpiozero import GPIOZeroError, InputDevice, OutputDevice, PWMOutputDevice

from hardware.errors import DeviceFailed, DeviceMissing
from hardware.header import called

_LOUDEST = 0.5
"""The share of a period for which a piezo is driven."""


class Line:
    """One GPIO line in use; every failure is a `DeviceFailed` that names line and holder."""

    def __init__(self, pins: "Pins", number: int, holder: str, device: Any) -> None:
        self._pins = pins
        self._device = device
        self.number = number
        self.name = f"{holder} on {called(number)}"

    @contextmanager
    def _speaking(self, act: str) -> Iterator[None]:
        try:
            yield
        except self._pins.troubles as error:
            raise DeviceFailed(f"{self.name} cannot be {act}: {error}") from error

    def close(self) -> None:
        """Let go of the line; twice is once."""
        if self._pins.forget(self):
            with self._speaking("let go"):
                self._rest()
                self._device.close()

    def _rest(self) -> None:
        """Leave the line as it may stay when nobody looks after it."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class OutputLine(Line):
    """A line that energises something; off when made, when closed, and after that."""

    def turn(self, on: bool) -> None:
        """Switch; switching off a closed line, or one that is being closed, is no error: it is off."""
        try:
            with self._speaking("switched on" if on else "switched off"):
                self._device.value = on
        except DeviceFailed:
            if on or self._pins.hold(self):
                raise

    def _rest(self) -> None:
        self._device.off()


class ColumnLine(Line):
    """A line that listens, pulled up, for a key that pulls it down."""

    def pulled_down(self) -> bool:
        """Whether a pressed key connects it to a driven row."""
        with self._speaking("read"):
            return bool(self._device.is_active)


class SignalLine(Line):
    """A line on which another chip says something."""

    def high(self) -> bool:
        """Whether it reads high; a wire that is off reads as it is pulled."""
        with self._speaking("read"):
            return bool(self._device.pin.state)


class ToneLine(Line):
    """A line that is switched so fast that a piezo on it is heard."""

    def sound(self, hertz: int) -> None:
        """Sound at this pitch from now on, 0 for silence."""
        with self._speaking("made to sound" if hertz else "silenced"):
            if hertz:
                self._device.frequency = hertz
            self._device.value = _LOUDEST if hertz else 0

    def _rest(self) -> None:
        self._device.off()


class RowLine(Line):
    """A line that is either driven low or left floating, never driven high."""

    def drive(self) -> None:
        """Drive it low."""
        with self._speaking("driven"):
            self._device.pin.output_with_state(False)

    def float(self) -> None:
        """Let it go: it follows whatever else drives it."""
        with self._speaking("let float"):
            self._device.pin.function = "input"

    def _rest(self) -> None:
        self._device.pin.function = "input"


class Pins:
    """Every line that is in use, by BCM number.

    `troubles` are the exceptions by which the factory below says that a pin cannot be moved.
    """

    def __init__(
        self, factory: Any, troubles: tuple[type[Exception], ...] = (GPIOZeroError, OSError)
    ) -> None:
        self._factory = factory
        self._held: dict[int, Line] = {}
        self._lock = Lock()
        self.troubles = troubles

    def output(self, number: int, holder: str, *, active_high: bool) -> OutputLine:
        """Claim a line and switch it off; raises `DeviceMissing`."""
        made = self._claim(number, holder, OutputLine, OutputDevice, active_high=active_high)
        assert isinstance(made, OutputLine)
        return made

    def column(self, number: int, holder: str) -> ColumnLine:
        """Claim a line to listen on, with the chip's pull-up; raises `DeviceMissing`."""
        made = self._claim(number, holder, ColumnLine, InputDevice, pull_up=True)
        assert isinstance(made, ColumnLine)
        return made

    def signal(self, number: int, holder: str, *, pulled_up: bool) -> SignalLine:
        """Claim a line to listen on, with the chip's pull; raises `DeviceMissing`."""
        made = self._claim(number, holder, SignalLine, InputDevice, pull_up=pulled_up)
        assert isinstance(made, SignalLine)
        return made

    def tone(self, number: int, holder: str) -> ToneLine:
        """Claim a line to sound with, silent at first; raises `DeviceMissing`."""
        made = self._claim(number, holder, ToneLine, PWMOutputDevice)
        assert isinstance(made, ToneLine)
        return made

    def row(self, number: int, holder: str) -> RowLine:
        """Claim a line to drive low or let float, driven low at first; raises `DeviceMissing`."""
        made = self._claim(number, holder, RowLine, OutputDevice)
        assert isinstance(made, RowLine)
        return made

    def _claim(
        self,
        number: int,
        holder: str,
        kind: type[Line],
        make: Callable[..., Any],
        **how: bool,
    ) -> Line:
        with self._lock:
            if number in self._held:
                raise DeviceMissing(
                    f"{holder} wants {called(number)}, which is taken: {self._held[number].name}; "
                    "give each part a pin of its own"
                )
            try:
                device = make(number, pin_factory=self._factory, **how)
            except self.troubles as error:
                raise DeviceMissing(_unclaimed(number, holder, error)) from error
            line = self._held[number] = kind(self, number, holder, device)
            return line

    def hold(self, line: Line) -> bool:
        """Whether a line is on the list."""
        with self._lock:
            return self._held.get(line.number) is line

    def forget(self, line: Line) -> bool:
        """Take a line off the list; whether it was on it."""
        with self._lock:
            return self._held.get(line.number) is line and self._held.pop(line.number) is line

    def close(self) -> None:
        """Let go of every line, outputs off first, then of the chip; one that fails keeps no other on."""
        with self._lock:
            outputs_last = sorted(self._held.values(), key=lambda line: isinstance(line, OutputLine))
        with ExitStack() as closing:  # from the last to the first
            for close in (self._factory.close, *(line.close for line in outputs_last)):
                closing.callback(close)


def _unclaimed(number: int, holder: str, error: Exception) -> str:
    if "busy" in str(error).lower():
        return f"{holder} wants {called(number)}, which another program holds: `gpioinfo` names it"
    return f"{holder} cannot have {called(number)}: {error}"


def lgpio_pins() -> Pins:
    """The pins of this Raspberry Pi; raises `DeviceMissing` with what a technician can do about it."""
    lgpio = _lgpio()
    from gpiozero.pins.lgpio import LGPIOFactory, LGPIOPin

    class SteadyPin(LGPIOPin):  # type: ignore[misc]  # gpiozero has no types
        """A pin of ours: an output begins at its level and is never left floating.

        gpiozero makes a closed pin a floating input, which a relay board may read as on; and it claims an
        output low before it sets its level, which switches an active-low relay on for a moment.
        """

        def close(self) -> None:
            if self.function != "output":
                super().close()

        def output_with_state(self, state: bool) -> None:
            lgpio.gpio_claim_output(self.factory._handle, self._number, int(state))  # noqa: SLF001  # its own

    troubles = (GPIOZeroError, OSError, lgpio.error)
    try:
        factory = LGPIOFactory()
    except troubles as error:
        raise DeviceMissing(_no_chip(error)) from error
    factory.pin_class = SteadyPin
    return Pins(factory, troubles)


def _lgpio() -> Any:
    how = "`sudo apt install python3-lgpio`, and a virtual environment made with --system-site-packages"
    try:
        import lgpio
    except ImportError as error:
        raise DeviceMissing(f"no pin can be moved without the package lgpio ({error}): {how}") from error
    except OSError as error:
        raise DeviceMissing(
            f"lgpio cannot make its pipe in {Path.cwd()} ({error}): start in a directory we may write to"
        ) from error
    if not hasattr(lgpio, "gpiochip_open"):
        raise DeviceMissing(f"the lgpio installed here is an empty stub that moves no pin: {how}")
    return lgpio


def _no_chip(error: Exception) -> str:
    chips = sorted(Path("/dev").glob("gpiochip*"))
    if not chips:
        return f"there is no /dev/gpiochip*: this is no Raspberry Pi, or its kernel lacks GPIO ({error})"
    closed = [str(chip) for chip in chips if not os.access(chip, os.R_OK | os.W_OK)]
    if closed:
        return f"no permission to open {closed[0]}: the user must be in the group gpio ({error})"
    return f"the pins behind {chips[0]} cannot be opened: {error}"
