"""DOKU's Indodana (pay later, outside SNAP) over the ledger: the order, its page, its status.

Requests are checked and answers signed over their raw bytes.  A request number that was used before gets
what it got the first time, as a conflict.
"""

import hmac
import uuid
from typing import Any, Final

import msgspec
from msgspec import Struct
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from kiosk.simulator import doku_indodana_papers as papers
from kiosk.simulator.counter import Counter, TooLong, raw_body
from kiosk.simulator.doku_indodana_papers import Paper
from kiosk.simulator.doku_indodana_rules import DEFAULT_MINUTES, Body, findings, value_of
from kiosk.simulator.doku_nonsnap import moment_in, signature, utc
from kiosk.simulator.ledger import Charge
from kiosk.simulator.misfortunes import Misfortune

SKEW: Final = 300.0
"""Seconds that a timestamp may be off; DOKU publishes no number."""
LONGEST_NUMBER: Final = 128
HEADS: Final = ("Client-Id", "Request-Id", "Request-Timestamp", "Signature")


class IndodanaAccount(Struct, frozen=True):
    """A merchant's account at DOKU."""

    client_id: str
    secret_key: str


class Rejected(Exception):
    """A request that DOKU turns down."""

    def __init__(self, http: int, code: str, message: str) -> None:
        super().__init__(message)
        self.http = http
        self.paper = papers.error(code, message)


class DokuIndodanaFace:
    """The HTTP interface."""

    name = "doku_indodana"

    def __init__(self, account: IndodanaAccount, counter: Counter) -> None:
        self._account = account
        self._counter = counter
        self._answers: dict[str, bytes] = {}
        self.close = counter.close

    def app(self) -> Starlette:
        """The routes of the gateway."""
        return Starlette(
            routes=[
                Route("/indodana-peer-to-peer/v2/generate-order", self.generate, methods=["POST"]),
                Route("/orders/v1/status/{key}", self.status, methods=["GET"]),
            ]
        )

    async def generate(self, request: Request) -> Response:
        """`POST /indodana-peer-to-peer/v2/generate-order`."""
        try:
            raw = await raw_body(request)
            number = self._admit(request, raw)
            if number in self._answers:
                return self._signed(request, 409, self._answers[number])
            content = msgspec.json.encode(self._ordered(_object(raw), number))
            self._answers[number] = content
            await self._counter.linger()
        except Rejected as no:
            return self._refused(request, no)
        except TooLong:
            return Response(status_code=413)
        except ClientDisconnect:
            return Response(status_code=499)
        return self._signed(request, 200, content)

    async def status(self, request: Request) -> Response:
        """`GET /orders/v1/status/{invoice number or Request-Id}`."""
        try:
            self._admit(request, None)
            charge = self._known(request.path_params["key"])
        except Rejected as no:
            return self._refused(request, no)
        self._counter.tell_status(charge)
        content = msgspec.json.encode(papers.found(charge, self._counter.now()))
        await self._counter.linger()
        return self._signed(request, 200, content)

    def _admit(self, request: Request, raw: bytes | None) -> str:
        for name in HEADS:
            if not request.headers.get(name):
                raise Rejected(400, "invalid_mandatory_field", f"{name} is missing")
        client, number, timestamp, claimed = (request.headers[name] for name in HEADS)
        if client != self._account.client_id:
            raise Rejected(400, "invalid_client_id", "Invalid Client-Id")
        moment = moment_in(timestamp)
        if moment is None or abs(moment - self._counter.now()) > SKEW:
            raise Rejected(400, "invalid_request_timestamp", "Invalid Request-Timestamp")
        if len(number) > LONGEST_NUMBER:
            raise Rejected(400, "invalid_request_id", "Invalid Request-Id")
        heads = {
            "Client-Id": client,
            "Request-Id": number,
            "Request-Timestamp": timestamp,
            "Request-Target": request.url.path,
        }
        expected = signature(self._account.secret_key, heads, raw)
        if not hmac.compare_digest(expected.encode(), claimed.encode(errors="replace")):
            raise Rejected(401, "invalid_signature", "Invalid Header Signature")
        return number

    def _ordered(self, body: Body, number: str) -> Paper:
        if broken := findings(body):
            raise Rejected(400, "invalid_parameter", "; ".join(broken))
        charge = self._charge_for(body, number)
        if self._counter.ledger.find(charge.order, charge.made_at):
            raise Rejected(400, "duplicate_invoice_number", "order.invoice_number was used before")
        self._counter.ledger.open(charge)
        self._counter.tell_asked(charge)
        if self._counter.bench.strikes(Misfortune.DENIED):
            gone = self._counter.ledger.end(charge.transaction, "deny", self._counter.now())
            return papers.ordered(gone, gone.amount, "FAILED")
        return papers.ordered(charge, charge.amount + self._counter.excess(), "PENDING")

    def _charge_for(self, body: Body, number: str) -> Charge:
        now, transaction = self._counter.now(), str(uuid.uuid4())
        minutes = value_of(body, "peer_to_peer_info.expired_time") or DEFAULT_MINUTES
        echo = {
            "merchant_unique_reference": body["peer_to_peer_info"]["merchant_unique_reference"],
            "override_notification_url": value_of(body, "additional_info.override_notification_url") or "",
            "request_id": number,
        }
        return Charge(
            transaction=transaction,
            order=body["order"]["invoice_number"],
            amount=body["order"]["amount"],
            payload=papers.page(transaction),
            gateway=self.name,
            acquirer="indodana",
            made_at=now,
            expires_at=now + minutes * 60,
            echo=echo,
        )

    def _known(self, key: str) -> Charge:
        if self._counter.bench.is_armed(Misfortune.NOT_FOUND_YET):
            raise Rejected(404, "data_not_found", "Data Not Found")
        charge = self._counter.ledger.find(key, self._counter.now())
        if charge is not None and charge.gateway == self.name:
            return charge
        for one in self._counter.ledger.charges():
            if one.gateway == self.name and one.echo.get("request_id") == key:
                return one
        raise Rejected(404, "data_not_found", "Data Not Found")

    def _refused(self, request: Request, no: Rejected) -> Response:
        self._counter.tell_refused(no.paper["error"]["message"])
        return self._signed(request, no.http, msgspec.json.encode(no.paper))

    def _signed(self, request: Request, status: int, content: bytes) -> Response:
        heads = {
            "Client-Id": request.headers.get("Client-Id", ""),
            "Request-Id": request.headers.get("Request-Id", ""),
            "Response-Timestamp": utc(self._counter.now()),
            "Request-Target": request.url.path,
        }
        secret = self._account.secret_key
        if self._counter.bench.strikes(Misfortune.FORGED_ANSWER):
            secret = "somebody else's"  # noqa: S105  # the key of nobody
        own = {name: text for name, text in heads.items() if name != "Request-Target"}
        own["Signature"] = signature(secret, heads, content)
        return Response(content, status, own, media_type="application/json")


def _object(raw: bytes) -> Body:
    try:
        return msgspec.json.decode(raw, type=dict[str, Any])
    except msgspec.DecodeError as no:
        raise Rejected(400, "invalid_parameter", "the body is no JSON object") from no
