"""The papers Midtrans hands out: a charge of the ledger as the JSON of each reply.  Pure.

Every number is a string, the `status_code` too; times are Jakarta's.
"""

import hashlib
from typing import Final

from kiosk.simulator.ledger import Charge, Ended, Open, Paid, Refund
from kiosk.simulator.merchant import Merchant
from kiosk.simulator.midtrans_rules import wib

Paper = dict[str, object]

ENDINGS: Final = {"cancel": "200", "expire": "407", "deny": "202"}
"""The status_code of a status answer about a charge that ended unpaid."""


def rupiah(amount: int) -> str:
    """An amount as Midtrans prints it."""
    return f"{amount}.00"


def status_of(charge: Charge) -> str:
    """The `transaction_status` of a charge."""
    standing = charge.standing
    match standing:
        case Open():
            return "pending"
        case Ended():
            return standing.how
        case Paid() if not standing.refunds:
            return "settlement"
        case Paid():
            return "refund" if standing.refunded == standing.payment.amount else "partial_refund"


def code_of(charge: Charge) -> str:
    """The `status_code` that goes with a charge's status."""
    match charge.standing:
        case Open():
            return "201"
        case Ended(how=how):
            return ENDINGS[how]
        case Paid():
            return "200"


def body(charge: Charge, merchant: Merchant, code: str, message: str) -> Paper:
    """What every reply about a charge begins with."""
    return {
        "status_code": code,
        "status_message": message,
        "transaction_id": charge.transaction,
        "order_id": charge.order,
        "merchant_id": merchant.id,
        "gross_amount": rupiah(charge.amount),
        "currency": "IDR",
        "payment_type": charge.echo.get("payment_type", "qris"),
        "transaction_time": wib(charge.made_at),
        "transaction_status": status_of(charge),
        "fraud_status": "accept",
        "acquirer": charge.acquirer,
        **{name: text for name, text in charge.echo.items() if name != "payment_type"},
    }


def charged(charge: Charge, merchant: Merchant, host: str) -> Paper:
    """The reply to a charge."""
    url = f"http://{host}/v2/qris/{charge.transaction}/qr-code"
    return {
        **body(charge, merchant, "201", "QRIS transaction is created"),
        "actions": [{"name": "generate-qr-code", "method": "GET", "url": url}],
        "qr_string": charge.payload,
        "expiry_time": wib(charge.expires_at),
    }


def denied(charge: Charge, merchant: Merchant) -> Paper:
    """The reply to a charge that the wallet behind the gateway would not make."""
    return {
        **body(charge, merchant, "202", "GO-PAY transaction is rejected"),
        "channel_response_code": "900",
        "channel_response_message": "service error",
    }


def found(charge: Charge, merchant: Merchant, server_key: str) -> Paper:
    """The reply to a status call; the same JSON is a notification's."""
    code = code_of(charge)
    signed = f"{charge.order}{code}{rupiah(charge.amount)}{server_key}"
    return {
        **body(charge, merchant, code, "Success, transaction is found"),
        "signature_key": hashlib.sha512(signed.encode()).hexdigest(),
        "expiry_time": wib(charge.expires_at),
        **_money(charge),
    }


def refunded(charge: Charge, merchant: Merchant, key: str) -> Paper:
    """The reply to a refund, about the one with this key."""
    paid = charge.standing
    assert isinstance(paid, Paid)
    number, refund = next((n, one) for n, one in enumerate(paid.refunds, 1) if one.key == key)
    return {
        **body(charge, merchant, "200", "Success, refund request is approved"),
        "settlement_time": wib(paid.payment.at),
        "refund_chargeback_id": number,
        "refund_amount": rupiah(refund.amount),
        "refund_key": refund.key,
    }


def _money(charge: Charge) -> Paper:
    paid = charge.standing
    if not isinstance(paid, Paid):
        return {}
    settled: Paper = {
        "settlement_time": wib(paid.payment.at),
        "issuer": paid.payment.issuer,
        "transaction_type": "on-us" if paid.payment.issuer == charge.acquirer else "off-us",
    }
    if not paid.refunds:
        return settled
    lines = [_refund_line(number, one) for number, one in enumerate(paid.refunds, 1)]
    return {**settled, "refund_amount": rupiah(paid.refunded), "refunds": lines}


def _refund_line(number: int, refund: Refund) -> Paper:
    return {
        "refund_chargeback_id": number,
        "refund_amount": rupiah(refund.amount),
        "created_at": wib(refund.at),
        "reason": refund.reason,
        "refund_key": refund.key,
        "refund_method": "online",
    }
