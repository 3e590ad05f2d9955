"""The line between the kiosk and its broker: bytes go through as they come, until it is cut.

Others have lines of their own, so that they can see what a cut looks like from the other end.
"""

import asyncio
import contextlib
import socket
import struct
from collections.abc import Callable, Sequence
from typing import Any, Final, Self

from kiosk.simulator.serving import LOOPBACK, listen

CHUNK: Final = 64 * 1024
RESET: Final = struct.pack("ii", 1, 0)
"""Linger for no time: the other end hears of an accident, not of a goodbye."""


class Cable:
    """Leads to that port of loopback.  What is dialled while it is cut hangs until it is mended.

    Whoever is in `brought` is called with what the broker sends, just before the kiosk gets it.
    """

    def __init__(self, leads_to: int) -> None:
        self.brought: list[Callable[[bytes], None]] = []
        self._leads_to = leads_to
        self._listener = listen()
        self._whole = asyncio.Event()
        self._whole.set()
        self._carrying: set[asyncio.Task[Any]] = set()

    @property
    def port(self) -> int:
        """Where the kiosk finds it."""
        return int(self._listener.getsockname()[1])

    @property
    def is_cut(self) -> bool:
        """Whether nothing gets through."""
        return not self._whole.is_set()

    def cut(self) -> None:
        """Break what goes through it, and let nothing through any more."""
        self._whole.clear()
        for task in self._carrying:
            task.cancel()

    def mend(self) -> None:
        """Let everything through again."""
        self._whole.set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._take, sock=self._listener)
        return self

    async def __aexit__(self, *reason: object) -> None:
        self._server.close()
        for task in self._carrying:
            task.cancel()
        await asyncio.gather(*self._carrying, return_exceptions=True)
        await self._server.wait_closed()

    def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._carry(reader, writer))
        self._carrying.add(task)
        task.add_done_callback(self._carrying.discard)
        # not in the task: one that is cancelled before its first step never comes to its end either
        task.add_done_callback(lambda _: _reset(writer))

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError), contextlib.ExitStack() as ends:
            await self._whole.wait()
            far_reader, far_writer = await asyncio.open_connection(LOOPBACK, self._leads_to)
            ends.callback(_reset, far_writer)
            ways = [_pump(reader, far_writer, ()), _pump(far_reader, writer, self.brought)]
            await _first_of(*map(asyncio.create_task, ways))


async def _first_of(*tasks: asyncio.Task[None]) -> None:
    """Wait for one of them, and end the others."""
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _pump(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, hear: Sequence[Callable[[bytes], None]]
) -> None:
    while chunk := await reader.read(CHUNK):
        for listener in hear:
            listener(chunk)
        writer.write(chunk)
        await writer.drain()


def _reset(writer: asyncio.StreamWriter) -> None:
    end = writer.get_extra_info("socket")
    with contextlib.suppress(OSError):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    writer.transport.abort()
