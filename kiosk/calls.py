"""Slow calls as jobs of a lane: what is sent, and what answer, error or silence is as an event."""

import time
from collections.abc import Callable
from typing import Any

from hardware.base import Output, Pulse
from hardware.errors import DeviceMissing, HardwareError
from kiosk import effects as do
from kiosk import events as on
from kiosk.errors import GatewayError, Misconfigured, Refused, Unreadable, Unsupported
from kiosk.gateways.base import Gateway
from kiosk.lanes import Job
from kiosk.model import Drop, Trouble, TroubleKind

KINDS: tuple[tuple[type[GatewayError], TroubleKind], ...] = (
    (Unreadable, TroubleKind.UNREADABLE),
    (Refused, TroubleKind.REFUSED),
    (Unsupported, TroubleKind.UNSUPPORTED),
    (Misconfigured, TroubleKind.MISCONFIGURED),
)
FAILED: dict[type[do.GatewayCall], Callable[[str, Trouble], on.Event]] = {
    do.Create: on.ChargeFailed,
    do.Ask: on.StatusFailed,
    do.Cancel: on.CancelFailed,
    do.Refund: on.RefundFailed,
}
SLACK = 5.0
"""Seconds an output may take beyond its pulse: its own limit, and a slow line to an emulated one."""
STUCK = Trouble(TroubleKind.UNREACHABLE, "the call was stuck past its deadline")


def job(call: do.GatewayCall, gateway: Gateway, elapsed: Callable[[], float]) -> Job:
    """The call as a job of a lane."""
    terms = gateway.terms
    seconds = terms.status_deadline if isinstance(call, do.Ask) else terms.create_deadline
    return Job(lambda: _made(call, gateway, elapsed), seconds, failed(call, STUCK))


def failed(call: do.GatewayCall, trouble: Trouble) -> on.Event:
    """The event of a call that brought nothing."""
    return FAILED[type(call)](call.order.id, trouble)


def release(act: do.Release, output: Output, plan: Pulse) -> Job:
    """Energise an output once, or for each pulse; where it may have moved, a person must look."""
    lost = _release_failed(act, "the output is stuck", given=act.first - 1, begun=act.last)
    pulses = max(1, act.last - act.first + 1)
    return Job(lambda: _released(act, output, plan), pulses * _span(plan) + SLACK, lost)


def _span(plan: Pulse) -> float:
    return (plan.milliseconds + plan.gap) / 1000


def try_output(command: str, output: Output, plan: Pulse) -> Job:
    """Energise an output once without a sale."""
    lost = on.OutputTried(command, "the output is stuck")
    return Job(lambda: _tried(command, output, plan), _span(plan) + SLACK, lost)


def _tried(command: str, output: Output, plan: Pulse) -> on.Event:
    try:
        output.release(plan)
    except HardwareError as error:
        return on.OutputTried(command, str(error))
    return on.OutputTried(command, "")


def trouble_of(error: GatewayError) -> Trouble:
    """An error as a value; whatever says nothing more is unreachable: nothing is known."""
    kind = next((kind for type_, kind in KINDS if isinstance(error, type_)), TroubleKind.UNREACHABLE)
    return Trouble(kind, error.reason, error.code)


def _made(call: do.GatewayCall, gateway: Gateway, elapsed: Callable[[], float]) -> on.Event:
    try:
        return CALLS[type(call)](call, gateway, elapsed)
    except GatewayError as error:
        return failed(call, trouble_of(error))


def _create(call: do.Create, gateway: Gateway, elapsed: Callable[[], float]) -> on.Event:
    return on.ChargeMade(call.order.id, gateway.create(call.order))


def _ask(call: do.Ask, gateway: Gateway, elapsed: Callable[[], float]) -> on.Event:
    asked_at = elapsed()
    report = gateway.status(call.order, call.charge)
    return on.StatusReported(call.order.id, report, asked_at, elapsed())


def _cancel(call: do.Cancel, gateway: Gateway, elapsed: Callable[[], float]) -> on.Event:
    gateway.cancel(call.order, call.charge)
    return on.CancelDone(call.order.id)


def _refund(call: do.Refund, gateway: Gateway, elapsed: Callable[[], float]) -> on.Event:
    receipt = gateway.refund(call.order, call.charge, call.evidence, call.amount, call.key)
    return on.RefundDone(call.order.id, receipt)


CALLS: dict[type[do.GatewayCall], Callable[[Any, Gateway, Callable[[], float]], on.Event]] = {
    do.Create: _create,
    do.Ask: _ask,
    do.Cancel: _cancel,
    do.Refund: _refund,
}


def _released(act: do.Release, output: Output, plan: Pulse) -> on.Event:
    for number in range(act.first, act.last + 1):
        try:
            output.release(plan)
        except HardwareError as error:
            moved = not isinstance(error, DeviceMissing)
            return _release_failed(act, str(error), given=number - 1, begun=number, energised=moved)
        if number < act.order.pulses:
            time.sleep(plan.gap / 1000)
    return on.Released(act.order.id, Drop.NO_SENSOR, act.last)


def _release_failed(
    act: do.Release, reason: str, *, given: int, begun: int, energised: bool = True
) -> on.Event:
    """A failure; pulses are numbered only where the order is given in pulses."""
    if not act.last:
        return on.ReleaseFailed(act.order.id, energised, reason)
    return on.ReleaseFailed(act.order.id, energised, reason, given, begun if energised else given)
