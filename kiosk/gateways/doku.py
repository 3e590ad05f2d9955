"""DOKU's QRIS under SNAP: generate, query, refund, cancel; decode and pay as a wallet does.

https://developers.doku.com/accept-payments/direct-api/snap/integration-guide/qris

An answer's responseCode says what became of the call, `latestTransactionStatus` what became of the money.
A generate that is repeated has the same partnerReferenceNo, our order id, so DOKU never makes a second code
for it; it also never tells the first one again, and then the order is asked about instead.
"""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import ClassVar, Final

from msgspec.structs import replace

from kiosk.errors import Refused, Unreadable
from kiosk.gateways import doku_wire as wire
from kiosk.gateways.deadline import Deadline
from kiosk.gateways.doku_contract import ADDRESSES, DokuContract, checked_partner
from kiosk.gateways.http import Http
from kiosk.gateways.online import Online
from kiosk.gateways.snap import Snap
from kiosk.gateways.snap_cases import Case
from kiosk.gateways.snap_token import is_token
from kiosk.model import (
    Charge,
    Environment,
    Evidence,
    Field,
    Order,
    RefundReceipt,
    Report,
    Rupiah,
    Status,
    Terms,
)
from kiosk.secret import Secret

_REFUND_KEY: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_~.-]{0,63}")


class Doku(Online):
    """DOKU, with keys of the right form; raises `Misconfigured` otherwise."""

    name: ClassVar[str] = "doku"
    SECRETS: ClassVar[tuple[str, ...]] = ("secret_key", "private_key")

    Config = DokuContract

    def __init__(
        self,
        config: DokuContract,
        environment: Environment,
        secrets: Mapping[str, Secret],
        kiosk: str,
        now: Callable[[], float],
    ) -> None:
        terms = self.terms_of(config, environment)
        partner = checked_partner(config, secrets)
        http = Http(self.name, ADDRESSES.get(environment, config.base_url), environment, now)
        super().__init__(terms, config.merchant_id, http)
        self._config = config
        self._terminal = config.terminal or kiosk
        self._snap = Snap(self.name, self._http, partner, wire.TOKEN, wire.CUSTOMER_TOKEN)

    @classmethod
    def terms_of(cls, config: DokuContract, environment: Environment) -> Terms:
        """What a configuration comes to; `ConfigError` holds all that this environment does not allow."""
        return config.terms(
            cls.name,
            environment,
            signs_time=True,
            lapses_after=config.lapses_after,
            carries=frozenset({Field.ORDER_ID, Field.AMOUNT, Field.CURRENCY}),
        )

    def create(self, order: Order) -> Charge:
        self._safe_id(order)
        compose = partial(wire.charge_request, order, self._config, self._terminal)
        reply = self._snap.call(wire.CHARGE, compose, Deadline(self.terms.create_deadline))
        with self._http.reading("charge"):
            latest = self._http.gateway_time() + self._config.lapses_after
            return replace(wire.charge_in(reply.body, order, latest), merchant=self.merchant)

    def status(self, order: Order, charge: Charge | None) -> Report:
        return self._asked(order, charge, Deadline(self.terms.status_deadline))

    def cancel(self, order: Order, charge: Charge | None) -> None:
        if not self.terms.cancels:
            raise self._unsupported("cancel")
        self._safe_id(order)
        body = wire.cancel_request(order, _reference(charge), self._config)
        self._snap.call(wire.CANCEL, lambda _: body, Deadline(self.terms.create_deadline))

    def refund(
        self, order: Order, charge: Charge, evidence: Evidence, amount: Rupiah, key: str
    ) -> RefundReceipt:
        # What DOKU's status tells of the refund of a part is not known.
        if not self.terms.refunds or amount != order.amount:
            raise self._unsupported("refund")
        if not _REFUND_KEY.fullmatch(key):
            raise Refused(self.name, "refund", "the refund key has characters that DOKU does not take")
        deadline = Deadline(self.terms.create_deadline)
        paid = self._paid(order, charge, deadline)
        body = wire.refund_request(order, paid, amount, key, self._config)
        reply = self._snap.call(wire.REFUND, lambda _: body, deadline)
        with self._http.reading("refund"):
            return RefundReceipt(amount, wire.refund_in(reply.body, amount, key))

    def decode(self, order: Order, payload: str) -> wire.Decoded:
        """What DOKU reads in any code; of the order only its id is used."""
        compose = partial(wire.decode_request, self._safe_id(order), payload)
        reply = self._snap.call(wire.DECODE, compose, Deadline(self.terms.create_deadline))
        with self._http.reading("decode"):
            return wire.decoded_in(reply.body)

    def pay(self, order: Order, payload: str, fee: Rupiah, token: Secret) -> wire.Payment:
        """Pay any code, and a tip of `fee`, out of a customer's wallet; the same order never pays twice."""
        self._safe_id(order)
        if not is_token(token.reveal()):
            raise Refused(self.name, "pay", "the customer's token has characters that no token has")
        body = wire.payment_request(order, payload, fee)
        deadline = Deadline(self.terms.create_deadline)
        reply = self._snap.call(wire.PAY, lambda _: body, deadline, token.reveal())
        with self._http.reading("pay"):
            return wire.payment_in(reply.body, order)

    def customer_token(self, auth_code: Secret) -> Secret:
        """The token for what a customer allowed by that code; it is good for one exchange."""
        return Secret(self._snap.customer_token(auth_code, Deadline(self.terms.create_deadline)))

    def _asked(self, order: Order, charge: Charge | None, deadline: Deadline) -> Report:
        self._safe_id(order)
        body = wire.status_request(order, _reference(charge), self._config)
        reply = self._snap.call(wire.STATUS, lambda _: body, deadline)
        if reply.meaning is Case.ABSENT:
            return Report(Status.ABSENT, detail="unknown to DOKU")
        with self._http.reading("status"):
            return wire.report_in(reply.body, order)

    def _paid(self, order: Order, charge: Charge, deadline: Deadline) -> Evidence:
        """The payment as DOKU tells it now: a refund needs its approval code, and must be the first one."""
        report = self._asked(order, charge, deadline)
        if report.status is Status.REFUNDED:
            raise Refused(self.name, "refund", "this order is refunded already", "04")
        if report.status is not Status.PAID or report.order_id != order.id:
            raise Unreadable(self.name, "refund", "DOKU does not say now that this order is paid")
        if report.amount != order.amount:
            reason = "another amount was paid; it goes back only as a whole, for DOKU tells no part of it"
            raise Refused(self.name, "refund", reason)
        return report.evidence


def _reference(charge: Charge | None) -> str:
    return charge.reference if charge else ""
