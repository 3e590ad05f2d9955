"""What can be carried over from a journal that broke: everything whose checksum still holds.

Of a damaged command or sale the name is carried over alone: then the command is not done a second time and
the reference not charged for a second time.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple, TypeVar

import msgspec

from kiosk.errors import JournalError
from kiosk.journal import database, rows, sales
from kiosk.journal.commands import CommandRow, unknown
from kiosk.journal.records import COMMANDS, MESSAGES, PUSHED, SALES, SLOTS, OutboxRow, SaleRow
from kiosk.model import Rupiah, SlotRecord
from kiosk.pushed import Pushed
from kiosk.states import FINAL, Escalated, Life, Why

T = TypeVar("T")

# no index: it may be the damaged part; newest first, because reading ends where the damage begins
OPEN_ORDERS = "SELECT order_id, life, checksum FROM orders NOT INDEXED WHERE over = 0 ORDER BY row DESC"
# by their text: reading all the others would keep the machine from starting for minutes
ORDERED_FROM_AFAR = """SELECT order_id, life, checksum FROM orders NOT INDEXED
    WHERE instr(life, '"command":') > 0 AND instr(life, '"reference":"","command":') = 0 ORDER BY row DESC"""
COMMANDS_NEWEST_FIRST = "SELECT id, at, sent, record, checksum FROM commands NOT INDEXED ORDER BY row DESC"
# from both ends, so that what lies behind a damaged page is reached too
EVERY_SALE = (
    "SELECT key, record, checksum FROM sales ORDER BY key",
    "SELECT key, record, checksum FROM sales ORDER BY key DESC",
)

OVER = {str(state.__struct_config__.tag) for state in FINAL}
LOST = str(Escalated.__struct_config__.tag), Why.JOURNAL_LOST.value


class Rescued(NamedTuple):
    """What could still be read of a broken journal."""

    epoch: int = 0
    seq: int = 0
    boot: str = ""
    lives: tuple[Life, ...] = ()
    slots: tuple[tuple[int, SlotRecord], ...] = ()
    messages: tuple[OutboxRow, ...] = ()
    commands: tuple[CommandRow, ...] = ()
    sales: tuple[SaleRow, ...] = ()
    pushed: Pushed = Pushed()


NOTHING = Rescued()


def rescue(path: Path) -> Rescued:
    """Read what a broken journal still holds; what is damaged is left where it is."""
    try:
        with closing(database.readable(path)) as db:
            return _rescued(db)
    except database.TROUBLE:
        return NOTHING


def _rescued(db: sqlite3.Connection) -> Rescued:
    known = rows.Head(0, "", 0, "", 0)
    with suppress(*database.TROUBLE):
        known = rows.head(db)
    lives = [life for life in _readable(db, OPEN_ORDERS, rows.life_in) if not life.is_over]
    slots = _readable(db, "SELECT * FROM slots", lambda number, *sealed: (number, SLOTS.unseal(*sealed)))
    messages = _readable(db, "SELECT message, checksum FROM outbox ORDER BY seq DESC", MESSAGES.unseal)
    pushed = _readable(db, "SELECT record, checksum FROM pushed", PUSHED.unseal)
    return Rescued(
        known.epoch,
        known.seq,
        known.boot,
        tuple(reversed(lives)),
        tuple(slots),
        tuple(messages),
        _commands(db),
        _sales(db),
        next(pushed, Pushed()),
    )


def _commands(db: sqlite3.Connection) -> tuple[CommandRow, ...]:
    newest_first = list(_readable(db, COMMANDS_NEWEST_FIRST, _command))
    return tuple({row.command.id: row for row in reversed(newest_first)}.values())


def _command(id_: object, at: object, sent: object, text: object, checksum: object) -> CommandRow:
    came = at if isinstance(at, float) else 0.0
    try:
        return CommandRow(COMMANDS.unseal(text, checksum), came, bool(sent))
    except JournalError:
        if not isinstance(id_, str):
            raise
        return CommandRow(unknown(id_), came, sent=True)


def _sales(db: sqlite3.Connection) -> tuple[SaleRow, ...]:
    """Every sale whose reference is known, from its own row or else from its order.

    One that was not over is for a person to look at, unless its order was carried over: then that speaks.
    """
    read = [row for query in EVERY_SALE for row in _readable(db, query, _sale)]
    orders = [life for life in _readable(db, ORDERED_FROM_AFAR, rows.life_in) if life.order.reference]
    found = {row.key: row for row in read if not row.order_id}
    found |= {row.key: row for row in map(_from_order, reversed(orders))}
    found |= {row.key: row for row in read if row.order_id}
    return tuple(row if row.state in OVER else _lost(row) for row in found.values())


def _sale(key: object, text: object, checksum: object) -> SaleRow:
    try:
        return SALES.unseal(text, checksum)
    except JournalError:
        if not isinstance(key, bytes):
            raise
        return SaleRow(key.hex(), sales.UNKNOWN, "", Rupiah(0), *LOST)


def _from_order(life: Life) -> SaleRow:
    return sales.sale_of(life, sales.UNKNOWN)


def _lost(row: SaleRow) -> SaleRow:
    state, why = LOST
    return msgspec.structs.replace(row, state=state, why=why)


def _readable(db: sqlite3.Connection, query: str, read: Callable[..., T]) -> Iterator[T]:
    with suppress(*database.TROUBLE):
        for row in db.execute(query):
            with suppress(JournalError):
                yield read(*row)
