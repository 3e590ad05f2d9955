"""One deadline over a whole call, and connections that keep it.

The HTTP library's time-outs begin anew with every byte that arrives.  Here connecting and the TLS handshake
get what is left of the call's time, and from then on a timer shuts the socket under whoever reads it.  Only
the resolving of a name cannot be bounded from inside the process; the lanes bound it from outside.
"""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Timer
from typing import Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection


class Deadline:
    """The moment at which a call is over, however many requests it takes."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    @property
    def is_over(self) -> bool:
        """Whether no time is left."""
        return time.monotonic() >= self._end

    def left(self) -> float:
        """The seconds left, never zero; raises `TimeoutError` when there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def pause(self, share: float) -> None:
        """Let a share of the whole time pass, or what is left of it."""
        time.sleep(max(0.0, min(self.seconds * share, self._end - time.monotonic())))


class Watch:
    """Follows the one connection of a line, and cuts it when the call's time is over.

    `stage` is how far the call in progress has come: on a `kept` connection, resolving the `name`,
    `dialling`, or `talking` on a new connection.
    """

    def __init__(self) -> None:
        self._line: socket.socket | None = None
        self._deadline = Deadline(0)
        self.is_cut = False
        self.stage = "kept"

    @contextmanager
    def over(self, deadline: Deadline) -> Iterator[None]:
        """Watch one call; on leaving nothing can cut it any more."""
        self._deadline, self.is_cut, self.stage = deadline, False, "kept"
        timer = Timer(deadline.left(), self._cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            timer.join()

    def dial(self, host: str, port: int) -> socket.socket:
        """A connected socket; every address of the host gets its share of the time left."""
        self._line, self.stage = None, "name"
        addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        self.stage = "dialling"
        trouble = OSError("the name has no address")
        for tried, (family, kind, protocol, _, address) in enumerate(addresses):
            line = socket.socket(family, kind, protocol)
            try:
                line.settimeout(self._deadline.left() / (len(addresses) - tried))
                line.connect(address)
                line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                line.settimeout(self._deadline.left())
            except OSError as error:
                line.close()
                trouble = error
            else:
                return line
        raise trouble

    def connected(self, line: socket.socket) -> None:
        """From now on this is what is cut; raises `TimeoutError` if the time ended before there was it."""
        self._line, self.stage = line, "talking"
        if self.is_cut:
            raise TimeoutError

    def _cut(self) -> None:
        self.is_cut = True
        if self._line is not None:
            # Not SSLSocket's own shutdown: that takes the TLS state away under the thread that reads.
            with suppress(OSError):
                socket.socket.shutdown(self._line, socket.SHUT_RDWR)


class WatchedConnection(HTTPConnection):
    """A connection that a watch can cut."""

    def __init__(self, host: str, port: int | None = None, *, watch: Watch, **options: Any) -> None:
        super().__init__(host, port, **options)
        self._watch = watch

    def _new_conn(self) -> socket.socket:
        return self._watch.dial(self._dns_host, self.port)

    def connect(self) -> None:
        super().connect()
        # The socket itself: the library forgets it as soon as an answer without a length begins.
        self._watch.connected(self.sock)


class WatchedTlsConnection(WatchedConnection, HTTPSConnection):
    """The same over TLS."""


class WatchedPool(HTTPConnectionPool):
    """Keeps connections that a watch can cut; takes `watch` among its options."""

    ConnectionCls = WatchedConnection


class WatchedTlsPool(HTTPSConnectionPool):
    """The same over TLS."""

    ConnectionCls = WatchedTlsConnection
