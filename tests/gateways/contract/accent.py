"""What one provider sounds like: all that the suite must know of it to speak in its place.

A gateway joins the suite by a module in `accents` and a line in its table.
"""

import pkgutil
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, ClassVar, NamedTuple, TypeAlias

import msgspec
from msgspec import Struct

from kiosk.gateways import GATEWAYS
from kiosk.gateways.base import Gateway
from kiosk.model import Charge, Environment, Evidence, Order, TroubleKind
from kiosk.order.verdict import Verdict
from kiosk.secret import Secret
from kiosk.states import Why
from tests.codes import changed
from tests.gateways.conftest import NOON
from tests.gateways.provider import Asked

KIOSK = "KSK01"
NMID = "ID1020000000001"
OTHERS_NMID = "ID1020000000002"


class Call(Enum):
    """The four calls of the contract."""

    CREATE = "create"
    STATUS = "status"
    CANCEL = "cancel"
    REFUND = "refund"


class Standing(Enum):
    """How an order stands at the provider."""

    PENDING = "pending"
    PAID = "paid"
    LAPSED = "unpaid for good"
    REFUNDED = "refunded"
    PARTLY_REFUNDED = "partly refunded"
    ABSENT = "unknown to the provider"
    NONSENSE = "in a word that nobody documented"


class Outcome(Enum):
    """What a call that brought something lets conclude."""

    CODE = "a code that may be shown"
    NOT_SHOWN = "nothing is shown, and whether a code exists is not known"
    ASKED = "it was asked to close; only the next status says what that came to"
    MONEY_BACK = "the whole sum went back"
    ANOTHERS = "what belongs to another order"


Conclusion: TypeAlias = Verdict | Why | TroubleKind | Outcome


class Truth(Struct, frozen=True, kw_only=True):
    """What an answer says of an order; `created` and `refunded` count what took effect before."""

    order_id: str
    amount: int
    merchant: str
    key: str
    standing: Standing
    currency: str = "IDR"
    created: int = 0
    refunded: int = 0


class Said(NamedTuple):
    """An answer before it is bytes."""

    body: Mapping[str, Any]
    status: int = 200


class Excuse(NamedTuple):
    """Another conclusion than the table's, and why it is right here.

    Where an answer does not carry a field, `binds` says whether the question did.
    """

    conclusion: Conclusion
    because: str
    binds: Callable[[Asked, Order], bool] | None = None


class Accent:
    """One provider, spoken for.

    `settings` are what its `Config` needs, `contract` what a generous contract allows beside that.
    """

    name: ClassVar[str]
    merchant: ClassVar[str]
    settings: ClassVar[Mapping[str, Any]] = {}
    contract: ClassVar[Mapping[str, Any]] = {}
    secrets: ClassVar[Mapping[str, Callable[[], str]]] = {}
    evidence: ClassVar[Evidence] = Evidence()
    excuses: ClassVar[Mapping[tuple[Call, str], Excuse]] = {}

    def call_of(self, asked: Asked) -> Call | None:
        """Which call a request is; None for what only prepares one, such as fetching a token."""
        raise NotImplementedError

    def answer(self, call: Call | None, asked: Asked, truth: Truth) -> Said:
        """The answer of a provider in good health."""
        raise NotImplementedError

    def no(self, call: Call) -> Said:
        """A final no to just this request."""
        raise NotImplementedError

    def stranger(self, call: Call) -> Said:
        """What it tells somebody whose credential it does not take."""
        raise NotImplementedError

    def charge(self, order: Order) -> Charge:
        """The charge that a create brought."""
        raise NotImplementedError

    def owns(self, order: Order, charge: Charge) -> bool:
        """Whether a charge is that order's."""
        return charge.reference == self.charge(order).reference

    def standings(self) -> Mapping[Standing, Conclusion]:
        """The standings that its status answers have words for, and what each lets conclude."""
        raise NotImplementedError

    def headers(self, asked: Asked, content: bytes) -> tuple[str, ...]:
        """What stands above that content, a signature for example."""
        return ()

    def opened(self, url: str, seconds: float, contract: Mapping[str, Any]) -> Gateway:
        """The gateway itself, talking to the suite's server, with `seconds` for each call."""
        kind = pkgutil.resolve_name(GATEWAYS[self.name])
        deadlines = {"create_deadline": seconds, "status_deadline": seconds}
        settings = {**self.settings, **contract, **deadlines, "base_url": url}
        config = msgspec.convert(settings, kind.Config)
        secrets = {name: Secret(text()) for name, text in self.secrets.items()}
        gateway: Gateway = kind(config, Environment.SIMULATOR, secrets, KIOSK, lambda: NOON)
        return gateway


def payload(truth: Truth, ours: str) -> str:
    """The code for that truth; to be paid to `ours`, or to somebody else."""
    to = NMID if truth.merchant == ours else OTHERS_NMID
    return changed(
        t51=f"0014ID.CO.QRIS.WWW0215{to}0303UMI",
        t53="360" if truth.currency == "IDR" else "840",
        t54=str(truth.amount),
        t62=f"0703K0150{len(truth.order_id):02d}{truth.order_id}",
    )
