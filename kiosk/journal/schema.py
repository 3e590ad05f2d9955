"""The tables, and how an older file becomes a newer one.

The version in the file covers the JSON in it too: whoever adds a state or renames a field of what is stored
adds a version here, even with no statement, so that an older program refuses the file instead of calling
it broken.  The order id is indexed only among open orders: a text key over all of them would double the
pages a sale writes.  Commands have rows of their own beside the index of their ids, which writes fewer pages
than rows within it (13.7 against 14.2 for one that is answered twice).
"""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from kiosk.errors import JournalBroken, JournalError
from kiosk.journal.database import readable, transaction

APPLICATION = 0x51524953
"""`QRIS` in the file's header: tells a journal from any other database."""

BEYOND_BELIEF = 1_000

MIGRATIONS: Mapping[int, tuple[str, ...]] = {
    1: (
        f"PRAGMA application_id = {APPLICATION}",
        # one row; `seq`: the highest event number that may no longer be in the outbox
        """CREATE TABLE journal (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            epoch INTEGER NOT NULL, recovery TEXT NOT NULL,
            seq INTEGER NOT NULL, boot TEXT NOT NULL, session INTEGER NOT NULL)""",
        # `told`: the highest event number when the order was last written
        """CREATE TABLE orders (
            row INTEGER PRIMARY KEY,
            order_id TEXT NOT NULL, claim_code TEXT NOT NULL,
            amount INTEGER NOT NULL, made_at REAL NOT NULL,
            over INTEGER NOT NULL, told INTEGER NOT NULL,
            life TEXT NOT NULL, checksum INTEGER NOT NULL)""",
        "CREATE UNIQUE INDEX open_orders ON orders (order_id) WHERE over = 0",
        """CREATE TABLE claim_codes (
            code TEXT PRIMARY KEY, order_row INTEGER NOT NULL) WITHOUT ROWID""",
        """CREATE TABLE slots (
            number INTEGER PRIMARY KEY, record TEXT NOT NULL, checksum INTEGER NOT NULL)""",
        """CREATE TABLE outbox (
            seq INTEGER PRIMARY KEY, message TEXT NOT NULL, checksum INTEGER NOT NULL)""",
        """CREATE TABLE losses (
            row INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, who TEXT NOT NULL,
            at REAL NOT NULL, reason TEXT NOT NULL)""",
    ),
    2: (
        # `until`: the wall time from which it may be forgotten; `at`: the one at which it came
        """CREATE TABLE commands (
            row INTEGER PRIMARY KEY,
            id TEXT NOT NULL, at REAL NOT NULL, until REAL NOT NULL,
            unfinished INTEGER NOT NULL, sent INTEGER NOT NULL,
            record TEXT NOT NULL, checksum INTEGER NOT NULL)""",
        "CREATE UNIQUE INDEX command_ids ON commands (id)",
        # `key`: of the controller's reference; rows are small and never go
        """CREATE TABLE sales (
            key BLOB PRIMARY KEY, record TEXT NOT NULL, checksum INTEGER NOT NULL) WITHOUT ROWID""",
        """CREATE TABLE pushed (
            id INTEGER PRIMARY KEY CHECK (id = 1), record TEXT NOT NULL, checksum INTEGER NOT NULL)""",
    ),
}


def version_of(db: sqlite3.Connection) -> int:
    """The version of the file's tables; 0 for a file that has none yet."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def expect_journal(path: Path) -> None:
    """Raise JournalBroken for what is no journal of ours; another's database is never written to."""
    with path.open("rb") as file:
        header = file.read(100)
    if header[:16] == b"SQLite format 3\0" and header[68:72] == APPLICATION.to_bytes(4, "big"):
        # a format above 2 is a later SQLite's, which would only be read; ours are never that
        if max(header[18:20]) > 2:
            raise JournalBroken("its header is damaged")
    elif not _is_journal_by_its_log(path):
        raise JournalBroken("it is not a journal")


def _is_journal_by_its_log(path: Path) -> bool:
    """A cut while the log is copied into the file may trash the header; the log holds it still."""
    try:
        with closing(readable(path)) as db:
            return bool(db.execute("PRAGMA application_id").fetchone()[0] == APPLICATION)
    except sqlite3.Error:
        return False


def expect_known(db: sqlite3.Connection, migrations: Mapping[int, tuple[str, ...]] = MIGRATIONS) -> None:
    """Raise JournalError for a journal of a newer program, JournalBroken for a version no program has."""
    found, known = version_of(db), max(migrations)
    if not 0 < found < BEYOND_BELIEF:
        raise JournalBroken(f"its tables are of version {found}, which cannot be")
    if found > known:
        raise JournalError(
            f"the journal was written by a newer version of this program (its tables are of version {found}, "
            f"this program knows {known}); install the newer version again"
        )


def migrate(db: sqlite3.Connection, migrations: Mapping[int, tuple[str, ...]] = MIGRATIONS) -> None:
    """Bring the tables to the newest version, one transaction each, so that a cut leaves a whole one."""
    for version in range(version_of(db) + 1, max(migrations) + 1):
        with transaction(db):
            for statement in migrations[version]:
                db.execute(statement)
            db.execute(f"PRAGMA user_version = {version}")
