"""Events as machines tell them, for tests of what is made of them."""

from typing import Any

from kiosk.mqtt.reports import Event
from kiosk.operator.sales import Told

NOON = 1_767_243_600
"""2026-01-01 12:00 in Jakarta."""


def event(what: str, seq: int, order: str = "K01AAAAAAAAAAAAAAAAAAAA", **more: Any) -> Event:
    """One event; fields of the order are named, `told` are the event's own."""
    told = {"epoch": 1, "time": NOON + seq, "time_ok": True, "reference": "", **more.pop("told", {})}
    fields: dict[str, str | int] = {
        "amount": 12_000,
        "slot": 1,
        "item": "Kopi",
        "gateway": "midtrans",
        "claim_code": "048217",
    }
    return Event(event_id=f"{seq:016x}", seq=seq, what=what, order_id=order, fields=fields | more, **told)


def story(
    *states: str, kiosk: str = "K01", order: str = "K01AAAAAAAAAAAAAAAAAAAA", **more: Any
) -> list[Told]:
    """An order's life, one state after the other."""
    return [Told(kiosk, event(f"order.{state}", seq, order, **more)) for seq, state in enumerate(states, 1)]


SOLD = ("intent", "qr_shown", "settled", "armed", "dispensed")
