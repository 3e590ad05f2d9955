"""The receivers' side of the stream: a hint is kept, or it is said in time that it is not.

In a cluster a hint whose own master cannot keep it goes to another partition: forwarders read them all, and
the order of hints means nothing.
"""

import asyncio
from typing import Final

from redis.asyncio import Redis

from kiosk.webhooks.layout import Noted, partition_of, stream_of, written
from kiosk.webhooks.stream.away import TROUBLES, StreamAway, away
from kiosk.webhooks.stream.masters import Masters, Single
from kiosk.webhooks.stream.pen import Pen

PATIENCE: Final = 0.8
"""Seconds to keep a notification; a gateway that hears 503 within a second sends it again."""
TRIES: Final = 3
"""Partitions that are tried, each for a part of the time."""
SHUNNED: Final = 2.0
"""Seconds for which a partition that failed is not the first to be tried."""


class Inlet:
    """For one event loop."""

    def __init__(self, client: Redis | Masters, partitions: int = 1, replicas: int = 0) -> None:
        self._homes = client if isinstance(client, Masters) else Single(client)
        self._partitions = partitions
        self._replicas = replicas
        self._pens: dict[Redis, Pen] = {}
        self._shunned: dict[int, float] = {}

    async def append(self, noted: Noted) -> str:
        """Keep a hint: on return it is in the stream, and in as many replicas as configured.

        Says what stood in the way of its own partition, "" where nothing did.  Raises StreamAway within a
        second; it may be there all the same.
        """
        trouble = ""
        order = self._order(partition_of(noted.kiosk, self._partitions))
        for partition in order:
            try:
                async with asyncio.timeout(PATIENCE / len(order)):
                    pen = await self._pen(partition)
                    await pen.append(stream_of(partition), written(noted))
            except (*TROUBLES, StreamAway) as error:
                self._shun(partition)
                trouble = str(_named(error))
            else:
                self._shunned.pop(partition, None)
                return trouble
        raise StreamAway(trouble)

    async def check(self) -> None:
        """Ask for a sign of life of one that could keep a hint; raises StreamAway."""
        trouble = StreamAway("Redis: nobody was asked")
        for partition in self._order(0):
            try:
                async with asyncio.timeout(PATIENCE / TRIES):
                    client = await self._homes.of(stream_of(partition))
                    await client.ping()
            except (*TROUBLES, StreamAway) as error:
                self._shun(partition)
                trouble = _named(error)
            else:
                return
        raise trouble

    async def close(self) -> None:
        """Let go of the connections, once nothing is being written."""
        for pen in self._pens.values():
            await pen.close()
        await self._homes.close()

    async def _pen(self, partition: int) -> Pen:
        client = await self._homes.of(stream_of(partition))
        if client not in self._pens:
            self._pens[client] = Pen(client, self._replicas)
        return self._pens[client]

    def _order(self, own: int) -> list[int]:
        """Its own partition and a few others, those that failed just now last."""
        if not self._homes.detours:
            return [own]
        now = asyncio.get_running_loop().time()
        circle = [(own + step) % self._partitions for step in range(self._partitions)]
        circle.sort(key=lambda partition: self._shunned.get(partition, 0.0) > now)
        return circle[:TRIES]

    def _shun(self, partition: int) -> None:
        self._shunned[partition] = asyncio.get_running_loop().time() + SHUNNED
        self._homes.doubt()


def _named(error: BaseException) -> StreamAway:
    return StreamAway("Redis does not answer in time") if isinstance(error, TimeoutError) else away(error)
