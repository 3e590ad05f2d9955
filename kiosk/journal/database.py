"""How the file is opened, and what a database's complaint means for the machine.

`synchronous=FULL` because NORMAL lost hundreds of acknowledged commits in real power cuts; `psow=0` because
a card may trash the sector it is writing, neighbours included, so each commit fills its own sectors.  For the
same reason a page is never smaller than 4096 bytes.  Locking is ordinary: a technician reads while the kiosk
sells.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from kiosk.errors import JournalBroken, JournalError

WAL_PAGES = 1000
"""After so many pages (4 MB) a commit copies the log into the file itself: the log's bound."""

WRITING = (
    "PRAGMA page_size = 4096",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    f"PRAGMA wal_autocheckpoint = {WAL_PAGES}",
    f"PRAGMA journal_size_limit = {WAL_PAGES * 4096}",
    "PRAGMA cache_size = -1000",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cell_size_check = ON",
)
READING = ("PRAGMA query_only = ON", "PRAGMA trusted_schema = OFF", "PRAGMA cache_size = -1000")

TROUBLE = (sqlite3.Error, OSError, ValueError, OverflowError)
"""What a database can end in; a damaged file even by names that are no UTF-8."""

NOT_BROKEN = {
    sqlite3.SQLITE_FULL: "the disk is full; make room, then restart",
    sqlite3.SQLITE_IOERR: "the disk does not take or give what is written; replace the card",
    sqlite3.SQLITE_READONLY: "it cannot be written; is the disk read-only, is the file another user's?",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened; does it belong to the kiosk, is the disk mounted?",
    sqlite3.SQLITE_BUSY: "another program holds it; close that program, then restart",
    sqlite3.SQLITE_LOCKED: "another program holds it; close that program, then restart",
    sqlite3.SQLITE_PERM: "access is not permitted; does it belong to the kiosk?",
    sqlite3.SQLITE_AUTH: "access is not permitted; does it belong to the kiosk?",
    sqlite3.SQLITE_NOMEM: "there is no memory left; restart",
    sqlite3.SQLITE_PROTOCOL: "the disk's locks do not work; keep it on a local disk",
}


def writable(path: Path) -> sqlite3.Connection:
    """Open an existing file for writing; every statement commits by itself unless in a `transaction`."""
    return _connected(path, "rw", WRITING)


def readable(path: Path) -> sqlite3.Connection:
    """Open an existing file for reading beside its writer."""
    return _connected(path, "ro", READING)


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """All of it, on disk, or none of it."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            db.execute("ROLLBACK")
        raise


def in_words(path: Path, error: Exception) -> JournalError:
    """What a failure of the database or the disk says about the journal, as the error to raise."""
    if isinstance(error, JournalError):
        return type(error)(f"{path}: {error}")
    if not isinstance(error, sqlite3.Error | UnicodeDecodeError):
        return JournalError(f"{path}: {error}")
    meaning = NOT_BROKEN.get(_kind(error))
    if meaning is None:
        return JournalBroken(f"{path}: it is damaged ({error})")
    return JournalError(f"{path}: {meaning} ({error})")


def _kind(error: Exception) -> int:
    # the low byte is the kind; errors of the Python module itself carry no code
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_MISUSE) & 0xFF


def _connected(path: Path, mode: str, settings: tuple[str, ...]) -> sqlite3.Connection:
    uri = f"file:{quote(str(path.absolute()))}?mode={mode}&psow=0"
    # one thread at a time uses it, though not always the one that opened it
    db = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=5.0, check_same_thread=False)
    try:
        for setting in settings:
            db.execute(setting).close()
    except BaseException:
        db.close()
        raise
    return db
