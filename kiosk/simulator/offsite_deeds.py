"""What a visitor of the page may do in the operator's office and with the vending controller.

Each takes what the browser sent, and raises ValueError or KeyError for what nobody can do.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from kiosk.commands import Amount, Everything, OrderId, Reference, Resolution, SlotNumber
from kiosk.simulator.office import DEAREST
from kiosk.simulator.offsite import Offsite


class _Wish(Struct, frozen=True, forbid_unknown_fields=True):
    """What the browser sent."""


class _Price(_Wish, frozen=True):
    slot: SlotNumber
    price: Annotated[int, Meta(ge=0, lt=DEAREST)]


class _Service(_Wish, frozen=True):
    slot: SlotNumber | Everything
    on: bool


class _Settling(_Wish, frozen=True):
    order: OrderId
    how: Resolution


class _Charge(_Wish, frozen=True):
    slot: SlotNumber | None = None
    amount: Amount | None = None
    reference: Reference | None = None


def deeds(offsite: Offsite) -> dict[str, Callable[[dict[str, Any]], Awaitable[None]]]:
    """The deeds by their names."""
    office, controller = offsite.office, offsite.controller

    async def price(wish: dict[str, Any]) -> None:
        asked = msgspec.convert(wish, _Price)
        office.push(asked.slot, asked.price)

    async def service(wish: dict[str, Any]) -> None:
        asked = msgspec.convert(wish, _Service)
        office.able(asked.slot, on=asked.on)

    async def settle(wish: dict[str, Any]) -> None:
        asked = msgspec.convert(wish, _Settling)
        office.settle(asked.order, asked.how)

    async def charge(wish: dict[str, Any]) -> None:
        asked = msgspec.convert(wish, _Charge)
        controller.charge(asked.slot, asked.amount, asked.reference or "")

    async def again(wish: dict[str, Any]) -> None:
        controller.again()

    return {"price": price, "service": service, "settle": settle, "charge": charge, "again": again}
