"""Hints in Redis: receivers append, a group of forwarders reads, and what is acknowledged is trimmed.

The only place that knows Redis.  `Inlet` and `Outlet` are handed their client, so the tests hand them a real
one, a cluster's or a pretended one; `connect` and `connect_awaiting` make those of production.  Everything
that Redis does wrong is `StreamAway`.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Final, NamedTuple, TypeAlias

from redis import Redis, RedisCluster
from redis.asyncio import Redis as AwaitingRedis
from redis.asyncio import RedisCluster as AwaitingCluster
from redis.asyncio.cluster import ClusterNode as AwaitingNode
from redis.asyncio.retry import Retry as AwaitingRetry
from redis.backoff import NoBackoff
from redis.cluster import ClusterNode
from redis.exceptions import MovedError, RedisError, ResponseError
from redis.retry import Retry

from kiosk.errors import KioskError
from kiosk.webhooks.config import Settings
from kiosk.webhooks.layout import (
    GROUP,
    MOST_SET_ASIDE,
    Noted,
    aside_of,
    partition_of,
    read,
    stream_of,
    written,
)

PATIENCE: Final = 0.8
"""Seconds to keep a notification; a gateway that hears 503 within a second sends it again."""
REPLICATION: Final = 250
"""Milliseconds that replicas are given."""
FORGOTTEN_AFTER: Final = 24 * 3600 * 1000
"""Milliseconds without a sign of life after which a forwarder's empty name is struck from the group."""

Client: TypeAlias = "Redis | RedisCluster"
AwaitingClient: TypeAlias = "AwaitingRedis | AwaitingCluster"


class StreamAway(KioskError):
    """Redis does not answer, or not as it should; nothing is known of what was under way."""


class Entry(NamedTuple):
    """What lies in the stream under an id; `noted` is None where it is no hint."""

    id: str
    noted: Noted | None


class Inlet:
    """The receivers' side; for one event loop."""

    def __init__(self, client: AwaitingClient, partitions: int = 1, replicas: int = 0) -> None:
        self._client = client
        self._partitions = partitions
        self._replicas = replicas

    async def append(self, noted: Noted) -> None:
        """Keep a hint: on return it is in the stream, and in as many replicas as configured.

        Raises StreamAway within a second; it may be there all the same.
        """
        key = stream_of(partition_of(noted.kiosk, self._partitions))
        async with _in_time():
            try:
                await self._append(key, written(noted))
            except MovedError:
                # the cluster has changed; a pipeline does not follow, for its WAIT would stay behind
                await self._reread()
                await self._append(key, written(noted))

    async def _append(self, key: str, fields: dict[str, str]) -> None:
        if not self._replicas:
            await self._client.xadd(key, fields)  # type: ignore[arg-type]  # a dict's keys are invariant
            return
        # On one connection, for WAIT speaks of what its own connection wrote.
        pipeline: Any = self._client.pipeline(transaction=False)
        target = {}
        if isinstance(self._client, AwaitingCluster):
            await self._client.initialize()
            target = {"target_nodes": self._client.get_node_from_key(key)}
        pipeline.xadd(key, fields)
        pipeline.execute_command("WAIT", self._replicas, REPLICATION, **target)
        _, reached = await _executed(pipeline)
        if reached < self._replicas:
            raise StreamAway(f"Redis has {reached} replicas of {self._replicas} that keep up; see to them")

    async def _reread(self) -> None:
        if isinstance(self._client, AwaitingCluster):
            await self._client.aclose()
            await self._client.initialize()

    async def check(self) -> None:
        """Ask Redis for a sign of life; raises StreamAway."""
        async with _in_time():
            await self._client.ping()

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()


@asynccontextmanager
async def _in_time() -> AsyncIterator[None]:
    """Every failure of Redis, and its silence, as StreamAway."""
    try:
        async with asyncio.timeout(PATIENCE):
            yield
    except TimeoutError as error:
        raise StreamAway("Redis does not answer in time") from error
    except (RedisError, OSError) as error:
        raise StreamAway(_words(error)) from error


async def _executed(pipeline: Any) -> list[Any]:
    if hasattr(pipeline, "cluster_client"):
        results: list[Any] = await pipeline.execute(allow_redirections=False)
    else:
        results = await pipeline.execute()
    return results


class Outlet:
    """One forwarder's side of one partition; for one thread."""

    def __init__(self, client: Client, partition: int, name: str) -> None:
        self._client = client
        self._key = stream_of(partition)
        self._aside = aside_of(partition)
        self._name = name
        self._cursor = "0-0"

    def found(self) -> None:
        """Make sure that the group is there, from the oldest entry on; raises StreamAway like all below."""
        with translated():
            try:
                self._client.xgroup_create(self._key, GROUP, id="0", mkstream=True)
            except ResponseError as error:
                if not str(error).startswith("BUSYGROUP"):
                    raise

    def fresh(self, count: int, wait: float) -> list[Entry]:
        """Entries that nobody has read, after at most so many seconds."""
        return self._read(">", count, max(1, int(wait * 1000)))

    def mine(self, count: int) -> list[Entry]:
        """Entries that were read under our name and not acknowledged, the oldest first."""
        return self._read("0", count, None)

    def abandoned(self, count: int, idle: float) -> list[Entry]:
        """Take over entries that another has not acknowledged for so many seconds; a few at each call."""
        with translated():
            answer = self._client.xautoclaim(
                self._key, GROUP, self._name, int(idle * 1000), self._cursor, count=count
            )
        self._cursor = answer[0].decode()
        return _entries(answer[1])

    def acknowledge(self, entries: Sequence[Entry]) -> None:
        """Let the stream go of entries."""
        if entries:
            with translated():
                self._client.xack(self._key, GROUP, *(entry.id for entry in entries))

    def set_aside(self, entry: Entry) -> None:
        """Keep an entry that cannot be delivered for a person to look at, and let the stream go of it."""
        with translated():
            noted = written(entry.noted) if entry.noted else {}
            fields: Any = {"id": entry.id, **noted}
            self._client.xadd(self._aside, fields, maxlen=MOST_SET_ASIDE)
        self.acknowledge([entry])

    def tidy(self) -> None:
        """Trim what every forwarder is done with, and strike names that nobody bears any more."""
        with translated():
            if done := self._done():
                self._client.xtrim(self._key, minid=done, approximate=True)
            for one in self._client.xinfo_consumers(self._key, GROUP):
                if one["pending"] == 0 and one["idle"] > FORGOTTEN_AFTER:
                    self._client.xgroup_delconsumer(self._key, GROUP, one["name"])

    def leave(self) -> None:
        """Strike our name, unless entries hang on it; another takes those over."""
        with translated():
            if not self.mine(1):
                self._client.xgroup_delconsumer(self._key, GROUP, self._name)

    def _done(self) -> str | None:
        """The oldest entry that is still wanted, or the newest one that was read."""
        group = next(one for one in self._client.xinfo_groups(self._key) if one["name"] == GROUP.encode())
        if not group["pending"]:
            return str(group["last-delivered-id"].decode())
        oldest = self._client.xpending(self._key, GROUP)["min"]
        return oldest.decode() if oldest else None

    def _read(self, start: str, count: int, block: int | None) -> list[Entry]:
        with translated():
            answer: Any = self._client.xreadgroup(
                GROUP, self._name, {self._key: start}, count=count, block=block
            )
        return [entry for _, raw in answer or () for entry in _entries(raw)]


@contextmanager
def translated() -> Iterator[None]:
    """Every failure of Redis as StreamAway."""
    try:
        yield
    except (RedisError, OSError) as error:
        raise StreamAway(_words(error)) from error


def _entries(raw: Any) -> list[Entry]:
    """What Redis answers; an entry that was deleted meanwhile has no fields."""
    return [Entry(number.decode(), read(fields) if fields else None) for number, fields in raw if number]


def _words(error: Exception) -> str:
    """What is wrong with Redis, without what was sent to it."""
    first = str(error).split(" of pipeline caused error: ")[-1].strip("()'\",") or type(error).__name__
    return f"Redis: {' '.join(first.split())[:160]}"


def connect(settings: Settings, timeout: float = 5.0) -> Client:
    """A client for forwarders; connects when it is first used."""
    client: Client = _connected(settings, Redis, RedisCluster, ClusterNode, Retry(NoBackoff(), 1), timeout)
    return client


def connect_awaiting(settings: Settings) -> AwaitingClient:
    """A client for receivers; connects when it is first used."""
    retry = AwaitingRetry(NoBackoff(), 1)
    client: AwaitingClient = _connected(
        settings, AwaitingRedis, AwaitingCluster, AwaitingNode, retry, PATIENCE / 2
    )
    return client


def _connected(
    settings: Settings, single: Any, cluster: Any, node: Callable[[str, int], Any], retry: Any, timeout: float
) -> Any:
    table, secrets = settings.file.redis, settings.secrets
    user, password = secrets.get("redis.user"), secrets.get("redis.password")
    shared = {
        "username": user.reveal() if user else None,
        "password": password.reveal() if password else None,
        "socket_timeout": timeout,
        "socket_connect_timeout": timeout,
        "ssl": table.tls,
        "ssl_ca_certs": str(table.ca) if table.ca else None,
        "protocol": 2,
        "retry": retry,
    }
    if table.cluster:
        nodes = [node(host, port) for host, port in table.places]
        return cluster(startup_nodes=nodes, require_full_coverage=False, **shared)
    host, port = table.places[0]
    return single(host=host, port=port, **shared)
