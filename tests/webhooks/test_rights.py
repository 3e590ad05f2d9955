"""The login that the handbook gives the service is enough for all that it does."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from redis.exceptions import NoPermissionError

from kiosk.secret import Secret
from kiosk.webhooks.config import File, Redis, Settings
from kiosk.webhooks.layout import Noted
from kiosk.webhooks.stream import Inlet, Outlet, connect, connect_awaiting
from tests.mqtt.broker import DEADLINE
from tests.webhooks.cluster import Cluster
from tests.webhooks.redis_server import RedisServer

HANDBOOK = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text(encoding="utf-8")
RIGHTS = re.findall(r"ACL SETUSER webhooks on >\S+ ([^`\n]+)", HANDBOOK)
NOTED = Noted("midtrans", "K01", "x", 1)


def settings(ports: list[int], *, cluster: bool) -> Settings:
    nodes = tuple(f"127.0.0.1:{port}" for port in ports)
    logins = {"redis.user": Secret("webhooks"), "redis.password": Secret("a-password")}
    return Settings(file=File(redis=Redis(nodes=nodes, cluster=cluster)), keys={}, secrets=logins)


@pytest.fixture(params=["one", "cluster"])
def guarded(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """A Redis, or a cluster, that knows the handbook's login."""
    (rights,) = RIGHTS
    is_cluster = request.param == "cluster"
    with Cluster(tmp_path) if is_cluster else RedisServer(tmp_path / "redis") as there:
        servers = there.nodes if isinstance(there, Cluster) else [there]
        for server in servers:
            with server.client() as client:
                client.execute_command("ACL", "SETUSER", "webhooks", "on", ">a-password", *rights.split())
        yield settings([server.port for server in servers], cluster=is_cluster)


def test_the_handbooks_login_may_do_what_is_done_and_nothing_else(
    guarded: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.webhooks.stream.pen.REPLICATION", DEADLINE * 1000 // 2)

    async def append() -> None:
        inlet = Inlet(connect_awaiting(guarded), replicas=int(guarded.file.redis.cluster))
        assert await inlet.append(NOTED) == ""
        await inlet.check()
        await inlet.close()

    asyncio.run(append())
    with closing(connect(guarded)) as client:
        outlet = Outlet(client, 0, "one")
        outlet.found()
        (entry,) = outlet.fresh(10, 0.01)
        assert outlet.abandoned(10, 60) == []
        outlet.set_aside(entry)
        assert outlet.cautions() == []
        outlet.tidy()
        outlet.leave()
        with pytest.raises(NoPermissionError):
            client.flushall()
