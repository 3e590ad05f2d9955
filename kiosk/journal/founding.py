"""How a journal comes to be: for a new machine, or in place of one that was lost or broken.

A journal made in place of another bears an epoch its marker has not agreed to, which is what RECOVERY means:
nothing new is sold until a person accepts the loss.  From a broken one everything is carried over whose
checksum still holds.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple, TypeVar

from kiosk.errors import JournalError
from kiosk.journal import database, files, marker, rows, schema
from kiosk.journal.records import MESSAGES, SLOTS, OutboxRow
from kiosk.model import SlotRecord
from kiosk.states import Life

T = TypeVar("T")


class Rescued(NamedTuple):
    """What could still be read of a broken journal."""

    epoch: int = 0
    seq: int = 0
    boot: str = ""
    lives: tuple[Life, ...] = ()
    slots: tuple[tuple[int, SlotRecord], ...] = ()
    messages: tuple[OutboxRow, ...] = ()


NOTHING = Rescued()


def create(path: Path, marker_path: Path) -> None:
    """Make a journal and its marker for a new machine; raises JournalError, naming it, if one is there."""
    for there in (*files.family(path), marker_path):
        if there.exists():
            raise JournalError(f"{there} exists already: nothing was created")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        marker_path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise JournalError(f"{error.filename}: {error.strerror}; nothing was created") from error
    # the marker first: a cut between the two must not leave a journal that nobody vouches for
    marker.write(marker_path, marker.fresh(1))
    try:
        found(path, 1, "")
    except JournalError:
        marker_path.unlink()
        raise


def found(path: Path, epoch: int, recovery: str, rescued: Rescued = NOTHING) -> None:
    """Begin a journal at `path`, where none is; after a cut there is none or a whole one."""
    new = path.with_name(path.name + ".new")
    try:
        for leftover in files.family(new):
            leftover.unlink(missing_ok=True)
        files.begin(new)
        with closing(database.writable(new)) as db:
            _fill(db, epoch, recovery, rescued)
        files.put_in_place(new, path)
    except database.TROUBLE as error:
        raise database.in_words(path, error) from error


def rescue(path: Path) -> Rescued:
    """Read what a broken journal still holds; what is damaged is left where it is."""
    try:
        with closing(database.readable(path)) as db:
            return _rescued(db)
    except database.TROUBLE:
        return NOTHING


def _fill(db: sqlite3.Connection, epoch: int, recovery: str, rescued: Rescued) -> None:
    schema.migrate(db)
    last = max([rescued.seq, *(message.seq for message in rescued.messages)])
    with database.transaction(db):
        db.execute(
            "INSERT INTO journal VALUES (1, ?, ?, ?, ?, 0)",
            (max(epoch, rescued.epoch + 1), recovery, last, rescued.boot),
        )
        for life in rescued.lives:
            rows.save_life(db, life, last)
        for slot in rescued.slots:
            rows.save_slot(db, *slot)
        for message in rescued.messages:
            rows.put_message(db, message)


def _rescued(db: sqlite3.Connection) -> Rescued:
    known = rows.Head(0, "", 0, "", 0)
    with suppress(*database.TROUBLE):
        known = rows.head(db)
    # no index: it may be the damaged part; newest first, because reading ends where the damage begins
    orders = "SELECT order_id, life, checksum FROM orders NOT INDEXED WHERE over = 0 ORDER BY row DESC"
    lives = [life for life in _readable(db, orders, rows.life_in) if not life.is_over]
    slots = _readable(db, "SELECT * FROM slots", lambda number, *sealed: (number, SLOTS.unseal(*sealed)))
    messages = _readable(db, "SELECT message, checksum FROM outbox ORDER BY seq DESC", MESSAGES.unseal)
    return Rescued(
        known.epoch,
        known.seq,
        known.boot,
        tuple(reversed(lives)),
        tuple(slots),
        tuple(messages),
    )


def _readable(db: sqlite3.Connection, query: str, read: Callable[..., T]) -> Iterator[T]:
    with suppress(*database.TROUBLE):
        for row in db.execute(query):
            with suppress(JournalError):
                yield read(*row)
