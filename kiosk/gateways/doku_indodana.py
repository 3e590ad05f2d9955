"""DOKU's paylater by Indodana: a page to pay on, opened with the phone's camera; and how the order stands.

https://developers.doku.com/accept-payments/direct-api/non-snap/paylater/indodana

A lost answer is had again with the same Request-Id and the same bytes: DOKU sends it as HTTP 409.  Answers
about money count only with DOKU's own signature.
"""

import secrets
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, ClassVar, Final, NoReturn

from kiosk.errors import Misconfigured, Refused, Unreadable
from kiosk.gateways import doku_indodana_wire as wire
from kiosk.gateways import keys
from kiosk.gateways.base import told
from kiosk.gateways.deadline import Deadline
from kiosk.gateways.doku_indodana_contract import ADDRESSES, DokuIndodanaContract
from kiosk.gateways.http import Answer, Http, serialise
from kiosk.gateways.online import Online
from kiosk.model import Charge, Environment, Field, Order, Report, Rupiah, Status, Terms
from kiosk.secret import Secret, masked

_INACCURACY: Final = timedelta(minutes=1)


class DokuIndodana(Online):
    """DOKU's Indodana, with a key of the right form; raises `Misconfigured` otherwise."""

    name: ClassVar[str] = "doku_indodana"
    SECRETS: ClassVar[tuple[str, ...]] = ("secret_key",)

    Config = DokuIndodanaContract

    def __init__(
        self,
        config: DokuIndodanaContract,
        environment: Environment,
        secrets: Mapping[str, Secret],
        kiosk: str,
        now: Callable[[], float],
    ) -> None:
        terms = self.terms_of(config, environment)
        self._sender = wire.Sender(config.client_id, keys.word(self.name, "secret_key", secrets))
        http = Http(self.name, ADDRESSES.get(environment, config.base_url), environment, now)
        super().__init__(terms, config.client_id, http)
        self._config = config

    @classmethod
    def terms_of(cls, config: DokuIndodanaContract, environment: Environment) -> Terms:
        """What a configuration comes to; `ConfigError` holds all that this environment does not allow."""
        return config.terms(
            cls.name,
            environment,
            minimum=Rupiah(config.minimum),
            maximum=Rupiah(config.maximum),
            signs_time=True,
            lapses_after=config.lapses_after,
            carries=frozenset({Field.ORDER_ID, Field.AMOUNT}),
            link_hosts=frozenset(config.link_hosts),
        )

    def create(self, order: Order) -> Charge:
        request_id = f"{self._safe_id(order)}-charge-1"
        request = serialise(wire.order_request(order, self._config))
        deadline = Deadline(self.terms.create_deadline)
        answer = self._sent("charge", "POST", wire.GENERATE, deadline, request_id, request)
        body = self._http.read("charge", answer)
        if answer.status not in wire.ANSWERED:
            self._refuse("charge", answer, body)
        with self._http.reading("charge"):
            wire.check_echo(body, order)
            if wire.is_failed(body):
                raise Refused(self.name, "charge", "Indodana made no page for this order", "FAILED")
            charge, life = wire.charge_in(body, order, self.merchant), wire.life_in(body)
        self._check_life(life)
        if answer.status == wire.REPEATED:
            self._expect_payable(order, deadline)
        return charge

    def status(self, order: Order, charge: Charge | None) -> Report:
        return self._asked(order, Deadline(self.terms.status_deadline))

    def _asked(self, order: Order, deadline: Deadline) -> Report:
        # Another id for every question: under the same one DOKU would repeat its first answer.
        request_id = f"{self._safe_id(order)}-status-{secrets.token_hex(8)}"
        answer = self._sent("status", "GET", f"{wire.STATUS}{order.id}", deadline, request_id, None)
        body = self._http.read("status", answer)
        if answer.status == wire.NOT_FOUND:
            return Report(Status.ABSENT, detail="unknown to DOKU")
        if answer.status not in wire.ANSWERED:
            self._refuse("status", answer, body)
        with self._http.reading("status"):
            return wire.report_in(body)

    def _sent(
        self,
        operation: str,
        method: str,
        target: str,
        deadline: Deadline,
        request_id: str,
        body: bytes | None,
    ) -> Answer:
        def send(at: float) -> Answer:
            headers = self._sender.headers(request_id, at, target, body)
            return self._http.send(operation, method, target, deadline=deadline, headers=headers, body=body)

        answer = self._http.timed(send)
        must_be_signed = answer.status in wire.ANSWERED or "signature" in answer.headers
        is_signed = self._sender.knows(answer.headers, answer.content, request_id, target)
        # With a wrong key every signature is wrong: then the 401 is what helps.
        if must_be_signed and not is_signed and answer.status != 401:
            raise Unreadable(self.name, operation, "its answer does not carry DOKU's signature")
        return answer

    def _refuse(self, operation: str, answer: Answer, body: Mapping[str, Any]) -> NoReturn:
        kind, said, advice = wire.refusal(answer.status, body)
        if answer.status == wire.NOT_FOUND:
            kind, advice = Misconfigured, wire.NO_SERVICE
        harmless = masked(said, self._sender.key.reveal())
        raise kind(self.name, operation, told(harmless, advice), str(answer.status))

    def _expect_payable(self, order: Order, deadline: Deadline) -> None:
        """Of a page of long ago the goods may be gone; shown again, its old payment would fetch more."""
        report = self._asked(order, deadline)
        is_open = report.status is Status.PENDING and report.order_id == order.id
        if not (is_open or report.status is Status.ABSENT):
            reason = "this order was made before, and is paid already or over; look at its status"
            raise Unreadable(self.name, "charge", reason, str(wire.REPEATED))

    def _check_life(self, life: timedelta | None) -> None:
        """A page that can be paid on longer than it is watched would take money that nobody sees."""
        if life is None or life <= timedelta(minutes=self._config.expiry_minutes) + _INACCURACY:
            return
        minutes = int(life.total_seconds() // 60)
        wanted = f"set gateway.doku_indodana.expiry_minutes = {minutes}"
        raise Misconfigured(self.name, "charge", f"its page can be paid on for {minutes} minutes; {wanted}")
