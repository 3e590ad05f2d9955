"""The code a customer scans: read strictly, and checked before anybody may see it.

EMVCo's merchant-presented string is a list of objects, each two digits of tag, two digits of length in
characters, and the value; tag 00 comes first, 63 (the checksum) last, the rest in any order.  A code is
never repaired and never edited: what does not pass is not shown.
"""

import re
from binascii import crc_hqx
from decimal import Decimal
from typing import Final, NoReturn

from msgspec import Struct

from kiosk.errors import CodeError
from kiosk.model import Code, QrisCode, Rupiah, Terms, Tips, WebLink

_HEAD: Final = re.compile(r"[0-9]{4}")
_AMOUNT: Final = re.compile(r"[0-9]+(\.[0-9]*)?")
# An address as RFC 3986 spells it, without user, port or backslash: no two readers take it differently.
_LINK: Final = re.compile(r"https://([A-Za-z0-9.-]+)([/?][A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]*)?")

_TIP_TAGS: Final = ("55", "56", "57")
_MUST_BE: Final = {
    "00": ("01", "payload format"),
    "01": ("12", "a code for one payment"),
    "53": ("360", "rupiah"),
    "58": ("ID", "Indonesia"),
}


class Qris(Struct, frozen=True, kw_only=True):
    """What an EMVCo string says; an empty field was not in it.

    `amount` is exact; `tips` holds which of the tags 55 to 57 are there; `tags` the whole first level.
    """

    amount: Decimal | None
    currency: str
    country: str
    nmid: str
    merchant: str
    city: str
    category: str
    bill: str
    reference: str
    terminal: str
    tips: tuple[str, ...]
    tags: dict[str, str]


def read(payload: str) -> Qris:
    """Read a string whose frame and checksum are right; `CodeError` says what is not."""
    _check_frame(payload)
    tags = _objects(payload, "the code")
    if next(reversed(tags)) != "63":
        _refuse("it does not end with tag 63")
    national = _objects(tags.get("51", ""), "tag 51")
    additional = _objects(tags.get("62", ""), "tag 62")
    return Qris(
        amount=_amount(tags["54"]) if "54" in tags else None,
        currency=tags.get("53", ""),
        country=tags.get("58", ""),
        nmid=national.get("02", ""),
        merchant=tags.get("59", ""),
        city=tags.get("60", ""),
        category=tags.get("52", ""),
        bill=additional.get("01", ""),
        reference=additional.get("05", ""),
        terminal=additional.get("07", ""),
        tips=tuple(tag for tag in _TIP_TAGS if tag in tags),
        tags=tags,
    )


def check(code: Code, amount: Rupiah, terms: Terms) -> None:
    """Raise `CodeError` unless paying this code pays exactly `amount`, to whom the terms name."""
    if isinstance(code, WebLink):
        _check_link(code.url, terms)
    else:
        _check_qris(code.payload, amount, terms)


def nmid_of(code: Code) -> str:
    """The national merchant id a code pays to, for a person to compare; empty where it carries none."""
    return read(code.payload).nmid if isinstance(code, QrisCode) else ""


def crc(text: str) -> str:
    """CRC-16/CCITT-FALSE over the UTF-8 bytes, as four upper-case hexadecimal digits."""
    return f"{crc_hqx(text.encode(), 0xFFFF):04X}"


def _check_qris(payload: str, amount: Rupiah, terms: Terms) -> None:
    _check_length(payload, terms)
    qris = read(payload)
    for tag, (wanted, meaning) in _MUST_BE.items():
        if qris.tags.get(tag) != wanted:
            _refuse(f"tag {tag} is {_said(qris.tags.get(tag))}, not {wanted} ({meaning})")
    if qris.amount != amount:
        _refuse(f"tag 54 asks for {_said(qris.tags.get('54'))}, the price is {amount}")
    if qris.tips and terms.tips is Tips.REFUSE:
        _refuse(f"tag {qris.tips[0]} asks the payer for a tip; tips are not accepted here")
    if terms.nmid and qris.nmid != terms.nmid:
        _refuse(f"tag 51-02 pays to NMID {_said(qris.nmid)}, configured is {terms.nmid}")


def _check_link(url: str, terms: Terms) -> None:
    _check_length(url, terms)
    found = _LINK.fullmatch(url)
    if found is None:
        _refuse("the link is not a plain https address")
    if found[1].lower() not in terms.link_hosts:
        _refuse(f"the link leads to {found[1]}, which is not among the hosts allowed")


def _check_length(text: str, terms: Terms) -> None:
    if len(text) > terms.longest_code:
        _refuse(f"it has {len(text)} characters, the longest this gateway sends has {terms.longest_code}")


def _check_frame(payload: str) -> None:
    if not payload.isprintable():
        _refuse("it holds characters that cannot be printed")
    if not payload.startswith("0002"):
        _refuse("it does not begin with tag 00")
    if payload[-8:-4] != "6304":
        _refuse("it does not end with tag 63")
    if crc(payload[:-4]) != payload[-4:]:
        _refuse(f"tag 63 says {_said(payload[-4:])}, the checksum is {crc(payload[:-4])}")


def _objects(text: str, where: str) -> dict[str, str]:
    found: dict[str, str] = {}
    at = 0
    while at < len(text):
        head = text[at : at + 4]
        if not _HEAD.fullmatch(head):
            _refuse(f"{where} has no tag and length at character {at + 1}")
        tag, end = head[:2], at + 4 + int(head[2:])
        if end > len(text):
            _refuse(f"{where} ends in the middle of tag {tag}")
        if tag in found:
            _refuse(f"{where} has tag {tag} twice")
        found[tag] = text[at + 4 : end]
        at = end
    return found


def _amount(text: str) -> Decimal:
    if not _AMOUNT.fullmatch(text):
        _refuse(f"tag 54 is {_said(text)}, not an amount")
    return Decimal(text)


def _said(value: str | None) -> str:
    return repr(value) if value else "missing"


def _refuse(reason: str) -> NoReturn:
    raise CodeError(f"the code must not be shown: {reason}")
