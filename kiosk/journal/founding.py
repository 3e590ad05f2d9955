"""How a journal comes to be: for a new machine, or in place of one that was lost or broken.

A journal made in place of another bears an epoch its marker has not agreed to, which is what RECOVERY means:
nothing new is sold until a person accepts the loss.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from kiosk.errors import JournalError
from kiosk.journal import commands, database, files, marker, rows, sales, schema
from kiosk.journal.salvage import NOTHING, Rescued


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


def found(path: Path, epoch: int, recovery: str) -> None:
    """Begin a journal at `path`, where none is; after a cut there is none or a whole one."""
    new = prepared(path, epoch, recovery, NOTHING)
    place(new, path)


def prepared(path: Path, epoch: int, recovery: str, rescued: Rescued) -> Path:
    """A whole journal beside `path`, to be put in its place."""
    new = path.with_name(path.name + ".new")
    try:
        for leftover in files.family(new):
            leftover.unlink(missing_ok=True)
        files.begin(new)
        with closing(database.writable(new)) as db:
            _fill(db, epoch, recovery, rescued)
    except database.TROUBLE as error:
        raise database.in_words(path, error) from error
    return new


def successor(path: Path, epoch: int) -> Path | None:
    """What was prepared in place of a broken journal that is no longer at `path`, where a cut came between.

    It is whole, for it was filled in one transaction; one that is in no RECOVERY above `epoch` is none.
    """
    new = path.with_name(path.name + ".new")
    try:
        with closing(database.readable(new)) as db:
            head = rows.head(db)
    except (*database.TROUBLE, JournalError):
        return None
    return new if head.recovery and head.epoch > epoch else None


def place(new: Path, path: Path) -> None:
    """Rename what was prepared to its own name, on disk once this returns."""
    try:
        files.put_in_place(new, path)
    except OSError as error:
        raise database.in_words(path, error) from error


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
        for command in rescued.commands:
            commands.write(db, command)
        for sale in rescued.sales:
            sales.write(db, sale)
        rows.save_pushed(db, rescued.pushed)
