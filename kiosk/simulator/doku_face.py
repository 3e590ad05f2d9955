"""DOKU's SNAP QRIS over the ledger: what its guide promises, so that its own library can ask it for a token.

It checks tokens, signatures, timestamps, request numbers and fields, and asks the bench which of the
misfortunes of a gateway strikes.  The wire's misfortunes (lost, down, garbage) are not its business.
"""

import uuid
from collections.abc import Callable
from typing import Any, Final

import msgspec
from msgspec import Struct
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from kiosk.simulator import doku_papers as papers
from kiosk.simulator.counter import Counter, TooLong, raw_body
from kiosk.simulator.doku_gate import AUTH_CODE, TOKEN_LASTS, DokuAccount, Gate
from kiosk.simulator.doku_papers import Paper
from kiosk.simulator.doku_rules import DEFAULT_VALIDITY, Body, Rejected, check, rupiah_of, value_of
from kiosk.simulator.doku_signing import moment_in
from kiosk.simulator.ledger import Charge, Ended, NotOpen, NotRefundable, Paid, Payment, Refund, Taken
from kiosk.simulator.merchant import tags_in
from kiosk.simulator.misfortunes import Misfortune

CUSTOMER_TOKEN_LASTS: Final = 900


class Call(Struct, frozen=True):
    """One call of the API: where it is, its service code, and what performs it."""

    name: str
    path: str
    service: str
    perform: Callable[[Body], Paper]
    for_customer: bool = False


class DokuFace:
    """The HTTP interface."""

    name = "doku"

    def __init__(self, account: DokuAccount, counter: Counter) -> None:
        self._account = account
        self._counter = counter
        self._gate = Gate(account, counter.now)
        self.close = counter.close
        self._calls = (
            Call("generate", "/snap-adapter/b2b/v1.0/qr/qr-mpm-generate", "47", self._generate),
            Call("decode", "/snap-adapter/b2b/v1.0/qr/qr-mpm-decode", "48", self._decode),
            Call("payment", "/snap-adapter/b2b2c/v1.0/qr/qr-mpm-payment", "50", self._pay, for_customer=True),
            Call("query", "/snap-adapter/b2b/v1.0/qr/qr-mpm-query", "51", self._query),
            Call("cancel", "/snap-adapter/b2b/v1.0/qr/qr-mpm-cancel", "77", self._cancel),
            Call("refund", "/snap-adapter/b2b/v1.0/qr/qr-mpm-refund", "78", self._refund),
        )

    def app(self) -> Starlette:
        """The routes of the gateway."""
        tokens = [
            Route("/authorization/v1/access-token/b2b", self.token, methods=["POST"]),
            Route("/authorization/v1/access-token/b2b2c", self.customer_token, methods=["POST"]),
        ]
        calls = [Route(one.path, self._answering(one), methods=["POST"]) for one in self._calls]
        return Starlette(routes=[*tokens, *calls])

    async def token(self, request: Request) -> Response:
        """`POST /authorization/v1/access-token/b2b`."""
        return await self._granted(request, "73", self._grant)

    async def customer_token(self, request: Request) -> Response:
        """`POST /authorization/v1/access-token/b2b2c`."""
        return await self._granted(request, "74", self._grant_for_customer)

    async def _granted(self, request: Request, service: str, grant: Callable[[Body], Paper]) -> Response:
        async def perform() -> Paper:
            self._gate.admit_for_token(request)
            return grant(_object(await raw_body(request)))

        return await self._answer(service, "Successful", perform)

    def _grant(self, body: Body) -> Paper:
        if body.get("grantType") != "client_credentials":
            raise Rejected(400, "01", "Invalid Field Format grantType")
        token = self._gate.tokens.issue()
        return {
            "accessToken": token,
            "tokenType": "Bearer",
            "expiresIn": TOKEN_LASTS,
            "additionalInfo": "",
        }

    def _grant_for_customer(self, body: Body) -> Paper:
        if body.get("grantType") != "authorization_code":
            raise Rejected(400, "01", "Invalid Field Format grantType")
        if body.get("authCode") != AUTH_CODE:
            raise Rejected(401, "00", "Unauthorized. Invalid authCode")
        until = papers.iso(self._counter.now() + CUSTOMER_TOKEN_LASTS)
        return {
            "accessToken": self._gate.customer_tokens.issue(),
            "tokenType": "Bearer",
            "accessTokenExpiryTime": until,
            "refreshToken": str(uuid.uuid4()),
            "refreshTokenExpiryTime": until,
            "additionalInfo": {},
        }

    def _answering(self, call: Call) -> Callable[[Request], Any]:
        async def answered(request: Request) -> Response:
            async def perform() -> Paper:
                raw = await raw_body(request)
                if self._counter.bench.strikes(Misfortune.TOKENS_FORGOTTEN):
                    self._gate.tokens.forget()
                self._gate.admit(request, raw, call.for_customer)
                if self._counter.bench.strikes(Misfortune.CONFLICT):
                    raise Rejected(409, "00", "Conflict")
                body = _object(raw)
                check(call.name, body)
                paper = call.perform(body)
                await self._counter.linger()
                return paper

            return await self._answer(call.service, papers.DONE, perform)

        return answered

    async def _answer(self, service: str, words: str, perform: Callable[[], Any]) -> Response:
        try:
            paper = await perform()
        except Rejected as no:
            self._counter.tell_refused(no.message)
            code = {"responseCode": f"{no.http}{service}{no.case}", "responseMessage": no.message}
            return JSONResponse(code, no.http)
        except TooLong:
            return Response(status_code=413)
        except ClientDisconnect:
            return Response(status_code=499)
        return JSONResponse({"responseCode": f"200{service}00", "responseMessage": words, **paper})

    def _generate(self, body: Body) -> Paper:
        self._check_mall(body)
        if self._counter.bench.strikes(Misfortune.DENIED):
            raise Rejected(403, "06", "Feature Not Allowed At This Time")
        charge = self._charge_for(body)
        try:
            self._open(charge)
        except Taken as no:
            raise Rejected(409, "01", "Duplicate partnerReferenceNo") from no
        self._counter.tell_asked(charge)
        return papers.generated(charge)

    def _open(self, charge: Charge) -> None:
        if self._counter.ledger.find(charge.order, charge.made_at):
            raise Taken(charge.order)
        self._counter.ledger.open(charge)

    def _charge_for(self, body: Body) -> Charge:
        now, amount = self._counter.now(), rupiah_of(body["amount"]["value"])
        expires = moment_in(body["validityPeriod"]) if "validityPeriod" in body else now + DEFAULT_VALIDITY
        if amount is None or expires is None or expires <= now:
            raise Rejected(400, "01", "Invalid Field Format " + ("validityPeriod" if amount else "amount"))
        tip = rupiah_of(value_of(body, "feeAmount.value")) or 0
        shown = amount + self._counter.excess()
        terminal, reference = body["terminalId"].upper(), body["partnerReferenceNo"]
        return Charge(
            transaction=uuid.uuid4().hex,
            order=reference,
            amount=amount,
            payload=papers.code(self._account.merchant, shown, terminal, reference, tip),
            gateway=self.name,
            acquirer="doku",
            made_at=now,
            expires_at=expires,
            echo={"terminal": terminal, "tip": str(tip)},
        )

    def _query(self, body: Body) -> Paper:
        self._check_mall(body)
        charge = self._known(body)
        self._counter.tell_status(charge)
        return papers.queried(charge, str(body["serviceCode"]))

    def _refund(self, body: Body) -> Paper:
        self._check_mall(body)
        charge, amount = self._known(body), rupiah_of(body["refundAmount"]["value"])
        assert amount is not None
        self._check_refund(charge, str(body["additionalInfo"]["approvalCode"]))
        wanted = Refund(body["partnerRefundNo"], amount, body["reason"], self._counter.now())
        try:
            changed = self._counter.ledger.refund(charge.transaction, wanted)
        except NotRefundable as no:
            raise Rejected(404, "13", "Invalid Amount") from no
        if changed is not charge:
            self._counter.tell_refund(amount)
        return papers.refunded(changed, _made(changed, wanted))

    def _check_refund(self, charge: Charge, approval: str) -> None:
        if not self._account.refunds:
            raise Rejected(403, "01", "Feature Not Allowed")
        if self._counter.bench.is_armed(Misfortune.REFUND_REFUSED):
            raise Rejected(403, "14", "Insufficient Funds")
        if not isinstance(charge.standing, Paid):
            raise Rejected(404, "00", "Invalid Transaction Status")
        if approval != papers.approval_code(charge):
            raise Rejected(404, "18", "Inconsistent Request")

    def _cancel(self, body: Body) -> Paper:
        self._check_mall(body)
        charge, now = self._known(body), self._counter.now()
        if not self._account.cancels:
            raise Rejected(403, "01", "Feature Not Allowed")
        if self._counter.bench.is_armed(Misfortune.LATE_PAYMENT):
            raise Rejected(500, "00", "General Error")
        try:
            ended = self._counter.ledger.end(charge.transaction, "cancel", now)
        except NotOpen as no:
            raise Rejected(404, "00", "Invalid Transaction Status") from no
        return papers.cancelled(ended, now)

    def _decode(self, body: Body) -> Paper:
        try:
            tags = tags_in(body["qrContent"])
            return papers.decoded(uuid.uuid4().hex, body["partnerReferenceNo"], tags)
        except (KeyError, ValueError) as no:
            raise Rejected(400, "01", "Invalid Field Format qrContent") from no

    def _pay(self, body: Body) -> Paper:
        now, amount = self._counter.now(), rupiah_of(body["amount"]["value"])
        charge = self._counter.ledger.behind(body["additionalInfo"]["qrContent"], now)
        if charge is None or amount is None:
            raise Rejected(404, "01", "Transaction Not Found")
        if amount != charge.amount:
            raise Rejected(404, "13", "Invalid Amount")
        try:
            paid = self._counter.ledger.pay(charge.transaction, Payment(amount, "doku", now))
        except NotOpen as no:
            expired = isinstance(charge.standing, Ended)
            raise Rejected(
                404, *(("19", "Bill expired") if expired else ("14", "Bill has been paid"))
            ) from no
        return papers.paid_from_a_wallet(paid, body["partnerReferenceNo"])

    def _check_mall(self, body: Body) -> None:
        if str(body["merchantId"]) != self._account.mall_id:
            raise Rejected(404, "08", "Invalid Merchant")

    def _known(self, body: Body) -> Charge:
        """The charge that both references mean; the partner's may stand for DOKU's own, if that was lost."""
        own = body.get("originalReferenceNo")
        reference = str(body.get("originalPartnerReferenceNo") or own)
        charge = self._counter.ledger.find(reference, self._counter.now())
        if self._counter.bench.is_armed(Misfortune.NOT_FOUND_YET):
            charge = None
        if charge is None or charge.gateway != self.name or own not in (None, reference, charge.transaction):
            raise Rejected(404, "01", "Transaction Not Found")
        return charge


def _made(charge: Charge, wanted: Refund) -> Refund:
    assert isinstance(charge.standing, Paid)
    made = next(one for one in charge.standing.refunds if one.key == wanted.key)
    if made.amount != wanted.amount:
        raise Rejected(404, "18", "Inconsistent Request")
    return made


def _object(raw: bytes) -> Body:
    try:
        return msgspec.json.decode(raw, type=dict[str, Any])
    except msgspec.DecodeError as no:
        raise Rejected(400, "00", "Bad Request") from no
