"""What goes over the wire to DOKU's SNAP QRIS and back, and what it means.  Pure.

https://developers.doku.com/accept-payments/direct-api/snap/integration-guide/qris
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from msgspec import Struct

from kiosk.gateways.answers import AnswerError, object_in, rupiah_in, text_in, words_in
from kiosk.gateways.doku_contract import DokuContract
from kiosk.gateways.snap import Service
from kiosk.gateways.times import WIB, jakarta
from kiosk.model import Charge, Evidence, Order, QrisCode, Report, Rupiah, Status

TOKEN: Final = Service("token", "/authorization/v1/access-token/b2b", "73")
CUSTOMER_TOKEN: Final = Service("token", "/authorization/v1/access-token/b2b2c", "74")
CHARGE: Final = Service("charge", "/snap-adapter/b2b/v1.0/qr/qr-mpm-generate", "47")
STATUS: Final = Service("status", "/snap-adapter/b2b/v1.0/qr/qr-mpm-query", "51")
REFUND: Final = Service("refund", "/snap-adapter/b2b/v1.0/qr/qr-mpm-refund", "78")
CANCEL: Final = Service("cancel", "/snap-adapter/b2b/v1.0/qr/qr-mpm-cancel", "77")
DECODE: Final = Service("decode", "/snap-adapter/b2b/v1.0/qr/qr-mpm-decode", "48")
PAY: Final = Service("pay", "/snap-adapter/b2b2c/v1.0/qr/qr-mpm-payment", "50")

CURRENCY: Final = "IDR"
NO_TIP: Final = 1
_CONVENIENCE_FEE: Final = re.compile(r"C([0-9]{8})")

STATUSES: Final = {
    "00": Status.PAID,
    "01": Status.PENDING,  # initiated
    "02": Status.PENDING,  # paying
    "03": Status.PENDING,
    "04": Status.REFUNDED,
    "05": Status.UNPAID_FINAL,  # cancelled
    # One attempt failed: the code is still good, so this payer or another may pay it until it lapses.
    "06": Status.PENDING,
    "07": Status.ABSENT,
    # Expired and rejected: other providers' words, nowhere DOKU's.  They end like the rest, with the lapse.
    "08": Status.PENDING,
    "09": Status.PENDING,
}
_MONEY: Final = (Status.PAID, Status.REFUNDED)


class Decoded(Struct, frozen=True):
    """What DOKU reads in a code; an amount is None where the payer names it."""

    reference: str
    merchant: str
    amount: Rupiah | None
    fee: Rupiah | None
    kind: str
    fee_kind: str


class Payment(Struct, frozen=True):
    """A code paid with a customer's token."""

    reference: str
    approval_code: str
    amount: Rupiah


def money(amount: int) -> dict[str, str]:
    """An amount as DOKU writes it: a string with two decimals."""
    return {"value": f"{amount}.00", "currency": CURRENCY}


def charge_request(order: Order, contract: DokuContract, terminal: str, at: float) -> dict[str, Any]:
    """The body of a generate; `at` is DOKU's time, so that the code ends when it should."""
    return {
        "partnerReferenceNo": order.id,
        "amount": money(order.amount),
        "merchantId": contract.merchant_id,
        "terminalId": terminal,
        "validityPeriod": jakarta(at + contract.validity_minutes * 60),
        "additionalInfo": {"postalCode": int(contract.postal_code), "feeType": NO_TIP},
    }


def status_request(order: Order, reference: str, contract: DokuContract) -> dict[str, Any]:
    """The body of a query; where a lost answer took DOKU's reference with it, ours stands for it."""
    return {
        "originalReferenceNo": reference or order.id,
        "originalPartnerReferenceNo": order.id,
        "serviceCode": contract.service_code,
        "merchantId": contract.merchant_id,
    }


def refund_request(
    order: Order, evidence: Evidence, amount: Rupiah, key: str, contract: DokuContract
) -> dict[str, Any]:
    """The body of a refund of a payment that DOKU told about."""
    return {
        "merchantId": contract.merchant_id,
        "originalPartnerReferenceNo": order.id,
        "originalReferenceNo": evidence.reference,
        "partnerRefundNo": key,
        "refundAmount": money(amount),
        "reason": "the goods were not delivered",
        "additionalInfo": {"approvalCode": evidence.approval_code},
    }


def cancel_request(order: Order, reference: str, contract: DokuContract) -> dict[str, Any]:
    """The body of a cancel, as Bank Indonesia's standard has it."""
    return {
        "originalReferenceNo": reference or order.id,
        "originalPartnerReferenceNo": order.id,
        "merchantId": contract.merchant_id,
        "reason": "the sale was cancelled",
    }


def decode_request(reference: str, payload: str, at: float) -> dict[str, Any]:
    """The body of a decode."""
    return {"partnerReferenceNo": reference, "qrContent": payload, "scanTime": jakarta(at)}


def payment_request(order: Order, payload: str, fee: Rupiah) -> dict[str, Any]:
    """The body of a payment; a fee of 0 is none."""
    tip = {"feeAmount": money(fee)} if fee else {}
    paid = {"partnerReferenceNo": order.id, "amount": money(order.amount)}
    return {**paid, **tip, "additionalInfo": {"qrContent": payload}}


def charge_in(body: Mapping[str, Any], order: Order, latest: float) -> Charge:
    """The code in an answer, payable until `latest` at most, in seconds since 1970.  Raises `AnswerError`."""
    if text_in(body, "partnerReferenceNo") != order.id:
        raise AnswerError("the answer is about another order")
    valid_until = words_in(object_in(body, "additionalInfo"), "validityPeriod")
    if _is_after(valid_until, latest):
        raise AnswerError("the code could be paid for longer than was asked")
    code = QrisCode(text_in(body, "qrContent", longest=1000))
    details = {"valid_until": valid_until} if valid_until else {}
    return Charge(code, text_in(body, "referenceNo"), details=details)


def report_in(body: Mapping[str, Any], order: Order) -> Report:
    """How a query's answer says the order stands.  Raises `AnswerError`.

    Only the answer about a payment is known to carry the amount; an unpaid one may leave it to the question.
    """
    word = body.get("latestTransactionStatus")
    status = STATUSES.get(word.strip()) if isinstance(word, str) else None
    if status is None:
        raise AnswerError("the answer's latestTransactionStatus is none that is known")
    detail = words_in(body, "transactionStatusDesc") or str(word)
    if status is Status.ABSENT:
        return Report(status, detail=detail)
    paid = object_in(body, "amount")
    if not paid and status not in _MONEY:
        paid = money(order.amount)
    amount, more = rupiah_in(paid, "value"), object_in(body, "additionalInfo")
    return Report(
        status,
        order_id=text_in(body, "originalPartnerReferenceNo"),
        amount=amount,
        currency=text_in(paid, "currency"),
        refunded=amount if status is Status.REFUNDED else Rupiah(0),
        detail=detail,
        evidence=_evidence(body, more),
    )


def refund_in(body: Mapping[str, Any], amount: Rupiah, key: str) -> str:
    """DOKU's own number of a refund of just that amount.  Raises `AnswerError`."""
    said = object_in(body, "refundAmount")
    if text_in(body, "partnerRefundNo") != key or rupiah_in(said, "value") != amount:
        raise AnswerError("the answer is about another refund")
    if said.get("currency", CURRENCY) != CURRENCY:
        raise AnswerError("the answer is about another currency")
    return words_in(body, "refundNo") or key


def decoded_in(body: Mapping[str, Any]) -> Decoded:
    """What a decode's answer says of a code.  Raises `AnswerError`."""
    more = object_in(body, "additionalInfo")
    return Decoded(
        reference=words_in(body, "referenceNo"),
        merchant=words_in(body, "merchantName"),
        amount=_amount_or_none(body, "transactionAmount"),
        fee=_amount_or_none(body, "feeAmount"),
        kind=words_in(more, "pointOfInitiationMethodDescription"),
        fee_kind=words_in(more, "feeTypeDescription"),
    )


def payment_in(body: Mapping[str, Any], order: Order) -> Payment:
    """A payment of just that amount.  Raises `AnswerError`."""
    amount = rupiah_in(object_in(body, "amount"), "value")
    if (text_in(body, "partnerReferenceNo"), amount) != (order.id, order.amount):
        raise AnswerError("the answer is about another payment")
    approval_code = words_in(object_in(body, "additionalInfo"), "approvalCode")
    return Payment(words_in(body, "referenceNo"), approval_code, amount)


def _amount_or_none(body: Mapping[str, Any], field: str) -> Rupiah | None:
    said = object_in(body, field)
    return rupiah_in(said, "value") if said else None


def _evidence(body: Mapping[str, Any], more: Mapping[str, Any]) -> Evidence:
    return Evidence(
        reference=words_in(body, "originalReferenceNo"),
        issuer=words_in(more, "issuerName"),
        approval_code=words_in(more, "approvalCode"),
        paid_at=words_in(body, "paidTime"),
        tip=_tip(body, more),
    )


def _tip(body: Mapping[str, Any], more: Mapping[str, Any]) -> Rupiah:
    """What the payer gave beyond the price; for the books only, so what cannot be read is not stated."""
    found = _CONVENIENCE_FEE.fullmatch(words_in(more, "convenienceFee"))
    if found and int(found[1]):
        return Rupiah(int(found[1]))
    try:
        return _amount_or_none(body, "feeAmount") or Rupiah(0)
    except AnswerError:
        return Rupiah(0)


def _is_after(moment: str, latest: float) -> bool:
    try:
        said = datetime.fromisoformat(moment)
    except ValueError:
        return False
    return said.replace(tzinfo=said.tzinfo or WIB).timestamp() > latest
