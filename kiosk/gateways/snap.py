"""Calls under Bank Indonesia's SNAP standard: a token, a signature over the bytes sent, a judged answer.

An attempt that had no effect for a reason that can be put right is made once more: with a fresh token where
the provider knows its token no more, with the provider's time where its answer told that ours is wrong, with
another X-EXTERNAL-ID where it saw this one today.  Everything else is the caller's to repeat.
"""

import re
import secrets
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final, TypeAlias

from msgspec import Struct

from kiosk.errors import GatewayError, Misconfigured, Unreachable
from kiosk.gateways.answers import AnswerError, words_in
from kiosk.gateways.base import told
from kiosk.gateways.deadline import Deadline
from kiosk.gateways.http import Answer, Http, serialise
from kiosk.gateways.snap_cases import ADVICE, Case, Meaning, ResponseCode, code_in, meaning_of
from kiosk.gateways.snap_signing import SigningKey, request_signature, request_text, token_text
from kiosk.gateways.snap_token import Granted, TokenKeeper, granted_in, token_in
from kiosk.gateways.times import jakarta, utc
from kiosk.secret import DOTS, Secret, masked

Compose: TypeAlias = Callable[[float], Mapping[str, Any]]
"""Makes the body of one attempt, given the provider's time in seconds since 1970."""

# What else is a secret, a signature for one, is longer than any word a provider would say.
_LIKE_A_SECRET: Final = re.compile(r"[A-Za-z0-9+/=_.-]{24,}")
_GIVEN_UP: Final[dict[Meaning, type[GatewayError]]] = {
    Case.STALE_TOKEN: Misconfigured,
    Case.ID_TAKEN: Unreachable,
}
_MENDABLE: Final = (Case.STALE_TOKEN, Case.ID_TAKEN)


class Service(Struct, frozen=True):
    """One call of a provider; `code` is the service's part of its responseCode."""

    operation: str
    path: str
    code: str


class Partner(Struct, frozen=True):
    """Who calls; `channel` is the CHANNEL-ID, empty where the provider wants none."""

    client_id: str
    secret_key: Secret
    private_key: SigningKey
    channel: str


class Reply(Struct, frozen=True):
    """A judged answer."""

    meaning: Meaning
    code: ResponseCode
    body: dict[str, Any]


class Snap:
    """A provider's SNAP services for one partner, from any number of threads."""

    def __init__(self, gateway: str, http: Http, partner: Partner, token: Service, customer: Service) -> None:
        self._gateway = gateway
        self._http = http
        self._partner = partner
        self._token_service = token
        self._customer_service = customer
        self._tokens = TokenKeeper(gateway, self._granted)

    def call(self, service: Service, compose: Compose, deadline: Deadline, customer: str = "") -> Reply:
        """A reply that is DONE or, for a status, ABSENT; `customer` is a customer's token."""
        refused = ""
        mended: set[Meaning] = set()
        while True:
            token = self._tokens.current(deadline, refused)
            send = partial(self._send, service, compose, deadline, token, customer)
            reply = self._judged(service, self._http.timed(send))
            if reply.meaning not in _MENDABLE or reply.meaning in mended:
                return self._concluded(service, reply, token, customer)
            mended.add(reply.meaning)
            refused = token if reply.meaning is Case.STALE_TOKEN else ""

    def customer_token(self, auth_code: Secret, deadline: Deadline) -> str:
        """The token for what a customer allowed by that code."""
        body = {"grantType": "authorization_code", "authCode": auth_code.reveal()}
        answer = self._tokens_answer(self._customer_service, body, deadline)
        with self._http.reading(self._customer_service.operation):
            return token_in(answer)

    def _granted(self, deadline: Deadline) -> Granted:
        answer = self._tokens_answer(self._token_service, {"grantType": "client_credentials"}, deadline)
        with self._http.reading(self._token_service.operation):
            return granted_in(answer)

    def _tokens_answer(self, service: Service, body: Mapping[str, str], deadline: Deadline) -> dict[str, Any]:
        answer = self._http.timed(partial(self._ask_for_token, service, serialise(body), deadline))
        return self._concluded(service, self._judged(service, answer), body.get("authCode", "")).body

    def _ask_for_token(self, service: Service, content: bytes, deadline: Deadline, at: float) -> Answer:
        timestamp = utc(at)
        headers = {
            "Content-Type": "application/json",
            "X-CLIENT-KEY": self._partner.client_id,
            "X-TIMESTAMP": timestamp,
            "X-SIGNATURE": self._partner.private_key.sign(token_text(self._partner.client_id, timestamp)),
        }
        return self._posted(service, headers, content, deadline)

    def _send(
        self, service: Service, compose: Compose, deadline: Deadline, token: str, customer: str, at: float
    ) -> Answer:
        content, timestamp = serialise(compose(at)), jakarta(at)
        text = request_text("POST", service.path, token, content, timestamp)
        headers = {
            "Content-Type": "application/json",
            "X-PARTNER-ID": self._partner.client_id,
            "X-EXTERNAL-ID": external_id(at),
            "X-TIMESTAMP": timestamp,
            "X-SIGNATURE": request_signature(text, self._partner.secret_key),
            "Authorization": f"Bearer {token}",
        }
        if self._partner.channel:
            headers["CHANNEL-ID"] = self._partner.channel
        if customer:
            headers["Authorization-Customer"] = f"Bearer {customer}"
        return self._posted(service, headers, content, deadline)

    def _posted(
        self, service: Service, headers: Mapping[str, str], content: bytes, deadline: Deadline
    ) -> Answer:
        return self._http.send(
            service.operation, "POST", service.path, deadline=deadline, headers=headers, body=content
        )

    def _judged(self, service: Service, answer: Answer) -> Reply:
        body = self._http.read(service.operation, answer)
        with self._http.reading(service.operation):
            code = code_in(body)
            if answer.status >= 400 and code.http != str(answer.status):
                raise AnswerError(f"HTTP {answer.status} and the answer's responseCode contradict each other")
        return Reply(meaning_of(service.operation, service.code, code), code, body)

    def _concluded(self, service: Service, reply: Reply, *sent: str) -> Reply:
        if reply.meaning in (Case.DONE, Case.ABSENT):
            return reply
        kind = reply.meaning if isinstance(reply.meaning, type) else _GIVEN_UP[reply.meaning]
        raise kind(self._gateway, service.operation, self._said(reply, *sent), str(reply.code))

    def _said(self, reply: Reply, *sent: str) -> str:
        said = masked(words_in(reply.body, "responseMessage", 400), self._partner.secret_key.reveal(), *sent)
        return told(_LIKE_A_SECRET.sub(DOTS, said), ADVICE.get(reply.code.key, ""))


def external_id(at: float) -> str:
    """A numeric id that no request of this day has, before a restart or after it."""
    return f"{int(at * 1000):013d}{secrets.randbelow(10**19):019d}"
