"""A deciding thread that is played by the test, behind the real server; and peers that speak to it."""

import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from kiosk.control import Asked, Server
from kiosk.control.peers import Inspect, credentials
from kiosk.lanes import Died
from kiosk.mqtt.reports import Answer, Reply

PATIENCE = 30.0
"""Seconds after which a test has failed; nothing waits that long."""


class Inbox:
    """What the server's thread puts."""

    def __init__(self) -> None:
        self.items: SimpleQueue[Asked | Died] = SimpleQueue()
        self.put = self.items.put

    def asked(self) -> Asked:
        """The next thing somebody asks."""
        item = self.items.get(timeout=PATIENCE)
        assert isinstance(item, Asked), item
        return item

    def is_empty(self) -> bool:
        try:
            item = self.items.get_nowait()
        except Empty:
            return True
        raise AssertionError(item)


@contextmanager
def serving(
    path: Path, inspect: Inspect = credentials, clock: Callable[[], float] = time.monotonic
) -> Iterator[Inbox]:
    """A server on that path, and what it puts."""
    inbox = Inbox()
    server = Server(path, inbox.put, inspect, clock)
    server.start()
    try:
        yield inbox
    finally:
        server.close()
        server._thread.join(PATIENCE)  # the machine waits for two seconds at most, a test until it has gone


class Peer:
    """Somebody at the other end."""

    def __init__(self, path: Path) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(PATIENCE)
        self.socket.connect(str(path))
        self._heard = b""

    def say(self, command: str, **args: Any) -> None:
        """One request, as a client writes it."""
        self.write(json.dumps({"v": 1, "command": command, "args": args}).encode() + b"\n")

    def write(self, data: bytes) -> None:
        self.socket.sendall(data)

    def reply(self) -> dict[str, Any]:
        """The next reply."""
        while b"\n" not in self._heard:
            heard = self.socket.recv(65_536)
            assert heard, "hung up on"
            self._heard += heard
        line, _, self._heard = self._heard.partition(b"\n")
        found: dict[str, Any] = json.loads(line)
        return found

    def is_hung_up_on(self) -> bool:
        """Whether the server ends the connection; waits until it says something."""
        try:
            return self.socket.recv(1) == b""
        except ConnectionResetError:
            return True

    def close(self) -> None:
        self.socket.close()


@contextmanager
def calling(path: Path) -> Iterator[Peer]:
    """Somebody who calls, and hangs up in the end."""
    peer = Peer(path)
    try:
        yield peer
    finally:
        peer.close()


def answer(asked: Asked, status: Answer = Answer.DONE, **data: Any) -> None:
    """What the deciding thread says to it."""
    asked.answer(Reply(id=asked.id, command=asked.name, status=status, data=data))
