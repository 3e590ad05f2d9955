"""What DOKU sends a merchant when somebody paid, in the two shapes that are documented.  Pure.

Neither proves anything about the money: the checksum of the form covers neither amount nor status.
"""

import hashlib
from datetime import datetime
from typing import Any

import msgspec

from kiosk.simulator.doku_nonsnap import signature, utc
from kiosk.simulator.doku_papers import ACCOUNT, WIB, approval_code
from kiosk.simulator.ledger import Charge, Paid

ISSUER_ID = "93600914"


def words(form: dict[str, str], shared_key: str) -> str:
    """The form's WORDS: SHA-1 over four of its fields and the shared key."""
    signed = "".join(form[name] for name in ("ISSUERID", "TXNDATE", "MERCHANTPAN", "INVOICE"))
    return hashlib.sha1((signed + shared_key).encode()).hexdigest()  # noqa: S324  # it is what DOKU does


def legacy_form(charge: Charge, shared_key: str) -> dict[str, str]:
    """The fields of the form called Notify QRIS, about a charge that was paid."""
    paid = charge.standing
    assert isinstance(paid, Paid)
    form = {
        "ACQUIRER": "DOKU",
        "CUSTOMERPAN": "9360091400000000001",
        "INVOICE": approval_code(charge),
        "TRANSACTIONID": charge.order,
        "CONVENIENCEFEE": "C00000000",
        "TERMINALID": charge.echo["terminal"],
        "ORIGIN": "INBOUND",
        "AMOUNT": f"{charge.amount}.00",
        "TXNDATE": datetime.fromtimestamp(paid.payment.at, WIB).strftime("%Y%m%d%H%M%S"),
        "MERCHANTPAN": ACCOUNT.number,
        "REFERENCEID": charge.transaction[:12],
        "CUSTOMERNAME": "SITI RAHAYU",
        "TXNSTATUS": "S",
        "ISSUERNAME": paid.payment.issuer,
        "ISSUERID": ISSUER_ID,
    }
    return {"WORDS": words(form, shared_key), **form}


def json_notification(charge: Charge) -> bytes:
    """The body of the JSON notification for QRIS, about a charge that was paid."""
    paid = charge.standing
    assert isinstance(paid, Paid)
    body: dict[str, Any] = {
        "service": {"id": "QRIS"},
        "acquirer": {"id": "DOKU"},
        "channel": {"id": "QRIS_DOKU"},
        "transaction": {"status": "SUCCESS", "date": utc(paid.payment.at)},
        "order": {"invoice_number": charge.order, "amount": charge.amount},
        "emoney_payment": {"account_id": paid.payment.issuer, "approval_code": approval_code(charge)},
    }
    return msgspec.json.encode(body)


def json_headers(
    body: bytes, client_id: str, secret: str, target: str, number: str, now: float
) -> dict[str, str]:
    """The headers of a JSON notification to the path `target` of the merchant's own server."""
    heads = {"Client-Id": client_id, "Request-Id": number, "Request-Timestamp": utc(now)}
    signed = signature(secret, {**heads, "Request-Target": target}, body)
    return {**heads, "Signature": signed, "Content-Type": "application/json"}
