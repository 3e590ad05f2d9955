"""Midtrans' Core API over the ledger: what its documents promise, so that its own SDK works against it.

It checks keys, bodies, duplicates and idempotency as the real one does, and asks the bench which of the
misfortunes of a gateway strikes.  The wire's misfortunes (lost, down, garbage) are not its business.
"""

import asyncio
import base64
import hmac
import io
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from kiosk.simulator import midtrans_papers as papers
from kiosk.simulator.counter import Counter
from kiosk.simulator.ledger import Charge, NotOpen, NotRefundable, Paid, Payment, Refund, Taken
from kiosk.simulator.merchant import Merchant, qris
from kiosk.simulator.midtrans_rules import (
    LONGEST_BODY,
    LONGEST_KEY,
    WIB,
    Body,
    RefundWanted,
    Rejected,
    Wanted,
    charge_wanted,
    refund_wanted,
)
from kiosk.simulator.misfortunes import Misfortune
from kiosk.simulator.replies import Replies

DAY: Final = 24 * 3600
REFUND_WINDOW: Final = {"gopay": 45 * DAY, "airpay shopee": DAY}
CLOSINGS: Final = {
    "cancel": ("200", "Success, transaction is canceled"),
    "expire": ("407", "Success, transaction is expired"),
}


class Account(msgspec.Struct, frozen=True):
    """A merchant's account at Midtrans; a POS contract may come without refunds."""

    server_key: str
    merchant: Merchant = Merchant()
    refunds: bool = True


class MidtransFace:
    """The HTTP interface."""

    name = "midtrans"

    def __init__(self, account: Account, counter: Counter) -> None:
        self._account = account
        self._counter = counter
        self._replies = Replies(counter.now)
        self.close = counter.close

    def app(self) -> Starlette:
        """The routes of the gateway."""
        return Starlette(
            routes=[
                Route("/v2/charge", self.charge, methods=["POST"]),
                Route("/v2/{id}/status", self.status, methods=["GET"]),
                Route("/v2/{id}/{how:str}", self.end, methods=["POST"]),
                Route("/v2/{id}/refund/online/direct", self.refund, methods=["POST"]),
                Route("/v2/qris/{transaction}/qr-code", self.image, methods=["GET"]),
            ],
            exception_handlers={404: _no_such_call, 405: _no_such_call},
        )

    async def charge(self, request: Request) -> Response:
        """`POST /v2/charge`."""
        host = request.headers.get("host", "")
        return await self._post(
            request, lambda body: self._charge(charge_wanted(body, self._counter.now()), host)
        )

    async def end(self, request: Request) -> Response:
        """`POST /v2/{id}/cancel`, `/expire` and `/refund`."""
        how = request.path_params["how"]
        if how == "refund":
            return await self.refund(request)
        if how not in CLOSINGS:
            raise HTTPException(404)
        return await self._post(request, lambda _: self._close(self._known(request), how))

    async def refund(self, request: Request) -> Response:
        """`POST /v2/{id}/refund/online/direct`."""
        return await self._post(request, lambda body: self._refund(self._known(request), refund_wanted(body)))

    async def status(self, request: Request) -> Response:
        """`GET /v2/{id}/status`; an unknown id is HTTP 200 with 404 in the body."""
        try:
            self._authorise(request)
            charge = self._known(request)
        except Rejected as no:
            return _rejection(no)
        self._counter.tell_status(charge)
        reply = papers.found(charge, self._account.merchant, self._account.server_key)
        await self._counter.linger()
        return _paper(200, reply)

    async def image(self, request: Request) -> Response:
        """`GET /v2/qris/{transaction}/qr-code`: the code as a PNG, for anybody who has the address."""
        charge = self._counter.ledger.find(request.path_params["transaction"], self._counter.now())
        if charge is None:
            raise HTTPException(404)
        return Response(await asyncio.to_thread(_picture, charge.payload), media_type="image/png")

    async def _post(self, request: Request, perform: Callable[[Body], papers.Paper]) -> Response:
        try:
            self._authorise(request)
            key = _idempotency_key(request)
            if stored := self._replies.stored(key):
                return _paper(200, stored)
            if self._replies.is_running(key):
                return Response(status_code=202)
            with self._replies.running(key):
                reply = perform(await _body_of(request))
                await self._counter.linger()
                self._replies.store(key, reply)
        except Rejected as no:
            self._counter.tell_refused(no.message)
            return _rejection(no)
        except ClientDisconnect:
            return Response(status_code=499)
        return _paper(200, reply)

    def _authorise(self, request: Request) -> None:
        expected = "Basic " + base64.b64encode(f"{self._account.server_key}:".encode()).decode()
        if not hmac.compare_digest(request.headers.get("authorization", "").encode(), expected.encode()):
            message = "Transaction cannot be authorized with the current client/server key."
            raise Rejected(401, message)

    def _known(self, request: Request) -> Charge:
        charge = self._counter.ledger.find(request.path_params["id"], self._counter.now())
        if charge is None:
            raise Rejected(404, "Transaction doesn't exist.")
        return charge

    def _charge(self, wanted: Wanted, host: str) -> papers.Paper:
        charge = self._charge_for(wanted)
        try:
            self._counter.ledger.open(charge)
        except Taken as no:
            raise Rejected(406, "The request could not be completed due to a conflict with order_id.") from no
        self._counter.tell_asked(charge)
        if self._counter.bench.strikes(Misfortune.DENIED):
            gone = self._counter.ledger.end(charge.transaction, "deny", self._counter.now())
            self._counter.tell("Midtrans could not make a code just now")
            return papers.denied(gone, self._account.merchant)
        reply = papers.charged(charge, self._account.merchant, host)
        if self._counter.bench.strikes(Misfortune.IMAGE_ONLY):
            del reply["qr_string"]
        return reply

    def _charge_for(self, wanted: Wanted) -> Charge:
        return Charge(
            transaction=str(uuid.uuid4()),
            order=wanted.order_id,
            amount=wanted.amount,
            payload=qris(self._account.merchant, wanted.amount + self._counter.excess(), str(uuid.uuid4())),
            gateway=self.name,
            acquirer=wanted.acquirer,
            made_at=self._counter.now(),
            expires_at=wanted.expires_at,
            echo={"payment_type": wanted.payment_type, **wanted.echo},
        )

    def _close(self, charge: Charge, how: str) -> papers.Paper:
        if self._counter.bench.is_armed(Misfortune.LATE_PAYMENT):
            raise Rejected(500, "Sorry, we encountered an internal server error.")
        if self._counter.bench.strikes(Misfortune.PAID_MEANWHILE):
            self._pay_meanwhile(charge)
        try:
            closed = self._counter.ledger.end(charge.transaction, how, self._counter.now())
        except NotOpen as no:
            raise Rejected(412, "Transaction status cannot be updated.") from no
        self._counter.tell("The kiosk closed the code at Midtrans: nobody can pay it any more")
        return papers.body(closed, self._account.merchant, *CLOSINGS[how])

    def _pay_meanwhile(self, charge: Charge) -> None:
        try:
            self._counter.ledger.pay(
                charge.transaction, Payment(charge.amount, charge.acquirer, self._counter.now())
            )
        except NotOpen:
            return
        self._counter.story.tell("phone", "The phone paid at the very moment when the kiosk was cancelling")

    def _refund(self, charge: Charge, wanted: RefundWanted) -> papers.Paper:
        self._check_refund(charge)
        try:
            refund = Refund(wanted.key, wanted.amount, wanted.reason, self._counter.now())
            changed = self._counter.ledger.refund(charge.transaction, refund)
        except NotRefundable as no:
            raise Rejected(412, "Transaction status cannot be updated.") from no
        if changed is not charge:
            self._counter.tell_refund(wanted.amount)
        return papers.refunded(changed, self._account.merchant, wanted.key)

    def _check_refund(self, charge: Charge) -> None:
        if not self._account.refunds:
            raise Rejected(412, "Refund is not enabled for this merchant.")
        if self._counter.bench.is_armed(Misfortune.REFUND_REFUSED):
            raise Rejected(414, "Refund request is rejected due to insufficient merchant balance.")
        if isinstance(charge.standing, Paid) and not self._in_refund_window(charge, charge.standing):
            raise Rejected(412, "Refund window is over.")

    def _in_refund_window(self, charge: Charge, paid: Paid) -> bool:
        now = self._counter.now()
        if now - paid.payment.at > REFUND_WINDOW[charge.acquirer]:
            return False
        return charge.acquirer == "gopay" or "06:00" <= _clock_face(now) < "23:55"


def _idempotency_key(request: Request) -> str:
    key = request.headers.get("idempotency-key", "")
    if len(key) > LONGEST_KEY:
        raise Rejected(400, "Idempotency-Key is too long.")
    return key


async def _body_of(request: Request) -> dict[str, Any]:
    if "json" not in request.headers.get("content-type", ""):
        raise Rejected(403, "Content-Type must be application/json.")
    raw = b""
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > LONGEST_BODY:
            raise Rejected(413, "The request is larger than 16 KB.")
    if not raw:
        return {}
    try:
        return msgspec.json.decode(raw, type=dict[str, Any])
    except msgspec.DecodeError as no:
        raise Rejected(413, "The request cannot be processed due to malformed syntax.") from no


def _rejection(no: Rejected) -> Response:
    paper: papers.Paper = {"status_code": str(no.code), "status_message": no.message, "id": str(uuid.uuid4())}
    if no.findings:
        paper["validation_messages"] = list(no.findings)
    return _paper(401 if no.code == 401 else 200, paper)


def _paper(status: int, paper: papers.Paper) -> Response:
    return JSONResponse(paper, status_code=status)


async def _no_such_call(request: Request, error: Exception) -> Response:
    code = error.status_code if isinstance(error, HTTPException) else 404
    message = f"{request.method} of this page is not possible."
    return _paper(code, {"status_code": str(code), "status_message": message})


def _clock_face(moment: float) -> str:
    return datetime.fromtimestamp(moment, WIB).strftime("%H:%M")


def _picture(payload: str) -> bytes:
    import qrcode

    png = io.BytesIO()
    qrcode.make(payload).save(png)
    return png.getvalue()
