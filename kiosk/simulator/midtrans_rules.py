"""What Midtrans accepts in a request, as its documents and its users describe it.  Pure.

A rejection carries the `status_code` that goes into the body as a string.
"""

import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any, Final

from msgspec import Struct

WIB: Final = timezone(timedelta(hours=7), "WIB")
LONGEST_BODY: Final = 16 * 1024
LONGEST_KEY: Final = 46
DEFAULT_EXPIRY: Final = 15 * 60
LONGEST_EXPIRY: Final = 5 * 24 * 3600
UNITS: Final = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
ACQUIRERS: Final = ("gopay", "airpay shopee")
PAYMENT_TYPES: Final = ("qris", "gopay")
ECHOED: Final = ("custom_field1", "custom_field2", "custom_field3")


class Rejected(Exception):
    """A request that Midtrans turns down: the body's `status_code`, its message, and every finding."""

    def __init__(self, code: int, message: str, findings: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.findings = findings


class Wanted(Struct, frozen=True):
    """A charge request that passed: whole rupiah, seconds until it expires."""

    order_id: str
    amount: int
    payment_type: str
    acquirer: str
    expires_at: float
    echo: dict[str, str]


class RefundWanted(Struct, frozen=True):
    """A refund request that passed."""

    key: str
    amount: int
    reason: str


Body = dict[str, Any]


def charge_wanted(body: Body, now: float) -> Wanted:
    """Check a charge request; raises `Rejected` with every finding at once."""
    if body.get("payment_type") not in PAYMENT_TYPES:
        raise Rejected(402, "Payment channel is not activated.")
    findings = tuple(text for holds, text in CHARGE_RULES if not holds(body))
    if findings:
        raise Rejected(400, "One or more parameters in the payload is invalid.", findings)
    details = body["transaction_details"]
    return Wanted(
        details["order_id"],
        details["gross_amount"],
        body["payment_type"],
        _object(body, "qris").get("acquirer", "gopay"),
        _expires_at(body, now),
        {name: body[name] for name in ECHOED if name in body},
    )


def refund_wanted(body: Body) -> RefundWanted:
    """Check a refund request; raises `Rejected`."""
    key, amount = body.get("refund_key"), body.get("amount")
    if not (isinstance(key, str) and key and _is_amount(amount)):
        raise Rejected(400, "One or more parameters in the payload is invalid.", ("refund_key, amount",))
    return RefundWanted(key, int(str(amount)), str(body.get("reason", "")))


def wib(moment: float) -> str:
    """A time as Midtrans prints it: Jakarta, without an offset."""
    return datetime.fromtimestamp(moment, WIB).strftime("%Y-%m-%d %H:%M:%S")


def _object(body: Body, name: str) -> Body:
    value = body.get(name)
    return value if isinstance(value, dict) else {}


def _is_amount(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _has_good_order_id(body: Body) -> bool:
    order_id = _object(body, "transaction_details").get("order_id")
    return isinstance(order_id, str) and re.fullmatch(r"[A-Za-z0-9_~.-]{1,50}", order_id) is not None


def _has_good_amount(body: Body) -> bool:
    return _is_amount(_object(body, "transaction_details").get("gross_amount"))


def _items_add_up(body: Body) -> bool:
    items = body.get("item_details")
    if items is None:
        return True
    try:
        total = sum(item["price"] * item["quantity"] for item in items)
    except (TypeError, KeyError):
        return False
    return bool(total == _object(body, "transaction_details").get("gross_amount"))


def _has_good_acquirer(body: Body) -> bool:
    return _object(body, "qris").get("acquirer", "gopay") in ACQUIRERS


def _has_good_expiry(body: Body) -> bool:
    if "custom_expiry" not in body:
        return True
    try:
        return 0 < _expiry_seconds(_object(body, "custom_expiry")) <= LONGEST_EXPIRY
    except (TypeError, KeyError, ValueError):
        return False


def _has_short_fields(body: Body) -> bool:
    return all(isinstance(body.get(name, ""), str) and len(body.get(name, "")) <= 255 for name in ECHOED)


def _expiry_seconds(expiry: Body) -> int:
    if not _is_amount(expiry["expiry_duration"]):
        raise ValueError("expiry_duration")
    if "order_time" in expiry:
        _order_time(expiry["order_time"])
    return int(expiry["expiry_duration"]) * UNITS[expiry.get("unit", "minute")]


def _order_time(text: str) -> float:
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S %z").timestamp()


def _expires_at(body: Body, now: float) -> float:
    expiry = _object(body, "custom_expiry")
    if not expiry:
        return now + DEFAULT_EXPIRY
    begins = _order_time(expiry["order_time"]) if "order_time" in expiry else now
    return begins + _expiry_seconds(expiry)


CHARGE_RULES: Final[tuple[tuple[Callable[[Body], bool], str], ...]] = (
    (_has_good_order_id, "transaction_details.order_id is required, up to 50 of A-Z a-z 0-9 - _ ~ ."),
    (_has_good_amount, "transaction_details.gross_amount must be a whole number above 0"),
    (_items_add_up, "item_details: the sum of price times quantity must be the gross_amount"),
    (_has_good_acquirer, "qris.acquirer must be gopay or airpay shopee"),
    (_has_good_expiry, "custom_expiry: a positive expiry_duration in second, minute, hour or day; 5 days"),
    (_has_short_fields, "custom_field1 to 3 hold at most 255 characters"),
)
