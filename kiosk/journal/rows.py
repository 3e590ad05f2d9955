"""The statements that write and read single rows; none of them begins or ends a transaction."""

import sqlite3
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from kiosk.errors import JournalBroken
from kiosk.journal.records import LIVES, MESSAGES, PUSHED, SLOTS, OutboxRow
from kiosk.model import SlotRecord
from kiosk.pushed import Pushed
from kiosk.states import Intent, Life

# named, or the planner walks the whole table to save itself the sorting
OPEN_ORDERS = """SELECT order_id, life, checksum FROM orders INDEXED BY open_orders
    WHERE over = 0 ORDER BY row"""
OPEN_ORDER = "SELECT order_id, life, checksum FROM orders WHERE order_id = ? AND over = 0"

FIND_OPEN = "SELECT row, over FROM orders WHERE order_id = ? AND over = 0"
FIND_BY_CODE = """SELECT orders.row, orders.over FROM claim_codes
    JOIN orders ON orders.row = claim_codes.order_row
    WHERE claim_codes.code = ? AND orders.order_id = ?"""
LIFE_BY_CODE = """SELECT orders.order_id, orders.life, orders.checksum FROM claim_codes
    JOIN orders ON orders.row = claim_codes.order_row
    WHERE claim_codes.code = ? AND orders.order_id = ?"""
FIND_ANYWHERE = "SELECT row, over FROM orders WHERE order_id = ? ORDER BY row DESC LIMIT 1"


class Head(NamedTuple):
    """The journal's one row about itself."""

    epoch: int
    recovery: str
    seq: int
    boot: str
    session: int


def head(db: sqlite3.Connection) -> Head:
    """What the journal says of itself; raises JournalBroken where that row is gone or nonsense."""
    row = db.execute("SELECT epoch, recovery, seq, boot, session FROM journal").fetchone()
    kinds = tuple(type(value) for value in row or ())
    if kinds != (int, str, int, str, int):
        raise JournalBroken("its first row is damaged")
    return Head(*row)


def last_seq(db: sqlite3.Connection) -> int:
    """The highest event number ever given out, still in the outbox or not."""
    newest = db.execute("SELECT coalesce(max(seq), 0) FROM outbox").fetchone()[0]
    return max(head(db).seq, int(newest))


def save_life(db: sqlite3.Connection, life: Life, told: int) -> bool:
    """Write the order's newest state over its old one, or as a new row, which is when it returns True."""
    sealed = LIVES.seal(life)
    known = _known(db, life)
    if known is None:
        _insert(db, life, told, sealed)
        return True
    row, over = known
    db.execute("UPDATE orders SET told = ?, life = ?, checksum = ? WHERE row = ?", (told, *sealed, row))
    if over != life.is_over:
        # by itself: naming the column at every step would write a page of the index each time
        db.execute("UPDATE orders SET over = ? WHERE row = ?", (life.is_over, row))
    return False


def save_slot(db: sqlite3.Connection, number: int, record: SlotRecord) -> None:
    """Write what is remembered of a slot."""
    db.execute("INSERT OR REPLACE INTO slots VALUES (?, ?, ?)", (number, *SLOTS.seal(record)))


def save_pushed(db: sqlite3.Connection, pushed: Pushed) -> None:
    """Write what the operator pushed last."""
    db.execute("INSERT OR REPLACE INTO pushed VALUES (1, ?, ?)", PUSHED.seal(pushed))


def pushed(db: sqlite3.Connection) -> Pushed:
    """What the operator pushed last; nothing in effect where nothing ever was."""
    sealed = db.execute("SELECT record, checksum FROM pushed").fetchone()
    return PUSHED.unseal(*sealed) if sealed else Pushed()


def put_message(db: sqlite3.Connection, message: OutboxRow) -> None:
    """Put a message into the outbox under its own number."""
    db.execute("INSERT INTO outbox VALUES (?, ?, ?)", (message.seq, *MESSAGES.seal(message)))


def remove_messages(db: sqlite3.Connection, seqs: Iterable[int], newest: int) -> None:
    """Take messages out; `newest`, once out, is remembered so that no later message gets its number."""
    numbers = list(seqs)
    db.executemany("DELETE FROM outbox WHERE seq = ?", [(seq,) for seq in numbers])
    if newest in numbers:
        db.execute("UPDATE journal SET seq = max(seq, ?)", (newest,))


def open_lives(db: sqlite3.Connection) -> list[Life]:
    """Every order that is not over, oldest first."""
    return [life_in(*row) for row in db.execute(OPEN_ORDERS)]


def open_life(db: sqlite3.Connection, order_id: str) -> Life | None:
    """The order with this id, if it is not over."""
    found = db.execute(OPEN_ORDER, (order_id,)).fetchone()
    return life_in(*found) if found else None


def life_by_code(db: sqlite3.Connection, claim_code: str, order_id: str) -> Life | None:
    """The order with this id, over or not, as long as its claim code is its own."""
    found = db.execute(LIFE_BY_CODE, (claim_code, order_id)).fetchone()
    return life_in(*found) if found else None


def slots(db: sqlite3.Connection) -> dict[int, SlotRecord]:
    """What is remembered of each slot."""
    return {number: SLOTS.unseal(*sealed) for number, *sealed in db.execute("SELECT * FROM slots")}


def messages(db: sqlite3.Connection, after: int, limit: int) -> Iterator[OutboxRow]:
    """The outbox, oldest first."""
    query = "SELECT message, checksum FROM outbox WHERE seq > ? ORDER BY seq LIMIT ?"
    for sealed in db.execute(query, (after, limit)):
        yield MESSAGES.unseal(*sealed)


def life_in(order_id: object, text: object, checksum: object) -> Life:
    """A stored life; raises JournalBroken where it is damaged or another order's."""
    life = LIVES.unseal(text, checksum)
    if life.order.id != order_id:
        raise JournalBroken(f"the row of order {order_id} holds another order")
    return life


def _insert(db: sqlite3.Connection, life: Life, told: int, sealed: tuple[str, int]) -> None:
    order = life.order
    values = (order.id, order.claim_code, order.amount, order.made_at.wall, life.is_over, told, *sealed)
    row = db.execute("INSERT INTO orders VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?)", values).lastrowid
    db.execute("INSERT OR REPLACE INTO claim_codes VALUES (?, ?)", (order.claim_code, row))


def _known(db: sqlite3.Connection, life: Life) -> tuple[int, int] | None:
    order = life.order
    found: tuple[int, int] | None = (
        db.execute(FIND_OPEN, (order.id,)).fetchone()
        or db.execute(FIND_BY_CODE, (order.claim_code, order.id)).fetchone()
    )
    if found is None and not isinstance(life.state, Intent):
        # reads the whole table: only for an order whose claim code went to another after 90 days
        found = db.execute(FIND_ANYWHERE, (order.id,)).fetchone()
    return found
