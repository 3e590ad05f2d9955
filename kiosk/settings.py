"""What the machine sells and within which limits: the values the core decides with.

Numbers of money policy stand here once; numbers of a gateway stand in its `Terms`.
"""

from msgspec import Struct

from kiosk.model import Environment, FreeAmount, Language, Slot


class Limits(Struct, frozen=True, kw_only=True):
    """How much trouble is too much; times in seconds.

    `unpaid_orders` within `unpaid_within` stop selling; `cuts` in mid-release or `failed_vends`, each in a
    row, stop a slot; `background` orders may be watched at once.
    """

    unpaid_orders: int = 6
    unpaid_within: float = 600.0
    background: int = 100
    refunds_per_slot_and_day: int = 5
    cuts: int = 3
    failed_vends: int = 2


class Settings(Struct, frozen=True, kw_only=True):
    """Everything the operator decides that changes what a customer sees or pays.

    Either `slots` or `free` sells; `gateways` are in order of preference.
    """

    kiosk: str
    merchant: str
    contact: str
    version: str
    environment: Environment
    gateways: tuple[str, ...]
    slots: tuple[Slot, ...] = ()
    free: FreeAmount | None = None
    language: Language = Language.INDONESIAN
    limits: Limits = Limits()

    def slot(self, number: int) -> Slot | None:
        """The slot of that number, or None."""
        return next((slot for slot in self.slots if slot.number == number), None)
