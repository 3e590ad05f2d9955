"""The merchant of the pretended world, and the QRIS strings its gateway writes for it.

It writes what a real acquirer writes (EMVCo, merchant-presented), so that any reader of QRIS can judge it.
Nothing here is shared with the code under test: the world outside has its own pen.
"""

import binascii
from collections.abc import Iterable, Iterator
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


class Account(Struct, frozen=True, kw_only=True):
    """The merchant's account at one acquirer, which the first domestic field of a code names."""

    domain: str
    number: str
    id: str


def gopay(merchant: Merchant) -> Account:
    """The merchant's account behind Midtrans."""
    return Account(domain="COM.GO-JEK.WWW", number=merchant.account, id=merchant.id)


def qris(merchant: Merchant, amount: int, reference: str) -> str:
    """Midtrans' dynamic QRIS string for so many rupiah; `reference` goes into the additional data."""
    return dynamic(merchant, gopay(merchant), amount, field("50", reference) + field("07", "A01"))


def dynamic(merchant: Merchant, account: Account, amount: int, additional: str, tip: str = "") -> str:
    """A dynamic QRIS string; `additional` is what tag 62 holds, `tip` the tags 55 to 57 if there are any."""
    domestic = field("00", account.domain) + field("01", account.number) + field("02", account.id)
    national = field("00", "ID.CO.QRIS.WWW") + field("02", merchant.nmid) + field("03", merchant.size)
    before = (
        ("00", "01"),
        ("01", "12"),
        ("26", domestic + field("03", merchant.size)),
        ("51", national),
        ("52", merchant.category),
        ("53", CURRENCY),
        ("54", f"{amount}.00"),
    )
    after = (
        ("58", COUNTRY),
        ("59", merchant.name),
        ("60", merchant.city),
        ("61", merchant.postal_code),
        ("62", additional),
    )
    return with_checksum(_fields(before) + tip + _fields(after))


def _fields(pairs: Iterable[tuple[str, str]]) -> str:
    return "".join(field(tag, value) for tag, value in pairs)


def with_checksum(body: str) -> str:
    """The string closed by its checksum, which covers its own tag and length."""
    signed = body + "6304"
    return signed + checksum(signed)


def tags_in(text: str) -> dict[str, str]:
    """The first level of a QRIS string whose checksum is right; ValueError for anything else."""
    if not text or checksum(text[:-4]) != text[-4:]:
        raise ValueError("the code is damaged, or no QRIS code")
    return dict(_fields_in(text))


def checksum(text: str) -> str:
    """CRC-16/CCITT-FALSE as four hexadecimal digits in capitals."""
    return f"{binascii.crc_hqx(text.encode(), 0xFFFF):04X}"


def _fields_in(text: str) -> Iterator[tuple[str, str]]:
    while text:
        length = int(text[2:4])
        yield text[:2], text[4 : 4 + length]
        text = text[4 + length :]
