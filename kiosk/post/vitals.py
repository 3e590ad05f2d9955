"""How the machine is: measured on a lane, for disks and sensors may be slow, and told every few minutes."""

import os
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from kiosk import events as on
from kiosk.errors import JournalError
from kiosk.journal import Ledger
from kiosk.lanes import Job

WITHIN: Final = 60.0
"""Seconds that measuring may take."""
_MIB: Final = 1024 * 1024
_PROC: Final = Path("/proc")
_SYS: Final = Path("/sys")


class Vitals(Struct, frozen=True, kw_only=True):
    """What was measured: `sales` and `takings` of today, the newest event, how many are not told yet."""

    sales: int = 0
    takings: int = 0
    seq: int = 0
    outbox: int = 0
    health: dict[str, int] = {}


class Survey:
    """Measures a machine; `journal` is the file, in the directory whose disk counts.

    `timezone` says when a day begins.
    """

    def __init__(
        self,
        journal: Path,
        timezone: str,
        wall: Callable[[], float] = time.time,
        proc: Path = _PROC,
        sys: Path = _SYS,
    ) -> None:
        self._journal = journal
        self._zone = ZoneInfo(timezone)
        self._wall = wall
        self._proc, self._sys = proc, sys
        self._found: SimpleQueue[Vitals] = SimpleQueue()
        self._last = Vitals()

    def job(self) -> Job:
        """The work for a lane; once it is done, `found` has it."""
        return Job(self._measure, WITHIN, on.TimePassed())

    def found(self) -> Vitals | None:
        """What was measured since the last call, on any thread."""
        try:
            return self._found.get_nowait()
        except Empty:
            return None

    def _measure(self) -> on.Event:
        self._last = replace(self._books(), health=self._health())
        self._found.put(self._last)
        return on.TimePassed()

    def _books(self) -> Vitals:
        """What the journal says, or what it said last: one that cannot be read is the daemon's trouble."""
        try:
            with Ledger(self._journal) as ledger:
                sales, takings = ledger.takings(midnight(self._wall(), self._zone))
                seq, outbox = ledger.backlog()
        except JournalError:
            return self._last
        return Vitals(sales=sales, takings=takings, seq=seq, outbox=outbox)

    def _health(self) -> dict[str, int]:
        measured: Mapping[str, Callable[[], int]] = {
            "disk_free_mib": self._disk_free,
            "memory_mib": self._memory,
            "temperature_c": self._temperature,
        }
        return {name: value for name, read in measured.items() if (value := _or_none(read)) is not None}

    def _disk_free(self) -> int:
        disk = os.statvfs(self._journal.parent)
        return disk.f_bavail * disk.f_frsize // _MIB

    def _memory(self) -> int:
        """What this process holds of the machine's memory."""
        pages = int((self._proc / "self" / "statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") // _MIB

    def _temperature(self) -> int:
        """The processor's; the first zone is its own on every Pi."""
        return int((self._sys / "class" / "thermal" / "thermal_zone0" / "temp").read_text()) // 1000


def midnight(wall: float, zone: ZoneInfo) -> float:
    """When the day began in which this moment lies, in seconds since 1970."""
    return datetime.fromtimestamp(wall, zone).replace(hour=0, minute=0, second=0, microsecond=0).timestamp()


def _or_none(read: Callable[[], int]) -> int | None:
    """What cannot be measured here, as on a machine that is no Pi, is left out."""
    try:
        return read()
    except (OSError, ValueError, IndexError):
        return None
