"""Whether the journal that is there can be trusted, and what is done where it cannot.

A file that cannot be read is set aside and another begun; a file that can be read but is not the one the
marker vouches for is kept and begins an epoch of its own.  Both are RECOVERY.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from kiosk.errors import JournalBroken, JournalError, JournalMissing
from kiosk.journal import commands, database, files, founding, marker, rows, salvage, schema
from kiosk.journal.marker import Marker
from kiosk.journal.records import intact

SEALED = (
    (1, "SELECT 'an order', order_id, instr(life, order_id), life, checksum FROM orders"),
    (1, "SELECT 'a slot', number, 1, record, checksum FROM slots"),
    (1, "SELECT 'a message', seq, instr(message, seq), message, checksum FROM outbox"),
    (2, "SELECT 'a command', id, instr(record, id), record, checksum FROM commands"),
    (2, "SELECT 'a sale', hex(key), instr(record, lower(hex(key))), record, checksum FROM sales"),
    (2, "SELECT 'what was pushed', id, 1, record, checksum FROM pushed"),
)
"""Whatever bears a checksum: what it is, its name, whether that stands in it too; since which version of the
tables."""


def expect_files(path: Path, marker_path: Path) -> None:
    """Raise JournalMissing where there is neither, JournalError where one cannot even be looked at."""
    try:
        there, marked = any(p.exists() for p in files.family(path)), marker_path.exists()
    except OSError as error:
        raise JournalError(f"{error.filename}: {error.strerror}") from error
    if path.is_dir():
        raise JournalError(f"{path} is a directory; the journal must be a file")
    if not there and not marked:
        raise JournalMissing(
            f"neither {path} nor {marker_path} exists: this machine was never set up; "
            "run `kiosk journal create`"
        )


def agreed(path: Path) -> tuple[Marker, str]:
    """The marker and "", or a substitute that no journal agrees with and what is wrong with the real one."""
    try:
        read = marker.read(path)
    except JournalBroken as broken:
        return marker.fresh(marker.NONE_AGREED), str(broken)
    if read is None:
        return marker.fresh(marker.NONE_AGREED), f"the epoch marker {path} is gone"
    return read, ""


def trusted(path: Path, mark: Marker) -> sqlite3.Connection:
    """Open the journal for writing; one that is gone or broken is replaced by one in RECOVERY."""
    if not path.exists() and not _succeeded(path, mark):
        _replace(path, mark, f"the journal {path} was gone")
    try:
        return _whole(path)
    except JournalBroken as broken:
        _replace(path, mark, str(broken))
        return _whole(path)


def disagreement(db: sqlite3.Connection, mark: Marker, unmarked: str, *, is_begun: bool) -> str:
    """Why this journal is not the one the marker vouches for, "" where it is.

    `is_begun`: it counts a start already that the marker does not know of.
    """
    head, last = rows.head(db), rows.last_seq(db)
    if head.epoch != mark.epoch:
        return (
            head.recovery or unmarked or f"the journal is of epoch {head.epoch}, its marker of {mark.epoch}"
        )
    if last < mark.acknowledged:
        return f"it is an old copy: it ends at event {last}, the operator has had {mark.acknowledged}"
    if (start := head.session - is_begun) < mark.session:
        return f"it is an old copy: its last start was number {start}, not number {mark.session}"
    return ""


def begin_epoch(db: sqlite3.Connection, epoch: int, recovery: str) -> None:
    """Write a new epoch into the journal; what the marker says decides whether it is RECOVERY."""
    with database.transaction(db):
        db.execute("UPDATE journal SET epoch = ?, recovery = ?", (epoch, recovery))


def expect_sound(path: Path) -> None:
    """Read every page and every checksum, which takes seconds on a big file.

    Raises JournalBroken at the first flaw, another JournalError where the reason lies outside the file.
    """
    try:
        with closing(database.readable(path)) as db:
            flaw = next(_flaws(db), "")
    except database.TROUBLE as error:
        raise database.in_words(path, error) from error
    if flaw:
        raise JournalBroken(f"{path}: {flaw}")


def _flaws(db: sqlite3.Connection) -> Iterator[str]:
    for (line,) in db.execute("PRAGMA integrity_check(1)"):
        if line != "ok":
            yield f"the file is damaged: {line}"
    version = schema.version_of(db)
    for query in (query for since, query in SEALED if since <= version):
        for what, name, is_named, text, checksum in db.execute(query):
            if not (is_named and intact(text, checksum)):
                yield f"{what} ({name}) is damaged"


def _whole(path: Path) -> sqlite3.Connection:
    _clear_of_suspicion(path)
    db = None
    try:
        schema.expect_journal(path)
        db = database.writable(path)
        schema.expect_known(db)
        schema.migrate(db)
        _begin_session(db)
        return _read_once(db)
    except database.TROUBLE as error:
        if db is not None:
            db.close()
        raise database.in_words(path, error) from error


def _begin_session(db: sqlite3.Connection) -> None:
    # A commit before anything is sold shows that the disk takes it.  The log is then copied and emptied:
    # after an fsync that failed it may hold pages that are in memory only, which nothing may build upon.
    with database.transaction(db):
        db.execute("UPDATE journal SET session = session + 1")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()


def _read_once(db: sqlite3.Connection) -> sqlite3.Connection:
    rows.last_seq(db)
    rows.open_lives(db)
    rows.slots(db)
    rows.pushed(db)
    commands.unfinished(db)
    commands.unsent(db)
    return db


def _clear_of_suspicion(path: Path) -> None:
    note = files.suspicion_of(path)
    if note.exists():
        expect_sound(path)
        note.unlink(missing_ok=True)


def _succeeded(path: Path, mark: Marker) -> bool:
    """Go on where a cut came between setting a broken journal aside and placing the one made of it."""
    new = founding.successor(path, mark.epoch)
    if new is None:
        return False
    if any(p.exists() for p in files.family(path)):
        files.set_aside(path, files.name_aside(path))
    founding.place(new, path)
    return True


def _replace(path: Path, mark: Marker, reason: str) -> None:
    if not any(p.exists() for p in files.family(path)):
        founding.found(path, mark.epoch + 1, reason)
        return
    aside = files.name_aside(path)
    reason = f"{reason}; it was set aside as {aside.name}"
    # the new one is whole before the old one moves: a cut while it is read would lose what it still holds
    new = founding.prepared(path, mark.epoch + 1, reason, salvage.rescue(path))
    files.set_aside(path, aside)
    founding.place(new, path)
