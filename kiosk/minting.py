"""Order ids and claim codes: the only place where chance enters.

An order id is the kiosk id and twenty of A-Z 0-9, the last one a letter, because Midtrans signs fields that
are run together.  A claim code is five digits and a check digit by Damm's scheme, which notices every single
wrong digit and every swap of neighbours: it is read aloud and typed by people.
"""

import secrets
import string
from collections.abc import Callable

SYMBOLS = string.ascii_uppercase + string.digits
DAMM = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)


def order_id(kiosk: str) -> str:
    """A fresh id of this kiosk, with about 100 bits of chance."""
    middle = "".join(secrets.choice(SYMBOLS) for _ in range(19))
    return kiosk + middle + secrets.choice(string.ascii_uppercase)


def claim_code(is_free: Callable[[str], bool]) -> str:
    """A code that no living order has."""
    while not is_free(code := _with_check_digit(f"{secrets.randbelow(100_000):05d}")):
        pass
    return code


def is_claim_code(text: str) -> bool:
    """Whether it is six digits of which the last one fits."""
    return len(text) == 6 and text.isascii() and text.isdigit() and _damm(text) == "0"


def _with_check_digit(digits: str) -> str:
    return digits + _damm(digits)


def _damm(digits: str) -> str:
    interim = "0"
    for digit in digits:
        interim = DAMM[int(interim)][int(digit)]
    return interim
