"""A Redis Cluster on loopback: three masters with a replica each."""

import time
from contextlib import ExitStack, closing
from pathlib import Path
from threading import Event
from types import TracebackType
from typing import Any, Final, Self

import redis
from redis.exceptions import RedisClusterException

from tests.mqtt.broker import DEADLINE, free_port
from tests.webhooks.redis_server import DURABLE, RedisServer

SLOTS: Final = 16384
MASTERS: Final = 3
IMPATIENT: Final = (
    *("--cluster-enabled", "yes", "--cluster-node-timeout", "1000"),
    *("--cluster-require-full-coverage", "no", *DURABLE),
    *("--repl-diskless-sync-delay", "0"),  # a replica is there at once, not after five seconds
)


class Cluster:
    """Started when made; ready when every slot is served and every master has its replica."""

    def __init__(self, folder: Path) -> None:
        self.nodes: list[RedisServer] = []
        # The bus is 10000 above by itself, which is no port for many of the free ones.
        self._buses = [free_port() for _ in range(2 * MASTERS)]
        with ExitStack() as stack:
            for number, bus in enumerate(self._buses):
                node = RedisServer(folder / f"node{number}", *IMPATIENT, "--cluster-port", str(bus))
                self.nodes.append(stack.enter_context(node))
            self._wire()
            self._running = stack.pop_all()

    @property
    def ports(self) -> list[int]:
        return [node.port for node in self.nodes]

    def _wire(self) -> None:
        clients: list[Any] = [redis.Redis("127.0.0.1", port, decode_responses=True) for port in self.ports]
        try:
            for number, client in enumerate(clients[:MASTERS]):
                first, last = number * SLOTS // MASTERS, (number + 1) * SLOTS // MASTERS - 1
                client.execute_command("CLUSTER ADDSLOTSRANGE", first, last)
                client.execute_command("CLUSTER SET-CONFIG-EPOCH", number + 1)
            names = [client.execute_command("CLUSTER MYID") for client in clients]
            self._until(lambda: self._know_each_other(clients, set(names)))
            for master, replica in zip(names, clients[MASTERS:], strict=False):
                replica.execute_command("CLUSTER REPLICATE", master)
            self._until(lambda: all(_is_whole(client) for client in clients))
        finally:
            for client in clients:
                client.close()

    def _know_each_other(self, clients: list[Any], names: set[str]) -> bool:
        """Introduce to each whom he does not know: one who took more than a second to answer is forgotten."""
        for client in clients:
            known = {place.rpartition(":")[2] for place in _nodes(client)}
            for port, bus in zip(self.ports, self._buses, strict=True):
                if str(port) not in known:
                    client.execute_command("CLUSTER MEET", "127.0.0.1", port, bus)
        # by their own names: one that has not answered yet bears another, and nobody can become its replica
        return all({node["node_id"] for node in _nodes(client).values()} == names for client in clients)

    def _until(self, fits: Any) -> None:
        until = time.monotonic() + DEADLINE
        while not fits():
            assert time.monotonic() < until, "the cluster does not come together"
            Event().wait(0.05)

    def client(self) -> Any:
        """An ordinary client of the cluster."""
        alive = next(node.port for node in self.nodes if node.is_alive)
        return redis.RedisCluster(host="127.0.0.1", port=alive)

    def holds(self, key: str, count: int) -> bool:
        """Whether so many entries are in a stream, at whoever serves it now; False while nobody does."""
        try:
            with closing(self.client()) as client:
                return bool(client.xlen(key) >= count)
        except (redis.RedisError, RedisClusterException):
            return False

    def master_of(self, key: str) -> RedisServer:
        """Who serves a key now."""
        with closing(self.client()) as client:
            port = client.get_node_from_key(key).port
        return next(node for node in self.nodes if node.port == port)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._running.close()


def _nodes(client: Any) -> dict[str, dict[str, str]]:
    """Whom a node knows, by their places."""
    found: dict[str, dict[str, str]] = client.execute_command("CLUSTER NODES")
    return found


def _is_whole(client: Any) -> bool:
    info = client.execute_command("CLUSTER INFO")
    role = client.info("replication")
    has_other = role.get("connected_slaves") == 1 or role.get("master_link_status") == "up"
    return bool(info["cluster_state"] == "ok" and has_other)
