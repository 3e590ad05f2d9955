"""A provider on 127.0.0.1 that says exactly what it is told, and remembers what it was asked."""

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from email.utils import formatdate
from typing import Any, BinaryIO, NamedTuple

Reply = Callable[["Line"], bool]
"""Writes one answer; says whether the connection stays open."""
_DEADLINES = ("create_deadline", "status_deadline")
PATIENT = 30.0
"""Seconds for what is answered: nothing fails because the machine was busy."""
PATIENCE = dict.fromkeys(_DEADLINES, PATIENT)
"""The same as a gateway's settings."""


class Asked(NamedTuple):
    """A request as it came over the wire; names of headers in small letters."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Line(NamedTuple):
    """A connection; `over` is set when the provider closes."""

    socket: socket.socket
    over: threading.Event

    def say(self, text: bytes) -> None:
        self.socket.sendall(text)

    def wait(self, seconds: float) -> None:
        self.over.wait(seconds)


class Provider:
    """Answers the requests with its replies in turn, the last one again and again."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self.asked: list[Asked] = []
        self.replies: list[Reply] = []
        self.connections = 0
        self.over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._lines: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def says(self, *replies: Reply) -> None:
        self.replies = list(replies)

    def close(self) -> None:
        self.over.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for line in self._lines:
            with suppress(OSError):
                # not SSLSocket's own: that takes the TLS state away under the thread that speaks
                socket.socket.shutdown(line, socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        while not self.over.is_set():
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._lines.append(line)  # so that closing wakes it even before TLS
            thread = threading.Thread(target=self._serve, args=(line,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, plain: socket.socket) -> None:
        with plain, suppress(OSError):
            line = self._tls.wrap_socket(plain, server_side=True) if self._tls else plain
            self._lines.append(line)
            with line:
                self._answer(line)

    def _answer(self, line: socket.socket) -> None:
        with line.makefile("rb") as stream:
            while asked := read_request(stream):
                self.asked.append(asked)
                if not self.reply_to(asked)(Line(line, self.over)):
                    return

    def reply_to(self, asked: Asked) -> Reply:
        """The next reply; one that looks at the question overrides this."""
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


def read_request(stream: BinaryIO) -> Asked | None:
    """The next request of a connection, or None at its end."""
    first = stream.readline().split()
    if len(first) != 3:
        return None
    headers = dict(_header(line) for line in iter(stream.readline, b"\r\n"))
    body = stream.read(int(headers.get("content-length", "0")))
    return Asked(first[0].decode(), first[1].decode(), headers, body)


def _header(line: bytes) -> tuple[str, str]:
    name, _, value = line.decode().partition(":")
    return name.lower(), value.strip()


def answer(
    content: bytes, status: int = 200, headers: Iterable[str] = (), date: float | None = None
) -> Reply:
    """A whole answer with its length; `date` in seconds since 1970."""
    dated = () if date is None else (f"Date: {formatdate(date, usegmt=True)}",)
    head = [f"HTTP/1.1 {status} X", f"Content-Length: {len(content)}", *dated, *headers]
    return raw("\r\n".join([*head, "", ""]).encode() + content)


def answer_json(body: Any, status: int = 200, date: float | None = None) -> Reply:
    """A whole answer of JSON."""
    return answer(json.dumps(body).encode(), status, ["Content-Type: application/json"], date)


def raw(text: bytes) -> Reply:
    """Exactly these bytes; the connection stays open."""

    def reply(line: Line) -> bool:
        line.say(text)
        return True

    return reply


def then_hang_up(first: Reply | None = None) -> Reply:
    """A reply, or nothing, and the end of the connection."""

    def reply(line: Line) -> bool:
        if first:
            first(line)
        return False

    return reply


def silence(line: Line) -> bool:
    """No answer for as long as a test lasts."""
    line.wait(10)
    return False


class Drip(NamedTuple):
    """One byte after the other, slowly but to the end, so that patience alone would see it whole."""

    text: bytes
    at_once: bytes = b""

    def __call__(self, line: Line) -> bool:
        line.say(self.at_once)
        for byte in self.text:
            line.say(bytes([byte]))
            line.wait(0.05)
        return False


def deadlines(reply: Reply) -> dict[str, float]:
    """A gateway's settings for that reply: short ones where nothing else ends the call."""
    is_late = reply is silence or isinstance(reply, Drip)
    return dict.fromkeys(_DEADLINES, 0.3) if is_late else PATIENCE
