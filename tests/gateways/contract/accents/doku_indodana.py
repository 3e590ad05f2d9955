"""DOKU's Indodana: every answer signed, a page instead of a code, HTTP 409 for what was said before."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from kiosk.gateways.nonsnap import RESPONSE, Signed, signature_of
from kiosk.model import Charge, Order, QrisCode, TroubleKind
from kiosk.order.verdict import Verdict
from kiosk.secret import Secret
from tests.gateways.contract.accent import (
    Accent,
    Call,
    Conclusion,
    Excuse,
    Outcome,
    Said,
    Standing,
    Truth,
)
from tests.gateways.provider import Asked

CLIENT = "MCH-0001-10791114622547"
KEY = "SK-canary0indodana0key"
HOST = "pay.indodana.example"
PERSON = {"first_name": "Kopi", "phone": "6281122334455"}
PLACE = {"address": "Jalan Contoh 1", "city": "Jakarta", "postal_code": "12960"}
WORDS = {
    Standing.PENDING: "PENDING",
    Standing.PAID: "SUCCESS",
    Standing.LAPSED: "EXPIRED",
    Standing.REFUNDED: "REFUNDED",
    Standing.PARTLY_REFUNDED: "PARTIAL_REFUNDED",
    Standing.NONSENSE: "ASLEEP",
}
ONLY_RUPIAH = "the document knows no currency but rupiah, and no answer names one"
UNSIGNED = "its answers are signed, so one that is not may be anybody's"
NO_MERCHANT = "no answer names the merchant but in its signature, and that one is ours"


def signed_by_us(asked: Asked, order: Order) -> bool:
    return asked.headers["client-id"] == CLIENT


class DokuIndodana(Accent):
    """An answer is signed over its bytes, whatever they say."""

    name = "doku_indodana"
    merchant = CLIENT
    settings: ClassVar[Mapping[str, Any]] = {
        "client_id": CLIENT,
        "link_hosts": [HOST],
        "customer": {**PERSON, "email": "kopi@toko.example"},
        "billing_address": {**PERSON, **PLACE},
        "webhook_service": "https://hooks.example",
    }
    secrets: ClassVar[Mapping[str, Callable[[], str]]] = {"secret_key": lambda: KEY}
    excuses: ClassVar[Mapping[tuple[Call, str], Excuse]] = {
        (Call.CREATE, "without its headers"): Excuse(Outcome.NOT_SHOWN, UNSIGNED),
        (Call.STATUS, "without its headers"): Excuse(TroubleKind.UNREADABLE, UNSIGNED),
        (Call.CREATE, "in another currency"): Excuse(Outcome.CODE, ONLY_RUPIAH, signed_by_us),
        (Call.CREATE, "of another merchant"): Excuse(Outcome.CODE, NO_MERCHANT, signed_by_us),
        (Call.STATUS, "in another currency"): Excuse(Verdict.PAID, ONLY_RUPIAH, signed_by_us),
        (Call.STATUS, "of another merchant"): Excuse(Verdict.PAID, NO_MERCHANT, signed_by_us),
    }

    def call_of(self, asked: Asked) -> Call | None:
        return Call.CREATE if asked.method == "POST" else Call.STATUS

    def answer(self, call: Call | None, asked: Asked, truth: Truth) -> Said:
        if truth.standing is Standing.ABSENT:
            return Said({"error": {"code": "not_found", "message": "Order not found"}}, 404)
        order = {"invoice_number": truth.order_id, "amount": truth.amount}
        word = WORDS[truth.standing]
        info = {
            "identifier": [{"name": "INDODANA_ORDER_ID", "value": reference(truth.order_id)}],
            "created_date": "20260801100000",
            "expired_date": "20260801102000",
            "created_date_utc": "2026-08-01T03:00:00Z",
            "expired_date_utc": "2026-08-01T03:20:00Z",
            "merchant_unique_reference": truth.order_id,
        }
        if call is Call.CREATE:
            payment = {"status": word, "url": f"https://{HOST}/pay?id={reference(truth.order_id)}"}
            body = {"order": order, "payment": payment, "peer_to_peer_info": info}
            return Said(body, 409 if truth.created else 200)
        return Said(
            {
                "order": order,
                "transaction": {"status": word, "date": "2026-08-01T03:05:00Z"},
                "acquirer": {"id": "INDODANA"},
                "channel": {"id": "PEER_TO_PEER_INDODANA"},
                "peer_to_peer_info": info,
            }
        )

    def no(self, call: Call) -> Said:
        return Said({"error": {"code": "invalid_parameter", "message": "amount is not valid"}}, 400)

    def stranger(self, call: Call) -> Said:
        return Said({"error": {"code": "invalid_signature", "message": "Invalid Header Signature"}}, 401)

    def charge(self, order: Order) -> Charge:
        return Charge(QrisCode(""), reference(order.id), CLIENT)

    def standings(self) -> dict[Standing, Conclusion]:
        return {
            Standing.PENDING: Verdict.PENDING,
            Standing.PAID: Verdict.PAID,
            Standing.LAPSED: Verdict.UNPAID,
            Standing.REFUNDED: Verdict.REFUNDED,
            Standing.PARTLY_REFUNDED: Verdict.PARTLY_REFUNDED,
            Standing.ABSENT: Verdict.ABSENT,
        }

    def headers(self, asked: Asked, content: bytes) -> tuple[str, ...]:
        request_id = asked.headers["request-id"]
        moment = "2026-08-01T03:00:00Z"
        message = Signed(CLIENT, request_id, moment, asked.target, content, RESPONSE)
        return (
            f"Client-Id: {CLIENT}",
            f"Request-Id: {request_id}",
            f"Response-Timestamp: {moment}",
            f"Signature: {signature_of(message, Secret(KEY))}",
        )


def reference(order_id: str) -> str:
    return f"IND{order_id[-12:]}"
