"""The clients of production, made of the configuration; they connect when they are first used."""

import time
from collections.abc import Callable
from threading import Lock
from typing import Any, Final, TypeAlias

from redis import Redis, RedisCluster
from redis.asyncio import Redis as AwaitingRedis
from redis.asyncio.retry import Retry as AwaitingRetry
from redis.backoff import NoBackoff
from redis.cluster import ClusterNode
from redis.exceptions import RedisClusterException
from redis.retry import Retry

from kiosk.webhooks.config import Settings
from kiosk.webhooks.stream.away import TROUBLES
from kiosk.webhooks.stream.inlet import PATIENCE
from kiosk.webhooks.stream.masters import Masters

Client: TypeAlias = "Redis | Cluster"
AwaitingClient: TypeAlias = "AwaitingRedis | Masters"

CALLING: Final = 5.0
"""Seconds; longer than a forwarder waits for entries."""
AGAIN: Final = 0.4
"""Seconds until a cluster that was not reached is asked again; forwarders try a little less often."""


class Cluster:
    """A cluster's client for any threads, made when it is first used: making it asks the cluster.

    What the client of one Redis can do, it can do too; until it is made that may raise `TROUBLES`.
    """

    def __init__(self, make: Callable[[], RedisCluster], now: Callable[[], float] = time.monotonic) -> None:
        self._make = make
        self._now = now
        self._lock = Lock()
        self._made: list[RedisCluster] = []
        self._failed = (float("-inf"), "")

    def __getattr__(self, name: str) -> Any:
        with self._lock:
            if not self._made:
                self._made.append(self._tried())
        return getattr(self._made[0], name)

    def _tried(self) -> RedisCluster:
        """Who waited while another asked in vain does not ask in turn, or the last would wait for ever."""
        failed_at, why = self._failed
        if self._now() - failed_at < AGAIN:
            raise RedisClusterException(why)
        try:
            return self._make()
        except TROUBLES as error:
            self._failed = (self._now(), str(error))
            raise

    def close(self) -> None:
        """Let go of the connections, if there ever were any."""
        for client in self._made:
            client.close()


def connect(settings: Settings) -> Client:
    """A client for forwarders."""
    table = settings.file.redis
    shared = {**_shared(settings, CALLING), "retry": Retry(NoBackoff(), 1)}
    if table.cluster:
        node: Any = ClusterNode  # has no types
        nodes = [node(host, port) for host, port in table.places]
        return Cluster(lambda: RedisCluster(startup_nodes=nodes, require_full_coverage=False, **shared))
    host, port = table.places[0]
    return Redis(host=host, port=port, **shared)


def connect_awaiting(settings: Settings) -> AwaitingClient:
    """A client for receivers."""
    table = settings.file.redis
    shared = _shared(settings, PATIENCE / 2)

    def client(host: str, port: int) -> AwaitingRedis:
        # Once more, for a connection may have died while nobody used it.
        return AwaitingRedis(host=host, port=port, retry=AwaitingRetry(NoBackoff(), 1), **shared)

    return Masters(table.places, client) if table.cluster else client(*table.places[0])


def _shared(settings: Settings, timeout: float) -> dict[str, Any]:
    table, secrets = settings.file.redis, settings.secrets
    user, password = secrets.get("redis.user"), secrets.get("redis.password")
    return {
        "username": user.reveal() if user else None,
        "password": password.reveal() if password else None,
        "socket_timeout": timeout,
        "socket_connect_timeout": timeout,
        "ssl": table.tls,
        "ssl_ca_certs": str(table.ca) if table.ca else None,
        "protocol": 2,
    }
