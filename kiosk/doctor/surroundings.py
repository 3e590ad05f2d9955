"""The machine around the kiosk, as far as a doctor looks at it; what is here is all that he touches."""

import importlib.util
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

from hardware.event_devices import EventDevices, KernelDevices
from hardware.i2c import Bus, smbus
from hardware.line_info import Line, header_chip, line_of

Shell: TypeAlias = Callable[[Sequence[str]], str | None]
"""Runs a program of the system and gives what it prints; None where it is not there or does not end."""

PATIENCE: Final = 10.0
WRITES: Final = 8
PAGE: Final = b"\xa5" * 4096


def shell(words: Sequence[str]) -> str | None:
    """Run it for real."""
    try:
        ended = subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        return None
    return ended.stdout if ended.returncode == 0 else None


def kept_in(folder: Path) -> list[float]:
    """How many seconds each of a few writes took until the disk said it was kept; raises OSError.

    A file of our own, gone afterwards; with a name, for what has none is kept in another way.
    """
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".doctor-") as file:
        return [_kept(file.fileno()) for _ in range(WRITES)]


def library() -> str:
    """What is wrong with the library that moves pins, "" where nothing is; to import it would make a pipe."""
    found = importlib.util.find_spec("lgpio")
    if found is None or found.origin is None:
        return "it is not installed"
    whole = "gpiochip_open" in Path(found.origin).read_text(encoding="utf-8", errors="replace")
    return "" if whole else "what is installed is an empty stub"


def device_of(folder: Path) -> str:
    """Major and minor number of the disk that holds a folder, as /sys/dev/block names it; raises OSError."""
    device = folder.stat().st_dev
    return f"{os.major(device)}:{os.minor(device)}"


class Surroundings(NamedTuple):
    """Where it looks and by what; tests put another machine here."""

    run: Shell = shell
    devices: Path = Path("/dev")
    sys: Path = Path("/sys")
    proc: Path = Path("/proc")
    now: Callable[[], float] = time.time
    bus: Callable[[int], Bus] = smbus
    pads: Callable[[], EventDevices] = KernelDevices
    chip: Callable[[Path], Path] = header_chip
    line: Callable[[Path, int], Line] = line_of
    keep: Callable[[Path], list[float]] = kept_in
    device: Callable[[Path], str] = device_of
    library: Callable[[], str] = library

    def said(self, path: str) -> str:
        """What a small file under /sys says, "" where there is none."""
        try:
            return (self.sys / path).read_text(encoding="ascii", errors="replace").strip()
        except OSError:
            return ""


def _kept(descriptor: int) -> float:
    begun = time.perf_counter()
    os.write(descriptor, PAGE)
    os.fsync(descriptor)
    return time.perf_counter() - begun
