"""Notifications as the gateways write them, with invented keys, and the vectors of their own libraries."""

import json
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from msgspec import Struct

from kiosk.gateways import doku_notices, indodana_wire, midtrans_wire, nonsnap
from kiosk.secret import Secret
from kiosk.webhooks.verdicts import Keys

VECTORS: Final = Path(__file__).parents[1] / "gateways" / "vectors"
ID: Final = "K013FQ8Z0W5N1T7C2M9R4XA"
INVOICE: Final = "413255111"
SERVER_KEY: Final = Secret("SB-Mid-server-throwaway0000")
SECRET_KEY: Final = Secret("SK-throwaway-not-a-real-secret-0001")
SHARED_KEY: Final = Secret("SK-throwaway-qris-shared-key")
INDODANA_KEY: Final = Secret("throwaway-indodana-secret")
OLD: Final = Secret("the-key-before")
KEYS: Final[dict[str, Keys]] = {
    "midtrans": {"server_keys": (OLD, SERVER_KEY)},
    "doku": {"secret_keys": (OLD, SECRET_KEY), "shared_keys": (OLD, SHARED_KEY)},
    "doku_indodana": {"secret_keys": (OLD, SECRET_KEY)},
    "interactive": {},
    "indodana": {"secret_keys": (OLD, INDODANA_KEY)},
}
JSON: Final = "application/json"
FORM: Final = "application/x-www-form-urlencoded"


class Letter(Struct, frozen=True, kw_only=True):
    """One notification on its way."""

    path: str
    body: bytes
    headers: dict[str, str]


def vectors(name: str) -> Any:
    """The vectors in a file."""
    return json.loads((VECTORS / f"{name}.json").read_text())


def midtrans(order_id: str = ID, status: str = "settlement", **changes: Any) -> Letter:
    """A payment of Midtrans'."""
    signature = midtrans_wire.signature_of(order_id, "200", "12000.00", SERVER_KEY)
    fields = {
        "transaction_status": status,
        "status_code": "200",
        "order_id": order_id,
        "gross_amount": "12000.00",
        "signature_key": signature,
        "currency": "IDR",
        **changes,
    }
    return Letter(path="/midtrans", body=json.dumps(fields).encode(), headers={"content-type": JSON})


def legacy(order_id: str = ID, **changes: str) -> Letter:
    """A payment of DOKU's, as a form."""
    fields = {**vectors("doku_words")["cases"][0]["form"], "TRANSACTIONID": order_id, **changes}
    fields["WORDS"] = changes.get("WORDS", doku_notices.words_of(fields, SHARED_KEY))
    return Letter(path="/doku", body=urlencode(fields).encode(), headers={"content-type": FORM})


def nonsnap_letter(
    order_id: str = ID, path: str = "/doku", *, status: str = "SUCCESS", signed_path: str = ""
) -> Letter:
    """A payment of DOKU's, as JSON."""
    fields = {
        "service": {"id": "QRIS"},
        "transaction": {"status": status, "date": "2026-08-01T03:01:12Z"},
        "order": {"invoice_number": order_id, "amount": 12_000},
    }
    body = json.dumps(fields).encode()
    message = nonsnap.Signed("MCH-1", "r-1", "2026-08-01T03:02:00Z", signed_path or path, body)
    headers = {
        "content-type": f"{JSON}; charset=utf-8",
        "client-id": message.client_id,
        "request-id": message.request_id,
        "request-timestamp": message.timestamp,
        "signature": nonsnap.signature_of(message, SECRET_KEY),
    }
    return Letter(path=path, body=body, headers=headers)


def interactive(kiosk: str = "K01", invoice: Any = INVOICE) -> Letter:
    """A callback of InterActive's."""
    body = json.dumps({"invoice": invoice, "qris_status": "paid", "qris_payment_customername": "A PAYER"})
    return Letter(path=f"/interactive/{kiosk}", body=body.encode(), headers={"content-type": JSON})


def indodana(order_id: str = ID, status: str = "PAID") -> Letter:
    """A notification of Indodana's."""
    body = json.dumps({"merchantOrderId": order_id, "transactionStatus": status, "amount": 12_000})
    bearer = indodana_wire.authorization(Secret("sudahlahbossque"), INDODANA_KEY, 1_562_328_997)
    return Letter(
        path="/indodana", body=body.encode(), headers={"content-type": JSON, "authorization": bearer}
    )
