"""The merchant of the pretended world, and the QRIS strings its gateway writes for it.

It writes what a real acquirer writes (EMVCo, merchant-presented), so that any reader of QRIS can judge it.
Nothing here is shared with the code under test: the world outside has its own pen.
"""

import binascii
from typing import Final

from msgspec import Struct

COUNTRY: Final = "ID"
CURRENCY: Final = "360"  # ISO 4217 number of the rupiah


class Merchant(Struct, frozen=True, kw_only=True):
    """Who is paid; the numbers are invented, their shapes are the real ones."""

    name: str = "Kopi Kita"
    city: str = "BANDUNG"
    postal_code: str = "40284"
    account: str = "9360091430000000017"
    id: str = "G000000017"
    nmid: str = "ID1020304050607"
    category: str = "5814"
    size: str = "UMI"  # usaha mikro, a micro business


def field(tag: str, value: str) -> str:
    """One EMVCo field: tag, length in characters, value."""
    return f"{tag}{len(value):02}{value}"


def qris(merchant: Merchant, amount: int, reference: str) -> str:
    """A dynamic QRIS string for so many rupiah; `reference` goes into the additional data."""
    account = field("00", "COM.GO-JEK.WWW") + field("01", merchant.account) + field("02", merchant.id)
    national = field("00", "ID.CO.QRIS.WWW") + field("02", merchant.nmid) + field("03", merchant.size)
    body = "".join(
        field(tag, value)
        for tag, value in (
            ("00", "01"),
            ("01", "12"),
            ("26", account + field("03", merchant.size)),
            ("51", national),
            ("52", merchant.category),
            ("53", CURRENCY),
            ("54", f"{amount}.00"),
            ("58", COUNTRY),
            ("59", merchant.name),
            ("60", merchant.city),
            ("61", merchant.postal_code),
            ("62", field("50", reference) + field("07", "A01")),
        )
    )
    return with_checksum(body)


def with_checksum(body: str) -> str:
    """The string closed by its CRC-16/CCITT-FALSE, which covers its own tag and length."""
    signed = body + "6304"
    return f"{signed}{binascii.crc_hqx(signed.encode(), 0xFFFF):04X}"
