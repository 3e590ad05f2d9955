"""What each command does, whether it came over MQTT, through the control socket or from the staff menu.

Every command ends in an answer that is on disk together with what it did.
"""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from kiosk import commands as ask
from kiosk import effects as do
from kiosk import events as on
from kiosk import session
from kiosk.model import MACHINE, Now, SlotRecord, Tune
from kiosk.mqtt.reports import Answer
from kiosk.order.desk import Effects
from kiosk.refusals import Reason
from kiosk.screens import Technician, TestPicture
from kiosk.shelf import day_of
from kiosk.till import people
from kiosk.till.answering import accepted, done, failed, last_answer, refused
from kiosk.till.charging import charge, is_busy
from kiosk.till.settling import cancel, check, refund, resolve
from kiosk.till.value import Decided, Till, breaker_of, closed_code, record_of

LOOK_FOR = 30.0
TESTS_A_DAY = 20
TESTED = {
    ask.Part.PANEL: on.Part.PANEL,
    ask.Part.KEYPAD: on.Part.KEYPAD,
    ask.Part.BUZZER: on.Part.BUZZER,
}


def commanded(till: Till, event: on.Commanded, now: Now) -> Decided:
    """Do what was asked for, or say why not; either way it is answered once."""
    if event.trouble:
        return till, failed(event, "failed", event.trouble)
    return DEEDS[type(event.command.args)](till, event, now)


def output_tried(till: Till, event: on.OutputTried, now: Now) -> Decided:
    """The output moved without a sale, or could not."""
    if event.command != till.trying:
        return till, ()
    status = Answer.FAILED if event.reason else Answer.DONE
    return replace(till, trying=""), (last_answer(event.command, "test_output", status, event.reason),)


def restart_when_free(till: Till) -> Decided:
    """End the process once nobody stands at the panel and no order is open; the next start answers for it."""
    if not till.restart or is_busy(replace(till, restart="")):
        return till, ()
    return replace(till, restart=""), (do.Restart(),)


def _enable(till: Till, event: on.Commanded, now: Now) -> Decided:
    args = event.command.args
    assert isinstance(args, ask.Enable)
    numbers = (
        [MACHINE, *(slot.number for slot in till.settings.slots)] if args.slot == "all" else [args.number]
    )
    steps = [on.SlotEnabled(number, args.who) for number in numbers]
    return _to_slots(till, event, args.number, steps, now)


def _disable(till: Till, event: on.Commanded, now: Now) -> Decided:
    args = event.command.args
    assert isinstance(args, ask.Disable)
    return _to_slots(till, event, args.number, [on.SlotDisabled(args.number, args.who)], now)


def _stock(till: Till, event: on.Commanded, now: Now) -> Decided:
    args = event.command.args
    assert isinstance(args, ask.Stock)
    slot = till.settings.slot(args.slot)
    if slot and not slot.counts_stock:
        return refused(till, event, Reason.NO_STOCK_COUNTED)
    return _to_slots(till, event, args.slot, [on.StockCounted(args.slot, args.count, args.who)], now)


def _to_slots(till: Till, event: on.Commanded, number: int, steps: list[Any], now: Now) -> Decided:
    if number != MACHINE and till.settings.slot(number) is None:
        return refused(till, event, Reason.NO_SUCH_SLOT)
    effects: Effects = done(event)
    for step in steps:
        till, more = SLOT_STEPS[type(step)](till, step, now)
        effects = (*effects, *more)
    return till, effects


def _restart(till: Till, event: on.Commanded, now: Now) -> Decided:
    """A machine that sells is not ended for a file with which it would not come back."""
    if event.no_start:
        return refused(till, event, Reason.WOULD_NOT_START, event.no_start)
    return replace(till, restart=event.command.id), accepted(event)


def _diagnostics(till: Till, event: on.Commanded, now: Now) -> Decided:
    """Everything a technician asks first: ours, and what the process knows of itself."""
    told: dict[str, Any] = {
        "version": till.settings.version,
        "closed": closed_code(till, now),
        "recovery": till.recovery,
        "faults": {part.value: reason for part, reason in till.faults.items()},
        "gateways": {name: breaker_of(till, name).failures for name in till.terms},
        "background": len(till.background),
        "configuration": till.pushed.in_effect,
    }
    return till, done(event, **{**event.facts, **told})


def _identify(till: Till, event: on.Commanded, now: Now) -> Decided:
    settings = till.settings
    page = Technician(settings.version, settings.kiosk, str(event.facts.get("address", "")))
    return _show(till, event, page, now)


def _ping(till: Till, event: on.Commanded, now: Now) -> Decided:
    return till, done(event, version=till.settings.version)


def _test(till: Till, event: on.Commanded, now: Now) -> Decided:
    args = event.command.args
    assert isinstance(args, ask.Test)
    if not _is_there(till, args.part):
        return refused(till, event, Reason.NO_SUCH_PART)
    part = TESTED.get(args.part)
    if part in till.faults:
        return till, failed(event, "failed", till.faults[part])
    match args.part:
        case ask.Part.PANEL:
            return _show(till, event, TestPicture(), now)
        case ask.Part.BUZZER:
            return till, (*done(event), do.Play(Tune.PAID))
        case ask.Part.INPUTS:
            return till, done(event, inputs=event.facts)
        case _:
            return till, done(event)


def _is_there(till: Till, part: ask.Part) -> bool:
    there = {ask.Part.BUZZER: till.settings.has_buzzer, ask.Part.INPUTS: bool(till.settings.inputs)}
    return there.get(part, True)


def _show(till: Till, event: on.Commanded, screen: Any, now: Now) -> Decided:
    if is_busy(till):
        return refused(till, event, Reason.BUSY)
    shown = session.notify(till.session, screen, LOOK_FOR, now.elapsed)
    return replace(till, session=shown), done(event)


def _test_output(till: Till, event: on.Commanded, now: Now) -> Decided:
    """Move an output once: on the spot only, nobody at the panel, a few times a day, and written down."""
    args, settings = event.command.args, till.settings
    assert isinstance(args, ask.TestOutput)
    if args.output not in settings.outputs:
        return refused(till, event, Reason.NO_SUCH_PART)
    if is_busy(till):
        return refused(till, event, Reason.BUSY)
    record = _one_more(record_of(till, MACHINE), now)
    if record.tests > TESTS_A_DAY:
        return refused(till, event, Reason.CAP_REACHED)
    fields: dict[str, str | int] = {"output": args.output, "who": args.who}
    lines = (do.Tell("service.output_tested", "", fields), do.Log("K510", "", fields))
    after = replace(till, trying=event.command.id, slots={**till.slots, MACHINE: record})
    act = do.TryOutput(args.output, event.command.id)
    return after, (*accepted(event), do.SaveSlot(MACHINE, record), *lines, act)


def _one_more(record: SlotRecord, now: Now) -> SlotRecord:
    day = day_of(now)
    return replace(record, test_day=day, tests=record.tests + 1 if record.test_day == day else 1)


SLOT_STEPS: dict[type, Callable[[Till, Any, Now], Decided]] = {
    on.SlotEnabled: people.slot_enabled,
    on.SlotDisabled: people.slot_disabled,
    on.StockCounted: people.stock_counted,
}

DEEDS: dict[type[ask.Args], Callable[[Till, on.Commanded, Now], Decided]] = {
    ask.Charge: charge,
    ask.Cancel: cancel,
    ask.Check: check,
    ask.Refund: refund,
    ask.Resolve: resolve,
    ask.Enable: _enable,
    ask.Disable: _disable,
    ask.Stock: _stock,
    ask.Restart: _restart,
    ask.Diagnostics: _diagnostics,
    ask.Identify: _identify,
    ask.Ping: _ping,
    ask.Test: _test,
    ask.TestOutput: _test_output,
}
