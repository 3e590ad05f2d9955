"""The one thread that looks at keys and inputs, fifty times a second.

Edges reported by the kernel would be the obvious way, but lgpio's thread for them wakes more than a thousand
times a second for nothing; a scan costs a few reads.  With nothing to scan the thread sleeps without waking.
"""

import time
from collections.abc import Callable
from threading import Condition, Event, RLock, Thread
from typing import NamedTuple

PERIOD = 0.02
"""Seconds from one scan to the next."""


class _Job(NamedTuple):
    scan: Callable[[float], None]
    failed: Callable[[str], None]


class Scanner:
    """Calls every scan it was given with the monotonic time, from its own thread."""

    def __init__(self) -> None:
        self._jobs: tuple[_Job, ...] = ()
        self._changed = Condition()
        self._scanning = RLock()
        self._stopped = Event()
        self._thread = Thread(target=self._run, name="scanner", daemon=True)
        self._thread.start()

    def add(self, scan: Callable[[float], None], failed: Callable[[str], None]) -> None:
        """Scan from now on; a scan that raises is not called again and `failed` is told why, once."""
        with self._changed:
            self._jobs += (_Job(scan, failed),)
            self._changed.notify()

    def remove(self, scan: Callable[[float], None]) -> None:
        """Scan no more; when this returns the scan is not running."""
        with self._scanning, self._changed:
            self._jobs = tuple(job for job in self._jobs if job.scan != scan)

    def close(self) -> None:
        """End the thread after the scan it is in."""
        self._stopped.set()
        with self._changed:
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        try:
            while self._wait_for_jobs():
                with self._scanning:
                    for job in self._jobs:
                        self._call(job)
                self._stopped.wait(PERIOD)
        finally:
            if not self._stopped.is_set():
                for job in self._jobs:
                    job.failed("the scanner thread died: no key or input is looked at any more")

    def _wait_for_jobs(self) -> bool:
        with self._changed:
            self._changed.wait_for(lambda: self._jobs or self._stopped.is_set())
        return not self._stopped.is_set()

    def _call(self, job: _Job) -> None:
        try:
            job.scan(time.monotonic())
        except Exception as error:  # noqa: BLE001  # whatever it was, this part sees nothing any more
            self.remove(job.scan)
            job.failed(str(error) or repr(error))
