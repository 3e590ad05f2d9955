"""The gateways' own books, and what they answer when they are not themselves."""

from msgspec.structs import replace

from kiosk import effects as do
from kiosk.model import Charge, Order, QrisCode, Report, Rupiah, Status, Terms
from tests.codes import changed
from tests.core.bank import Bank, Sale, Standing
from tests.proof import facts
from tests.proof.facts import Chronicle, Stand

SQUATTED = "-0"


class Truth(Bank):
    """Writes down every rupiah that moves; `squatted` are an attacker's charges under our ids."""

    def __init__(self, terms: dict[str, Terms], story: Chronicle) -> None:
        super().__init__(terms)
        self.story = story
        self.squatted: set[str] = set()
        self.paid_at: dict[str, float] = {}

    def create(self, order: Order, now: float) -> Charge:
        """A code that pays exactly the amount."""
        charge = super().create(order, now)
        self.story.note(facts.Made, order, charge)
        return charge

    def pay(self, sale: Sale, amount: int, now: float) -> bool:
        """A wallet pays; whether the gateway took the money."""
        taken = super().pay(sale, amount, now)
        if taken:
            self.paid_at[sale.reference] = now
            ours = sale.reference not in self.squatted
            self.story.note(facts.Paid, sale.order.id, sale.reference, amount, ours)
        return taken

    def give_back_elsewhere(self, sale: Sale, now: float) -> None:
        """The operator refunds on the gateway's own page."""
        super().give_back_elsewhere(sale, now)
        self.story.note(facts.GaveBack, sale.order.id, sale.reference, sale.returned[""], "")

    def _give_back(self, sale: Sale, call: do.Refund) -> None:
        before = call.key in sale.returned
        super()._give_back(sale, call)
        if not before:
            self.story.note(facts.GaveBack, sale.order.id, sale.reference, call.amount, call.key)

    def squat(self, order: Order, now: float) -> None:
        """Somebody guessed the id, made a charge of Rp 1 with it, and paid."""
        reference = order.id + SQUATTED
        if reference in self.sales:
            return
        self.squatted.add(reference)
        self.sales[reference] = Sale(replace(order, amount=Rupiah(1)), reference, now)
        self.pay(self.sales[reference], 1, now)

    def stale(self, order: Order, charge: Charge | None, now: float, lag: float) -> Report:
        """What was true so many seconds ago."""
        sale = self._find(order, charge)
        if sale is None or sale.made_at > now - lag:
            return Report(Status.ABSENT)
        if self.paid_at.get(sale.reference, 0.0) > now - lag and not sale.returned:
            return Report(Status.PENDING, order.id, order.amount, "IDR", order.merchant)
        return self.status(order, charge)

    def stands(self, now: float) -> list[Stand]:
        """Every charge as it is, without those that are an attacker's."""
        return [
            Stand(
                sale.order.id,
                sale.reference,
                sale.paid,
                sum(sale.returned.values()),
                sale.standing is Standing.PENDING and not self.has_lapsed(sale, now),
            )
            for sale in self.sales.values()
            if sale.reference not in self.squatted
        ]


def wrong_code(charge: Charge, order: Order, which: int) -> Charge:
    """A code that must not be shown: of another amount, currency or kind, broken, or none at all."""
    payload = charge.code.payload if isinstance(charge.code, QrisCode) else ""
    wrong = (
        changed(t54=str(order.amount + 1)),
        changed(t54=str(order.amount), t53="840"),
        changed(t54=str(order.amount), t01="11"),
        payload[:-1] + ("0" if payload[-1:] != "0" else "1"),
        "https://example.com/pay",
        "",
    )
    return replace(charge, code=QrisCode(wrong[which % len(wrong)]))
