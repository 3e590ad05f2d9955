"""The files of a journal: how they are kept, locked, replaced and set aside.

A SQLite file in WAL mode has two companions that belong to it by name; they are always moved together, since
a stale one beside a new file would be replayed into it.
"""

import fcntl
import os
import time
from pathlib import Path

from kiosk.errors import JournalBroken, JournalError, JournalLocked

COMPANIONS = ("", "-wal", "-shm")
MODE = 0o640
MOST_SET_ASIDE = 5


def family(path: Path) -> list[Path]:
    """The file and its companions, whether they exist or not."""
    return [path.with_name(path.name + suffix) for suffix in COMPANIONS]


def suspicion_of(path: Path) -> Path:
    """The note that makes the next start look at every page of this journal before it is trusted."""
    return path.with_name(path.name + ".suspect")


def suspect(path: Path) -> None:
    """Leave the note; on a disk that cannot be written there is nothing more to do."""
    try:
        suspicion_of(path).touch()
    except OSError:
        return


def hold(path: Path) -> int:
    """Take the journal's lock and return its descriptor; the kernel lets go of it when the process dies.

    It is a file of its own: closing any descriptor of the journal itself would drop SQLite's own locks.
    """
    lock = path.with_name(path.name + ".lock")
    try:
        descriptor = os.open(lock, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, MODE)
    except OSError as error:
        raise JournalError(
            f"{lock}: {error.strerror}; the journal cannot be locked, so it is not used"
        ) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise JournalLocked(f"{path}: another process writes it; stop the kiosk first") from error
    _give_to_owner_of_directory(descriptor, lock)
    return descriptor


def begin(path: Path) -> None:
    """Make an empty file, readable by its group, that belongs to whom its directory belongs."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, MODE)
    try:
        _give_to_owner_of_directory(descriptor, path)
    finally:
        os.close(descriptor)


def put_in_place(fresh: Path, path: Path) -> None:
    """Rename a finished file over `path`, so that after a power cut there is the old one or the new one."""
    descriptor = os.open(fresh, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    fresh.replace(path)
    _sync_directory(path.parent)


def name_aside(path: Path) -> Path:
    """A free name, `<name>.broken-<time>`, for a journal that cannot be trusted.

    Raises JournalBroken when so many lie there that the card must be dying.
    """
    if len(_set_aside_before(path)) >= MOST_SET_ASIDE:
        raise JournalBroken(
            f"{path}: broken again, and {MOST_SET_ASIDE} broken ones lie beside it; "
            "keep those files, replace the card, then start anew"
        )
    return _free_name(path)


def set_aside(path: Path, aside: Path) -> None:
    """Rename a journal with its companions; raises JournalBroken when it cannot be renamed."""
    try:
        for old, new in zip(family(path), family(aside), strict=True):
            if old.exists():
                old.rename(new)
        _sync_directory(path.parent)
    except OSError as error:
        raise JournalBroken(f"{path}: broken, and it cannot be set aside: {error.strerror}") from error


def _set_aside_before(path: Path) -> list[Path]:
    companions = COMPANIONS[1:]
    return [p for p in path.parent.glob(f"{path.name}.broken-*") if not p.name.endswith(companions)]


def _free_name(path: Path) -> Path:
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    names = [f"{path.name}.broken-{stamp}" + suffix for suffix in ("", "b", "c", "d", "e", "f")]
    return next(free for free in map(path.with_name, names) if not any(p.exists() for p in family(free)))


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _give_to_owner_of_directory(descriptor: int, path: Path) -> None:
    # what root makes by hand (`sudo kiosk journal ...`) must stay usable for the kiosk's own user
    if os.geteuid() == 0:
        owner = path.parent.stat()
        os.fchown(descriptor, owner.st_uid, owner.st_gid)
