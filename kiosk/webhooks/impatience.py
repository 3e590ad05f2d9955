"""HTTP for strangers: who is slow, sends headers without end or speaks no HTTP at all is cut off.

Uvicorn bounds neither the time that a request takes to arrive nor its headers; here both are.
"""

import asyncio
from typing import Any, Final

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from kiosk.webhooks.tally import Tally

LARGEST_HEAD: Final = 16 * 1024
"""Bytes of a request before its body."""
IN_TIME: Final = 10.0
"""Seconds from its first byte, or from the connection, until a request must be here whole."""
AT_ONCE: Final = 1000
"""Connections; who comes then is answered 503."""
KEEP: Final = 75
"""Seconds that a silent connection is kept: longer than a reverse proxy keeps it, so that it never runs into
one that is being closed."""
_TOO_LARGE: Final = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
)


class Limits(uvicorn.Config):
    """How the receiver is served; carries what its connections count with."""

    def __init__(self, app: Any, tally: Tally, in_time: float = IN_TIME) -> None:
        super().__init__(
            app,
            http=Impatient,
            loop="none",
            ws="none",
            interface="asgi3",
            lifespan="off",
            log_config=None,
            log_level="critical",  # one line for each bad request would be a flood; ours are counted
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=AT_ONCE,
            timeout_keep_alive=KEEP,
            timeout_graceful_shutdown=10,
        )
        self.tally = tally
        self.in_time = in_time
        self.at_once = AT_ONCE


class _TooLargeError(Exception):
    """Leaves the parser, which makes a parser's error of it."""


class Impatient(HttpToolsProtocol):
    """A connection whose requests are small and arrive in time."""

    config: Limits

    def __init__(self, config: Limits, *args: Any, **kwargs: Any) -> None:
        super().__init__(config, *args, **kwargs)
        self._hurry: asyncio.TimerHandle | None = None
        self._unread = self._head = 0
        self._has_head = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn does
        super().connection_made(transport)
        self._begin()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._begin()
        super().data_received(data)
        if not self._has_head and not self.transport.is_closing():
            self._unread += len(data)
            if self._unread > LARGEST_HEAD:
                self.send_400_response("")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._begin()
        self._unread = self._head = 0
        self._has_head = False

    def on_url(self, url: bytes) -> None:
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count(len(name) + len(value) + len(": \r\n"))
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._has_head = True
        if max(len(self.connections), len(self.tasks)) >= self.config.at_once:
            self.config.tally.tell("K603", "refused.crowded")  # uvicorn answers it, and says nothing
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._end()
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP, or too much of it, and hang up."""
        self._end()
        if max(self._head, self._unread) <= LARGEST_HEAD:
            self.config.tally.tell("K603", "refused.no_http")
            super().send_400_response(msg)
            return
        self.config.tally.tell("K603", "refused.head_too_large")
        self.transport.write(_TOO_LARGE)
        self.transport.close()

    def _count(self, size: int) -> None:
        self._head += size
        if self._head > LARGEST_HEAD:
            raise _TooLargeError

    def _begin(self) -> None:
        if self._hurry is None:
            self._hurry = self.loop.call_later(self.config.in_time, self._cut)

    def _end(self) -> None:
        if self._hurry is not None:
            self._hurry.cancel()
            self._hurry = None

    def _cut(self) -> None:
        self._hurry = None
        if not self.transport.is_closing():
            self.config.tally.tell("K603", "refused.slow")
            self.transport.close()
