"""The papers of DOKU's Indodana: a charge of the ledger as the JSON of each answer.  Pure."""

from datetime import datetime
from typing import Any, Final

from kiosk.simulator.doku_nonsnap import utc
from kiosk.simulator.doku_papers import WIB
from kiosk.simulator.ledger import Charge, Ended, Open, Paid

Paper = dict[str, Any]
PAYMENT_PAGE: Final = "https://sandbox01.indodana.com/product-installment/payment"
STATUS_OF_ENDING: Final = {"expire": "EXPIRED", "cancel": "EXPIRED", "deny": "FAILED"}
ECHOED: Final = ("merchant_unique_reference", "override_notification_url")


def page(transaction: str) -> str:
    """The address of the payer's page."""
    return f"{PAYMENT_PAGE}?purchaseTransactionId={transaction}&tenure=3"


def ordered(charge: Charge, amount: int, status: str) -> Paper:
    """The answer to generate-order; `amount` is what it claims the order is worth."""
    url = charge.echo.get("override_notification_url")
    return {
        "order": {"amount": amount, "invoice_number": charge.order},
        "payment": {"status": status, "url": charge.payload if status == "PENDING" else ""},
        "peer_to_peer_info": _peer_to_peer(charge),
        **({"additional_info": {"override_notification_url": url}} if url else {}),
    }


def status_of(charge: Charge) -> str:
    """`transaction.status`; who declined may still pay, so FAILED is not the end."""
    match charge.standing:
        case Open():
            return "FAILED" if charge.echo.get("attempt") == "declined" else "PENDING"
        case Ended(how=how):
            return STATUS_OF_ENDING[how]
        case Paid() as paid:
            return "REFUNDED" if paid.refunded == paid.payment.amount else "SUCCESS"


def found(charge: Charge, now: float) -> Paper:
    """The answer to a status call; a notification has the same body."""
    at = charge.standing.payment.at if isinstance(charge.standing, Paid) else now
    return {
        "order": {"invoice_number": charge.order, "amount": charge.amount},
        "transaction": {
            "status": status_of(charge),
            "date": utc(at),
            "original_request_id": charge.echo["request_id"],
        },
        "service": {"id": "PEER_TO_PEER"},
        "acquirer": {"id": "INDODANA"},
        "channel": {"id": "PEER_TO_PEER_INDODANA"},
        "peer_to_peer_info": _peer_to_peer(charge),
    }


def error(code: str, message: str) -> Paper:
    """Why a request was turned down."""
    return {"error": {"code": code, "message": message, "type": "invalid_request_error"}}


def _peer_to_peer(charge: Charge) -> Paper:
    return {
        "identifier": [{"name": "INDODANA_ORDER_ID", "value": charge.transaction}],
        "created_date": _compact(charge.made_at),
        "expired_date": _compact(charge.expires_at),
        "created_date_utc": utc(charge.made_at),
        "expired_date_utc": utc(charge.expires_at),
        "merchant_unique_reference": charge.echo["merchant_unique_reference"],
    }


def _compact(moment: float) -> str:
    return datetime.fromtimestamp(moment, WIB).strftime("%Y%m%d%H%M%S")
