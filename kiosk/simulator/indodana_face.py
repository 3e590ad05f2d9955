"""Indodana's interface for QRIS partners over the ledger: how an order stands, and taking it back.

It makes no codes: the orders it knows were made elsewhere.
"""

import hmac
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
from msgspec import Struct
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from kiosk.simulator.counter import Counter, TooLong, raw_body
from kiosk.simulator.ledger import Charge, Ended, NotRefundable, Open, Paid, Refund
from kiosk.simulator.misfortunes import Misfortune

Paper = dict[str, Any]
PREFIX: Final = "/chermes/merchant"
SKEW: Final = 300.0
"""Seconds that the nonce, a time, may be off; Indodana publishes no number."""
BEARER: Final = re.compile(r"Bearer ([^:\s]+):([0-9]{9,11}):([0-9a-f]{64})")
DATE: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+07:00")
CANCELLED_BY: Final = ("SELLER", "CUSTOMER")
STATUS_OF_ENDING: Final = {"expire": "EXPIRED", "cancel": "EXPIRED", "deny": "REJECTED"}


class IndodanaMerchant(Struct, frozen=True):
    """A merchant's account at Indodana."""

    api_key: str
    secret_key: str
    name: str = "PT Kopi Kita"


class Rejected(Exception):
    """A request that Indodana turns down."""

    def __init__(self, http: int, kind: str, message: str) -> None:
        super().__init__(message)
        self.http = http
        self.paper = {"status": "ERROR", "error": {"kind": kind, "message": message}}


class IndodanaFace:
    """The HTTP interface."""

    name = "indodana"

    def __init__(self, account: IndodanaMerchant, counter: Counter) -> None:
        self._account = account
        self._counter = counter
        self.close = counter.close

    def app(self) -> Starlette:
        """The routes of the gateway."""
        return Starlette(
            routes=[
                Route(f"{PREFIX}/v1/transactions/qris/check_status", self.check, methods=["GET"]),
                Route(f"{PREFIX}/v3/order_cancellation", self.cancel, methods=["POST"]),
            ]
        )

    async def check(self, request: Request) -> Response:
        """`GET /v1/transactions/qris/check_status?merchantOrderId=`."""
        return await self._answer(
            request, lambda _: self._found(request.query_params.get("merchantOrderId", ""))
        )

    async def cancel(self, request: Request) -> Response:
        """`POST /v3/order_cancellation`."""
        return await self._answer(request, lambda raw: self._cancelled(_object(raw)))

    async def _answer(self, request: Request, perform: Callable[[bytes], Paper]) -> Response:
        try:
            self._admit(request)
            paper = perform(await raw_body(request))
        except Rejected as no:
            self._counter.tell_refused(str(no))
            return JSONResponse(no.paper, no.http)
        except TooLong:
            return Response(status_code=413)
        except ClientDisconnect:
            return Response(status_code=499)
        await self._counter.linger()
        return JSONResponse(paper)

    def _admit(self, request: Request) -> None:
        found = BEARER.fullmatch(request.headers.get("Authorization", ""))
        if found is None or found[1] != self._account.api_key:
            raise Rejected(401, "AuthorizationException", "Invalid authorization")
        signed = f"{found[1]}:{found[2]}".encode()
        expected = hmac.digest(self._account.secret_key.encode(), signed, "sha256").hex()
        if not hmac.compare_digest(expected, found[3]):
            raise Rejected(401, "AuthorizationException", "Invalid signature")
        if abs(int(found[2]) - self._counter.now()) > SKEW:
            raise Rejected(401, "AuthorizationException", "The nonce is not of now")

    def _found(self, order: str) -> Paper:
        charge = self._known(order)
        self._counter.tell_status(charge)
        return {
            "status": "OK",
            "fraudStatus": "ACCEPT",
            "legalName": self._account.name,
            "amount": charge.amount,
            "indodanaUserId": "1000017",
            "paymentType": "3_months",
            "transactionStatus": status_of(charge),
            "merchantOrderId": charge.order,
            "transactionTime": datetime.fromtimestamp(charge.made_at, UTC).strftime("%Y-%m-%dT%H:%M:%S%z"),
            "transactionId": charge.transaction,
        }

    def _cancelled(self, body: Paper) -> Paper:
        broken = [name for name, holds in RULES.items() if not holds(body.get(name))]
        if broken:
            raise Rejected(422, "ValidationException", f"Invalid {', '.join(broken)}")
        charge = self._known(body["merchantOrderId"])
        if self._counter.bench.is_armed(Misfortune.REFUND_REFUSED):
            raise Rejected(400, "InsufficientBalanceException", "The merchant's balance is too low")
        wanted = Refund(
            body["refundId"], body["cancellationAmount"], body["cancellationReason"], self._counter.now()
        )
        try:
            changed = self._counter.ledger.refund(charge.transaction, wanted)
        except NotRefundable as no:
            raise Rejected(409, "CancellationException", str(no)) from no
        if changed is not charge:
            self._counter.tell_refund(wanted.amount)
        elif not _was_made(changed, wanted):
            raise Rejected(409, "CancellationException", "This refundId was used for another amount")
        return {"status": "OK"}

    def _known(self, order: str) -> Charge:
        charge = self._counter.ledger.find(order, self._counter.now())
        if charge is None or charge.gateway != self.name:
            raise Rejected(404, "TransactionNotFoundException", "Transaction not found")
        return charge


def status_of(charge: Charge) -> str:
    """`transactionStatus`; the documents know none for an order that was taken back, so it stays PAID."""
    match charge.standing:
        case Open():
            return "INITIATED"
        case Ended(how=how):
            return STATUS_OF_ENDING[how]
        case Paid():
            return "PAID"


def _was_made(charge: Charge, wanted: Refund) -> bool:
    assert isinstance(charge.standing, Paid)
    return any((one.key, one.amount) == (wanted.key, wanted.amount) for one in charge.standing.refunds)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 100


def _is_amount(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _is_date(value: Any) -> bool:
    return isinstance(value, str) and DATE.fullmatch(value) is not None


RULES: Final[dict[str, Callable[[Any], bool]]] = {
    "refundId": _is_text,
    "merchantOrderId": _is_text,
    "cancellationAmount": _is_amount,
    "cancellationReason": _is_text,
    "cancelledBy": lambda value: value in CANCELLED_BY,
    "cancellationDate": _is_date,
}


def _object(raw: bytes) -> Paper:
    try:
        return msgspec.json.decode(raw, type=dict[str, Any])
    except msgspec.DecodeError as no:
        raise Rejected(400, "MalformedRequestException", "The body is no JSON object") from no
