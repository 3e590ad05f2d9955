"""The simulator's end of the link, as small as it can be: it says what it is told and keeps what it hears."""

import json
import socket
import tempfile
from contextlib import suppress
from pathlib import Path
from queue import Queue
from threading import Event, Thread
from types import TracebackType
from typing import Any, Self

DEADLINE = 30
BOOT: dict[str, Any] = {"t": "boot", "id": "boot-1", "elapsed": 12.5}


class Box:
    """Listens on a UNIX socket in a directory of its own; greets each connection with `greeting`.

    `acknowledges` is whether it shows pictures at once, `reads` whether it takes what is sent.
    """

    def __init__(
        self, greeting: bytes | None = None, *, acknowledges: bool = True, reads: bool = True
    ) -> None:
        self._greeting = json.dumps(BOOT).encode() + b"\n" if greeting is None else greeting
        self._acknowledges = acknowledges
        self._reads = reads
        self._closing = Event()
        self._directory = tempfile.TemporaryDirectory()
        self.path = str(Path(self._directory.name, "box"))
        self._listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listening.bind(self.path)
        self._listening.listen()
        self._connected = Queue[socket.socket]()
        self._here: list[socket.socket] = []
        self.connections = 0
        self.heard = Queue[dict[str, Any]]()
        self.hung_up = Event()
        self._thread = Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        while True:
            try:
                link, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            with link, link.makefile("rb") as lines, suppress(OSError):  # of one who hung up meanwhile
                self._connected.put(link)
                link.sendall(self._greeting)
                if self._reads:
                    self._listen(link, lines)
                else:
                    self._closing.wait()
            self.hung_up.set()

    def _listen(self, link: socket.socket, lines: Any) -> None:
        for line in lines:
            message = json.loads(line)
            self.heard.put(message)
            if self._acknowledges and message["t"] == "panel":
                link.sendall(json.dumps({"t": "shown", "n": message["n"]}).encode() + b"\n")

    def next(self) -> dict[str, Any]:
        """The next line the kiosk sent."""
        return self.heard.get(timeout=DEADLINE)

    def link(self) -> socket.socket:
        """The connection of the kiosk."""
        if not self._here:
            self._here.append(self._connected.get(timeout=DEADLINE))
        return self._here[0]

    def say(self, **message: Any) -> None:
        """Send one line."""
        self.send(json.dumps(message).encode() + b"\n")

    def send(self, data: bytes) -> None:
        """Send these bytes."""
        self.link().sendall(data)

    def vanish(self) -> None:
        """Hang up."""
        self.link().shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Hang up and listen no more."""
        self._closing.set()
        while not self._connected.empty():
            self._here.append(self._connected.get_nowait())
        for link in self._here:
            try:
                link.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
        self._listening.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listening.close()
        self._directory.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
