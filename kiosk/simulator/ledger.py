"""The one truth of the pretended world: what was charged, who paid, what was sent back.

Every gateway's face and the phone write here, and whoever judges a story reads here.  It is handed the time
(`now`, seconds since 1970), does no IO and starts nothing; a single thread owns it.
"""

from collections.abc import Callable
from typing import TypeAlias

import msgspec
from msgspec import Struct


class LedgerError(Exception):
    """The ledger refuses; its text is for a person."""


class Taken(LedgerError):
    """The order id is in use by a charge that is open or paid."""


class NotOpen(LedgerError):
    """The charge cannot be paid, cancelled or expired any more."""


class NotRefundable(LedgerError):
    """The charge holds no such sum to send back."""


class Payment(Struct, frozen=True):
    """Money that left a wallet."""

    amount: int
    issuer: str
    at: float


class Refund(Struct, frozen=True):
    """Money that came back, under the merchant's own key."""

    key: str
    amount: int
    reason: str
    at: float


class Open(Struct, frozen=True):
    """Payable."""


class Paid(Struct, frozen=True):
    """Paid once, perhaps sent back since."""

    payment: Payment
    refunds: tuple[Refund, ...] = ()

    @property
    def refunded(self) -> int:
        """The sum sent back so far, in rupiah."""
        return sum(refund.amount for refund in self.refunds)


class Ended(Struct, frozen=True):
    """Over without a payment: `cancel`, `expire` or `deny`."""

    how: str
    at: float


Standing: TypeAlias = Open | Paid | Ended


class Charge(Struct, frozen=True, kw_only=True):
    """One request for money as the gateway holds it; `echo` is what the merchant wants to read again.

    `amount` is what was asked for; `payload` is the code that was really given out.
    """

    transaction: str
    order: str
    amount: int
    payload: str
    gateway: str
    acquirer: str
    made_at: float
    expires_at: float
    standing: Standing = Open()
    echo: dict[str, str] = {}


class Ledger:
    """All charges, oldest first."""

    def __init__(self) -> None:
        self._charges: dict[str, Charge] = {}
        self._listeners: list[Callable[[Charge], None]] = []

    def listen(self, listener: Callable[[Charge], None]) -> None:
        """Call `listener` with every charge that stands otherwise from now on."""
        self._listeners.append(listener)

    def charges(self) -> list[Charge]:
        """Every charge ever made, oldest first."""
        return list(self._charges.values())

    def open(self, charge: Charge) -> None:
        """Book a new charge; raises `Taken` unless every earlier one of its order ended unpaid."""
        self._lapse(charge.made_at)
        earlier = self._of_order(charge.order)
        if earlier is not None and not isinstance(earlier.standing, Ended):
            raise Taken(f"order {charge.order} has a charge already")
        self._charges[charge.transaction] = charge

    def add(self, charge: Charge) -> None:
        """Book a new charge whatever else its order has, for a gateway that asks nobody."""
        self._lapse(charge.made_at)
        self._charges[charge.transaction] = charge

    def note(self, transaction: str, **words: str) -> Charge:
        """Write something down beside a charge; its standing stays."""
        charge = self._charges[transaction]
        noted = msgspec.structs.replace(charge, echo={**charge.echo, **words})
        self._charges[transaction] = noted
        return noted

    def find(self, key: str, now: float) -> Charge | None:
        """The charge with this transaction id, or the newest of this order id."""
        self._lapse(now)
        return self._charges.get(key) or self._of_order(key)

    def behind(self, payload: str, now: float) -> Charge | None:
        """The charge whose code this is."""
        self._lapse(now)
        return next((one for one in self._charges.values() if one.payload == payload), None)

    def pay(self, transaction: str, payment: Payment) -> Charge:
        """Pay an open charge; raises `NotOpen` on any other."""
        charge = self._open_one(transaction, payment.at)
        return self._stand(charge, Paid(payment))

    def end(self, transaction: str, how: str, now: float) -> Charge:
        """End an open charge unpaid; raises `NotOpen` on any other."""
        return self._stand(self._open_one(transaction, now), Ended(how, now))

    def refund(self, transaction: str, refund: Refund) -> Charge:
        """Send money back; a key that was used before changes nothing.  Raises `NotRefundable`."""
        charge = self._charges[transaction]
        paid = charge.standing
        if not isinstance(paid, Paid):
            raise NotRefundable(f"order {charge.order} was never paid")
        if any(refund.key == one.key for one in paid.refunds):
            return charge
        if not 0 < refund.amount <= paid.payment.amount - paid.refunded:
            raise NotRefundable(f"order {charge.order} has no Rp {refund.amount} left to send back")
        return self._stand(charge, Paid(paid.payment, (*paid.refunds, refund)))

    def payments(self) -> list[tuple[Charge, Paid]]:
        """Every charge that was paid, with what became of the money."""
        return [(one, one.standing) for one in self._charges.values() if isinstance(one.standing, Paid)]

    def spent(self) -> int:
        """What left wallets and did not come back, in rupiah."""
        return sum(paid.payment.amount - paid.refunded for _, paid in self.payments())

    def _of_order(self, order: str) -> Charge | None:
        return next((one for one in reversed(self._charges.values()) if one.order == order), None)

    def _open_one(self, transaction: str, now: float) -> Charge:
        self._lapse(now)
        charge = self._charges[transaction]
        if not isinstance(charge.standing, Open):
            raise NotOpen(f"order {charge.order} is not open any more")
        return charge

    def _stand(self, charge: Charge, standing: Standing) -> Charge:
        changed = msgspec.structs.replace(charge, standing=standing)
        self._charges[charge.transaction] = changed
        for listener in self._listeners:
            listener(changed)
        return changed

    def _lapse(self, now: float) -> None:
        for charge in self._charges.values():
            if isinstance(charge.standing, Open) and charge.expires_at <= now:
                self._stand(charge, Ended("expire", charge.expires_at))
