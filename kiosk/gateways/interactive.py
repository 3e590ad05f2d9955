"""InterActive's QRIS Open API: create an invoice, check an invoice.

https://qris.online/api-doc/

Every GET to its first address makes an invoice, so it is sent once.  A lost answer takes the invoice's id
with it, and there is no other way to ask about it: nobody has seen its code, so nobody can pay it, and the
next try makes another one under another number.

No answer names what it is about.  So every question has a connection of its own, over which no late answer
to an earlier question can come.
"""

import secrets
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, ClassVar, Final, Literal
from urllib.parse import quote_plus

from msgspec import Meta

from kiosk.errors import GatewayError, Misconfigured, Unreadable, Unsupported
from kiosk.gateways import keys
from kiosk.gateways.answers import AnswerError
from kiosk.gateways.base import told
from kiosk.gateways.contract import Contract, Seconds
from kiosk.gateways.deadline import Deadline
from kiosk.gateways.http import Http
from kiosk.gateways.interactive_wire import (
    CHECK,
    CREATE,
    REASONS,
    REQUESTED,
    address,
    check_query,
    create_query,
    invoice_in,
    reason_in,
    report_in,
)
from kiosk.gateways.online import Online
from kiosk.model import Charge, Environment, Order, QrisCode, Report, Rupiah, Terms, Tips
from kiosk.secret import Secret, masked

_PAYABLE: Final = 30 * 60
"""Seconds a code is surely payable: one document says 60 minutes, the newer one 30."""
_LAPSES: Final = 65 * 60

_MerchantId = Annotated[
    str, Meta(pattern=r"^[0-9]{1,20}\Z", description="the mID InterActive gave, such as 195255685725")
]


class InteractiveContract(Contract, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[gateway.interactive]`; InterActive says at registration which host holds the account.

    A code asks for a tip although tips are declined, and a tip paid cannot be seen, so the tag is ignored.
    """

    merchant_id: _MerchantId
    host: Literal["qris.online", "qris.id", "qris.interactive.co.id"] = "qris.online"
    tips: Tips = Tips.IGNORE
    poll: Annotated[tuple[Seconds, ...], Meta(min_length=1)] = (15.0, 30.0)
    create_deadline: Seconds = 35.0
    status_deadline: Seconds = 35.0
    claim_window: Seconds = 95.0
    wait_for_code: Seconds = 40.0

    def problems(self, environment: Environment) -> Iterator[str]:
        yield from super().problems(environment)
        if self.on_screen > _PAYABLE:
            yield "on_screen: a code is payable for 30 minutes, 1800 s, and must not stand there longer"
        if self.refunds:
            yield "refunds: InterActive has no call for them; remove it"


class Interactive(Online):
    """InterActive; raises `Misconfigured` in the sandbox, which it has not, and where its key is none."""

    name: ClassVar[str] = "interactive"
    SECRETS: ClassVar[tuple[str, ...]] = ("api_key",)

    Config = InteractiveContract

    def __init__(
        self,
        config: InteractiveContract,
        environment: Environment,
        secrets: Mapping[str, Secret],
        kiosk: str,
        now: Callable[[], float],
    ) -> None:
        terms = self.terms_of(config, environment)
        if environment is Environment.SANDBOX:
            reason = "InterActive has no sandbox: try it in the simulator, then in production with Rp 100"
            raise Misconfigured(self.name, "start", reason)
        self._key = keys.word(self.name, "api_key", secrets)
        is_simulated = environment is Environment.SIMULATOR
        host = config.base_url if is_simulated else f"https://{config.host}"
        super().__init__(terms, config.merchant_id, Http(self.name, host, environment, now))

    @classmethod
    def terms_of(cls, config: InteractiveContract, environment: Environment) -> Terms:
        """What a configuration comes to; `ConfigError` holds all that this environment does not allow.

        An answer about an invoice carries nothing that could be compared: the question binds it.
        """
        return config.terms(
            cls.name, environment, minimum=Rupiah(100), asks_by_charge=True, lapses_after=float(_LAPSES)
        )

    def create(self, order: Order) -> Charge:
        number = f"{self._safe_id(order)}-{secrets.token_hex(3)}"
        query = create_query(self.merchant, number, order.amount)
        body = self._asked("charge", CREATE, query, self.terms.create_deadline)
        with self._http.reading("charge"):
            invoice = invoice_in(body)
        if invoice is None:
            raise self._failure("charge", body)
        details = {REQUESTED: invoice.requested, "cliTrxNumber": number}
        return Charge(QrisCode(invoice.content), invoice.id, self.merchant, details)

    def status(self, order: Order, charge: Charge | None) -> Report:
        query = check_query(self.merchant, charge, order.amount) if charge else None
        if charge is None or query is None:
            reason = f"an invoice is asked about by its own id and its {REQUESTED}, and both are not known"
            raise Unsupported(self.name, "status", reason)
        body = self._asked("status", CHECK, query, self.terms.status_deadline)
        with self._http.reading("status"):
            report = report_in(body, charge.reference)
        if report is None:
            raise self._failure("status", body)
        return report

    def _asked(
        self, operation: str, path: str, query: Mapping[str, str | int], seconds: float
    ) -> dict[str, Any]:
        answer = self._http.send(
            operation,
            "GET",
            address(path, query, self._key),
            deadline=Deadline(seconds),
            headers={"Accept": "application/json"},
            once=True,
        )
        body = self._http.read(operation, answer)
        if answer.status != 200:
            raise self._failure(operation, body, str(answer.status))
        return body

    def _failure(self, operation: str, body: Mapping[str, Any], code: str = "") -> GatewayError:
        try:
            said = reason_in(body)
        except AnswerError as error:
            return Unreadable(self.name, operation, str(error), code)
        key = self._key.reveal()
        harmless = masked(said, key.lower(), quote_plus(key).lower())
        kind, reason = REASONS.get(said, (Unreadable, told(harmless, "")))
        return kind(self.name, operation, reason, code)
