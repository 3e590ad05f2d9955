"""Threads that wait for slow things, one job after another, so that the deciding thread never does.

A lane shares nothing: its book is kept by the deciding thread, its worker takes jobs from one queue and puts
what came of them into the inbox.  A job says how long it may take; what is stuck past that is given up.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable
from math import inf
from queue import SimpleQueue
from threading import Thread
from typing import NamedTuple

from kiosk.events import Event

GRACE = 2.0
"""Seconds past its own deadline before a job counts as stuck."""

HEAD_START = 0.001
"""Seconds for which the deciding thread gives way to who just got a job.

Of the threads that want the interpreter the one that has it wins: it would go on to draw a picture while a
relay waits for its turn.
"""


class Job(NamedTuple):
    """What to do within `seconds`, and what to believe if it never ends."""

    work: Callable[[], Event]
    seconds: float
    lost: Event


class Done(NamedTuple):
    """What came of a lane's job; `worker` tells a worker that was given up from the one after it."""

    lane: str
    worker: int
    event: Event


class Died(NamedTuple):
    """A thread ended by an error that nobody expected; the process must not go on without it."""

    thread: str
    error: BaseException


class Lane:
    """One worker thread and the jobs that wait for it; only the deciding thread calls its methods."""

    def __init__(self, name: str, put: Callable[[Done | Died], None], clock: Callable[[], float]) -> None:
        self.name = name
        self.losses = 0
        self._put = put
        self._clock = clock
        self._waiting: deque[Job] = deque()
        self._current: Job | None = None
        self._stuck_at = 0.0
        self._worker = 0
        self._jobs = self._hire()

    @property
    def stuck_at(self) -> float | None:
        """When the job under way will count as stuck, by the lane's clock; None while idle."""
        return self._stuck_at if self._current else None

    def do(self, job: Job) -> None:
        """Do it after all that wait already."""
        self._waiting.append(job)
        self._next()

    def finished(self, done: Done) -> Event | None:
        """Take what came of a job and begin the next; None from a worker that was given up."""
        if done.worker != self._worker:
            return None
        self._current = None
        self._next()
        return done.event

    def give_up(self) -> Event:
        """Leave the stuck worker to itself and hire another; its late answer will be dropped."""
        assert self._current
        lost = self._current.lost
        self.losses += 1
        self._current = None
        self._jobs = self._hire()
        self._next()
        return lost

    def close(self) -> None:
        """Let the worker end after its current job."""
        self._waiting.clear()
        self._jobs.put(None)

    def _next(self) -> None:
        if self._current is None and self._waiting:
            self._current = self._waiting.popleft()
            self._stuck_at = self._clock() + self._current.seconds + GRACE
            self._jobs.put(self._current)
            time.sleep(HEAD_START)

    def _hire(self) -> "SimpleQueue[Job | None]":
        self._worker += 1
        jobs: SimpleQueue[Job | None] = SimpleQueue()
        work = (jobs, self.name, self._worker, self._put)
        Thread(target=_work, args=work, name=self.name, daemon=True).start()
        return jobs


class Lanes:
    """All the lanes of one machine, by name; made and asked by the deciding thread only."""

    def __init__(
        self, names: Iterable[str], put: Callable[[Done | Died], None], clock: Callable[[], float]
    ) -> None:
        self._lanes = {name: Lane(name, put, clock) for name in names}

    def do(self, name: str, job: Job) -> None:
        """Give that lane a job."""
        self._lanes[name].do(job)

    def finished(self, done: Done) -> Event | None:
        """Take what came of a job; None from a worker that was given up."""
        return self._lanes[done.lane].finished(done)

    def stuck_at(self, name: str) -> float | None:
        """When that lane's job counts as stuck; None while it is idle."""
        return self._lanes[name].stuck_at

    @property
    def next_stuck(self) -> float:
        """When the first of them counts as stuck; infinite while all are idle."""
        return min((lane.stuck_at for lane in self._lanes.values() if lane.stuck_at is not None), default=inf)

    def stuck(self, now: float) -> Lane | None:
        """One that is past its deadline."""
        late = (lane for lane in self._lanes.values() if lane.stuck_at is not None and now >= lane.stuck_at)
        return next(late, None)

    def close(self) -> None:
        """Let every worker end after its current job."""
        for lane in self._lanes.values():
            lane.close()


def _work(
    jobs: "SimpleQueue[Job | None]", lane: str, worker: int, put: Callable[[Done | Died], None]
) -> None:
    try:
        while (job := jobs.get()) is not None:
            put(Done(lane, worker, job.work()))
    except BaseException as error:  # noqa: BLE001  # whatever it is, the deciding thread must hear of it
        put(Died(lane, error))
