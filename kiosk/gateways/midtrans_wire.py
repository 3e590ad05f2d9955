"""What goes over the wire to Midtrans and back, and what it means.  Pure: tables, functions over parsed JSON.

https://docs.midtrans.com/reference/status-codes and https://docs.midtrans.com/docs/https-notification-webhooks
"""

import hashlib
import hmac
import re
from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Any, Final

from kiosk.errors import GatewayError, Misconfigured, Refused, Unreachable, Unreadable
from kiosk.gateways.answers import AnswerError, objects_in, rupiah_in, text_in, words_in
from kiosk.gateways.times import WIB
from kiosk.model import Evidence, Order, Report, Rupiah, Status
from kiosk.secret import Secret

_PICTURE: Final = re.compile(r"(https?://[a-z0-9.-]+(?::[0-9]{1,5})?)(/[A-Za-z0-9._~/?=&%-]*)")
_PICTURES: Final = ("generate-qr-code", "generate-qr-code-v2")


class Reading(Enum):
    """The two kinds of answer that are no error."""

    TRANSACTION = "it tells how the transaction stands"
    ABSENT = "it knows no such transaction"


ANY: Final = "any operation"
CONCLUSIONS: Final[dict[tuple[str, str], Reading | type[GatewayError]]] = {
    ("charge", "200"): Reading.TRANSACTION,
    ("charge", "201"): Reading.TRANSACTION,
    ("charge", "202"): Reading.TRANSACTION,  # denied, says transaction_status
    ("charge", "412"): Unreadable,
    ("status", "200"): Reading.TRANSACTION,
    ("status", "201"): Reading.TRANSACTION,
    ("status", "202"): Reading.TRANSACTION,
    ("status", "404"): Reading.ABSENT,
    ("status", "412"): Unreadable,
    ("status", "407"): Reading.TRANSACTION,  # expired, says transaction_status
    ("cancel", "200"): Reading.TRANSACTION,
    ("cancel", "404"): Refused,
    ("cancel", "407"): Refused,
    ("expire", "200"): Reading.TRANSACTION,
    ("expire", "404"): Refused,
    ("expire", "407"): Reading.TRANSACTION,  # so does success look here
    ("refund", "200"): Reading.TRANSACTION,
    (ANY, "400"): Refused,
    (ANY, "401"): Misconfigured,
    (ANY, "402"): Misconfigured,
    (ANY, "403"): Misconfigured,
    (ANY, "406"): Unreadable,  # the order id is taken: the charge exists, so ask about it
    (ANY, "408"): Refused,
    (ANY, "410"): Misconfigured,
    (ANY, "412"): Refused,  # it cannot be changed any more: perhaps it is paid, so look again
    (ANY, "413"): Refused,
    (ANY, "414"): Unreachable,  # the merchant's balance is too low for the refund today
    (ANY, "429"): Unreachable,
    (ANY, "500"): Unreachable,
    (ANY, "501"): Unreachable,
    (ANY, "502"): Unreachable,
    (ANY, "503"): Unreachable,
    (ANY, "504"): Unreachable,
    (ANY, "505"): Unreachable,
}
"""What a body's status_code means for an operation; whatever is not here is Unreadable."""

STATUSES: Final = {
    "pending": Status.PENDING,
    "settlement": Status.PAID,
    "deny": Status.UNPAID_FINAL,
    "cancel": Status.UNPAID_FINAL,
    "expire": Status.UNPAID_FINAL,
    "failure": Status.UNPAID_FINAL,
    "refund": Status.REFUNDED,
    "partial_refund": Status.PARTLY_REFUNDED,
}
ADVICE: Final = {
    "401": "see to the server key and its environment",
    "402": "ask Midtrans to enable QRIS for this merchant",
    "403": "ask Midtrans what this merchant may do",
    "410": "ask Midtrans why the merchant account is closed",
    "412": "look at its status, perhaps it is paid",
    "414": "see to the merchant's balance",
}
"""What a person can do about a status_code."""


def charge_request(order: Order, kiosk: str, expiring: Mapping[str, Any]) -> dict[str, Any]:
    """The body of a charge; the one item is what the operator sees on Midtrans' own pages."""
    name = order.item[:50] or order.id
    return {
        "payment_type": "qris",
        "transaction_details": {"order_id": order.id, "gross_amount": order.amount},
        "item_details": [{"id": f"slot-{order.slot}", "price": order.amount, "quantity": 1, "name": name}],
        "custom_expiry": expiring,
        "custom_field1": kiosk,
    }


def expiry(minutes: int, at: float | None) -> dict[str, Any]:
    """When a code ends: counted from `at`, seconds since 1970, or from Midtrans' own clock."""
    length = {"expiry_duration": minutes, "unit": "minute"}
    if at is None:
        return length
    return {"order_time": f"{datetime.fromtimestamp(at, WIB):%Y-%m-%d %H:%M:%S %z}", **length}


def conclusion(operation: str, code: str) -> Reading | type[GatewayError]:
    """What may be concluded from a body's status_code; `Unreadable` from one nobody documented."""
    return CONCLUSIONS.get((operation, code)) or CONCLUSIONS.get((ANY, code), Unreadable)


def report_in(body: Mapping[str, Any]) -> Report:
    """How a status answer says the order stands.  Raises `AnswerError`."""
    word = body.get("transaction_status")
    if conclusion("status", text_in(body, "status_code")) is Reading.ABSENT:
        if word is not None:
            raise AnswerError("the answer knows the transaction, and says it does not")
        return Report(Status.ABSENT, detail="unknown to Midtrans")
    status = STATUSES.get(word) if isinstance(word, str) else None
    if status is None:
        raise AnswerError("the answer's transaction_status is none that is known")
    if status is Status.PAID and not _is_settled(body):
        raise AnswerError("the answer says settlement, its status_code or fraud_status does not")
    return Report(
        status,
        order_id=text_in(body, "order_id"),
        amount=rupiah_in(body, "gross_amount"),
        currency=text_in(body, "currency"),
        merchant=text_in(body, "merchant_id"),
        refunded=_refunded(body),
        detail=str(word),
        evidence=_evidence(body),
    )


def is_denied(answer: Mapping[str, Any]) -> bool:
    """Whether a charge answer says that no code was made."""
    return answer.get("transaction_status") == "deny"


def is_refund_of(answer: Mapping[str, Any], order: Order, merchant: str) -> bool:
    """Whether a refund's answer is about that order; what it leaves out, the refund's key binds."""
    ours = {"order_id": order.id, "currency": "IDR", "merchant_id": merchant}
    named = all(answer.get(field, wanted) == wanted for field, wanted in ours.items())
    return named and answer.get("transaction_status", "refund") in ("refund", "partial_refund")


def picture_address(answer: Mapping[str, Any]) -> tuple[str, str]:
    """Origin and path of the code's picture in a charge answer.  Raises `AnswerError`."""
    named = ((action.get("name"), action.get("url")) for action in objects_in(answer, "actions"))
    addresses = {name: url for name, url in named if isinstance(name, str)}
    for name in _PICTURES:
        address = addresses.get(name)
        if isinstance(address, str) and (found := _PICTURE.fullmatch(address)):
            return found[1], found[2]
    raise AnswerError("the answer has neither a qr_string nor the address of a picture")


def authorization(key: Secret) -> str:
    """The value of the header: HTTP Basic, the key as the user, no password."""
    return "Basic " + b64encode(f"{key.reveal()}:".encode()).decode()


def signature_of(order_id: str, status_code: str, gross_amount: str, key: Secret) -> str:
    """A notification's signature_key, over the fields exactly as they were received."""
    signed = f"{order_id}{status_code}{gross_amount}{key.reveal()}"
    return hashlib.sha512(signed.encode(errors="replace")).hexdigest()


def signature_is_valid(notification: Mapping[str, Any], key: Secret) -> bool:
    """Whether who sent it knew the key once; transaction_status is not covered, so it stays a hint."""
    *signed, claimed = [
        notification.get(name) for name in ("order_id", "status_code", "gross_amount", "signature_key")
    ]
    if not isinstance(claimed, str) or not all(isinstance(field, str) for field in signed):
        return False
    order_id, status_code, gross_amount = (str(field) for field in signed)
    expected = signature_of(order_id, status_code, gross_amount, key)
    matches: bool = hmac.compare_digest(expected.encode(), claimed.encode(errors="replace"))
    return matches


def _is_settled(body: Mapping[str, Any]) -> bool:
    return (body.get("status_code"), body.get("fraud_status", "accept")) == ("200", "accept")


def _refunded(body: Mapping[str, Any]) -> Rupiah:
    if "refund_amount" in body:
        return rupiah_in(body, "refund_amount")
    return Rupiah(sum(rupiah_in(refund, "refund_amount") for refund in objects_in(body, "refunds")))


def _evidence(body: Mapping[str, Any]) -> Evidence:
    return Evidence(
        reference=words_in(body, "transaction_id"),
        issuer=words_in(body, "issuer"),
        acquirer=words_in(body, "acquirer"),
        approval_code=words_in(body, "approval_code"),
        rrn=words_in(body, "reference_id"),
        paid_at=words_in(body, "settlement_time"),
    )
