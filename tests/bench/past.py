"""A past for a journal, put there in bulk and past its own door: a million orders in less than a minute.

All of it is what one sale would have left, with other names in it, one every five minutes up to now; codes
and references come in no order, as on a machine.  Nothing of it is ever pruned: the operator's side has not
acknowledged it.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final
from zlib import crc32

from kiosk.journal import rows, sales
from kiosk.journal.records import LIVES, SALES, SaleRow
from kiosk.minting import _with_check_digit
from kiosk.model import Now
from kiosk.states import Life
from tests.journal.sale import at, bearing, dispensed, order

PATTERN: Final = 7_777_777_777_777_777_777
REFERENCE: Final = "sale-of-the-past"
MOMENT: Final = 1_234_567_890.0
EVERY: Final = 300
QUICKLY: Final = (
    "PRAGMA journal_mode = OFF",
    "PRAGMA synchronous = OFF",
    "PRAGMA cache_size = -300000",
    "PRAGMA temp_store = MEMORY",
)
NEVER_TOLD: Final = 1 << 62
CODES: Final = 100_000
STRIDE: Final = 61_953
"""Has no divisor in common with `CODES`, so that every code comes once before any comes again."""


def fill(journal: Path, orders: int, now: Now) -> None:
    """Put so many orders that are over into a journal that nobody has open."""
    codes = [_with_check_digit(f"{number * STRIDE % CODES:05d}") for number in range(min(orders, CODES))]
    with quickly(journal) as db:
        db.executemany("INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", _orders(orders, codes, now))
        own = ((codes[number % CODES], number + 1) for number in range(orders))
        db.executemany("INSERT OR REPLACE INTO claim_codes VALUES (?, ?)", own)
        db.executemany("INSERT INTO sales VALUES (?, ?, ?)", map(_sale, range(orders)))


def leave_open(journal: Path, lives: Iterable[Life]) -> None:
    """Put orders that are not over into such a journal."""
    with quickly(journal) as db:
        for life in lives:
            rows._insert(db, life, 0, LIVES.seal(life))


@contextmanager
def quickly(journal: Path) -> Iterator[sqlite3.Connection]:
    """A connection that cares for nothing but speed, in one transaction."""
    with closing(sqlite3.connect(journal)) as db:
        for setting in QUICKLY:
            db.execute(setting).close()
        with db:
            yield db
    with journal.open("rb") as file:
        os.fsync(file.fileno())  # or the first start would wait for all of it


def _orders(count: int, codes: list[str], now: Now) -> Iterator[tuple[object, ...]]:
    pattern = bearing(dispensed(PATTERN, at(wall=MOMENT)), REFERENCE, REFERENCE)
    text, _ = LIVES.seal(pattern)
    named, code = pattern.order.id, f'"{pattern.order.claim_code}"'
    for number in range(count):
        id_, own, made = f"K01{number:019d}A", codes[number % CODES], now.wall - EVERY * (count - number)
        life = text.replace(named, id_).replace(code, f'"{own}"').replace(REFERENCE, f"past-{number}")
        life = life.replace(str(MOMENT), str(made))
        yield (number + 1, id_, own, pattern.order.amount, made, 1, NEVER_TOLD, life, crc32(life.encode()))


def _sale(number: int) -> tuple[object, ...]:
    key = sales.key_of(f"past-{number}")
    row = SaleRow(key.hex(), "d" * 64, f"K01{number:019d}A", order(0).amount, "DISPENSED", "")
    return key, *SALES.seal(row)
