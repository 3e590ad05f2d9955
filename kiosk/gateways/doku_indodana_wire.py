"""What goes over the wire to DOKU about Indodana and back, and what it means.  Pure.

https://developers.doku.com/accept-payments/direct-api/non-snap/paylater/indodana

Requests and answers are signed (see `nonsnap`).  An answer about money must be; a refusal may come from a
server in front of DOKU's, which signs nothing.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from msgspec import Struct

from kiosk.errors import GatewayError, Misconfigured, Refused, Unreadable
from kiosk.gateways.answers import AnswerError, object_in, objects_in, rupiah_in, text_in, words_in
from kiosk.gateways.doku_indodana_contract import Address, DokuIndodanaContract
from kiosk.gateways.nonsnap import RESPONSE, Signed, is_signed, signature_of
from kiosk.gateways.times import moment_in, utc
from kiosk.model import Charge, Evidence, Order, Report, Rupiah, Status, WebLink
from kiosk.secret import Secret

GENERATE: Final = "/indodana-peer-to-peer/v2/generate-order"
STATUS: Final = "/orders/v1/status/"

REPEATED: Final = 409
"""The answer to the first request of that Request-Id, again: what it says may be long past."""

ANSWERED: Final = (200, REPEATED)
"""An answer about the order."""

REFUSALS: Final[dict[int, tuple[type[GatewayError], str]]] = {
    400: (Refused, ""),
    401: (Misconfigured, "see to the secret key, the client id and the clock"),
    403: (Misconfigured, "ask DOKU what this client may do"),
    405: (Refused, ""),
    415: (Refused, ""),
    422: (Refused, ""),
}
"""What an HTTP status lets conclude, and what a person can do; whatever is not here is Unreadable."""

NOT_FOUND: Final = 404
NO_SERVICE: Final = "ask DOKU to enable Indodana for this client"

STATUSES: Final = {
    "PENDING": Status.PENDING,
    "SUCCESS": Status.PAID,
    "FAILED": Status.PENDING,  # the payer may try again until the page expires
    "EXPIRED": Status.UNPAID_FINAL,
    "TIMEOUT": Status.PENDING,
    "REDIRECT": Status.PENDING,
    "REFUNDED": Status.REFUNDED,
    "VOIDED": Status.REFUNDED,
    "PARTIAL_REFUNDED": Status.PARTLY_REFUNDED,
}
"""`transaction.status`; whatever is not here is Unreadable."""

_MOST_IDENTIFIERS: Final = 8


class Sender(Struct, frozen=True):
    """Who signs what is sent, and knows what must come back."""

    client_id: str
    key: Secret

    def headers(self, request_id: str, at: float, target: str, body: bytes | None) -> dict[str, str]:
        """The headers of a request sent at that moment, in seconds since 1970."""
        message = Signed(self.client_id, request_id, utc(at), target, body)
        return {
            "Accept": "application/json",
            "Content-Type": "application/json",
            "Client-Id": self.client_id,
            "Request-Id": request_id,
            "Request-Timestamp": message.timestamp,
            "Signature": signature_of(message, self.key),
        }

    def knows(self, headers: Mapping[str, str], content: bytes, request_id: str, target: str) -> bool:
        """Whether DOKU wrote this answer, to this very request; names of headers in small letters."""
        if (headers.get("client-id"), headers.get("request-id")) != (self.client_id, request_id):
            return False
        moment = headers.get("response-timestamp", "")
        message = Signed(self.client_id, request_id, moment, target, content, RESPONSE)
        return is_signed(message, headers.get("signature"), self.key)


def order_request(order: Order, contract: DokuIndodanaContract) -> dict[str, Any]:
    """The body of generate-order: the same order and contract make the same bytes."""
    goods_go_to = contract.goods_go_to
    body: dict[str, Any] = {
        "order": _order(order, contract),
        "peer_to_peer_info": {
            "expired_time": contract.expiry_minutes,
            "merchant_unique_reference": order.id,
        },
        "customer": _filled(
            first_name=contract.customer.first_name,
            last_name=contract.customer.last_name,
            phone=contract.customer.phone,
            email=contract.customer.email,
        ),
        "billing_address": _address(contract.billing_address),
    }
    if goods_go_to is not None:
        body["shipping_address"] = _address(goods_go_to)
    if contract.override_notification_url:
        body["additional_info"] = {"override_notification_url": contract.override_notification_url}
    return body


def check_echo(body: Mapping[str, Any], order: Order) -> None:
    """Raise `AnswerError` unless the answer to generate-order is about this order and amount."""
    said = object_in(body, "order")
    if text_in(said, "invoice_number") != order.id:
        raise AnswerError("the answer is about another order")
    if rupiah_in(said, "amount") != order.amount:
        raise AnswerError("the answer is about another amount")
    reference = object_in(body, "peer_to_peer_info").get("merchant_unique_reference", order.id)
    if reference != order.id:
        raise AnswerError("the answer's merchant_unique_reference is another order's")


def is_failed(body: Mapping[str, Any]) -> bool:
    """Whether the answer to generate-order says that there is no page to pay on."""
    return object_in(body, "payment").get("status") == "FAILED"


def charge_in(body: Mapping[str, Any], order: Order, client_id: str) -> Charge:
    """The page in the answer to generate-order, with what identifies it elsewhere.  Raises `AnswerError`."""
    payment, info = object_in(body, "payment"), object_in(body, "peer_to_peer_info")
    if text_in(payment, "status") != "PENDING":
        raise AnswerError("the page cannot be paid on any more, or already is")
    identifiers = _identifiers(info)
    expires = words_in(info, "expired_date_utc") or words_in(info, "expired_date")
    return Charge(
        WebLink(text_in(payment, "url", longest=1000)),
        next(iter(identifiers.values()), order.id),
        client_id,
        {**identifiers, **_filled(expires=expires)},
    )


def life_in(body: Mapping[str, Any]) -> timedelta | None:
    """How long a page can be paid on; None where the answer does not say.  Raises `AnswerError`."""
    info = object_in(body, "peer_to_peer_info")
    created, expires = _moment(info, "created_date"), _moment(info, "expired_date")
    return expires - created if created and expires else None


def report_in(body: Mapping[str, Any]) -> Report:
    """How a status answer says the order stands.  Raises `AnswerError`."""
    said, transaction = object_in(body, "order"), object_in(body, "transaction")
    word = text_in(transaction, "status")
    status = STATUSES.get(word)
    if status is None:
        raise AnswerError("the answer's transaction.status is none that is known")
    amount = rupiah_in(said, "amount")
    return Report(
        status,
        order_id=text_in(said, "invoice_number"),
        amount=amount,
        refunded=amount if status is Status.REFUNDED else Rupiah(0),
        detail=word,
        evidence=_evidence(body, transaction),
    )


def refusal(status: int, body: Mapping[str, Any]) -> tuple[type[GatewayError], str, str]:
    """What an answer of HTTP 4xx lets conclude, what it says, and what a person can do.

    A final no has a reason; without one somebody else may have answered, or the order may exist.
    """
    kind, advice = REFUSALS.get(status, (Unreadable, ""))
    error = object_in(body, "error")
    said = words_in(error, "message", 400) or words_in(error, "code", 400) or words_in(body, "message", 400)
    return kind if said or kind is not Refused else Unreadable, said, advice


def _order(order: Order, contract: DokuIndodanaContract) -> dict[str, Any]:
    item = {
        "name": order.item[:128] or order.id,
        "price": order.amount,
        "quantity": 1,
        "id": f"slot-{order.slot}",
        "category": contract.category,
    }
    return {
        "invoice_number": order.id,
        "line_items": [item],
        "amount": order.amount,
        **_filled(callback_url=contract.finished_page, callback_url_cancel=contract.cancelled_page),
    }


def _address(address: Address) -> dict[str, str]:
    return _filled(
        first_name=address.first_name,
        last_name=address.last_name,
        address=address.address,
        city=address.city,
        postal_code=address.postal_code,
        phone=address.phone,
        country_code=address.country_code,
    )


def _filled(**fields: str) -> dict[str, str]:
    return {name: value for name, value in fields.items() if value}


def _identifiers(info: Mapping[str, Any]) -> dict[str, str]:
    """What the lender calls the order, for a person who reconciles."""
    listed = [(words_in(each, "name"), words_in(each, "value")) for each in objects_in(info, "identifier")]
    return {name: value for name, value in listed[:_MOST_IDENTIFIERS] if name and value}


def _moment(info: Mapping[str, Any], field: str) -> Any:
    """A moment that stands there in Jakarta's time, in UTC, in both or in neither."""
    jakarta = moment_in(words_in(info, field), "%Y%m%d%H%M%S")
    utc = moment_in(words_in(info, f"{field}_utc"), "%Y-%m-%dT%H:%M:%S%z")
    if jakarta and utc and jakarta != utc:
        raise AnswerError(f"the answer's {field} and {field}_utc contradict each other")
    return utc or jakarta


def _evidence(body: Mapping[str, Any], transaction: Mapping[str, Any]) -> Evidence:
    identifiers = _identifiers(object_in(body, "peer_to_peer_info"))
    return Evidence(
        reference=next(iter(identifiers.values()), ""),
        issuer=words_in(object_in(body, "channel"), "id"),
        acquirer=words_in(object_in(body, "acquirer"), "id"),
        paid_at=words_in(transaction, "date"),
    )
