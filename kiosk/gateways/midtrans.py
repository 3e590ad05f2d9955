"""Midtrans' Core API for QRIS: charge, status, cancel, expire, refund.

https://docs.midtrans.com/reference/qris

The HTTP status says little: the outcome is the body's `status_code`, a string, and what became of the money
is `transaction_status`.  Only an answer to our own status call is money; a notification's signature does not
even cover the status, so it is a hint like any other.
"""

import re
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import Any, ClassVar, Final

from kiosk.errors import (
    CodeError,
    Misconfigured,
    MissingPart,
    Refused,
    Unreachable,
    Unreadable,
)
from kiosk.gateways.answers import AnswerError, objects_in, rupiah_in, text_in, words_in
from kiosk.gateways.base import told
from kiosk.gateways.deadline import Deadline
from kiosk.gateways.http import Answer, Http, serialise
from kiosk.gateways.image import LARGEST_PICTURE, code_in
from kiosk.gateways.midtrans_contract import ADDRESSES, MidtransContract, checked_key
from kiosk.gateways.midtrans_wire import (
    ADVICE,
    Reading,
    authorization,
    charge_request,
    conclusion,
    expiry,
    is_denied,
    is_refund_of,
    picture_address,
    report_in,
)
from kiosk.gateways.online import Online
from kiosk.model import (
    Charge,
    Environment,
    Evidence,
    Field,
    Order,
    QrisCode,
    RefundReceipt,
    Report,
    Rupiah,
    Terms,
)
from kiosk.secret import Secret, masked

_REFUND_KEY: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_~.-]{0,36}")
_STATUS_CODE: Final = re.compile(r"[0-9]{3}")
_TEMPORARY: Final = "900"
_PAUSES: Final = (0.1, 0.3)
"""Before the second and the third try of a charge, in shares of its deadline."""


class Midtrans(Online):
    """Midtrans, with a server key of the environment it is used in; raises `Misconfigured` otherwise."""

    name: ClassVar[str] = "midtrans"
    SECRETS: ClassVar[tuple[str, ...]] = ("server_key",)

    Config = MidtransContract

    def __init__(
        self,
        config: MidtransContract,
        environment: Environment,
        secrets: Mapping[str, Secret],
        kiosk: str,
        now: Callable[[], float],
    ) -> None:
        terms = self.terms_of(config, environment)
        self._key = checked_key(secrets, environment)
        self._address = ADDRESSES.get(environment, config.base_url)
        http = Http(self.name, self._address, environment, now)
        super().__init__(terms, config.merchant_id, http)
        self._config = config
        self._kiosk = kiosk
        self._environment = environment
        self._now = now

    @classmethod
    def terms_of(cls, config: MidtransContract, environment: Environment) -> Terms:
        """What a configuration comes to; `ConfigError` holds all that this environment does not allow."""
        return config.terms(
            cls.name,
            environment,
            cancels=True,
            refunds_in_part=config.refunds,
            carries=frozenset(Field),
        )

    def create(self, order: Order) -> Charge:
        deadline = Deadline(self.terms.create_deadline)
        request = serialise(self._charge_request(order))
        answer = self._charged(order, request, 1, deadline)
        for attempt, pause in enumerate(_PAUSES, 2):
            if not (is_denied(answer) and answer.get("channel_response_code") == _TEMPORARY):
                break
            deadline.pause(pause)
            answer = self._charged(order, request, attempt, deadline)
        return self._charge_in(answer, order, deadline)

    def status(self, order: Order, charge: Charge | None) -> Report:
        body = self._asked(order, Deadline(self.terms.status_deadline))
        with self._http.reading("status"):
            return report_in(body)

    def cancel(self, order: Order, charge: Charge | None) -> None:
        self._close("cancel", order)

    def expire(self, order: Order) -> None:
        """Ask to expire an unpaid order; like a cancel, it proves nothing."""
        self._close("expire", order)

    def refund(
        self, order: Order, charge: Charge, evidence: Evidence, amount: Rupiah, key: str
    ) -> RefundReceipt:
        if not self.terms.refunds:
            raise self._unsupported("refund")
        if not _REFUND_KEY.fullmatch(key):
            raise Refused(self.name, "refund", "the refund key has characters that Midtrans does not take")
        deadline = Deadline(self.terms.create_deadline)
        for listed in objects_in(self._asked(order, deadline), "refunds"):
            if listed.get("refund_key") == key:
                return self._receipt_in(listed, amount, key)
        path = "refund" if self._config.refund_path == "offline" else "refund/online/direct"
        request = serialise({"refund_key": key, "amount": amount, "reason": "the goods were not delivered"})
        headers = {"Idempotency-Key": f"{key}-refund-1"}
        answer = self._call("refund", "POST", f"{self._safe_id(order)}/{path}", deadline, request, headers)
        if not is_refund_of(answer, order, self.merchant):
            raise Unreadable(self.name, "refund", "the answer is about another transaction")
        return self._receipt_in(answer, amount, key)

    def _charge_request(self, order: Order) -> dict[str, Any]:
        # Before Midtrans has told the time ours may be hours off; without one it counts from its own.
        at = None if self._http.offset is None else self._http.gateway_time()
        request = charge_request(order, self._kiosk, expiry(self._config.expiry_minutes, at))
        return {**request, "qris": {"acquirer": self._config.acquirer}} if self._config.acquirer else request

    def _charged(self, order: Order, request: bytes, attempt: int, deadline: Deadline) -> dict[str, Any]:
        headers = {**self._notified(), "Idempotency-Key": f"{self._safe_id(order)}-charge-{attempt}"}
        return self._call("charge", "POST", "charge", deadline, request, headers)

    def _notified(self) -> dict[str, str]:
        urls = ",".join(self._config.notification_urls)
        return {f"X-{self._config.notification.title()}-Notification": urls} if urls else {}

    def _charge_in(self, answer: Mapping[str, Any], order: Order, deadline: Deadline) -> Charge:
        with self._http.reading("charge"):
            if text_in(answer, "order_id") != order.id:
                raise AnswerError("the answer is about another order")
            if is_denied(answer):
                code = words_in(answer, "channel_response_code") or "deny"
                raise Refused(self.name, "charge", self._said(answer), code)
            if text_in(answer, "transaction_status") != "pending":
                raise AnswerError("the charge cannot be paid any more, or already is")
            if rupiah_in(answer, "gross_amount") != order.amount:
                raise AnswerError("the answer is about another amount")
            reference, merchant = text_in(answer, "transaction_id"), text_in(answer, "merchant_id")
        if merchant != self.merchant:
            reason = "the server key belongs to another merchant than gateway.midtrans.merchant_id"
            raise Misconfigured(self.name, "charge", reason)
        return Charge(QrisCode(self._payload_in(answer, deadline)), reference, merchant)

    def _payload_in(self, answer: Mapping[str, Any], deadline: Deadline) -> str:
        with self._http.reading("charge"):
            if answer.get("qr_string"):
                return text_in(answer, "qr_string", longest=1000)
            origin, path = picture_address(answer)
        if origin not in {self._address, *(f"https://{host}" for host in self._config.image_hosts)}:
            reason = "the code's picture lies on a host that gateway.midtrans.image_hosts does not name"
            raise Unreadable(self.name, "charge", reason)
        try:
            return code_in(self._picture(origin, path, deadline))
        except MissingPart as missing:
            raise Misconfigured(self.name, "charge", str(missing)) from missing
        except CodeError as error:
            raise Unreadable(self.name, "charge", str(error)) from error

    def _picture(self, origin: str, path: str, deadline: Deadline) -> bytes:
        with closing(Http(self.name, origin, self._environment, self._now)) as http:
            # Without the key: the picture is public, and the host need not be Midtrans' own.
            answer = http.send("charge", "GET", path, deadline=deadline, headers={}, largest=LARGEST_PICTURE)
        if answer.status != 200:
            raise Unreadable(self.name, "charge", "the code's picture is not there", str(answer.status))
        return answer.content

    def _receipt_in(self, answer: Mapping[str, Any], amount: Rupiah, key: str) -> RefundReceipt:
        with self._http.reading("refund"):
            if text_in(answer, "refund_key") != key or rupiah_in(answer, "refund_amount") != amount:
                raise AnswerError("the answer is about another refund")
            return RefundReceipt(amount, words_in(answer, "refund_chargeback_id") or key)

    def _asked(self, order: Order, deadline: Deadline) -> dict[str, Any]:
        return self._call("status", "GET", f"{self._safe_id(order)}/status", deadline)

    def _close(self, operation: str, order: Order) -> None:
        deadline = Deadline(self.terms.create_deadline)
        headers = {"Idempotency-Key": f"{self._safe_id(order)}-{operation}-1"}
        self._call(operation, "POST", f"{order.id}/{operation}", deadline, b"{}", headers)

    def _call(
        self,
        operation: str,
        method: str,
        path: str,
        deadline: Deadline,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        own = {
            "Accept": "application/json",
            "Content-Type": "application/json",
            "Authorization": authorization(self._key),
        }
        answer = self._http.send(
            operation, method, f"/v2/{path}", deadline=deadline, headers={**own, **(headers or {})}, body=body
        )
        return self._concluded(operation, answer)

    def _concluded(self, operation: str, answer: Answer) -> dict[str, Any]:
        if answer.status == 202:
            raise Unreachable(self.name, operation, "the same request is still running there", "202")
        body = self._http.read(operation, answer)
        with self._http.reading(operation):
            code = text_in(body, "status_code")
            if not _STATUS_CODE.fullmatch(code):
                raise AnswerError("the answer's status_code is no code")
            if answer.status >= 400 and code != str(answer.status):
                raise AnswerError(f"HTTP {answer.status} and the answer's status_code contradict each other")
        meaning = conclusion(operation, code)
        if isinstance(meaning, Reading):
            return body
        raise meaning(self.name, operation, self._said(body), code)

    def _said(self, body: Mapping[str, Any]) -> str:
        said = words_in(body, "status_message", 400)
        said = masked(said, self._key.reveal(), authorization(self._key).removeprefix("Basic "))
        return told(said, ADVICE.get(str(body.get("status_code")), ""))
