"""What is kept for ever of every controller's sale, so that one reference is never charged for twice.

A row is written when an order begins and when it ends, and read together with the order in between: it lies
in a random page of a table that only grows, and each page costs the card a write.
"""

import hashlib
import sqlite3

from kiosk.errors import JournalBroken
from kiosk.journal import commands, rows
from kiosk.journal.records import SALES, SaleRow
from kiosk.model import Rupiah, Sale
from kiosk.states import Life

UNKNOWN = ""
"""A digest that no charge has: whoever names the reference again is refused."""

FIND = "SELECT key, record, checksum FROM sales WHERE key = ?"


def key_of(reference: str) -> bytes:
    """What a reference is found by; 16 bytes of SHA-256."""
    return hashlib.sha256(reference.encode()).digest()[:16]


def find(db: sqlite3.Connection, reference: str) -> Sale | None:
    """The sale with this reference; raises JournalBroken where its row cannot be believed."""
    row = _find(db, key_of(reference))
    return _today(db, row) if row else None


def keep(db: sqlite3.Connection, life: Life, *, is_new: bool) -> None:
    """Note the order of a reference, within the transaction that writes the order.

    The newest order of a reference counts, and a new order is the newest: what becomes of an earlier one,
    refused and then closed in the background, changes nothing here.
    """
    if not life.order.reference:
        return
    known = _find(db, key_of(life.order.reference))
    if known is None:
        write(db, sale_of(life, commands.digest_of(db, life.order.command)))
    elif is_new or (life.is_over and known.order_id == life.order.id):
        write(db, sale_of(life, known.digest))


def write(db: sqlite3.Connection, row: SaleRow) -> None:
    """Put the row in its place."""
    db.execute("INSERT OR REPLACE INTO sales VALUES (?, ?, ?)", (bytes.fromhex(row.key), *SALES.seal(row)))


def sale_of(life: Life, digest: str) -> SaleRow:
    """What is kept of the sale of this order."""
    key, order = key_of(life.order.reference).hex(), life.order
    return SaleRow(key, digest, order.id, order.amount, life.state_name, _why(life))


def row_in(key: object, text: object, checksum: object) -> SaleRow:
    """A stored row; raises JournalBroken where it is damaged or another reference's."""
    row = SALES.unseal(text, checksum)
    if not isinstance(key, bytes) or key.hex() != row.key:
        raise JournalBroken("the row of a sale holds another sale")
    return row


def _find(db: sqlite3.Connection, key: bytes) -> SaleRow | None:
    found = db.execute(FIND, (key,)).fetchone()
    return row_in(*found) if found else None


def _today(db: sqlite3.Connection, row: SaleRow) -> Sale:
    life = rows.open_life(db, row.order_id)
    state, why = (life.state_name, _why(life)) if life else (row.state, row.why)
    return Sale(row.digest, row.order_id, Rupiah(row.amount), state, why)


def _why(life: Life) -> str:
    # some states have no reason
    return str(getattr(life.state, "why", ""))
