"""A gateway with a lot to tell, over a few connections: the next notification goes when one is answered."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from typing import Any, Final

import uvloop
from msgspec import Struct

from kiosk.minting import order_id
from tests.webhooks import letters

LANES: Final = 8
PATIENCE: Final = 60.0
"""Seconds for a round."""
MACHINES: Final = 40_000


class Round(Struct, frozen=True):
    """How it went: seconds in all, and of each notification."""

    seconds: float
    waits: list[float]

    @property
    def rate(self) -> float:
        """Notifications a second."""
        return len(self.waits) / self.seconds


def notifications(count: int, first: int) -> list[bytes]:
    """So many requests of Midtrans', signed, about orders of many machines; none comes twice."""
    return [request(order_id(f"K{number % MACHINES:05d}")) for number in range(first, first + count)]


def request(order: str) -> bytes:
    """One as it goes over the line."""
    letter = letters.midtrans(order)
    head = (
        f"POST {letter.path} HTTP/1.1\r\nhost: hooks.example.com\r\nuser-agent: Veritrans\r\naccept: */*\r\n"
    )
    kind = f"content-type: application/json\r\ncontent-length: {len(letter.body)}\r\n\r\n"
    return (head + kind).encode() + letter.body


class _Lane(asyncio.Protocol):
    def __init__(self, left: Iterator[bytes], waits: list[float]) -> None:
        self._left = left
        self._waits = waits
        self._heard = b""
        self.is_done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: Any) -> None:  # uvloop's is none of asyncio's
        self._transport = transport
        self._next()

    def _next(self) -> None:
        message = next(self._left, None)
        if message is None:
            self.is_done.set_result(None)
            return
        self._message = message
        self._sent_at = time.perf_counter()
        self._transport.write(message)

    def data_received(self, data: bytes) -> None:
        self._heard += data
        if not self._heard.endswith(b"\r\n\r\n"):  # the answer has no body
            return
        if self._heard.startswith(b"HTTP/1.1 503 "):  # Redis had no time for a second: a gateway tries again
            self._heard = b""
            self._transport.write(self._message)
            return
        self._waits.append(time.perf_counter() - self._sent_at)
        if not self._heard.startswith(b"HTTP/1.1 200 "):
            self.is_done.set_exception(AssertionError(f"a notification was answered {self._heard[:60]!r}"))
            return
        self._heard = b""
        self._next()

    def close(self) -> None:
        self._transport.close()


def send(messages: Sequence[bytes], *ports: int) -> Round:
    """Send all of them, over `LANES` connections to each port; every answer must be 200."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_send(messages, ports))


async def _send(messages: Sequence[bytes], ports: Sequence[int]) -> Round:
    loop = asyncio.get_running_loop()
    left, waits = iter(messages), list[float]()
    begun = time.perf_counter()
    lanes = [
        (await loop.create_connection(lambda: _Lane(left, waits), "127.0.0.1", port))[1]
        for port in ports
        for _ in range(LANES)
    ]
    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(*(lane.is_done for lane in lanes))
    ended = time.perf_counter()
    for lane in lanes:
        lane.close()
    return Round(ended - begun, waits)
