"""Wakes a thread that waits for sockets."""

import socket
from contextlib import suppress


class Bell:
    """Rung from any thread; `heard` becomes readable."""

    def __init__(self) -> None:
        self.heard, self._rung = socket.socketpair()
        self.heard.setblocking(False)
        self._rung.setblocking(False)

    def ring(self) -> None:
        """Wake whoever waits for `heard`; to ring twice is to ring once."""
        with suppress(OSError):  # it rings already, or nobody listens any more
            self._rung.send(b"!")

    def hush(self) -> None:
        """Stop ringing; only for the thread that was woken."""
        with suppress(BlockingIOError):
            self.heard.recv(4096)

    def close(self) -> None:
        """Let go of it; to ring it then says nothing."""
        self.heard.close()
        self._rung.close()
