"""Indodana's merchant API: how a purchase stands, and giving it back, whole or in part.

It makes no code: customers of Indodana scan the QRIS codes of its partners, so the orders asked about here
were made elsewhere.  The two keys prove who asks, and nothing of what is asked is signed.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, ClassVar, Final, NoReturn

from msgspec import Meta

from kiosk.errors import Refused, Unsupported
from kiosk.gateways import indodana_wire as wire
from kiosk.gateways import keys
from kiosk.gateways.base import told
from kiosk.gateways.contract import Contract, Seconds, Shows
from kiosk.gateways.deadline import Deadline
from kiosk.gateways.http import Answer, Http, serialise
from kiosk.gateways.indodana_wire import By, Reason
from kiosk.gateways.online import Online
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
from kiosk.secret import Secret, masked

HOSTS: Final = {
    Environment.PRODUCTION: "api.indodanafinance.co.id",
    Environment.SANDBOX: "stg-k-api.indodanafinance.com",
}
_REFUND_KEY: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_~.-]{0,49}")
_NO_CODE: Final = (
    "Indodana makes no code here: sell through doku_indodana, whose page its customers pay on; "
    "Indodana's own PoS API is another contract"
)

_Host = Annotated[
    str,
    Meta(pattern=r"^([a-z0-9.-]+)?\Z", description="the name of a host, such as api.indodanafinance.co.id"),
]


class IndodanaContract(Contract, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[gateway.indodana]`; `host` is for accounts that live at another one than the document names."""

    shows: ClassVar[Shows] = Shows.NOTHING

    host: _Host = ""
    refunds: bool = True
    status_deadline: Seconds = 10.0

    def problems(self, environment: Environment) -> Iterator[str]:
        yield from super().problems(environment)
        if self.host and environment is Environment.SIMULATOR:
            yield "host: is not for the simulator, which listens at base_url; remove it"


class Indodana(Online):
    """Indodana, with keys of the right form; raises `Misconfigured` otherwise."""

    name: ClassVar[str] = "indodana"
    SECRETS: ClassVar[tuple[str, ...]] = ("api_key", "secret_key")

    Config = IndodanaContract

    def __init__(
        self,
        config: IndodanaContract,
        environment: Environment,
        secrets: Mapping[str, Secret],
        kiosk: str,
        now: Callable[[], float],
    ) -> None:
        terms = self.terms_of(config, environment)
        self._api_key = keys.word(self.name, "api_key", secrets)
        self._secret_key = keys.word(self.name, "secret_key", secrets)
        host = config.host or HOSTS.get(environment)
        http = Http(self.name, f"https://{host}" if host else config.base_url, environment, now)
        super().__init__(terms, "", http)

    @classmethod
    def terms_of(cls, config: IndodanaContract, environment: Environment) -> Terms:
        """What a configuration comes to; `ConfigError` holds all that this environment does not allow."""
        return config.terms(
            cls.name,
            environment,
            refunds_in_part=config.refunds,
            signs_time=True,
            carries=frozenset({Field.ORDER_ID, Field.AMOUNT}),
        )

    def create(self, order: Order) -> Charge:
        raise Unsupported(self.name, "charge", _NO_CODE)

    def status(self, order: Order, charge: Charge | None) -> Report:
        self._safe_id(order)
        deadline = Deadline(self.terms.status_deadline)
        answer = self._sent("status", "GET", wire.check_target(order), deadline, lambda _: None)
        body = self._http.read("status", answer)
        if wire.is_unknown(answer.status, body):
            return Report(Status.ABSENT, detail="unknown to Indodana")
        if answer.status != 200:
            self._refuse("status", answer, body)
        with self._http.reading("status"):
            return wire.report_in(body)

    def refund(
        self, order: Order, charge: Charge, evidence: Evidence, amount: Rupiah, key: str
    ) -> RefundReceipt:
        return self.cancel_purchase(order, amount, key, Reason.OTHERS, By.SELLER)

    def cancel_purchase(
        self, order: Order, amount: Rupiah, key: str, reason: Reason, by: By
    ) -> RefundReceipt:
        """Give a purchase back, or the part that `amount` is; the same key never does it twice."""
        if not self.terms.refunds:
            raise self._unsupported("refund")
        if not _REFUND_KEY.fullmatch(key):
            raise Refused(self.name, "refund", "a refund key is up to 50 letters, digits and - _ ~ .")
        self._safe_id(order)

        def compose(at: float) -> bytes:
            return serialise(wire.cancellation(order, amount, key, reason, by, at))

        answer = self._sent("refund", "POST", wire.CANCEL, Deadline(self.terms.create_deadline), compose)
        body = self._http.read("refund", answer)
        if answer.status != 200:
            self._refuse("refund", answer, body)
        with self._http.reading("refund"):
            return wire.receipt_in(body, order, amount, key)

    def _sent(
        self,
        operation: str,
        method: str,
        target: str,
        deadline: Deadline,
        compose: Callable[[float], bytes | None],
    ) -> Answer:
        def send(at: float) -> Answer:
            headers = {
                "Accept": "application/json",
                "Content-Type": "application/json",
                "Authorization": wire.authorization(self._api_key, self._secret_key, at),
            }
            body = compose(at)
            return self._http.send(operation, method, target, deadline=deadline, headers=headers, body=body)

        return self._http.timed(send)

    def _refuse(self, operation: str, answer: Answer, body: Mapping[str, Any]) -> NoReturn:
        kind, said, advice = wire.refusal(answer.status, body)
        harmless = masked(said, self._secret_key.reveal(), self._api_key.reveal())
        raise kind(self.name, operation, told(harmless, advice), str(answer.status))
