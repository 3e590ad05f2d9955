"""Events, orders, days and findings, for people and for programs."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from msgspec import to_builtins

from kiosk.cli.accounts import STATES, reason
from kiosk.cli.columns import aligned
from kiosk.cli.parsing import printable, rupiah
from kiosk.operator.matching import Comparison, Finding
from kiosk.operator.numbers import Gap
from kiosk.operator.sales import Day, Sale, Sum, Told, days, together
from kiosk.spreadsheets import harmless

SHOWN: Final = ("item", "claim_code", "why", "gateway_reference")
"""What an order's event shows of its fields to a person."""
TIMES: Final = ("began_at", "paid_at", "ended_at")
SHAPE: Final = "%Y-%m-%d %H:%M:%S"


def event_line(told: Told, zone: ZoneInfo) -> str:
    """One event for a person who looks on."""
    event, fields = told.event, told.event.fields
    time = _time(event.time, zone) + ("" if event.time_ok else "?")
    amount = fields.get("amount")
    paid = rupiah(amount) if isinstance(amount, int) else ""
    shown = SHOWN if event.order_id else tuple(fields)
    rest = [
        reason(str(fields[name])) if name == "why" else str(fields[name]) for name in shown if name in fields
    ]
    parts = [
        time,
        told.kiosk,
        f"{event.what:15}",
        *filter(None, (paid, *rest, event.order_id, event.reference)),
    ]
    return printable("  ".join(parts)).rstrip()


def event_json(told: Told) -> str:
    """One event on one line."""
    return json.dumps({"kiosk": told.kiosk, **to_builtins(told.event)}, ensure_ascii=False)


def totals(sales: Iterable[Sale], day_of: Callable[[int], str]) -> list[str]:
    """What each day brought."""
    found = days(sales, day_of)
    if not found:
        return ["no orders"]
    rows = [*map(_day, found), *([_day(together(found))] if len(found) > 1 else [])]
    heading = ("day", "", "paid", "", "delivered", "", "refunded", "", "owed", "unpaid")
    return aligned([heading, *rows], frozenset(range(1, 10)))


def _day(day: Day) -> tuple[str, ...]:
    sums = (day.paid, day.delivered, day.refunded, day.owed)
    return (day.day, *(cell for each in sums for cell in _sum(each)), str(day.unpaid.orders))


def _sum(each: Sum) -> tuple[str, str]:
    return str(each.orders), rupiah(each.rupiah)


def gaps(found: Iterable[Gap]) -> Iterator[str]:
    """A line for each hole in the books."""
    for gap in found:
        which = f"event {gap.first}" if gap.first == gap.last else f"events {gap.first} to {gap.last}"
        yield (
            f"{gap.kiosk}: {which} of epoch {gap.epoch} never came; "
            "kiosk orders on the machine has the orders, reconcile shows whose money is missing"
        )


def orders(sales: Sequence[Sale], zone: ZoneInfo) -> list[str]:
    """A line for each order."""
    if not sales:
        return ["no orders"]
    heading = ("began", "machine", "claim", "item", "amount", "outcome", "why", "gateway's reference")
    return aligned([heading, *(_order(sale, zone) for sale in sales)], frozenset({4}))


def _order(sale: Sale, zone: ZoneInfo) -> tuple[str, ...]:
    return (
        _time(sale.began_at, zone) or "clock not set",
        sale.kiosk,
        sale.claim_code,
        sale.item,
        rupiah(sale.amount),
        outcome(sale),
        reason(sale.why),
        sale.gateway_reference,
    )


def outcome(sale: Sale) -> str:
    """How an order stands, as a person says it."""
    said = STATES.get(sale.state, sale.state.lower())
    return f"{said}; settled by hand: {sale.resolved}" if sale.resolved else said


def orders_csv(sales: Iterable[Sale], zone: ZoneInfo) -> str:
    """A line for each order, for a spreadsheet."""
    columns = Sale.__struct_fields__
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(columns)
    records = (_record(sale, zone) for sale in sales)
    writer.writerows([harmless(record[name]) for name in columns] for record in records)
    return table.getvalue()


def orders_json(sales: Iterable[Sale], zone: ZoneInfo) -> str:
    """A list of orders."""
    return json.dumps([_record(sale, zone) for sale in sales], indent=2, ensure_ascii=False)


def _record(sale: Sale, zone: ZoneInfo) -> dict[str, Any]:
    record: dict[str, Any] = to_builtins(sale)
    return record | {name: _time(record[name], zone, "%Y-%m-%dT%H:%M:%S%z") for name in TIMES}


def comparison(found: Comparison) -> list[str]:
    """What a person must look at, and how much agreed."""
    heading = ("what", "machine", "order or reference", "ours", "the gateway's", "we say", "claim", "line")
    rows = [heading, *map(_finding, found.findings)] if found.findings else []
    ignored = f", {found.ignored} unpaid rows of nobody passed over" if found.ignored else ""
    words = f"{found.agreeing} agree, {len(found.findings)} to look at{ignored}"
    return [*aligned(rows, frozenset({3, 4, 7})), *([""] if rows else []), words]


def _finding(each: Finding) -> tuple[str, ...]:
    sale, row = each.sale, each.row
    names = (sale and sale.order_id, row and row.order_id, row and row.reference)
    said = "; ".join(filter(None, (outcome(sale), reason(sale.why)))) if sale else ""
    return (
        each.kind.value,
        sale.kiosk if sale else "",
        next(name for name in names if name),
        rupiah(sale.amount) if sale else "",
        f"{rupiah(row.amount)} {row.standing}" if row else "",
        said,
        sale.claim_code if sale else "",
        str(row.line) if row else "",
    )


def comparison_json(found: Comparison) -> str:
    """The same for a program."""
    return json.dumps(to_builtins(found), indent=2, ensure_ascii=False)


def _time(moment: int | None, zone: ZoneInfo, shape: str = SHAPE) -> str:
    return datetime.fromtimestamp(moment, zone).strftime(shape) if moment else ""
