"""Orders in words: a table, one in full, CSV and JSON."""

import csv
import io
import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import to_builtins

from kiosk.cli.parsing import printable, rupiah
from kiosk.spreadsheets import harmless
from kiosk.states import Life, PartRefund, Why
from kiosk.telling import evidence_of

STATES = {
    "INTENT": "asking for a code",
    "QR_SHOWN": "waiting for the payment",
    "CLOSING": "code taken away, being checked",
    "SETTLED": "paid, goods owed",
    "ARMED": "releasing",
    "DISPENSED": "delivered",
    "REFUNDING": "refund under way",
    "REFUNDED": "refunded",
    "ESCALATED": "a person must decide",
    "CLOSED": "not paid, closed",
}
"""Each state as a person says it."""

STEPS = {
    **STATES,
    "REFUNDED_IN_PART": "a part was refunded",
    "REFUND_FAILED": "the refund that a person asked for failed",
    "RESOLVED": "a person settled it",
}
"""Each line of a history, those that lead back to the same state among them."""

REASONS: dict[str, str] = {
    Why.CANCELLED: "cancelled by the customer",
    Why.EXPIRED: "not paid in time",
    Why.REFUSED: "the gateway refused it",
    Why.NEVER_SHOWN: "no code could be had",
    Why.BAD_CODE: "the gateway's code must not be shown",
    Why.INHIBITED: "the machine could not deliver",
    Why.PANEL_FAILED: "the panel failed",
    Why.POWER_CUT: "the power failed",
    Why.RESTARTED: "the program was started anew",
    Why.STOPPING: "the program was stopped",
    Why.PAID_LATE: "paid after the code was gone",
    Why.NO_OUTPUT: "the output did not work",
    Why.OUTPUT_FAILED: "the output failed",
    Why.NOT_DROPPED: "nothing dropped",
    Why.CUT_IN_RELEASE: "cut off in the middle of the release; look into the machine",
    Why.RELEASE_UNCERTAIN: "nobody knows whether it was released; look into the machine",
    Why.PAID_BEFORE_SHOWN: "paid although the code was never shown",
    Why.WRONG_AMOUNT: "another amount was paid",
    Why.WRONG_CURRENCY: "paid in another currency",
    Why.WRONG_MERCHANT: "paid to another merchant",
    Why.FOREIGN_ANSWERS: "the gateway spoke of other orders",
    Why.PARTLY_REFUNDED: "refunded in part",
    Why.REFUNDED_ELSEWHERE: "refunded elsewhere",
    Why.NO_REFUND: "the contract has no refund; pay it out by hand",
    Why.REFUND_REFUSED: "the gateway refused the refund; pay it out by hand",
    Why.REFUND_UNANSWERED: "the refund was never confirmed; look at the gateway's list",
    Why.REFUND_CAP: "too many refunds of this slot today; look at the machine",
    Why.JOURNAL_LOST: "the machine lost its memory of this order; look at the gateway's list",
    Why.BY_HAND: "a person asked for it",
    Why.GOODWILL: "out of goodwill",
    Why.UNRESOLVED: "the gateway never said how it ended; look at its list",
}
"""Each reason as a person says it."""


def reason(why: str) -> str:
    """A reason in plain words; one that a newer version wrote is said as it stands."""
    return REASONS.get(why, why.replace("_", " "))


def as_table(lives: list[Life], zone: ZoneInfo) -> list[str]:
    """A line for each order, under a heading."""
    if not lives:
        return ["no orders yet"]
    heading = ("time", "claim", "item", "amount", "state", "why")
    rows = [heading, *(_row(life, zone) for life in lives)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]


def _row(life: Life, zone: ZoneInfo) -> tuple[str, ...]:
    order = life.order
    time = _time(order.made_at.wall, zone)
    return (
        time,
        order.claim_code,
        order.item,
        rupiah(order.amount),
        _standing(life),
        reason(_why(life)),
    )


def _standing(life: Life) -> str:
    return f"settled by hand: {life.resolved.as_}" if life.resolved else STATES[life.state_name]


def in_full(life: Life, zone: ZoneInfo) -> list[str]:
    """The whole story of one order, and what the gateway's support asks for."""
    order = life.order
    facts = {
        "order": order.id,
        "claim code": order.claim_code,
        "reference": order.reference,
        "made": _time(order.made_at.wall, zone, "%Y-%m-%d %H:%M:%S %Z"),
        "item": f"{order.item} (slot {order.slot}, output {order.output})" if order.slot else order.item,
        "amount": rupiah(order.amount),
        "pulses": str(order.pulses or ""),
        "gateway": f"{order.gateway} ({order.environment})",
        "state": ": ".join(filter(None, (STATES[life.state_name], reason(_why(life))))),
        "detail": str(getattr(life.state, "detail", "")),
        "refunded": rupiah(life.refunded) if life.refunded else "",
        **{f"part {part.number}": _part(part, zone) for part in life.parts},
        "settled": _settled(life, zone),
    }
    steps = [_step(life, index, zone) for index in range(len(life.history))]
    return [*_facts(facts), "", "what happened:", *steps, "", *_for_support(life, zone)]


def _part(part: PartRefund, zone: ZoneInfo) -> str:
    return f"{rupiah(part.amount)}, {_time(part.at.wall, zone)}, asked for by {part.who}, {part.reference}"


def _settled(life: Life, zone: ZoneInfo) -> str:
    known = life.resolved
    return f"{known.as_}, {_time(known.at.wall, zone)}, by {known.who}" if known else ""


def _facts(facts: dict[str, str]) -> list[str]:
    known = {name: value for name, value in facts.items() if value}
    width = max(map(len, known), default=0) + 1
    return [f"{name + ':':{width}} {printable(value)}" for name, value in known.items()]


def _step(life: Life, index: int, zone: ZoneInfo) -> str:
    step = life.history[index]
    words = ": ".join(filter(None, (STEPS.get(step.state, step.state), reason(step.why))))
    return f"  {_time(step.at.wall, zone)}  {words}"


def _for_support(life: Life, zone: ZoneInfo) -> list[str]:
    evidence = evidence_of(life)
    facts = {
        "order id": life.order.id,
        "date": _time(life.order.made_at.wall, zone, "%Y-%m-%d %H:%M:%S %z"),
        "gross amount": f"{life.order.amount}.00",
        "transaction id": transaction_of(life) or "not recorded; the order id finds it",
        "issuer": evidence.issuer,
        "acquirer": evidence.acquirer,
        "approval code": evidence.approval_code,
        "RRN": evidence.rrn,
        "paid at": evidence.paid_at,
        "tip": rupiah(evidence.tip) if evidence.tip else "",
    }
    return [f"for the support of {life.order.gateway}:", *(f"  {line}" for line in _facts(facts))]


def transaction_of(life: Life) -> str:
    """The gateway's own id of the payment, or "" where this state keeps none."""
    return life.reference or evidence_of(life).reference


def _why(life: Life) -> str:
    return str(getattr(life.state, "why", ""))


def _time(wall: float, zone: ZoneInfo, shape: str = "%Y-%m-%d %H:%M:%S") -> str:
    try:
        return datetime.fromtimestamp(wall, zone).strftime(shape)
    except (ValueError, OverflowError, OSError):
        return "unknown"


def _record(life: Life, zone: ZoneInfo) -> dict[str, Any]:
    order, evidence = life.order, evidence_of(life)
    return {
        "time": _time(order.made_at.wall, zone, "%Y-%m-%dT%H:%M:%S%z"),
        "order_id": order.id,
        "claim_code": order.claim_code,
        "slot": order.slot,
        "item": order.item,
        "amount": order.amount,
        "state": life.state_name,
        "why": _why(life),
        "refunded": life.refunded,
        "gateway": order.gateway,
        "environment": str(order.environment),
        "transaction_id": transaction_of(life),
        "issuer": evidence.issuer,
        "rrn": evidence.rrn,
        "approval_code": evidence.approval_code,
        "paid_at": evidence.paid_at,
        "tip": evidence.tip,
        "reference": order.reference,
        "resolved": life.resolved.as_ if life.resolved else "",
        "resolved_by": life.resolved.who if life.resolved else "",
    }


def as_csv(lives: list[Life], zone: ZoneInfo) -> str:
    """A line for each order; texts that a spreadsheet would take for a formula begin with an apostrophe."""
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    records = [_record(life, zone) for life in lives]
    writer.writerow(COLUMNS)
    writer.writerows([harmless(value) for value in record.values()] for record in records)
    return table.getvalue()


COLUMNS = (
    *("time", "order_id", "claim_code", "slot", "item", "amount", "state", "why", "refunded", "gateway"),
    *("environment", "transaction_id", "issuer", "rrn", "approval_code", "paid_at", "tip"),
    *("reference", "resolved", "resolved_by"),
)


def as_json(lives: list[Life], zone: ZoneInfo) -> str:
    """A list of orders with their histories."""
    records = [{**_record(life, zone), "history": _history(life, zone)} for life in lives]
    return json.dumps(records, indent=2, ensure_ascii=False)


def _history(life: Life, zone: ZoneInfo) -> list[dict[str, Any]]:
    shape = "%Y-%m-%dT%H:%M:%S%z"
    return [
        {
            "state": step.state,
            "why": step.why,
            "time": _time(step.at.wall, zone, shape),
            **to_builtins(step.at),
        }
        for step in life.history
    ]
