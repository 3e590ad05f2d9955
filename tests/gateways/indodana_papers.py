"""What DOKU says about Indodana, and Indodana itself, to be changed one field at a time."""

import json
from collections.abc import Mapping
from typing import Any

from kiosk.gateways.doku_indodana_contract import Address, Customer
from kiosk.gateways.nonsnap import RESPONSE, Signed, signature_of
from kiosk.model import Charge, Order, WebLink
from kiosk.secret import Secret
from tests.gateways import papers
from tests.gateways.provider import Line, Provider, Reply, answer

CLIENT = "MCH-0001-10791114622547"
KEY = "SK-canary0000not0real"
LINK = (
    "https://sandbox01.indodana.com/product-installment/payment"
    "?purchaseTransactionId=6fe3a8c5-6e3c-4a1b-9d58-0c2b7b1e9a10&tenure=3"
)
LENDERS_ID = "INDO-000123"
ANSWERED_AT = "2026-08-01T03:00:01Z"

CUSTOMER = Customer(
    first_name="Kopi", last_name="Kita", phone="6281939815480", email="operator@kopikita.example"
)
ADDRESS = Address(
    first_name="Kopi",
    last_name="Kita",
    address="Jalan Teknologi Indonesia No. 25",
    city="Jakarta",
    postal_code="12960",
    phone="6281513114262",
)
SETTINGS: dict[str, Any] = {
    "client_id": CLIENT,
    "link_hosts": ("sandbox01.indodana.com",),
    "customer": CUSTOMER,
    "billing_address": ADDRESS,
    "callback_url_cancel": "https://kopikita.example/cancelled",
    "expiry_minutes": 60,
}
"""What a contract must say."""

CHARGE = Charge(WebLink(LINK), LENDERS_ID, CLIENT)


def order(amount: int = 100_000) -> Order:
    return papers.order(amount=amount, item="Ayam")


def page(**changes: Any) -> dict[str, Any]:
    """The document's answer to generate-order; `order__amount=1` changes a field, None leaves one out."""
    body: dict[str, Any] = {
        "order": {"amount": 100_000, "invoice_number": papers.ID},
        "payment": {"status": "PENDING", "url": LINK},
        "peer_to_peer_info": {
            "identifier": [{"name": "INDODANA_ORDER_ID", "value": LENDERS_ID}],
            "created_date": "20220217222048",
            "expired_date": "20220217232048",
            "created_date_utc": "2022-02-17T15:20:48Z",
            "expired_date_utc": "2022-02-17T16:20:48Z",
            "merchant_unique_reference": papers.ID,
        },
        "additional_info": {
            "override_notification_url": "https://another.example.com/payments/notifications"
        },
    }
    return _changed(body, changes)


def standing(status: str, **changes: Any) -> dict[str, Any]:
    """A status answer, and a notification: both have the same shape."""
    body: dict[str, Any] = {
        "service": {"id": "PEER_TO_PEER"},
        "acquirer": {"id": "INDODANA"},
        "channel": {"id": "PEER_TO_PEER_INDODANA"},
        "transaction": {
            "status": status,
            "date": "2026-08-01T03:02:00Z",
            "original_request_id": f"{papers.ID}-charge-1",
        },
        "order": {"invoice_number": papers.ID, "amount": 100_000},
        "peer_to_peer_info": {"identifier": [{"name": "INDODANA_ORDER_ID", "value": LENDERS_ID}]},
    }
    return _changed(body, changes)


def _changed(body: dict[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    for name, value in changes.items():
        *place, field = name.split("__")
        holder = body[place[0]] if place else body
        if value is None:
            del holder[field]
        else:
            holder[field] = value
    return body


def signed(provider: Provider, body: Any, status: int = 200, key: str = KEY, **headers: str | None) -> Reply:
    """An answer with DOKU's signature over the request just asked; a header None is left out."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()

    def reply(line: Line) -> bool:
        asked = provider.asked[-1]
        request_id = asked.headers["request-id"]
        message = Signed(CLIENT, request_id, ANSWERED_AT, asked.target, content, RESPONSE)
        given = {
            "Client-Id": CLIENT,
            "Request-Id": request_id,
            "Response-Timestamp": ANSWERED_AT,
            "Signature": signature_of(message, Secret(key)),
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        lines = [f"{name}: {value}" for name, value in given.items() if value is not None]
        return answer(content, status, lines)(line)

    return reply


def checked(**changes: Any) -> dict[str, Any]:
    """Indodana's own answer to a question about an order."""
    body: dict[str, Any] = {
        "status": "OK",
        "fraudStatus": "ACCEPT",
        "legalName": "ANDREAS DHARMAWAN",
        "amount": 100_000,
        "indodanaUserId": "7f0c",
        "paymentType": "3_months",
        "transactionStatus": "PAID",
        "merchantOrderId": papers.ID,
        "transactionTime": "2019-09-26T06:24:26+0000",
        "transactionId": "5d8c5b1a",
        **changes,
    }
    return {field: value for field, value in body.items() if value is not None}


def error(kind: str, message: str) -> dict[str, Any]:
    """Indodana's own no."""
    return {"status": "ERROR", "error": {"kind": kind, "message": message}}
