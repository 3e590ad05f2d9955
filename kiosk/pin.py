"""The staff menu's PIN: only a salted hash of it is ever kept.

`scrypt$n$r$p$salt$hash`, the last two in hexadecimal.  A PIN has few digits, so the hash is a slow one and
the file is as secret as any other; who tries at the keypad is slowed down by the menu.
"""

import hashlib
import hmac
import re
from typing import Final

CREDENTIAL: Final = "staff.pin"
"""The name of its file among the credentials."""
MEANING: Final = "a PIN is 4 to 8 digits"
SALT_BYTES: Final = 16
HASH_BYTES: Final = 32
COST: Final = (2**14, 8, 1)
"""n, r, p: 16 MiB and some 60 ms on a desk, a few times that on a Pi."""

MOST_MEMORY: Final = 64 * 1024 * 1024
_PIN: Final = re.compile(r"[0-9]{4,8}", re.ASCII)
_STORED: Final = re.compile(
    r"scrypt\$([0-9]{1,7})\$([0-9]{1,2})\$([0-9]{1,2})\$((?:[0-9a-f]{2}){16,64})\$((?:[0-9a-f]{2}){32,64})"
)


def is_pin(text: str) -> bool:
    """Whether it can be a PIN: 4 to 8 of 0-9, the keys every keypad has."""
    return _PIN.fullmatch(text) is not None


def hashed(pin: str, salt: bytes) -> str:
    """What is stored of a PIN; `salt` is SALT_BYTES of fresh randomness.  Raises ValueError for no PIN."""
    if not is_pin(pin):
        raise ValueError(MEANING)
    cost = "$".join(map(str, COST))
    return f"scrypt${cost}${salt.hex()}${_scrypt(pin, salt, COST, HASH_BYTES).hex()}"


def is_stored(text: str) -> bool:
    """Whether it is a stored PIN that can be verified, and at a bearable cost."""
    found = _STORED.fullmatch(text)
    return found is not None and _is_bearable(_cost(found))


def verifies(pin: str, stored: str) -> bool:
    """Whether the PIN is the stored one; takes as long as `COST` says, and no time where either is none."""
    found = _STORED.fullmatch(stored)
    if not is_pin(pin) or found is None or not _is_bearable(_cost(found)):
        return False
    salt, expected = bytes.fromhex(found[4]), bytes.fromhex(found[5])
    return hmac.compare_digest(_scrypt(pin, salt, _cost(found), len(expected)), expected)


def _cost(found: re.Match[str]) -> tuple[int, int, int]:
    return int(found[1]), int(found[2]), int(found[3])


def _is_bearable(cost: tuple[int, int, int]) -> bool:
    """A file that somebody changed must not take the machine's memory or its seconds."""
    n, r, p = cost
    is_power = n > 1 and n & (n - 1) == 0
    return is_power and r >= 1 and 1 <= p <= 4 and 128 * r * (n + p + 2) <= MOST_MEMORY


def _scrypt(pin: str, salt: bytes, cost: tuple[int, int, int], length: int) -> bytes:
    n, r, p = cost
    return hashlib.scrypt(pin.encode(), salt=salt, n=n, r=r, p=p, maxmem=MOST_MEMORY * 2, dklen=length)
