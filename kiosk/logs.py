"""Log lines: to journald's own socket as fields, in plain words on a terminal.

Every line has its stable code and says the consequence.  Nothing secret or personal reaches this file: the
fields are ids, amounts and reasons in our own words.
"""

import logging
import os
import socket
import sys
from collections.abc import Mapping

from kiosk.codes import CODES, ERROR, INFO, NOTICE, WARNING

LEVELS = {ERROR: logging.ERROR, WARNING: logging.WARNING, NOTICE: logging.INFO, INFO: logging.INFO}
JOURNALD = "/run/systemd/journal/socket"
Fields = Mapping[str, str | int]

log = logging.getLogger("kiosk")


def write(code: str, order_id: str = "", fields: Fields | None = None) -> None:
    """One line of the table of codes, with what is known of this case."""
    entry = CODES[code]
    known = {"code": code, "order_id": order_id, "fields": fields or {}, "syslog": entry.priority}
    log.log(LEVELS[entry.priority], "%s: %s", entry.text, entry.consequence, extra=known)


def start() -> None:
    """Send lines where somebody reads them."""
    log.setLevel(logging.INFO)
    log.propagate = False
    log.addHandler(ToJournald() if _is_journald(sys.stderr.fileno()) else _to_terminal())


class ToJournald(logging.Handler):
    """One datagram a line, a field a line of it; a journald that is away loses lines, never sales."""

    def __init__(self, address: str = JOURNALD) -> None:
        super().__init__()
        self._address = address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)

    def emit(self, record: logging.LogRecord) -> None:
        given: Fields = getattr(record, "fields", {})
        fields = {
            "MESSAGE": self.format(record) + "".join(f" {name}={value}" for name, value in given.items()),
            "PRIORITY": getattr(record, "syslog", 6),
            "SYSLOG_IDENTIFIER": "qris-kiosk",
            "CODE": getattr(record, "code", ""),
            "ORDER_ID": getattr(record, "order_id", ""),
            **{name.upper(): value for name, value in given.items()},
        }
        lines = (f"{name}={_one_line(value)}\n" for name, value in fields.items() if value != "")
        try:
            self._socket.sendto("".join(lines).encode(), self._address)
        except OSError:
            return

    def close(self) -> None:
        self._socket.close()
        super().close()


class Plain(logging.Formatter):
    """`07:58:12 K303 text: consequence order_id=... amount=...`."""

    def format(self, record: logging.LogRecord) -> str:
        given: Fields = getattr(record, "fields", {})
        order_id = getattr(record, "order_id", "")
        known = ({"order_id": order_id} if order_id else {}) | dict(given)
        words = "".join(f" {name}={_one_line(value)}" for name, value in known.items())
        time = self.formatTime(record, "%H:%M:%S")
        return f"{time} {getattr(record, 'code', '----')} {_one_line(super().format(record))}{words}"


def _to_terminal() -> logging.Handler:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Plain())
    return handler


def _one_line(value: str | int) -> str:
    return " ".join(str(value).split())


def _is_journald(descriptor: int) -> bool:
    """Whether stderr is the very stream that systemd connected to the journal."""
    stream = os.environ.get("JOURNAL_STREAM", "")
    try:
        status = os.fstat(descriptor)
    except OSError:
        return False
    return stream == f"{status.st_dev}:{status.st_ino}"
