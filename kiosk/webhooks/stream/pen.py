"""Writes to one Redis: all that is asked for while it writes goes out together, next.

So Redis syncs its file once for many, and one WAIT speaks for all of them, for they go over one connection.
"""

import asyncio
from typing import Any, Final, NamedTuple

from redis.asyncio import Redis

from kiosk.webhooks.stream.away import TROUBLES, StreamAway

MOST: Final = 256
"""Entries that are written together."""
REPLICATION: Final = 200
"""Milliseconds that replicas are given."""


class _Request(NamedTuple):
    key: str
    fields: dict[str, bytes]
    answer: asyncio.Future[Exception | None]


class Pen:
    """For one event loop."""

    def __init__(self, client: Redis, replicas: int) -> None:
        self._client = client
        self._replicas = replicas
        self._waiting: list[_Request] = []
        self._writing: asyncio.Task[None] | None = None

    async def append(self, key: str, fields: dict[str, bytes]) -> None:
        """Append an entry; on return it is there, and in the replicas.  Raises `TROUBLES`."""
        request = _Request(key, fields, asyncio.get_running_loop().create_future())
        self._waiting.append(request)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        trouble = await request.answer
        if trouble is not None:
            raise trouble

    async def close(self) -> None:
        """Wait until nothing is being written."""
        if self._writing is not None:
            await self._writing

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            for request, answer in zip(batch, await self._written(batch), strict=True):
                if not request.answer.done():  # nobody waits any more
                    request.answer.set_result(answer)

    async def _written(self, batch: list[_Request]) -> list[Exception | None]:
        try:
            answers = await self._sent(batch)
        except TROUBLES as error:
            return [error] * len(batch)
        reached = answers.pop() if self._replicas else 0
        if isinstance(reached, Exception):
            return [reached] * len(batch)
        if reached < self._replicas:
            trouble = StreamAway(f"Redis: {reached} replicas of {self._replicas} keep up; see to them")
            return [trouble] * len(batch)
        return [answer if isinstance(answer, Exception) else None for answer in answers]

    async def _sent(self, batch: list[_Request]) -> list[Any]:
        async with self._client.pipeline(transaction=False) as pipeline:
            for request in batch:
                pipeline.xadd(request.key, request.fields)  # type: ignore[arg-type]  # a dict is invariant
            if self._replicas:
                pipeline.execute_command("WAIT", self._replicas, REPLICATION)
            return await pipeline.execute(raise_on_error=False)
