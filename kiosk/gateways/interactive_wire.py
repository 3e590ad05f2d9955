"""What InterActive is asked in the query of a GET, what it answers, and what that means.  Pure.

https://qris.online/api-doc/create-invoice.php and https://qris.online/api-doc/check-invoice.php

An answer to the question about an invoice names neither invoice nor amount: both are bound by the question,
which carries them beside the key.  Its dates are Jakarta's (WIB) and say no offset.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from msgspec import Struct

from kiosk.errors import CodeError, GatewayError, Misconfigured, Refused
from kiosk.gateways.answers import AnswerError, text_in, words_in
from kiosk.model import Charge, Evidence, Report, Rupiah, Status
from kiosk.qris import read
from kiosk.secret import Secret

CREATE: Final = "/restapi/qris/show_qris.php"
CHECK: Final = "/restapi/qris/checkpaid_qris.php"

REQUESTED: Final = "qris_request_date"
"""The detail of a charge that holds when its invoice was made; the day in it is asked for."""

_INVOICE: Final = re.compile(r"[0-9]{1,20}")
_MOMENT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")
# Whole, so that a key repeated in it can be found before it is cut.
_LONGEST: Final = 400
_WORDLESS: Final = "the answer is neither success nor a failure with a reason"

_KEY: Final = "it does not take the key; set the right one with `kiosk secret set interactive.api_key`"
REASONS: Final[dict[str, tuple[type[GatewayError], str]]] = {
    "invalid amount": (Refused, "it does not take this amount"),
    "invalid apikey": (Misconfigured, _KEY),
    "invalid mid": (Misconfigured, "it knows no such merchant; see to gateway.interactive.merchant_id"),
    "transcation number is empty": (Refused, "it got no transaction number"),
    "transaction number is empty": (Refused, "it got no transaction number"),
    "what we do for you?": (
        Misconfigured,
        "it does not know what it is asked; see to gateway.interactive.host",
    ),
    "invoice id is empty": (Refused, "it got no invoice id"),
}
"""What a failure's reason lets conclude, in small letters; the first spelling is the provider's own."""


class Invoice(Struct, frozen=True):
    """An invoice as it was made; `requested` is Jakarta's time, `2020-08-07 11:13:42`."""

    content: str
    requested: str
    id: str


def create_query(merchant_id: str, number: str, amount: Rupiah) -> dict[str, str | int]:
    """What makes an invoice; a tip is declined, for nobody would see it."""
    return {
        "do": "create-invoice",
        "mID": merchant_id,
        "cliTrxNumber": number,
        "cliTrxAmount": amount,
        "useTip": "no",
    }


def check_query(merchant_id: str, charge: Charge, amount: Rupiah) -> dict[str, str | int] | None:
    """What asks about an invoice; None where the charge does not say which and of which day."""
    requested = charge.details.get(REQUESTED, "")
    if not (_INVOICE.fullmatch(charge.reference) and _is_moment(requested)):
        return None
    return {
        "do": "checkStatus",
        "mID": merchant_id,
        "invid": charge.reference,
        "trxvalue": amount,
        "trxdate": requested[:10],
    }


def address(path: str, query: Mapping[str, str | int], key: Secret) -> str:
    """Path and query of a request, the key in it: never to be said anywhere."""
    return f"{path}?{urlencode({'apikey': key.reveal(), **query})}"


def invoice_in(body: Mapping[str, Any]) -> Invoice | None:
    """The invoice in the answer to a create; None where it failed.  Raises `AnswerError`."""
    data = body.get("data")
    if body.get("status") != "success":
        return None
    if not isinstance(data, dict):
        raise AnswerError("the answer says success and brings no invoice")
    content, nmid = text_in(data, "qris_content", longest=1000), text_in(data, "qris_nmid")
    requested = text_in(data, REQUESTED)
    if not _is_moment(requested):
        raise AnswerError(f"the answer's {REQUESTED} is no date and time")
    if _nmid_in(content) != nmid:
        raise AnswerError("the answer's qris_nmid is not the one that its code pays to")
    return Invoice(content, requested, _invoice_id(data))


def report_in(body: Mapping[str, Any], invoice: str) -> Report | None:
    """How an invoice stands; None where the question failed.  Raises `AnswerError`."""
    data = body.get("data")
    word = data.get("qris_status") if isinstance(data, dict) else None
    match body.get("status"), word:
        case "success", "paid":
            return Report(Status.PAID, detail="paid", evidence=_evidence(data or {}, invoice))
        case "failed", "unpaid":
            return Report(Status.PENDING, detail="unpaid", evidence=Evidence(reference=invoice))
        case ("success", _) | (_, "paid" | "unpaid"):
            raise AnswerError("the answer's status and qris_status contradict each other")
    return None


def reason_in(body: Mapping[str, Any]) -> str:
    """Why something failed, in small letters: said in data, in data.qris_status, or behind the status."""
    status = words_in(body, "status", _LONGEST)
    if not status.startswith("failed"):
        raise AnswerError(_WORDLESS)
    data = body.get("data")
    holder, field = (data, "qris_status") if isinstance(data, dict) else (body, "data")
    said = words_in(holder, field, _LONGEST)
    return " ".join((said or status.partition(",")[2]).lower().split())


def invoice_named_in(notification: Mapping[str, Any]) -> str | None:
    """The invoice id in a callback, which is not signed and says nothing of the order; or None."""
    said = str(notification.get("invoice"))
    return said if _INVOICE.fullmatch(said) else None


def _invoice_id(data: Mapping[str, Any]) -> str:
    said = words_in(data, "qris_invoiceid")
    if not _INVOICE.fullmatch(said):
        raise AnswerError("the answer's qris_invoiceid is no number")
    return said


def _is_moment(text: str) -> bool:
    try:
        return bool(_MOMENT.fullmatch(text) and datetime.fromisoformat(text))
    except ValueError:
        return False


def _nmid_in(content: str) -> str:
    try:
        return read(content).nmid
    except CodeError as error:
        raise AnswerError(str(error)) from None


def _evidence(data: Mapping[str, Any], invoice: str) -> Evidence:
    """Without the payer's name, which stands there too."""
    return Evidence(
        reference=invoice,
        issuer=words_in(data, "qris_payment_methodby"),
        paid_at=words_in(data, "qris_paid_date"),
    )
