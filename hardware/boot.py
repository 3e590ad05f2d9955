"""Which boot of the kernel this is, and how long ago it was."""

import time
from pathlib import Path

from msgspec import Struct

from hardware.board import Board
from hardware.errors import DeviceMissing

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def read_boot_id(path: Path) -> str:
    """The kernel's name for this boot; raises `DeviceMissing` where there is none."""
    try:
        return path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise DeviceMissing(
            f"this boot cannot be told from the last one, {path} is unreadable: {error.strerror}; "
            "Linux has it, unless the unit sets ProcSubset="
        ) from error


class KernelBoot:
    """The running kernel's boot."""

    class Config(Struct, frozen=True, kw_only=True):
        """There is only one kernel."""

    def __init__(self, config: Config, board: Board) -> None:
        self._id = read_boot_id(BOOT_ID)

    @property
    def id(self) -> str:
        """The kernel's random UUID of this boot."""
        return self._id

    def elapsed(self) -> float:
        """CLOCK_BOOTTIME: unlike the monotonic clock it goes on while the machine sleeps."""
        return time.clock_gettime(time.CLOCK_BOOTTIME)
