"""Orders as the operator's side knows them, put together from events; and what a day brought.

Events come in any order and more than once; (kiosk, epoch, seq) names each for good.  A machine speaks for
its own orders only, so an order is named by machine and id.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from kiosk.mqtt.reports import Event

PAID: Final = frozenset({"SETTLED", "ARMED", "DISPENSED", "REFUNDING", "REFUNDED"})
"""States that nobody reaches without having paid."""
ENDED: Final = frozenset({"DISPENSED", "REFUNDED", "ESCALATED", "CLOSED"})
STATES: Final = PAID | ENDED | {"INTENT", "QR_SHOWN", "CLOSING"}
LEAD_BACK: Final = frozenset({"REFUNDED_IN_PART", "REFUND_FAILED"})
"""How a refund that a person asked for may end: the order is again what it was."""
NO_DAY: Final = "clock not set"


class Told(NamedTuple):
    """An event and the machine that told it."""

    kiosk: str
    event: Event

    @property
    def name(self) -> tuple[str, int, int]:
        """What names it for good."""
        return self.kiosk, self.event.epoch, self.event.seq


class Sale(Struct, frozen=True, kw_only=True):
    """One order.  Times are whole seconds since 1970, None where it did not happen or no clock was set.

    `state` is the newest one that was told; `paid` and `delivered` say whether it ever was; `resolved` is
    what a person did about an escalated one; `refunded` is in rupiah.
    """

    kiosk: str
    order_id: str
    reference: str = ""
    claim_code: str = ""
    slot: int = 0
    item: str = ""
    amount: int = 0
    gateway: str = ""
    gateway_reference: str = ""
    issuer: str = ""
    rrn: str = ""
    state: str = ""
    why: str = ""
    resolved: str = ""
    paid: bool = False
    delivered: bool = False
    refunded: int = 0
    began_at: int | None = None
    paid_at: int | None = None
    ended_at: int | None = None

    @property
    def is_owed(self) -> bool:
        """Whether somebody paid and has neither the goods nor all of the money, as far as was told."""
        return self.paid and self.refunded < self.amount and not (self.delivered or self.resolved)


def rebuild(told: Iterable[Told]) -> list[Sale]:
    """Every order that the events tell of, in the order in which they began to be told."""
    sales: dict[tuple[str, str], Sale] = {}
    for each in sorted({each.name: each for each in told}.values(), key=lambda one: one.name):
        if not each.event.order_id:
            continue
        key = each.kiosk, each.event.order_id
        sales[key] = _after(sales.get(key) or Sale(kiosk=key[0], order_id=key[1]), each.event)
    return sorted(sales.values(), key=lambda sale: (sale.began_at or 0, sale.kiosk))


def _after(sale: Sale, event: Event) -> Sale:
    now = event.time if event.time_ok else None
    state = event.what.removeprefix("order.").upper()
    sale = replace(sale, **_facts(sale, event))
    sale = sale if sale.began_at else replace(sale, began_at=now)
    if state == "RESOLVED":
        return replace(sale, resolved=str(event.fields.get("why", "")))
    if state in LEAD_BACK:
        state = "DISPENSED" if sale.delivered else "ESCALATED"
    return _in_state(sale, state, event, now) if state in STATES else sale


def _in_state(sale: Sale, state: str, event: Event, now: int | None) -> Sale:
    return replace(
        sale,
        state=state,
        why=str(event.fields.get("why", "")),
        paid=sale.paid or state in PAID,
        delivered=sale.delivered or state == "DISPENSED",
        paid_at=sale.paid_at or (now if state in PAID else None),
        ended_at=now if state in ENDED else None,
    )


def _facts(sale: Sale, event: Event) -> dict[str, Any]:
    """What an event says about the order itself; the newest word counts, silence takes nothing back."""
    texts = ("claim_code", "item", "gateway", "gateway_reference", "issuer", "rrn")
    found: dict[str, Any] = {name: str(event.fields[name]) for name in texts if event.fields.get(name)}
    for name in ("amount", "slot", "refunded"):
        if isinstance(value := event.fields.get(name), int):
            found[name] = value
    return found | ({"reference": event.reference} if event.reference else {})


class Sum(NamedTuple):
    """So many orders, and their rupiah together."""

    orders: int = 0
    rupiah: int = 0

    def plus(self, rupiah: int) -> "Sum":
        """One more."""
        return Sum(self.orders + 1, self.rupiah + rupiah)


class Day(Struct, frozen=True, kw_only=True):
    """What one day brought, or a day whose clock was not set.

    `paid` came in; of it `delivered` went out as goods, `refunded` went back and `owed` is neither; `unpaid`
    were given up by the customer.
    """

    day: str
    paid: Sum = Sum()
    delivered: Sum = Sum()
    refunded: Sum = Sum()
    owed: Sum = Sum()
    unpaid: Sum = Sum()


def days(sales: Iterable[Sale], day_of: Callable[[int], str]) -> list[Day]:
    """A line for each day on which something was paid or ended; `day_of` knows the time zone."""
    found: dict[str, Day] = {}
    for sale in sales:
        name = day_named(sale, day_of)
        found[name] = _with(found.get(name) or Day(day=name), sale)
    return [found[name] for name in sorted(found)]


def day_named(sale: Sale, day_of: Callable[[int], str]) -> str:
    """The day of a sale: when it was paid, or else when it ended or began."""
    moment = sale.paid_at or sale.ended_at or sale.began_at
    return day_of(moment) if moment else NO_DAY


def together(each: Iterable[Day]) -> Day:
    """All of them as one."""
    every = list(each)
    names = ("paid", "delivered", "refunded", "owed", "unpaid")
    sums = {
        name: Sum(*map(sum, zip(*(getattr(day, name) for day in every), strict=True)))
        for name in names
        if every
    }
    return Day(day="all", **sums)


def _with(day: Day, sale: Sale) -> Day:
    parts = {
        "paid": sale.amount if sale.paid else None,
        "delivered": sale.amount if sale.delivered else None,
        "refunded": sale.refunded or None,
        "owed": sale.amount - sale.refunded if sale.is_owed else None,
        "unpaid": sale.amount if sale.state == "CLOSED" and not sale.paid else None,
    }
    return replace(
        day, **{name: getattr(day, name).plus(rupiah) for name, rupiah in parts.items() if rupiah is not None}
    )
