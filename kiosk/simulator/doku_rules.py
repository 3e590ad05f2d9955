"""What DOKU's SNAP QRIS accepts in a body, call by call, as its guide describes it.  Pure.

A body that does not pass is named by its field: case 02 where it is missing, 01 where it is malformed.
"""

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from msgspec import Struct

from kiosk.simulator.doku_signing import moment_in

Body = dict[str, Any]
DEFAULT_VALIDITY: Final = 30 * 24 * 3600
FEE_TYPES: Final = (1, 2, 3)
"""No tip, a fixed tip, a percentage."""


class Rejected(Exception):
    """A request that DOKU turns down: HTTP status and case of its responseCode, and the message."""

    def __init__(self, http: int, case: str, message: str) -> None:
        super().__init__(message)
        self.http = http
        self.case = case
        self.message = message


Is = Callable[[Any], bool]


class Rule(Struct, frozen=True):
    """One field of a body, `amount.value` being inside another; `holds` judges its value."""

    name: str
    holds: Is
    required: bool = True


def _text(longest: int, pattern: str = r".+") -> Is:
    return lambda value: (
        isinstance(value, str) and len(value) <= longest and re.fullmatch(pattern, value) is not None
    )


def _text_or_number(longest: int) -> Is:
    return lambda value: _text(longest)(value) or (isinstance(value, int) and not isinstance(value, bool))


def _is_two_decimals(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[1-9][0-9]{0,12}\.[0-9]{2}", value) is not None


def _is_money(value: Any) -> bool:
    return rupiah_of(value) is not None


def _is_rupiah_code(value: Any) -> bool:
    return bool(value == "IDR")


def _is_moment(value: Any) -> bool:
    return isinstance(value, str) and moment_in(value) is not None


def _is_fee_type(value: Any) -> bool:
    return str(value) in {str(one) for one in FEE_TYPES}


def _is_service(value: Any) -> bool:
    return _text_or_number(2)(value) and len(str(value)) == 2


MERCHANT: Final = Rule("merchantId", _text_or_number(64))
ORIGINAL: Final = Rule("originalPartnerReferenceNo", _text(32))
RULES: Final[dict[str, tuple[Rule, ...]]] = {
    "generate": (
        Rule("partnerReferenceNo", _text(32)),
        Rule("amount.value", _is_two_decimals),
        Rule("amount.currency", _is_rupiah_code),
        Rule("feeAmount.value", _is_two_decimals, required=False),
        Rule("feeAmount.currency", _is_rupiah_code, required=False),
        MERCHANT,
        Rule("terminalId", _text(16, r"[A-Za-z0-9]{3,16}")),
        Rule("validityPeriod", _is_moment, required=False),
        Rule("additionalInfo.postalCode", _text_or_number(5), required=False),
        Rule("additionalInfo.feeType", _is_fee_type, required=False),
    ),
    "query": (
        Rule("originalReferenceNo", _text(64)),
        ORIGINAL,
        Rule("serviceCode", _is_service),
        MERCHANT,
    ),
    "refund": (
        MERCHANT,
        ORIGINAL,
        Rule("originalReferenceNo", _text(64), required=False),
        Rule("partnerRefundNo", _text(64)),
        Rule("refundAmount.value", _is_money),
        Rule("refundAmount.currency", _is_rupiah_code),
        Rule("reason", _text(256)),
        Rule("additionalInfo.approvalCode", _text_or_number(32)),
    ),
    "cancel": (
        MERCHANT,
        Rule("originalPartnerReferenceNo", _text(32), required=False),
        Rule("originalReferenceNo", _text(64)),
        Rule("reason", _text(256)),
    ),
    "decode": (
        Rule("partnerReferenceNo", _text(64)),
        Rule("qrContent", _text(512)),
        Rule("scanTime", _is_moment),
    ),
    "payment": (
        Rule("partnerReferenceNo", _text(64)),
        Rule("amount.value", _is_money),
        Rule("amount.currency", _is_rupiah_code),
        Rule("feeAmount.value", _is_money, required=False),
        Rule("feeAmount.currency", _is_rupiah_code, required=False),
        Rule("additionalInfo.qrContent", _text(512)),
    ),
}


def check(call: str, body: Body) -> None:
    """Judge a body by the rules of its call; raises `Rejected` with the first field that fails."""
    for rule in RULES[call]:
        value = value_of(body, rule.name)
        if value is None and rule.required:
            raise Rejected(400, "02", f"Invalid Mandatory Field {rule.name}")
        if value is not None and not rule.holds(value):
            raise Rejected(400, "01", f"Invalid Field Format {rule.name}")


def value_of(body: Body, name: str) -> Any:
    """A field, or a field of a field; None where it is missing."""
    value: Any = body
    for part in name.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def rupiah_of(value: Any) -> int | None:
    """Whole rupiah out of "12000.00" or 12000, above or equal zero; None where it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    return int(amount) if amount.is_finite() and 0 <= amount == int(amount) < 10**13 else None
