"""The gateway as it truly is: it holds the money, whatever the kiosk gets to hear of it."""

from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum

from kiosk import effects as do
from kiosk.model import (
    Charge,
    Evidence,
    Order,
    QrisCode,
    RefundReceipt,
    Report,
    Rupiah,
    Status,
    Terms,
    Trouble,
    TroubleKind,
)
from tests.codes import changed

LAPSE = 3600.0
"""Seconds after which a code cannot be paid any more, where the gateway never says so."""


class Standing(Enum):
    """How a sale stands."""

    PENDING = Status.PENDING
    SETTLED = Status.PAID
    CANCELLED = Status.UNPAID_FINAL


class No(Exception):  # named by what happened, like the events
    """The gateway answers with trouble."""

    def __init__(self, kind: TroubleKind) -> None:
        super().__init__(kind)
        self.trouble = Trouble(kind, "no", "412")


@dataclass
class Sale:
    """The gateway's record of one code; `returned`: refunds by their keys, "" for the dashboard's.

    `slow`: refunds that it took and has not made yet, and of which its answers say nothing.
    """

    order: Order
    reference: str
    made_at: float
    standing: Standing = Standing.PENDING
    paid: int = 0
    returned: dict[str, int] = field(default_factory=dict)
    slow: dict[str, do.Refund] = field(default_factory=dict)
    returned_elsewhere_at: float | None = None

    @property
    def is_paid_as_asked(self) -> bool:
        """Whether exactly the price came in."""
        return self.standing is Standing.SETTLED and self.paid == self.order.amount


class Bank:
    """All sales by reference; where orders are asked about by charge, every create makes a new sale."""

    def __init__(self, terms: dict[str, Terms]) -> None:
        self.terms = terms
        self.sales: dict[str, Sale] = {}
        self.by_code: dict[str, str] = {}

    def of_order(self, order_id: str) -> list[Sale]:
        """Every sale that belongs to the order."""
        return [sale for sale in self.sales.values() if sale.order.id == order_id]

    def create(self, order: Order, now: float) -> Charge:
        """A code that pays exactly the amount; repeated it is the same, or a new one if asked by charge."""
        known = len(self.of_order(order.id)) if self.terms[order.gateway].asks_by_charge else 0
        reference = f"{order.id}-{known}"
        self.sales.setdefault(reference, Sale(order, reference, now))
        payload = changed(t54=str(order.amount), t62=f"05{len(reference):02d}{reference}")
        self.by_code[payload] = reference
        return Charge(QrisCode(payload), reference, "G1")

    def status(self, order: Order, charge: Charge | None) -> Report:
        """The truth of this moment."""
        if charge is None and self.terms[order.gateway].asks_by_charge:
            raise No(TroubleKind.UNSUPPORTED)
        sale = self._find(order, charge)
        if sale is None:
            return Report(Status.ABSENT)
        back = sum(sale.returned.values())
        returned = Status.REFUNDED if back >= sale.paid else Status.PARTLY_REFUNDED
        status = returned if back else sale.standing.value
        amount = Rupiah(sale.paid or order.amount)
        return Report(status, order.id, amount, "IDR", order.merchant, Rupiah(back), evidence=Evidence("A1"))

    def cancel(self, order: Order, charge: Charge | None) -> None:
        """Close what is not paid."""
        sale = self._find(order, charge)
        if sale is None or sale.standing is not Standing.PENDING or not self.terms[order.gateway].cancels:
            raise No(TroubleKind.REFUSED)
        sale.standing = Standing.CANCELLED

    def refund(self, call: do.Refund) -> RefundReceipt:
        """Send money back, once for each key and never more than came in."""
        sale = self._find(call.order, call.charge)
        if (
            sale is None
            or sale.standing is not Standing.SETTLED
            or not self.terms[call.order.gateway].refunds
        ):
            raise No(TroubleKind.REFUSED)
        in_part = call.amount < sale.paid
        if in_part and not self.terms[call.order.gateway].refunds_in_part:
            raise No(TroubleKind.REFUSED)
        if call.key in sale.slow:
            raise No(TroubleKind.UNREADABLE)
        self._give_back(sale, call)
        return RefundReceipt(Rupiah(sale.returned[call.key]), "R1")

    def take_slowly(self, call: do.Refund) -> None:
        """Take a refund that is made at some other time; whoever asks meanwhile hears nothing of it."""
        sale = self._find(call.order, call.charge)
        if sale and sale.standing is Standing.SETTLED and call.key not in sale.returned:
            sale.slow[call.key] = call
        raise No(TroubleKind.UNREACHABLE)

    def makes_slow_ones(self) -> None:
        """Whatever was taken is made now."""
        for sale in self.sales.values():
            taken, sale.slow = sale.slow, {}
            for call in taken.values():
                with suppress(No):
                    self._give_back(sale, call)

    def _give_back(self, sale: Sale, call: do.Refund) -> None:
        """Once for each key; the dashboard may be quicker, but we never ask for more than came in."""
        if call.key in sale.returned:
            assert sale.returned[call.key] == call.amount, f"{call.key} stood for {sale.returned[call.key]}"
            return
        ours = sum(amount for key, amount in sale.returned.items() if key)
        assert ours + call.amount <= sale.paid, f"{call} after {sale.returned}"
        if sum(sale.returned.values()) + call.amount > sale.paid:
            raise No(TroubleKind.REFUSED)
        sale.returned[call.key] = call.amount

    def pay(self, sale: Sale, amount: int, now: float) -> bool:
        """A wallet pays; whether the gateway took the money."""
        if sale.standing is not Standing.PENDING or self.has_lapsed(sale, now):
            return False
        sale.standing, sale.paid = Standing.SETTLED, amount
        return True

    def has_lapsed(self, sale: Sale, now: float) -> bool:
        """Whether nobody can pay it any more, although the gateway never says so."""
        lapses = self.terms[sale.order.gateway].lapses_after is not None
        return lapses and now >= sale.made_at + LAPSE

    def give_back_elsewhere(self, sale: Sale, now: float) -> None:
        """The operator refunds on the gateway's own page."""
        sale.returned[""] = sale.paid - sum(sale.returned.values())
        sale.returned_elsewhere_at = now

    def _find(self, order: Order, charge: Charge | None) -> Sale | None:
        return self.sales.get(charge.reference if charge else f"{order.id}-0")
