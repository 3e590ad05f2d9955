"""Which Redis keeps which key: the only one there is, or the master of a cluster that serves it now.

Each master is spoken to over connections of its own, so that one that is dead or frozen holds up nobody else.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

from redis.asyncio import Redis
from redis.crc import key_slot

from kiosk.webhooks.stream.away import TROUBLES, StreamAway

Place: TypeAlias = tuple[str, int]
ASKING: Final = 0.3
"""Seconds that a node is given to say who serves what."""


class Single:
    """One Redis for everything."""

    detours = False

    def __init__(self, client: Redis) -> None:
        self._client = client

    async def of(self, key: str) -> Redis:
        """Who keeps it."""
        return self._client

    def doubt(self) -> None:
        """There is nobody else to ask."""

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()


class _Range(NamedTuple):
    first: int
    last: int
    place: Place


class Masters:
    """The masters of a cluster; for one event loop.  `connect` makes the client of one node."""

    detours = True

    def __init__(self, places: Sequence[Place], connect: Callable[[str, int], Redis]) -> None:
        self._places = list(places)
        self._connect = connect
        self._clients: dict[Place, Redis] = {}
        self._ranges: list[_Range] = []
        self._asking: asyncio.Task[None] | None = None

    async def of(self, key: str) -> Redis:
        """Who keeps it, as far as we know; raises StreamAway where nobody does."""
        if not self._ranges:
            await self._ask()
        slot = key_slot(key.encode())
        for first, last, place in self._ranges:
            if first <= slot <= last:
                return self._client(place)
        raise StreamAway(f"Redis: the cluster does not serve slot {slot}")

    def doubt(self) -> None:
        """Somebody did not do as he should: ask anew who serves what, and meanwhile go on as before."""
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask_quietly())

    async def close(self) -> None:
        """Let go of the connections."""
        if self._asking is not None:
            self._asking.cancel()
        for client in self._clients.values():
            await client.aclose()

    async def _ask_quietly(self) -> None:
        try:
            await self._ask()
        except StreamAway:
            return

    async def _ask(self) -> None:
        """Take the word of the first node that answers."""
        known = dict.fromkeys([*(each.place for each in self._ranges), *self._places])
        for place in known:
            try:
                async with asyncio.timeout(ASKING):
                    said = await _slots(self._client(place))
            except TROUBLES:
                continue
            if ranges := _ranges(said):
                self._ranges = ranges
                return
        raise StreamAway("Redis: no node of the cluster says who serves what")

    def _client(self, place: Place) -> Redis:
        if place not in self._clients:
            self._clients[place] = self._connect(*place)
        return self._clients[place]


async def _slots(client: Any) -> Any:
    return await client.execute_command("CLUSTER SLOTS")


def _ranges(said: Any) -> list[_Range]:
    """CLUSTER SLOTS: for each range of slots first and last, the master, and its replicas."""
    return [
        _Range(int(first), int(last), (master[0].decode(), int(master[1])))
        for first, last, master, *_ in said
        if master[0]
    ]
