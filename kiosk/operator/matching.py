"""The gateway's report beside the operator's own orders: what does not agree, by its kind.

Whether money came is the gateway's word, whether goods went is the machine's; neither is corrected here.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum

from msgspec import Struct

from kiosk.operator.sales import Sale
from kiosk.operator.statement import Row, Standing


class Kind(StrEnum):
    """What does not agree, in the words of a table."""

    NOT_DELIVERED = "paid, not delivered"
    NOT_PAID = "unpaid in the report"
    PAID_TWICE = "paid twice"
    AMOUNT = "amount differs"
    REFUND = "refunds differ"
    ONLY_THERE = "only in the gateway's report"
    ONLY_HERE = "only in our events"


class Finding(Struct, frozen=True, kw_only=True):
    """One thing for a person to look at; `sale` or `row` is None where it stands on one side only."""

    kind: Kind
    sale: Sale | None = None
    row: Row | None = None


class Comparison(Struct, frozen=True, kw_only=True):
    """All that was found; `agreeing` orders gave no cause, `ignored` rows are unpaid and nobody's."""

    findings: tuple[Finding, ...]
    agreeing: int
    ignored: int


def compare(
    rows: Iterable[Row], sales: Iterable[Sale], expected: Callable[[Sale], bool] = lambda _: True
) -> Comparison:
    """Lay them side by side; a paid sale is missed in the report only if it is `expected` there."""
    known = list(sales)
    found, strangers = _joined(rows, known)
    findings = [finding for sale, own in found for finding in _judge(sale, own)]
    joined = {id(sale) for sale, _ in found}
    missed = [sale for sale in known if sale.paid and id(sale) not in joined and expected(sale)]
    foreign = [row for row in strangers if row.standing is not Standing.UNPAID]
    findings += [Finding(kind=Kind.ONLY_THERE, row=row) for row in foreign]
    findings += [Finding(kind=Kind.ONLY_HERE, sale=sale) for sale in missed]
    at_fault = {id(finding.sale) for finding in findings if finding.sale}
    order = list(Kind)
    return Comparison(
        findings=tuple(sorted(findings, key=lambda finding: order.index(finding.kind))),
        agreeing=sum(id(sale) not in at_fault for sale, _ in found),
        ignored=len(strangers) - len(foreign),
    )


def _joined(rows: Iterable[Row], sales: list[Sale]) -> tuple[list[tuple[Sale, list[Row]]], list[Row]]:
    """The rows of each sale, and those of none."""
    own: dict[int, list[Row]] = defaultdict(list)
    strangers: list[Row] = []
    find = _finder(sales)
    for row in rows:
        sale = find(row)
        (own[id(sale)] if sale else strangers).append(row)
    return [(sale, own[id(sale)]) for sale in sales if id(sale) in own], strangers


def _finder(sales: list[Sale]) -> Callable[[Row], Sale | None]:
    """By the order id, or else by the gateway's own name of it or the bank's; a name of two names none."""
    by_order = _unique((sale.order_id, sale) for sale in sales)
    names = [(name, sale) for sale in sales for name in {sale.gateway_reference, sale.rrn} if name]
    by_name = _unique(names)

    def find(row: Row) -> Sale | None:
        by_reference = by_name.get(row.reference) if row.reference else None
        return by_order.get(row.order_id) or by_reference or by_name.get(row.order_id)

    return find


def _unique(pairs: Iterable[tuple[str, Sale]]) -> Mapping[str, Sale]:
    found: dict[str, Sale | None] = {}
    for name, sale in pairs:
        found[name] = sale if found.get(name, sale) is sale else None
    return {name: sale for name, sale in found.items() if sale}


def _judge(sale: Sale, rows: list[Row]) -> Iterator[Finding]:
    """Several rows of one order are its history: paid, then refunded."""
    paid = [row for row in rows if row.standing is Standing.PAID]
    money = [row for row in rows if row.standing is not Standing.UNPAID]
    if not money:
        if sale.paid:
            yield Finding(kind=Kind.NOT_PAID, sale=sale, row=rows[0])
        return
    if len(paid) > 1:
        yield Finding(kind=Kind.PAID_TWICE, sale=sale, row=paid[1])
    if other := next((row for row in paid if row.amount != sale.amount), None):
        yield Finding(kind=Kind.AMOUNT, sale=sale, row=other)
    if not _refunds_agree(sale, money):
        yield Finding(kind=Kind.REFUND, sale=sale, row=money[-1])
    elif not (sale.delivered or sale.resolved) and sale.refunded < sale.amount:
        yield Finding(kind=Kind.NOT_DELIVERED, sale=sale, row=money[0])


def _refunds_agree(sale: Sale, money: list[Row]) -> bool:
    """Of a part the report often says nothing but that there was one."""
    if any(row.standing is Standing.PARTLY_REFUNDED for row in money):
        return 0 < sale.refunded < sale.amount
    return sale.refunded == sum(row.amount for row in money if row.standing is Standing.REFUNDED)
