"""The papers DOKU hands out under SNAP: a charge of the ledger as the JSON of each answer.  Pure.

As in its guide's samples: amounts come back as numbers, some texts padded with blanks, times with an offset.
"""

from datetime import datetime, timedelta, timezone
from typing import Any, Final

from kiosk.simulator.ledger import Charge, Ended, Open, Paid, Refund
from kiosk.simulator.merchant import Account, Merchant, dynamic, field

Paper = dict[str, Any]
WIB: Final = timezone(timedelta(hours=7), "WIB")
DONE: Final = "Request has been processed successfully"
FEES: Final = {1: "NO_TIPS", 2: "FIX_TIPS", 3: "PERCENTAGE_TIPS"}
PADDED: Final = {"terminalId": 16, "customerName": 31}
ACCOUNT: Final = Account(domain="COM.DOKU.WWW", number="936008990000002997", id="2997")
_STATUS: Final = {
    "pending": ("03", "Pending"),
    "paid": ("00", "Success"),
    "refunded": ("04", "Refunded"),
    "cancel": ("05", "Canceled"),
    "expire": ("06", "Failed"),
    "deny": ("06", "Failed"),
}


def iso(moment: float) -> str:
    """A time as DOKU writes it under SNAP."""
    return datetime.fromtimestamp(moment, WIB).isoformat(timespec="seconds")


def money(amount: int) -> Paper:
    """An amount as DOKU answers it: a number, though it asks for texts."""
    return {"value": amount, "currency": "IDR"}


def code(merchant: Merchant, amount: int, terminal: str, reference: str, tip: int) -> str:
    """The QRIS string; a fixed tip stands in tags 55 and 56, and the terminal in capitals."""
    additional = field("07", terminal.upper()) + field("50", reference)
    fixed = field("55", "02") + field("56", f"{tip}.00") if tip else ""
    return dynamic(merchant, ACCOUNT, amount, additional, fixed)


def generated(charge: Charge) -> Paper:
    """The answer to Generate."""
    return {
        "referenceNo": charge.transaction,
        "partnerReferenceNo": charge.order,
        "qrContent": charge.payload,
        "terminalId": charge.echo["terminal"],
        "additionalInfo": {"validityPeriod": iso(charge.expires_at)},
    }


def status_of(charge: Charge) -> tuple[str, str]:
    """`latestTransactionStatus` and its description; what went back in part is still a success."""
    match charge.standing:
        case Open():
            return _STATUS["pending"]
        case Ended(how=how):
            return _STATUS[how]
        case Paid() as paid:
            return _STATUS["refunded" if paid.refunded == paid.payment.amount else "paid"]


def queried(charge: Charge, service: str) -> Paper:
    """The answer to Query."""
    status, words = status_of(charge)
    return {
        "originalReferenceNo": charge.transaction,
        "originalPartnerReferenceNo": charge.order,
        "serviceCode": service,
        "latestTransactionStatus": status,
        "transactionStatusDesc": words,
        "amount": money(charge.amount),
        "feeAmount": money(int(charge.echo["tip"])),
        **_paid(charge),
    }


def approval_code(charge: Charge) -> str:
    """The six digits under which the issuer approved the payment."""
    return f"{int(charge.transaction[:8], 16) % 900_000 + 100_000}"


def refunded(charge: Charge, refund: Refund) -> Paper:
    """The answer to Refund."""
    return {
        "originalReferenceNo": charge.transaction,
        "originalPartnerReferenceNo": charge.order,
        "refundNo": f"QRISR{approval_code(charge)}",
        "partnerRefundNo": refund.key,
        "refundAmount": money(refund.amount),
        "refundTime": iso(refund.at),
    }


def cancelled(charge: Charge, now: float) -> Paper:
    """The answer to Cancel, which the guide does not describe: as the national standard has it."""
    return {
        "originalReferenceNo": charge.transaction,
        "originalPartnerReferenceNo": charge.order,
        "cancelTime": iso(now),
    }


def decoded(reference: str, partner_reference: str, tags: dict[str, str]) -> Paper:
    """The answer to Decode: what the tags of the code say."""
    kind = {"02": 2, "03": 3}.get(tags.get("55", ""), 1)
    return {
        "referenceNo": reference,
        "partnerReferenceNo": partner_reference,
        "merchantName": tags["59"],
        "transactionAmount": money(int(float(tags.get("54", "0")))),
        "feeAmount": money(int(float(tags.get("56", "0")))),
        "additionalInfo": {
            "pointOfInitiationMethod": int(tags["01"]),
            "pointOfInitiationMethodDescription": "DYNAMIC" if tags["01"] == "12" else "STATIC",
            "feeType": kind,
            "feeTypeDescription": FEES[kind],
        },
    }


def paid_from_a_wallet(charge: Charge, partner_reference: str) -> Paper:
    """The answer to Payment; its approval code is a number here, and a text in Query."""
    return {
        "referenceNo": charge.transaction,
        "partnerReferenceNo": partner_reference,
        "amount": money(charge.amount),
        "feeAmount": money(int(charge.echo["tip"])),
        "additionalInfo": {"approvalCode": int(approval_code(charge))},
    }


def _paid(charge: Charge) -> Paper:
    more: Paper = {"terminalId": charge.echo["terminal"]}
    if isinstance(charge.standing, Paid):
        more |= {
            "approvalCode": approval_code(charge),
            "convenienceFee": "C00000000",
            "issuerId": "93600914",
            "issuerName": charge.standing.payment.issuer,
            "customerName": "SITI RAHAYU",
        }
    padded = {name: text.ljust(PADDED.get(name, 0)) for name, text in more.items()}
    when = {"paidTime": iso(charge.standing.payment.at)} if isinstance(charge.standing, Paid) else {}
    return {**when, "additionalInfo": padded}
