"""What goes over the wire to Indodana's merchant API and back, and what it means.  Pure.

Indodana's "QRIS API Integration" for partners.  Its answers write moments as `+0000`, its requests want
`+07:00`.
"""

import hashlib
import hmac
from collections.abc import Mapping
from contextlib import suppress
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlencode

from kiosk.errors import GatewayError, Misconfigured, Refused, Unreadable
from kiosk.gateways.answers import AnswerError, object_in, rupiah_in, text_in, words_in
from kiosk.gateways.times import jakarta, moment_in
from kiosk.model import Evidence, Order, RefundReceipt, Report, Rupiah, Status
from kiosk.secret import Secret

CHECK: Final = "/chermes/merchant/v1/transactions/qris/check_status"
CANCEL: Final = "/chermes/merchant/v3/order_cancellation"


class Reason(StrEnum):
    """Why a purchase is cancelled, in Indodana's words."""

    EXPIRED = "Expired"
    OUT_OF_STOCK = "Out of Stock"
    ITEMS_RETURNED = "Items Returned"
    OTHERS = "Others"


class By(StrEnum):
    """Who cancels a purchase."""

    SELLER = "SELLER"
    CUSTOMER = "CUSTOMER"


STATUSES: Final = {
    "INITIATED": Status.PENDING,  # created, nothing more: Indodana's own shop plugin takes it for paid
    "PAID": Status.PAID,
    "REJECTED": Status.UNPAID_FINAL,
    "EXPIRED": Status.UNPAID_FINAL,
}
"""`transactionStatus`; whatever is not here is Unreadable."""

REFUSALS: Final[dict[int, tuple[type[GatewayError], str]]] = {
    400: (Refused, ""),
    401: (Misconfigured, "see to the two keys and the clock"),
    403: (Misconfigured, "ask Indodana what this merchant may do"),
    404: (Refused, "it knows no such order"),
    409: (Unreadable, "look at its list: this refund may have been made already"),
    422: (Refused, ""),
}
"""What an HTTP status lets conclude, and what a person can do; whatever is not here is Unreadable."""

_MOMENT: Final = "%Y-%m-%dT%H:%M:%S%z"


def authorization(api_key: Secret, secret_key: Secret, at: float) -> str:
    """The value of the header; the nonce is that moment, in whole seconds since 1970."""
    content = f"{api_key.reveal()}:{int(at)}"
    signature = hmac.new(secret_key.reveal().encode(), content.encode(), hashlib.sha256).hexdigest()
    return f"Bearer {content}:{signature}"


def check_target(order: Order) -> str:
    """Path and query of the question about an order."""
    return f"{CHECK}?{urlencode({'merchantOrderId': order.id})}"


def cancellation(
    order: Order, amount: Rupiah, key: str, reason: Reason, by: By, at: float
) -> dict[str, str | int]:
    """The body that gives back a purchase or a part of it; `at` is in seconds since 1970."""
    return {
        "refundId": key,
        "merchantOrderId": order.id,
        "cancellationAmount": amount,
        "cancellationReason": reason,
        "cancelledBy": by,
        "cancellationDate": jakarta(at),
    }


def is_unknown(status: int, body: Mapping[str, Any]) -> bool:
    """Whether Indodana, and not a server in front of it, says that it knows no such order."""
    return status == 404 and body.get("status") == "ERROR"


def report_in(body: Mapping[str, Any]) -> Report:
    """How a status answer says the order stands.  Raises `AnswerError`."""
    word = text_in(body, "transactionStatus")
    status = STATUSES.get(word)
    if body.get("status") != "OK" or status is None:
        raise AnswerError("the answer's status or transactionStatus is none that is known")
    if status is Status.PAID and body.get("fraudStatus", "ACCEPT") != "ACCEPT":
        raise AnswerError("the answer says PAID, its fraudStatus does not")
    return Report(
        status,
        order_id=text_in(body, "merchantOrderId"),
        amount=rupiah_in(body, "amount"),
        detail=word,
        evidence=Evidence(
            reference=words_in(body, "transactionId"), issuer="Indodana", paid_at=_paid_at(body)
        ),
    )


def receipt_in(body: Mapping[str, Any], order: Order, amount: Rupiah, key: str) -> RefundReceipt:
    """The confirmation of a cancellation; what it repeats must be what was asked.  Raises `AnswerError`."""
    if body.get("status") != "OK":
        raise AnswerError("the answer does not confirm the cancellation")
    repeated = (body.get("refundId", key), body.get("merchantOrderId", order.id))
    given_back = rupiah_in(body, "cancellationAmount") if "cancellationAmount" in body else amount
    if (*repeated, given_back) != (key, order.id, amount):
        raise AnswerError("the answer is about another refund")
    return RefundReceipt(amount, words_in(body, "transactionId") or key)


def refusal(status: int, body: Mapping[str, Any]) -> tuple[type[GatewayError], str, str]:
    """What an answer of HTTP 4xx lets conclude, what it says, and what a person can do.

    A final no has a reason; without one somebody else may have answered.
    """
    kind, advice = REFUSALS.get(status, (Unreadable, ""))
    error = object_in(body, "error")
    said = words_in(error, "message", 400) or words_in(error, "kind", 400)
    return kind if said or kind is not Refused else Unreadable, said, advice


def _paid_at(body: Mapping[str, Any]) -> str:
    """For the books only: a moment that no calendar of Jakarta has is not stated."""
    moment = moment_in(words_in(body, "transactionTime"), _MOMENT)
    with suppress(ValueError, OverflowError):
        return jakarta(moment.timestamp()) if moment else ""
    return ""
