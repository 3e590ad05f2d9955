"""What the kernel calls an LED: anything it can switch on and off, as small files under /sys/class/leds.

The trigger `oneshot` gives it one pulse for whatever is written to `shot`: on for `delay_on` milliseconds,
timed by the kernel alone.
"""

import os
from pathlib import Path
from typing import Final, Protocol

LEDS: Final = Path("/sys/class/leds")


class Led(Protocol):
    """The files of one LED by their names; raises OSError."""

    def read(self, name: str) -> str:
        """What stands in the file, without the end of its line."""

    def write(self, name: str, text: str) -> None:
        """Write to the file, which is never made where it is not."""


class KernelLed:
    """The files of one LED of this machine."""

    def __init__(self, name: str, leds: Path = LEDS) -> None:
        self._folder = leds / name

    def read(self, name: str) -> str:
        return (self._folder / name).read_text(encoding="ascii").strip()

    def write(self, name: str, text: str) -> None:
        file = os.open(self._folder / name, os.O_WRONLY | os.O_TRUNC)
        try:
            os.write(file, text.encode("ascii"))
        finally:
            os.close(file)
