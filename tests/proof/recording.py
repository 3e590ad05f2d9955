"""What a process asks of the disk, call by call, with every byte: strace beside the real program.

A shim below another copy of SQLite would record that copy's calls, with our settings typed in again.  This
records the journal that is shipped, in the Python that ships it.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

ROOT: Final = Path(__file__).parents[2]
LONGEST: Final = 1 << 20
CALLS: Final = (
    "openat,open,creat,pwrite64,write,pwritev,pwritev2,writev,fdatasync,fsync,sync_file_range,ftruncate,"
    "truncate,fallocate,unlink,unlinkat,rename,renameat,renameat2,link,linkat,symlink,copy_file_range,sendfile"
)
LINE: Final = re.compile(rb"\d+ +(\w+)\((.*)\)\s+= (-?\d+)(?:<([^>]*)>)?(.*)$")
TEXT: Final = re.compile(rb'"((?:\\x[0-9a-f]{2})*)"')
DESCRIPTOR: Final = re.compile(rb"^(\d+)<((?:\\x[0-9a-f]{2})*)>")
STDOUT: Final = 1


class Made(NamedTuple):
    """A name that may not have been there; `emptied`: what was in it is gone."""

    file: str
    emptied: bool


class Wrote(NamedTuple):
    """Bytes at a place."""

    file: str
    place: int
    data: bytes


class Resized(NamedTuple):
    """Cut short, or longer with zeros."""

    file: str
    size: int


class Synced(NamedTuple):
    """The call that promises; a directory's too."""

    file: str


class Renamed(NamedTuple):
    """Another name, over what bore it."""

    old: str
    new: str


class Removed(NamedTuple):
    """A name that is gone."""

    file: str


class Said(NamedTuple):
    """What the process told the world by then."""

    text: str


Call: TypeAlias = Made | Wrote | Resized | Synced | Renamed | Removed | Said


class CannotRecord(Exception):
    """The recording does not say what happened to the disk."""


def is_possible() -> bool:
    """Whether strace is here."""
    return shutil.which("strace") is not None


def record(folder: Path, trace: Path, *command: str) -> list[Call]:
    """Run a Python module and return every call it made below the folder, by names relative to it."""
    strace = [
        "strace",
        "-f",
        "--seccomp-bpf",
        "-y",
        "-xx",
        "-s",
        str(LONGEST),
        "-o",
        str(trace),
        "-e",
        f"trace={CALLS}",
    ]
    done = subprocess.run(
        [*strace, sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise CannotRecord(f"{' '.join(command)} failed: {done.stderr}")
    with trace.open("rb") as lines:
        return list(Reader(folder.resolve()).calls(lines))


class Reader:
    """Understands strace's lines about one folder, and refuses whatever it would have to guess at."""

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder).encode() + b"/"
        self._places: dict[int, int] = {}

    def calls(self, lines: Iterable[bytes]) -> Iterator[Call]:
        """Every call that did something to the disk, and what was said."""
        for line in lines:
            found = LINE.match(line)
            if found and int(found[3]) >= 0:
                yield from self._understood(found[1].decode(), found[2], int(found[3]), found[4] or b"")

    def _understood(self, name: str, given: bytes, result: int, opened: bytes) -> Iterator[Call]:
        if name in ("rename", "unlink"):
            names = [self._inside(_decoded(text)) for text in TEXT.findall(given)]
            if all(names):
                yield Renamed(*names) if name == "rename" else Removed(*names)
            return
        if name == "openat":
            yield from self._opened(given, result, _decoded(opened))
            return
        at = DESCRIPTOR.match(given)
        if at is None:
            return
        if name == "write" and int(at[1]) == STDOUT:
            yield Said(_text(given).decode())
        elif file := self._inside(_decoded(at[2])):
            yield self._done(name, file, int(at[1]), given, result)

    def _opened(self, given: bytes, descriptor: int, path: bytes) -> Iterator[Call]:
        self._places[descriptor] = 0
        file = self._inside(path)
        if file and b"O_CREAT" in given:
            yield Made(file, b"O_TRUNC" in given)
        elif file and (b"O_TRUNC" in given or b"O_APPEND" in given):
            raise CannotRecord(f"{file} is opened in a way that is not understood: {given!r}")

    def _done(self, name: str, file: str, descriptor: int, given: bytes, result: int) -> Call:
        match name:
            case "pwrite64":
                return Wrote(file, int(given.rsplit(b",", 1)[1]), _whole(_text(given), result))
            case "write":
                place = self._places[descriptor]
                self._places[descriptor] += result
                return Wrote(file, place, _whole(_text(given), result))
            case "fdatasync" | "fsync":
                return Synced(file)
            case "ftruncate":
                return Resized(file, int(given.rsplit(b",", 1)[1]))
        raise CannotRecord(f"{name} of {file} is not understood")

    def _inside(self, path: bytes) -> str:
        """The name within the folder, "" for what lies elsewhere or is deleted."""
        if not path.startswith(self._folder) or path.endswith(b" (deleted)"):
            return ""
        return path.removeprefix(self._folder).decode()


def _decoded(text: bytes) -> bytes:
    return bytes.fromhex(text.replace(b"\\x", b"").decode())


def _text(given: bytes) -> bytes:
    found = TEXT.search(given)
    if found is None or given[found.end() :].startswith(b"..."):
        raise CannotRecord(f"the bytes of a call are not whole: {given[:80]!r}")
    return _decoded(found[1])


def _whole(data: bytes, written: int) -> bytes:
    """A short write wrote its beginning only."""
    return data[:written]
