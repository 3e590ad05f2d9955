"""Redis Cluster: hints spread over its masters, are kept by a replica too, and outlive a master."""

import asyncio
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from redis.exceptions import RedisClusterException

from kiosk.minting import order_id
from kiosk.webhooks.config import File, Redis, Settings
from kiosk.webhooks.layout import Noted, partition_of, stream_of
from kiosk.webhooks.stream import Inlet, StreamAway, connect_awaiting
from kiosk.webhooks.stream.clients import AGAIN
from kiosk.webhooks.stream.clients import Cluster as Later
from tests.mqtt.broker import DEADLINE, PLAIN, Mosquitto
from tests.webhooks import letters
from tests.webhooks.cluster import Cluster
from tests.webhooks.processes import (
    MANY_QUEUED,
    DurableWitness,
    Program,
    Sender,
    configuration,
    is_taken,
    sent,
)

PARTITIONS = 6


def test_a_cluster_keeps_what_it_promised_when_a_master_dies(tmp_path: Path) -> None:
    *orders, last = [order_id(f"K{number % 90 + 10}") for number in range(601)]
    with ExitStack() as stack:
        cluster = stack.enter_context(Cluster(tmp_path))
        broker = stack.enter_context(Mosquitto(tmp_path, PLAIN + MANY_QUEUED))
        witness = stack.enter_context(DurableWitness(broker.port))
        file = configuration(tmp_path, broker.port, *cluster.ports, partitions=PARTITIONS, replicas=1)
        receivers = [stack.enter_context(Program("receive", file)) for _ in range(2)]
        forwarder = stack.enter_context(Program("forward", file))
        sender = stack.enter_context(Sender([each.port for each in receivers], orders))
        sender.wait_for(200)
        masters = {cluster.master_of(stream_of(partition)).port for partition in range(PARTITIONS)}
        assert len(masters) == 3, "the partitions lie on all masters"
        cluster.master_of(stream_of(0)).kill()
        sender.wait_for(len(orders))
        sender.join()
        assert witness.hears_all(set(orders)) == set()
        assert set(sender.answers) <= {"200", "503"}
        for node in cluster.nodes:
            node.kill()
        assert sent(receivers[0], letters.midtrans(last)) == 503
        assert forwarder.says("K604"), "it has noticed"
        for node in cluster.nodes:
            node.start()
        assert is_taken(receivers[0], letters.midtrans(last))
        assert witness.hears_all({last}) == set(), "the very same processes go on"


def test_nothing_is_promised_that_no_replica_has(tmp_path: Path) -> None:
    with ExitStack() as stack:
        cluster = stack.enter_context(Cluster(tmp_path))
        file = configuration(tmp_path, 1883, *cluster.ports, partitions=PARTITIONS, replicas=1)
        receiver = stack.enter_context(Program("receive", file))
        replicas = cluster.nodes[3:]
        for replica in replicas:
            replica.freeze()
        assert sent(receiver, letters.midtrans()) == 503
        for replica in replicas:
            replica.thaw()
        assert is_taken(receiver, letters.midtrans()), "as soon as they are there again"
        hints_go_home_again(cluster)


def test_who_waits_while_another_asks_a_dead_cluster_does_not_ask_in_his_turn() -> None:
    """Asking takes seconds for each node; with many partitions systemd would take the last one for stuck."""
    now, asked = [0.0], list[float]()

    def make() -> Any:
        asked.append(now[0])
        raise RedisClusterException("nobody is there")

    client = Later(make, lambda: now[0])
    for now[0] in (0.0, 0.0, 0.1, AGAIN):
        with pytest.raises(RedisClusterException, match="nobody is there"):
            client.xadd("key", {})
    client.close()
    assert asked == [0.0, AGAIN]


def hints_go_home_again(cluster: Cluster) -> None:
    """Away from a dead master, and back to its partition once that has a new one."""
    noted = Noted("midtrans", "K01", "x", 1)
    home = partition_of(noted.kiosk, PARTITIONS)
    table = Redis(nodes=tuple(f"127.0.0.1:{port}" for port in cluster.ports), cluster=True)
    settings = Settings(file=File(redis=table), keys={}, secrets={})

    async def trouble(inlet: Inlet) -> str:
        try:
            return await inlet.append(noted)
        except StreamAway as error:
            return str(error)

    async def work() -> None:
        inlet = Inlet(connect_awaiting(settings), PARTITIONS)
        assert await inlet.append(noted) == ""
        cluster.master_of(stream_of(home)).kill()
        assert "Redis: " in await inlet.append(noted)
        async with asyncio.timeout(DEADLINE):
            while await trouble(inlet) or not cluster.holds(stream_of(home), 2):  # noqa: ASYNC110  # nobody
                await asyncio.sleep(0.1)  # tells when a master is elected
        await inlet.close()

    asyncio.run(work())
