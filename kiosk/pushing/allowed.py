"""What an operator may change from afar, and when it takes effect: one table.

What stands in no line of it is the machine's own: its place in the world (broker, addresses, files), who is
paid (merchant numbers, credentials), and what moves (outputs, pins, pulse lengths).
"""

import re
from enum import Enum
from typing import Final

from kiosk.tables import Key, shown


class Takes(Enum):
    """When a pushed value counts."""

    NOW = "with the next order"
    RESTART = "after the restart that follows"


class Narrower(Enum):
    """Which way a limit may be moved from the machine's own."""

    DOWN = "at most"
    UP = "at least"


LIMITS: Final = {
    "unpaid_orders": Narrower.DOWN,
    "unpaid_within": Narrower.UP,
    "background": Narrower.DOWN,
    "refunds_per_slot_and_day": Narrower.DOWN,
    "cuts": Narrower.DOWN,
    "failed_vends": Narrower.DOWN,
    "highest_charge": Narrower.DOWN,
    "lowest_price": Narrower.UP,
    "highest_price": Narrower.DOWN,
}
"""Every limit, and the way that makes it stricter."""

FREE_AMOUNT: Final = {"minimum": Narrower.UP, "maximum": Narrower.DOWN}
"""The bounds of a free amount, likewise; its step can only grow, to a multiple."""

ALLOWED: Final = {
    "merchant": Takes.NOW,
    "contact": Takes.NOW,
    "language": Takes.NOW,
    "slots[].name": Takes.NOW,
    "slots[].price": Takes.NOW,
    "slots[].counts_stock": Takes.NOW,
    "slots[].low_stock": Takes.NOW,
    "free_amount.name": Takes.NOW,
    "free_amount.minimum": Takes.NOW,
    "free_amount.maximum": Takes.NOW,
    "free_amount.step": Takes.NOW,
    **{f"limits.{name}": Takes.NOW for name in LIMITS},
    "timezone": Takes.RESTART,
    "gateways": Takes.RESTART,
    "gateway.*.refunds": Takes.RESTART,
    "gateway.*.tips": Takes.RESTART,
    "gateway.*.on_screen": Takes.RESTART,
    "gateway.*.poll": Takes.RESTART,
    "gateway.*.create_deadline": Takes.RESTART,
    "gateway.*.status_deadline": Takes.RESTART,
    "gateway.*.claim_window": Takes.RESTART,
    "gateway.*.wait_for_code": Takes.RESTART,
    "gateway.*.validity_minutes": Takes.RESTART,
    "gateway.*.expiry_minutes": Takes.RESTART,
    "panel.contrast": Takes.RESTART,
    "panel.dim_after": Takes.RESTART,
    "panel.dark_after": Takes.RESTART,
    "panel.full_every": Takes.RESTART,
    "panel.partial_refresh": Takes.RESTART,
}
"""`[]`: in every slot, which its number names; `*`: at every gateway the machine has."""

KNOWN: Final = ALLOWED.keys() | {re.split(r"[.\[]", line)[0] for line in ALLOWED}
"""The settings, and the tables that they stand in."""

RESTARTS: Final = frozenset(
    line.partition(".")[0] for line, takes in ALLOWED.items() if takes is Takes.RESTART
)
"""The settings at the top of a configuration that only a start can change."""

_SLOT = re.compile(r"\[\d+\]")
_GATEWAY = re.compile(r"^gateway\.[^.]+\.")


def line_of(key: Key | str) -> str:
    """The line of the table under which a setting falls, whether it is there or not."""
    text = key if isinstance(key, str) else shown(key)
    return _GATEWAY.sub("gateway.*.", _SLOT.sub("[]", text))
