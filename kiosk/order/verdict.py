"""What an answer about an order is worth.

The fields that the gateway declares to carry must be there and equal to what was asked; only then does the
answer speak about this order at all.  A payment of this order that is not as it was asked is money all the
same, so it is never ignored: a person decides.
"""

from enum import Enum
from typing import Any

from kiosk.model import Charge, Field, Order, Report, Status, Terms
from kiosk.states import Why

CURRENCY = "IDR"


class Verdict(Enum):
    """What may be concluded."""

    PENDING = "not yet"
    PAID = "paid as asked"
    UNPAID = "unpaid for good"
    REFUNDED = "paid and given back"
    PARTLY_REFUNDED = "paid and partly given back"
    ABSENT = "the gateway knows no such order"
    FOREIGN = "an answer about something else"


_PLAIN = {
    Status.PENDING: Verdict.PENDING,
    Status.PAID: Verdict.PAID,
    Status.UNPAID_FINAL: Verdict.UNPAID,
    Status.REFUNDED: Verdict.REFUNDED,
    Status.PARTLY_REFUNDED: Verdict.PARTLY_REFUNDED,
}
_MONEY = (Status.PAID, Status.REFUNDED, Status.PARTLY_REFUNDED)
_WRONG = {
    Field.AMOUNT: Why.WRONG_AMOUNT,
    Field.CURRENCY: Why.WRONG_CURRENCY,
    Field.MERCHANT: Why.WRONG_MERCHANT,
}


def judge(order: Order, charge: Charge | None, report: Report, terms: Terms) -> Verdict | Why:
    """The verdict, or the reason why this payment is not as it was asked."""
    if report.status is Status.ABSENT:
        return Verdict.ABSENT
    wrong = _wrong_fields(order, charge, report, terms)
    if not wrong:
        return _PLAIN[report.status]
    if Field.ORDER_ID in wrong or report.status not in _MONEY:
        return Verdict.FOREIGN
    return _WRONG[wrong[0]]


def _wrong_fields(order: Order, charge: Charge | None, report: Report, terms: Terms) -> list[Field]:
    said: dict[Field, Any] = {
        Field.ORDER_ID: report.order_id,
        Field.AMOUNT: report.amount,
        Field.CURRENCY: report.currency,
        Field.MERCHANT: report.merchant,
    }
    asked: dict[Field, Any] = {
        Field.ORDER_ID: order.id,
        Field.AMOUNT: order.amount,
        Field.CURRENCY: CURRENCY,
        Field.MERCHANT: order.merchant or (charge.merchant if charge else ""),
    }
    return [field for field in Field if field in terms.carries and not _agrees(field, said, asked)]


def _agrees(field: Field, said: dict[Field, Any], asked: dict[Field, Any]) -> bool:
    """A merchant nobody configured and no charge named binds nothing; every other field must be equal."""
    if field is Field.MERCHANT and not asked[field]:
        return bool(said[field])
    return bool(said[field] == asked[field])
