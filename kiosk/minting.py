"""Order ids and claim codes: the only place where chance enters.

An order id is the kiosk id and twenty of A-Z 0-9, the last one a letter, because Midtrans signs fields that
are run together.  For a controller's sale there is no chance in it: it follows from the reference, so that
even a machine whose journal was lost makes no second order of it where the gateway knows the first.  A claim
code is five digits and a check digit by Damm's scheme: it is read aloud and typed by people, and neither one
wrong digit nor two swapped neighbours make it the code of another order.  There are a hundred thousand: who
sells more within the days that a code rests gets one that has rested for as long as may be.
"""

import hashlib
import hmac
import secrets
import string
from collections.abc import Callable
from itertools import chain, repeat
from math import inf

from kiosk.secret import Secret

CODE_RESTS = 90 * 86_400.0
"""Seconds."""
TRIES = 32
HALVINGS = 8
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


def order_id_for(kiosk: str, reference: str, attempt: int, key: Secret) -> str:
    """The one id of this sale at this attempt; the key is the one beside the epoch marker, in hexadecimal."""
    named = f"{attempt}:{reference}".encode()
    number = int.from_bytes(hmac.new(bytes.fromhex(key.reveal()), named, hashlib.sha256).digest())
    number, last = divmod(number, len(string.ascii_uppercase))
    middle = ""
    while len(middle) < 19:
        number, digit = divmod(number, len(SYMBOLS))
        middle += SYMBOLS[digit]
    return kiosk + middle + string.ascii_uppercase[last]


def claim_code(is_free: Callable[[str, float], bool]) -> str:
    """A code that no living order has; `is_free` judges a code by the seconds for which it is to have rested.

    Half the rest is enough wherever many tries in a row found nothing, and at last any: a customer waits.
    """
    halved = chain.from_iterable(repeat(CODE_RESTS / 2**often, TRIES) for often in range(HALVINGS))
    tries = ((_random_code(), rest) for rest in chain(halved, repeat(-inf)))
    return next(code for code, rest in tries if is_free(code, rest))


def _random_code() -> str:
    return _with_check_digit(f"{secrets.randbelow(100_000):05d}")


def _with_check_digit(digits: str) -> str:
    return digits + _damm(digits)


def _damm(digits: str) -> str:
    interim = "0"
    for digit in digits:
        interim = DAMM[int(interim)][int(digit)]
    return interim
