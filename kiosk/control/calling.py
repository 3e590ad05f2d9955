"""The command line's end of the control socket."""

import socket
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Self

import msgspec

from kiosk.control.asking import Asking, is_final
from kiosk.errors import KioskError
from kiosk.mqtt.messages import encode
from kiosk.mqtt.reports import Reply

ANSWERS_WITHIN: Final = 10.0
"""Seconds for the first answer; how long the last one takes is for the gateway to say."""
LONGEST: Final = 1024 * 1024
START: Final = "sudo systemctl start qris-kiosk"


class NotRunning(KioskError):
    """Nobody listens: the kiosk is not running."""


class HungUp(KioskError):
    """The kiosk ended before its last answer."""


class Call:
    """A connection to the running kiosk; raises NotRunning, or KioskError where we may not call it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._heard = b""
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(ANSWERS_WITHIN)
        try:
            self._socket.connect(str(path))
        except OSError as error:
            self._socket.close()
            raise _unconnected(path, error) from error

    def ask(self, name: str, args: Mapping[str, Any]) -> Iterator[Reply]:
        """Every answer, the last one last; raises HungUp or KioskError where there is none."""
        self._socket.settimeout(ANSWERS_WITHIN)
        with suppress(ConnectionError):  # it hung up, and perhaps said why
            self._socket.sendall(encode(Asking(command=name, args=dict(args))) + b"\n")
        while True:
            reply = self._reply()
            yield reply
            if is_final(reply):
                return
            self._socket.settimeout(None)

    def close(self) -> None:
        """Hang up; what the kiosk was asked goes on."""
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _reply(self) -> Reply:
        line = self._line()
        try:
            return msgspec.json.decode(line, type=Reply)
        except msgspec.MsgspecError as error:
            raise KioskError(f"{self._path}: what answers there is no kiosk of this version") from error

    def _line(self) -> bytes:
        while b"\n" not in self._heard:
            heard = self._receive()
            if not heard or len(self._heard) > LONGEST:
                raise HungUp(f"{self._path}: the kiosk hung up before it was done")
            self._heard += heard
        line, _, self._heard = self._heard.partition(b"\n")
        return line

    def _receive(self) -> bytes:
        try:
            return self._socket.recv(65_536)
        except TimeoutError as error:
            advice = "journalctl -u qris-kiosk says what it does"
            raise KioskError(
                f"{self._path}: no answer within {ANSWERS_WITHIN:.0f} seconds; {advice}"
            ) from error
        except ConnectionError:
            return b""


def _unconnected(path: Path, error: OSError) -> KioskError:
    if isinstance(error, FileNotFoundError | ConnectionRefusedError):
        return NotRunning(f"the kiosk is not running: nobody listens at {path}")
    if isinstance(error, PermissionError):
        return KioskError(f"{path}: only root and the kiosk's group may ask it; try it with sudo")
    return KioskError(f"{path}: cannot be called: {error.strerror or error}")
