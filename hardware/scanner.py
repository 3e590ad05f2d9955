"""The one thread that looks at keys and inputs, fifty times a second, and more often while goods fall.

Edges reported by the kernel would be the obvious way, but lgpio's thread for them wakes more than a thousand
times a second for nothing; a scan costs a few reads.  With nothing to scan the thread sleeps without waking.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Condition, Event, RLock, Thread

PERIOD = 0.02
"""Seconds from one scan to the next."""


@dataclass(slots=True)
class _Job:
    scan: Callable[[float], None]
    failed: Callable[[str], None]
    every: float
    due: float = 0.0


class Scanner:
    """Calls every scan it was given with the monotonic time, from its own thread."""

    def __init__(self) -> None:
        self._jobs: tuple[_Job, ...] = ()
        self._changed = Condition()
        self._scanning = RLock()
        self._stopped = Event()
        self._thread = Thread(target=self._run, name="scanner", daemon=True)
        self._thread.start()

    def add(
        self, scan: Callable[[float], None], failed: Callable[[str], None], every: float = PERIOD
    ) -> None:
        """Scan from now on; a scan that raises is not called again and `failed` is told why, once."""
        with self._changed:
            self._jobs += (_Job(scan, failed, every),)
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
                self._rest()
        finally:
            if not self._stopped.is_set():
                for job in self._jobs:
                    job.failed("the scanner thread died: no key or input is looked at any more")

    def _wait_for_jobs(self) -> bool:
        with self._changed:
            self._changed.wait_for(lambda: self._jobs or self._stopped.is_set())
        return not self._stopped.is_set()

    def _rest(self) -> None:
        """Until the next scan is due, or the jobs change."""
        with self._changed:
            jobs = self._jobs
            pause = min((job.due for job in jobs), default=0.0) - time.monotonic()
            self._changed.wait_for(lambda: self._jobs is not jobs or self._stopped.is_set(), pause)

    def _call(self, job: _Job) -> None:
        now = time.monotonic()
        if now < job.due:
            return
        job.due = now + job.every
        try:
            job.scan(now)
        except Exception as error:  # noqa: BLE001  # whatever it was, this part sees nothing any more
            self.remove(job.scan)
            job.failed(str(error) or repr(error))
