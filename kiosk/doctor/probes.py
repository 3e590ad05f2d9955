"""Looks made side by side, each with a time of its own: one that hangs or breaks costs its own line alone."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from threading import Thread
from typing import NamedTuple, TypeVar

from kiosk.doctor.findings import Finding, doubtful

T = TypeVar("T")


class Probe(NamedTuple):
    """One thing to look at; `within`: seconds after which it is given up."""

    what: str
    look: Callable[[], Iterable[Finding]]
    within: float = 15.0


def begun(work: Callable[[], T]) -> Future[T]:
    """Begin on a thread of its own, which no end of the program waits for."""
    future: Future[T] = Future()
    Thread(target=_settle, args=(future, work), daemon=True).start()
    return future


def side_by_side(probes: Sequence[Probe]) -> Iterator[Finding]:
    """Begin them all; their findings in order, each once it is there or its time is over."""
    start = time.monotonic()
    looks = [(probe, begun(lambda look=probe.look: list(look()))) for probe in probes]  # type: ignore[misc]  # bound now
    for probe, look in looks:
        yield from _ended(probe, look, start + probe.within - time.monotonic())


def _ended(probe: Probe, look: Future[list[Finding]], left: float) -> list[Finding]:
    try:
        return look.result(max(0.0, left))
    except TimeoutError:
        said = f"no answer within {probe.within:g} seconds"
    except Exception as error:  # noqa: BLE001  # a look that breaks must not hide what the others found
        said = f"the look itself failed: {type(error).__name__}"
    return [doubtful(probe.what, "K810", said)]


def _settle(future: Future[T], work: Callable[[], T]) -> None:
    try:
        future.set_result(work())
    except Exception as error:  # noqa: BLE001  # whoever waits is told
        future.set_exception(error)
