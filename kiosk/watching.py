"""A release under the eye of a sensor: it must be at rest before, and says afterwards whether goods fell.

A sensor that says no is believed, one that could not be read is not: then nobody knows, and a person looks.
Nothing in here ever moves an output a second time.
"""

import time
from collections.abc import Callable
from typing import Final

from msgspec.structs import replace

from hardware.errors import HardwareError
from kiosk import effects as do
from kiosk import events as on
from kiosk.lanes import Job
from kiosk.model import Drop
from kiosk.roles import HABITS
from kiosk.senses import Eye

PATIENCE: Final = 3.0
"""Seconds that a hand may still be in the bin when the next order is released."""
LOOKS_EVERY: Final = 0.05


def watched(job: Job, act: do.Release, eye: Eye | None) -> Job:
    """The job under this eye: it must be at rest before the first pulse, and sees the last."""
    if eye is None:
        return job
    is_last = act.last >= act.order.pulses
    seconds = job.seconds + PATIENCE + (eye.timeout if is_last else 0.0)
    work = _to_the_end if is_last else _only_begun
    return job._replace(work=lambda: work(job.work, act, eye), seconds=seconds)


def _only_begun(work: Callable[[], on.Event], act: do.Release, eye: Eye) -> on.Event:
    return _not_at_rest(act, eye) or work()


def _to_the_end(work: Callable[[], on.Event], act: do.Release, eye: Eye) -> on.Event:
    if blocked := _not_at_rest(act, eye):
        return blocked
    try:
        watch = eye.input.watch()
    except HardwareError as error:
        return _nothing_moved(act, str(error))
    with watch:
        event = work()
        try:
            return _judged(event, eye, watch.seen(eye.timeout) if _may_have_moved(event) else False)
        except HardwareError as error:
            return _unseen(event, act, eye, str(error))


def _not_at_rest(act: do.Release, eye: Eye) -> on.ReleaseFailed | None:
    """Why nothing may move: a sensor that says yes before anything fell would say yes to anything."""
    if act.first > 1:
        return None
    until = time.monotonic() + PATIENCE
    try:
        while eye.input.active():
            if time.monotonic() >= until:
                return _nothing_moved(act, HABITS[eye.role].reason, eye)
            time.sleep(LOOKS_EVERY)
    except HardwareError as error:
        return _nothing_moved(act, str(error), eye)
    return None


def _nothing_moved(act: do.Release, reason: str, eye: Eye | None = None) -> on.ReleaseFailed:
    said = f"{eye.name}: {reason}" if eye else reason
    return on.ReleaseFailed(act.order.id, energised=False, reason=said)


def _may_have_moved(event: on.Event) -> bool:
    return isinstance(event, on.Released) or (isinstance(event, on.ReleaseFailed) and event.energised)


def _judged(event: on.Event, eye: Eye, seen: bool) -> on.Event:
    match event:
        case on.Released():
            return replace(event, drop=Drop.SEEN if seen else Drop.NOT_SEEN)
        case on.ReleaseFailed(energised=True, reason=reason):
            saw = "saw something" if seen else "saw nothing"
            return replace(event, reason=f"{reason}; {eye.name} {saw}")
        case _:
            return event


def _unseen(event: on.Event, act: do.Release, eye: Eye, reason: str) -> on.Event:
    """The output did its work, and whether anything fell nobody knows."""
    if not isinstance(event, on.Released):
        return event
    said = f"released, but {eye.name} could not see it: {reason}"
    return on.ReleaseFailed(act.order.id, energised=True, reason=said, given=event.last, begun=event.last)
