"""What the machine sells and within which limits: the values the core decides with.

Numbers of money policy stand here once; numbers of a gateway stand in its `Terms`.
"""

from msgspec import Struct

from kiosk.model import Environment, FreeAmount, Language, Rupiah, Slot
from kiosk.trains import Train

NOTHING = "none"
"""The output of a slot whose controller vends by itself and waits for our `done`."""


class Limits(Struct, frozen=True, kw_only=True):
    """How much trouble is too much; times in seconds.

    `unpaid_orders` within `unpaid_within` stop selling; `cuts` in mid-release or `failed_vends`, each in a
    row, stop a slot; `background` orders may be watched at once.  `highest_charge`: rupiah that a vending
    controller may ask for a slot, above its price; 0 where only the price.  Nothing has a price below
    `lowest_price` or above `highest_price`.
    """

    unpaid_orders: int = 6
    unpaid_within: float = 600.0
    background: int = 100
    refunds_per_slot_and_day: int = 5
    cuts: int = 3
    failed_vends: int = 2
    highest_charge: int = 0
    lowest_price: int = 1
    highest_price: int = 10_000_000


class Settings(Struct, frozen=True, kw_only=True):
    """Everything the operator decides that changes what a customer sees or pays.

    Either `slots` or `free` sells; `gateways` are in order of preference.  `trains`: the outputs that give
    pulses for the amount; `inputs`: the names of contacts and sensors.  `timezone` is for people's eyes only;
    `staff_pin`: whether the staff menu has one.
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
    timezone: str = "Asia/Jakarta"
    staff_pin: bool = False
    inputs: frozenset[str] = frozenset()
    has_buzzer: bool = False
    trains: dict[str, Train] = {}

    @property
    def outputs(self) -> frozenset[str]:
        """Every output that releases something here; not `NOTHING`."""
        sold = [slot.output for slot in self.slots] + ([self.free.output] if self.free else [])
        return frozenset(sold) - {NOTHING}

    def gives(self, output: str, amount: Rupiah) -> bool:
        """Whether the output can give exactly what this amount buys."""
        train = self.trains.get(output)
        return train is None or train.pulses(amount) > 0

    def pulses(self, output: str, amount: Rupiah) -> int:
        """How many pulses the output gives for the amount; 0 where it is energised once."""
        train = self.trains.get(output)
        return train.pulses(amount) if train else 0

    def slot(self, number: int) -> Slot | None:
        """The slot of that number, or None."""
        return next((slot for slot in self.slots if slot.number == number), None)
