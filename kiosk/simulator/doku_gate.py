"""Who may speak to DOKU under SNAP: tokens, signatures, timestamps, and no request number twice a day.

A request passes when its headers are there, well formed, of this merchant and of now; each failure has its
HTTP status and its case.
"""

import hmac
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Final

from msgspec import Struct
from starlette.requests import Request

from kiosk.simulator.doku_papers import WIB
from kiosk.simulator.doku_rules import Rejected
from kiosk.simulator.doku_signing import SKEW, moment_in, proves_owner, symmetric
from kiosk.simulator.merchant import Merchant

TOKEN_LASTS: Final = 900
LONGEST_NUMBER: Final = 36
AUTH_CODE: Final = "the-customer-agreed"
"""What a customer who let his wallet be used brings along; the simulator knows one such customer."""

BASIC: Final = ("Authorization", "X-PARTNER-ID", "X-TIMESTAMP", "X-EXTERNAL-ID", "X-SIGNATURE")
FOR_A_TOKEN: Final = ("X-CLIENT-KEY", "X-TIMESTAMP", "X-SIGNATURE")


class DokuAccount(Struct, frozen=True, kw_only=True):
    """A merchant's account at DOKU; `cancels` is for contracts with the call Cancel."""

    client_id: str
    secret_key: str
    public_key: str
    mall_id: str = "2997"
    merchant: Merchant = Merchant()
    refunds: bool = True
    cancels: bool = False


class Tokens:
    """The tokens given out, each until it expires; `now` counts seconds."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._until: dict[str, float] = {}

    def issue(self) -> str:
        """A new token, good for 900 seconds."""
        token = secrets.token_urlsafe(32)
        self._until = {one: end for one, end in self._until.items() if end > self._now()}
        self._until[token] = self._now() + TOKEN_LASTS
        return token

    def accepts(self, token: str) -> bool:
        """Whether it was given out and has not expired."""
        return self._until.get(token, 0.0) > self._now()

    def forget(self) -> None:
        """Take every token back."""
        self._until.clear()


class Gate:
    """Lets through who proves to be the merchant; `now` is seconds since 1970."""

    def __init__(self, account: DokuAccount, now: Callable[[], float]) -> None:
        self._account = account
        self._now = now
        self.tokens = Tokens(now)
        self.customer_tokens = Tokens(now)
        self._numbers: set[tuple[str, str]] = set()

    def admit_for_token(self, request: Request) -> None:
        """Check a request for a token; raises `Rejected`."""
        client, timestamp, signature = _headers(request, FOR_A_TOKEN)
        self._check_time(timestamp)
        if client != self._account.client_id:
            raise Rejected(401, "00", "Unauthorized. Unknown Client")
        if not proves_owner(self._account.public_key, client, timestamp, signature):
            raise Rejected(401, "00", "Unauthorized. Invalid Signature")

    def admit(self, request: Request, body: bytes, for_customer: bool = False) -> None:
        """Check a transaction request with its raw body; raises `Rejected`."""
        authorization, partner, timestamp, number, signature = _headers(request, BASIC)
        token = _bearer(authorization)
        if not self.tokens.accepts(token):
            raise Rejected(401, "01", "Invalid Token (B2B)")
        if partner != self._account.client_id:
            raise Rejected(401, "00", "Unauthorized. Unknown Client")
        self._check_time(timestamp)
        expected = symmetric(
            self._account.secret_key, request.method, _target(request), token, body, timestamp
        )
        if not hmac.compare_digest(expected.encode(), signature.encode(errors="replace")):
            raise Rejected(401, "00", "Unauthorized. Invalid Signature")
        if for_customer:
            self._check_customer(request)
        self._take_number(number)

    def _check_time(self, timestamp: str) -> None:
        moment = moment_in(timestamp)
        if moment is None:
            raise Rejected(400, "01", "Invalid Field Format X-TIMESTAMP")
        if abs(moment - self._now()) > SKEW:
            raise Rejected(401, "00", "Unauthorized. X-TIMESTAMP is not of now")

    def _check_customer(self, request: Request) -> None:
        token = _bearer(request.headers.get("Authorization-Customer", ""))
        if not token:
            raise Rejected(401, "04", "Token Not Found (B2B2C)")
        if not self.customer_tokens.accepts(token):
            raise Rejected(401, "02", "Invalid Token (B2B2C)")

    def _take_number(self, number: str) -> None:
        if not (number.isdecimal() and number.isascii() and len(number) <= LONGEST_NUMBER):
            raise Rejected(400, "01", "Invalid Field Format X-EXTERNAL-ID")
        used = (datetime.fromtimestamp(self._now(), WIB).strftime("%Y-%m-%d"), number)
        if used in self._numbers:
            raise Rejected(409, "00", "Conflict")
        self._numbers.add(used)


def _headers(request: Request, names: tuple[str, ...]) -> list[str]:
    for name in names:
        if not request.headers.get(name):
            missing = (401, "03", "Token Not Found (B2B)") if name == "Authorization" else None
            raise Rejected(*(missing or (400, "02", f"Invalid Mandatory Field {name}")))
    return [request.headers[name] for name in names]


def _bearer(text: str) -> str:
    scheme, _, token = text.partition(" ")
    return token if scheme == "Bearer" else ""


def _target(request: Request) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")
