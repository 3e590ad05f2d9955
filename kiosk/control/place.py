"""Where the control socket lies: what a dead process left there is replaced, what a live one holds is not."""

import socket
import stat
from contextlib import suppress
from pathlib import Path
from typing import Final

from kiosk.errors import KioskError

MODE: Final = 0o660
"""The kiosk's own user and its group; the kernel names each of them besides."""
BACKLOG: Final = 8
PATIENCE: Final = 1.0


class Place:
    """The file of a socket that listens; `leave` takes it away, but never another's."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._inode = path.stat().st_ino

    def leave(self) -> None:
        """Remove it; may be called again."""
        with suppress(OSError):
            if self._path.stat().st_ino == self._inode:
                self._path.unlink()


def listening(path: Path) -> socket.socket:
    """A socket that listens there, for the kiosk's user and group; raises KioskError with what to do."""
    _clear(path)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(str(path))
        path.chmod(MODE)  # before it listens: until then nobody gets in
        listener.setblocking(False)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise _impossible(path, error) from error
    return listener


def _clear(path: Path) -> None:
    """Remove the socket of a process that is gone."""
    try:
        is_socket = stat.S_ISSOCK(path.lstat().st_mode)
    except FileNotFoundError:
        return
    except OSError as error:
        raise _impossible(path, error) from error
    if not is_socket:
        raise KioskError(f"{path}: is no socket; remove it, or name another place as `control`")
    if _is_alive(path):
        raise KioskError(f"{path}: another kiosk listens there; stop it, or name another place as `control`")
    path.unlink(missing_ok=True)


def _is_alive(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as caller:
        caller.settimeout(PATIENCE)
        try:
            caller.connect(str(path))
        except (ConnectionRefusedError, FileNotFoundError):
            return False
        except OSError:  # it is there and too busy, or not ours to call
            return True
    return True


def _impossible(path: Path, error: OSError) -> KioskError:
    why = error.strerror or str(error)
    return KioskError(f"{path}: cannot listen there: {why}; is the directory there, and ours to write?")
