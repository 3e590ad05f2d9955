"""An order that another shop's till made at Indodana, for a person to ask about and take back by hand."""

from typing import Final

from kiosk.simulator.ledger import Charge, Ledger, Payment

ORDER: Final = "ELSEWHERE1"
AMOUNT: Final = 100_000
LASTS: Final = 900.0


def made_elsewhere(now: float) -> Charge:
    """The order, unpaid; it can be paid for 15 minutes."""
    return Charge(
        transaction="a1b2c3d4-0000-4000-8000-000000000017",
        order=ORDER,
        amount=AMOUNT,
        payload="a code of another maker",
        gateway="indodana",
        acquirer="indodana",
        made_at=now,
        expires_at=now + LASTS,
    )


def paid_elsewhere(ledger: Ledger, now: float) -> None:
    """Book the order, and its payment."""
    charge = made_elsewhere(now)
    ledger.open(charge)
    ledger.pay(charge.transaction, Payment(charge.amount, "indodana", now))
