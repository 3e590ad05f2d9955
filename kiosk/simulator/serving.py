"""HTTP servers on loopback, several in one event loop."""

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterator
from typing import Any, Final, Self

import uvicorn
from starlette.types import ASGIApp

LOOPBACK: Final = "127.0.0.1"
PORTS_TO_TRY: Final = 20
AT_ONCE: Final = 100

Cut = Callable[[Any], None]
"""Breaks the connection of a client, given its address as ASGI gives it."""


class _QuietServer(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to the one who started several servers."""
        yield


class Serving:
    """One application on one port of 127.0.0.1; `async with` starts and stops it.

    `make_app` is handed what breaks the connection of a client.
    """

    def __init__(self, make_app: Callable[[Cut], ASGIApp], listener: socket.socket) -> None:
        self._listener = listener
        config = uvicorn.Config(
            make_app(self.cut),
            log_level="error",
            access_log=False,
            lifespan="off",
            interface="asgi3",
            proxy_headers=False,
            timeout_graceful_shutdown=1,
            http="h11",
            limit_concurrency=AT_ONCE,
        )
        self._server = _QuietServer(config)
        self._task: asyncio.Task[None] | None = None

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._listener.getsockname()[1])

    @property
    def url(self) -> str:
        """Where it is reached."""
        return f"http://{LOOPBACK}:{self.port}"

    def cut(self, client: Any) -> None:
        """Break the connection of one client without a word."""
        for connection in list(self._server.server_state.connections):
            if getattr(connection, "client", None) == tuple(client):
                connection.transport.abort()

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._server.serve([self._listener]))
        while not self._server.started:
            if self._task.done():
                await self._task
            await asyncio.sleep(0.005)
        return self

    async def __aexit__(self, *reason: object) -> None:
        self._server.should_exit = True
        if self._task is not None:
            await self._task
        self._listener.close()


def listen(port: int = 0) -> socket.socket:
    """A listening socket on loopback: this port, or the next free one; 0 takes any."""
    for attempt in range(PORTS_TO_TRY if port else 1):
        # asyncio lets only sockets that name TCP send a small packet at once: an answer would take 40 ms
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((LOOPBACK, port + attempt if port else 0))
            listener.listen(100)  # refused, too, where somebody else bound it in the same moment
        except OSError:
            listener.close()
            continue
        return listener
    raise OSError(f"no free port from {port} to {port + PORTS_TO_TRY - 1} on {LOOPBACK}")
