"""`kiosk status`: how the running machine stands, on one page."""

import json
from argparse import Namespace
from collections.abc import Iterator

import msgspec

from kiosk.cli.asking import refusal
from kiosk.cli.parsing import parser, printable, rupiah, takes_config, takes_json
from kiosk.config import basics
from kiosk.control.asking import STATUS
from kiosk.control.calling import START, Call, NotRunning
from kiosk.control.standing import Standing
from kiosk.errors import KioskError
from kiosk.mqtt.reports import Answer, Reply, SlotNow

ADVICE = "kiosk doctor looks further"


def main(words: list[str]) -> int:
    """Print it; 1 where the kiosk is not running."""
    arguments = parser(
        "status", "How the running machine stands: selling or not and why, slots, broker, journal."
    )
    takes_json(arguments)
    takes_config(arguments)
    given = arguments.parse_args(words)
    reply = _asked(given)
    if reply.status is not Answer.DONE:
        raise KioskError(refusal(reply))
    if given.json:
        print(json.dumps(reply.data, indent=2, ensure_ascii=False))
    else:
        standing = msgspec.convert(reply.data, Standing)
        print("\n".join(printable(line) for line in page(standing)))
    return 0


def _asked(given: Namespace) -> Reply:
    try:
        with Call(basics(given.config).control) as call:
            return list(call.ask(STATUS, {}))[-1]
    except NotRunning as error:
        raise KioskError(f"{error}; start it: {START}; {ADVICE}") from error


def page(standing: Standing) -> list[str]:
    """What a technician reads first."""
    return [
        f"{standing.kiosk}: {_verdict(standing)}",
        *(f"  {name:10} {text}" for name, text in _facts(standing)),
        *(["", "what is wrong:"] if standing.faults else []),
        *(f"  {fault}" for fault in standing.faults),
    ]


def _verdict(standing: Standing) -> str:
    state = standing.state
    if state.codes:
        return f"sells nothing ({', '.join(state.codes)})"
    return "sells" if state.ready or state.order else f"busy ({_spaced(state.phase.value)})"


def _facts(standing: Standing) -> Iterator[tuple[str, str]]:
    state = standing.state
    yield "panel", _spaced(state.phase.value)
    if order := state.order:
        yield (
            "order",
            f"{order.claim_code}  {order.item}  {rupiah(order.amount)}  {order.state}  {order.order_id}",
        )
    for slot in state.slots:
        yield f"slot {slot.number}", _slot(slot)
    if state.background:
        yield "waiting", f"{state.background} old orders for their gateway's answer"
    yield "broker", _broker(standing)
    yield "journal", standing.recovery or f"well, epoch {standing.epoch}"
    yield "running", f"for {_long(standing.up)}, start number {standing.session}"
    yield "version", f"{standing.version}, {standing.environment}"


def _slot(slot: SlotNow) -> str:
    stock = "" if slot.stock is None else f"{slot.stock} left"
    reason = _spaced(slot.reason)
    return "  ".join(filter(None, (slot.name, rupiah(slot.price), stock, reason)))


def _broker(standing: Standing) -> str:
    if not standing.broker:
        return "none configured"
    there = "connected" if standing.connected else "NOT connected"
    waiting = f", {standing.outbox} events wait" if standing.outbox else ""
    return f"{standing.broker}, {there}{waiting}"


def _spaced(word: str) -> str:
    return word.replace("_", " ")


def _long(seconds: int) -> str:
    """A time as people say it, in its two largest parts."""
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3600)
    parts = [(days, "d"), (hours, "h"), (rest // 60, "min"), (rest % 60, "s")]
    known = [f"{count} {unit}" for count, unit in parts if count]
    return " ".join(known[:2]) or "0 s"
