"""What the system knows of a process, and on which cores it may run."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

TICK: Final = 1 / os.sysconf("SC_CLK_TCK")
ENDED: Final = (FileNotFoundError, ProcessLookupError)
"""What the kernel says of a thread that ended since it was listed: before its file was opened, or after."""


def cpu_seconds(pid: int) -> float:
    """Of its own, in user and kernel."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * TICK


def resident(pid: int) -> float:
    """Memory in MiB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    (line,) = (line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


def busy(pid: int) -> float:
    """Seconds of CPU, of all its threads that live, to the nanosecond."""
    return sum(int(said.split()[0]) for said in _of_threads(pid, "schedstat")) / 1e9


def wakeups(pid: int) -> int:
    """How often its threads that live went to sleep by themselves, and so had been awake."""
    return sum(_switches(said) for said in _of_threads(pid, "status"))


def _of_threads(pid: int, name: str) -> Iterator[str]:
    """What such a file says of each thread that lives."""
    for each in Path(f"/proc/{pid}/task").iterdir():
        with suppress(*ENDED):
            yield (each / name).read_text(encoding="utf-8")


def _switches(status: str) -> int:
    (line,) = (line for line in status.splitlines() if line.startswith("voluntary_ctxt_switches:"))
    return int(line.split()[1])


def written(pid: int) -> int:
    """Bytes that it caused to be written to a disk."""
    fields = dict(
        line.split(": ") for line in Path(f"/proc/{pid}/io").read_text(encoding="utf-8").splitlines()
    )
    return int(fields["write_bytes"])


def opened(pid: int, name: str) -> int:
    """How often it has a file of this name open."""
    count = 0
    for each in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # one that it closes meanwhile
            count += each.readlink().name == name
    return count


@contextmanager
def apart() -> Iterator[Callable[[int], None]]:
    """Keep us, and whom we start, off the first core; what is yielded gives that one to a process alone.

    With a single core there is nothing to give.
    """
    cores = os.sched_getaffinity(0)
    first, *others = sorted(cores)

    def give(pid: int) -> None:
        for thread in Path(f"/proc/{pid}/task").iterdir():
            with suppress(*ENDED):
                os.sched_setaffinity(int(thread.name), {first})

    os.sched_setaffinity(0, others or cores)
    try:
        yield give if others else lambda _: None
    finally:
        os.sched_setaffinity(0, cores)
