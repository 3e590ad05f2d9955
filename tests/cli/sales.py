"""Orders in every state, as the journal holds them."""

from kiosk.effects import Save
from kiosk.journal import Journal
from kiosk.model import Charge, Drop, Environment, Evidence, Now, Order, QrisCode, Rupiah
from kiosk.order.desk import reference_of
from kiosk.states import Closed, Dispensed, Escalated, Life, State, Step, Why

MONDAY = 1_800_000_000.0  # 2027-01-15 15:00:00 in Jakarta
CHARGE = Charge(QrisCode("00020101"), "a1b2c3d4-0000-4000-8000-000000000001", "G123456789")
EVIDENCE = Evidence("A120251121", "gopay", "gopay", "123456", "512345678901", "2027-01-15 15:00:20")


def life(number: int, state: State, amount: int = 12_000, item: str = "Kopi susu") -> Life:
    """An order with its number, made so many minutes after Monday, 15:00."""
    moment = Now("boot", 100.0 + number, MONDAY + 60 * number)
    order = Order(
        f"K01{number:019}A",
        f"{700_000 + number}",
        1,
        item,
        Rupiah(amount),
        "spiral1",
        "midtrans",
        Environment.PRODUCTION,
        "Kopi Kita",
        moment,
    )
    shown, why = Step("QR_SHOWN", moment), str(getattr(state, "why", ""))
    end = Step(Life(order, state).state_name, Now("boot", 120.0 + number, moment.wall + 20), why)
    return Life(order, state, (Step("INTENT", moment), shown, end), reference_of(state))


DELIVERED = life(1, Dispensed(CHARGE, EVIDENCE, Drop.SEEN))
UNPAID = life(2, Closed(Why.EXPIRED), 8_000, "Teh")
STUCK = life(3, Escalated(Why.CUT_IN_RELEASE, Evidence("B2"), "line\x1b[2J"))


def sell(journal: Journal, *lives: Life) -> None:
    """Write orders into a journal."""
    for one in lives:
        journal.commit([Save(one)], one.order.made_at)
