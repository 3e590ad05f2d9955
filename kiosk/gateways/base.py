"""The contract of a payment provider.

Calls block until their own total deadline and raise only `GatewayError`s.  Whatever a provider cannot do
answers `Unsupported` without a request.  A gateway holds no state about orders: the same call with the same
arguments may be repeated at any time, by any process, and never charges or refunds twice.
"""

import re
from typing import ClassVar, Final

from msgspec.structs import replace

from kiosk.errors import Refused, Unsupported
from kiosk.model import Charge, Evidence, Order, RefundReceipt, Report, Rupiah, Terms

# Begins so that it is no ".."; short enough for the keys of every provider that are made of it.
_ORDER_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_~.-]{0,31}")


def order_id_in(value: object) -> str | None:
    """The value, if it could be an order id; for what a stranger says."""
    return value if isinstance(value, str) and _ORDER_ID.fullmatch(value) else None


def told(said: str, advice: str) -> str:
    """What a provider said, its secrets masked already, in a length fit for a log, and what to do."""
    reason = said[:120] or "it gives no reason"
    return f"{reason}; {advice}" if advice else reason


class Gateway:
    """Refuses everything; a provider overrides what it can."""

    name: ClassVar[str]

    def __init__(self, terms: Terms, merchant: str) -> None:
        self.terms = replace(terms, merchant=merchant)
        self.merchant = merchant

    def create(self, order: Order) -> Charge:
        """Ask for a code; repeated for the same order it yields the same charge or says why not.

        `Refused` means that surely no code exists that anybody could pay.
        """
        raise self._unsupported("charge")

    def status(self, order: Order, charge: Charge | None) -> Report:
        """Ask how the order stands; an order the gateway does not know is a Report of ABSENT."""
        raise self._unsupported("status")

    def cancel(self, order: Order, charge: Charge | None) -> None:
        """Ask to close an unpaid order; returning proves nothing, only the next status does."""
        raise self._unsupported("cancel")

    def refund(
        self, order: Order, charge: Charge, evidence: Evidence, amount: Rupiah, key: str
    ) -> RefundReceipt:
        """Send money back; the same key never sends it twice."""
        raise self._unsupported("refund")

    def close(self) -> None:
        """Close kept connections; may be called again."""

    def _safe_id(self, order: Order) -> str:
        """The order's id, if it can stand in an address and in a header; `Refused` otherwise."""
        if order_id_in(order.id) is None:
            raise Refused(self.name, "order", "an order id is up to 32 letters, digits and - _ ~ .")
        return order.id

    def _unsupported(self, operation: str) -> Unsupported:
        return Unsupported(self.name, operation, f"{self.name} has no such call, or the contract has not")
