"""What a pushed configuration makes of the shop."""

from typing import Any

from msgspec.structs import replace

from kiosk.model import Rupiah
from kiosk.settings import Settings


def laid(shop: Settings, document: dict[str, Any]) -> Settings:
    """A shop whose prices are some steps higher."""
    more = 4_000 * int(document.get("step", 0))
    free = shop.free and replace(shop.free, minimum=Rupiah(shop.free.minimum + more))
    slots = tuple(replace(slot, price=Rupiah(slot.price + more)) for slot in shop.slots)
    return replace(shop, free=free, slots=slots)
