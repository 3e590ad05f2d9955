"""The one connection to the simulator's box, shared by all emulated parts.

Newline-delimited JSON over a UNIX stream socket; the box listens, and its first line says which boot it
pretends.  A line that is too long or that we do not understand ends the connection, and with it every part.
"""

import socket
import struct
import time
from collections.abc import Callable
from threading import Condition, Lock, Thread, current_thread

from hardware.base import no_matter, nothing
from hardware.errors import DeviceFailed, DeviceMissing
from hardware.lines import (
    LONGEST_LINE,
    BootLine,
    FromBox,
    Heal,
    Held,
    Key,
    Lines,
    Shown,
    ToBox,
    Touch,
    Trouble,
    heard,
    written,
)

PATIENCE = 20.0
"""Seconds for the box to take a line, to say its boot, and to acknowledge a picture.  It shares a thread with
the whole world around it, on a computer that may have a lot else to do."""


class Link:
    """Connected when made; raises `DeviceMissing` when no box listens or it does not say its boot."""

    def __init__(self, path: str, patience: float = PATIENCE) -> None:
        self._path = path
        self._patience = patience
        self._lines = Lines()
        self._changed = Condition()
        self._sending = Lock()
        self._shown = 0
        self._lost = ""
        self._troubles: dict[str, str] = {}
        self._keys: dict[type[Key | Held], list[Callable[[str], None]]] = {Key: [], Held: []}
        self._touched: dict[str, list[Callable[[bool], None]]] = {}
        self._failed: dict[str, list[Callable[[str], None]]] = {}
        self._healed: dict[str, list[Callable[[], None]]] = {}
        self._socket = _connected(path, patience)
        try:
            boot, early = self._greeted()
        except (OSError, ValueError) as error:
            self._socket.close()
            raise DeviceMissing(f"the box at {path} does not say its boot: {error}") from error
        self.boot_id = boot.id
        self._inputs = dict(boot.inputs)
        self._booted = time.monotonic() - boot.elapsed
        self._thread = Thread(target=self._read, args=(early,), name="link", daemon=True)
        self._thread.start()

    def elapsed(self) -> float:
        """Seconds since the pretended boot, counted on by our own monotonic clock."""
        return time.monotonic() - self._booted

    def trouble(self, part: str) -> str:
        """Why the part cannot work now; empty when it can."""
        with self._changed:
            return self._lost or self._troubles.get(part, "")

    def on_key(self, put: Callable[[str], None], held: Callable[[str], None] = no_matter) -> None:
        """Call `put` for each key from now on and `held` for each that is held, from the link's thread."""
        self._keys[Key].append(put)
        self._keys[Held].append(held)

    def on_touch(self, name: str, put: Callable[[bool], None]) -> None:
        """Call `put` at every change of this input from now on, from the link's thread."""
        with self._changed:
            self._touched.setdefault(name, []).append(put)

    def touched(self, name: str) -> bool:
        """Whether this input is active."""
        with self._changed:
            return self._inputs.get(name, False)

    def on_trouble(
        self, part: str, failed: Callable[[str], None], healed: Callable[[], None] = nothing
    ) -> None:
        """Call `failed` when this part or the box fails, at once if it has; `healed` when it works."""
        with self._changed:
            self._failed.setdefault(part, []).append(failed)
            self._healed.setdefault(part, []).append(healed)
        if reason := self.trouble(part):
            failed(reason)

    def send(self, line: ToBox) -> None:
        """Send one line; raises `DeviceFailed` when the box does not take it."""
        data = written(line) + b"\n"
        if len(data) > LONGEST_LINE:
            raise DeviceFailed(f"a line of {len(data)} bytes is too long for the box at {self._path}")
        if self._lost:
            raise DeviceFailed(self._lost)
        try:
            with self._sending:
                self._socket.sendall(data)
        except OSError as error:
            _hang_up(self._socket)  # half a line may be on its way: nothing that follows would be understood
            raise DeviceFailed(f"the box at {self._path} takes nothing any more: {error}") from error

    def wait_shown(self, number: int, part: str) -> None:
        """Wait until the box acknowledges picture `number`; raises `DeviceFailed` for trouble or silence."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._shown >= number or self._lost or part in self._troubles, self._patience
            )
            if self._shown < number:
                raise DeviceFailed(
                    self._lost
                    or self._troubles.get(part)
                    or f"the box at {self._path} did not show a picture within {self._patience:g} s"
                )

    def close(self) -> None:
        """End the connection; twice is once."""
        with self._changed:
            self._lost = self._lost or f"the link to the box at {self._path} is closed"
            self._failed.clear()
        _hang_up(self._socket)
        if self._thread is not current_thread():
            self._thread.join()
        self._socket.close()

    def _greeted(self) -> tuple[BootLine, list[bytes]]:
        lines: list[bytes] = []
        while not lines:
            data = self._socket.recv(LONGEST_LINE)
            if not data:
                raise ConnectionResetError("it hung up")
            lines += self._lines.feed(data)
        first = heard(lines[0])
        if not isinstance(first, BootLine):
            raise ValueError("its first line is another one")  # noqa: TRY004  # what it sent, not a caller's type
        self._socket.settimeout(None)
        return first, lines[1:]

    def _read(self, early: list[bytes]) -> None:
        why = "it hung up"
        try:
            for line in early:
                self._take(heard(line))
            while data := self._socket.recv(LONGEST_LINE):
                for line in self._lines.feed(data):
                    self._take(heard(line))
        except (OSError, ValueError) as error:
            why = str(error)
        finally:
            _hang_up(self._socket)
            self._lose(f"the simulator's box at {self._path} is gone ({why}): start scripts/simulate again")

    def _take(self, line: FromBox) -> None:
        match line:
            case Shown(n=number):
                with self._changed:
                    self._shown = max(self._shown, number)
                    self._changed.notify_all()
            case Key(key=key) | Held(key=key):
                for tell in [] if self.trouble("keypad") else self._keys[type(line)]:
                    tell(key)
            case Touch():
                self._touch(line)
            case Trouble(part=part, reason=reason):
                self._suffer(part, reason)
            case Heal(part=part):
                self._recover(part)
            case BootLine():
                raise ValueError("it said its boot twice")

    def _touch(self, line: Touch) -> None:
        with self._changed:
            self._inputs[line.name] = line.active
            told = list(self._touched.get(line.name, []))
        for put in told:
            put(line.active)

    def _suffer(self, part: str, reason: str) -> None:
        with self._changed:
            self._troubles[part] = reason
            self._changed.notify_all()
        for failed in self._failed.get(part, []):
            failed(reason)

    def _recover(self, part: str) -> None:
        with self._changed:
            was_bad = self._troubles.pop(part, None)
        for healed in self._healed.get(part, []) if was_bad else []:
            healed()

    def _lose(self, why: str) -> None:
        with self._changed:
            self._lost = self._lost or why
            told = [failed for each in self._failed.values() for failed in each]
            self._changed.notify_all()
        for failed in told:
            failed(why)


def _connected(path: str, patience: float) -> socket.socket:
    link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        link.settimeout(patience)
        link.connect(path)
        # the thread that reads waits for ever, those that send must not
        link.setsockopt(
            socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", int(patience), int(patience % 1 * 1e6))
        )
    except OSError as error:
        link.close()
        raise DeviceMissing(
            f"no simulator's box listens at {path} ({error.strerror or error}): start scripts/simulate"
        ) from error
    return link


def _hang_up(link: socket.socket) -> None:
    try:
        link.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it was down already
