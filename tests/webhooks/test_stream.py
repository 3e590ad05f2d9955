"""The stream, over a real Redis and over a pretended one."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis as AwaitingRedis
from redis.crc import key_slot

from kiosk.webhooks.layout import GROUP, Noted, aside_of, partition_of, read, stream_of
from kiosk.webhooks.stream import Entry, Inlet, Outlet, StreamAway
from tests.mqtt.broker import DEADLINE
from tests.webhooks.redis_server import DURABLE, RedisServer, Store, lay

NOTED = Noted("midtrans", "K01", "K013FQ8Z0W5N1T7C2M9R4XA", 1_767_225_600)
KEY = stream_of(0)
EIGHTS = [2, 0, 2]
SMALL = (*DURABLE, "--maxmemory", "9mb")


def append(store: Store, *many: Noted, partitions: int = 1, replicas: int = 0) -> None:
    async def work() -> None:
        clients = store.clients()
        clients.calling.close()
        inlet = Inlet(clients.awaiting, partitions, replicas)
        try:
            for noted in many:
                await inlet.append(noted)
        finally:
            await inlet.close()

    asyncio.run(work())


@contextmanager
def outlet(store: Store, name: str = "one", partition: int = 0) -> Iterator[Outlet]:
    clients = store.clients()
    found = Outlet(clients.calling, partition, name)
    found.found()
    try:
        yield found
    finally:
        clients.calling.close()


def numbered(count: int, received: int = 1) -> list[Noted]:
    return [Noted("midtrans", "K01", f"order-{number}", received) for number in range(count)]


def references(entries: list[Entry]) -> list[str]:
    return [entry.noted.reference for entry in entries if entry.noted]


def test_what_was_appended_is_read_once(store: Store) -> None:
    append(store, NOTED)
    with outlet(store) as one, outlet(store, "two") as two:
        assert [entry.noted for entry in one.fresh(10, 0.01)] == [NOTED]
        assert two.fresh(10, 0.01) == []


def test_what_came_before_the_first_forwarder_is_not_lost(store: Store) -> None:
    lay(store, *numbered(3))
    with outlet(store) as one:
        assert references(one.fresh(10, 0.01)) == ["order-0", "order-1", "order-2"]


def test_founding_the_group_again_changes_nothing(store: Store) -> None:
    lay(store, *numbered(2))
    with outlet(store) as one:
        one.acknowledge(one.fresh(1, 0.01))
        one.found()
        assert references(one.fresh(10, 0.01)) == ["order-1"]


def test_what_was_not_acknowledged_is_still_owed(store: Store) -> None:
    lay(store, *numbered(3))
    with outlet(store) as one:
        read = one.fresh(10, 0.01)
        one.acknowledge(read[:1])
        assert one.mine(10) == read[1:]


def test_another_takes_over_what_a_dead_one_held(store: Store) -> None:
    lay(store, *numbered(2))
    with outlet(store, "dead") as dead, outlet(store, "heir") as heir:
        held = dead.fresh(10, 0.01)
        assert heir.abandoned(10, 60) == []
        assert heir.abandoned(10, 0) == held
        assert dead.mine(10) == []
        heir.acknowledge(held)
        assert heir.abandoned(10, 0) == []


def test_however_much_a_dead_one_held_all_of_it_is_taken_over(store: Store) -> None:
    """A few at each call; what was taken over already stands before the rest."""
    lay(store, *numbered(30))
    with outlet(store, "dead") as dead, outlet(store, "heir") as heir:
        dead.fresh(30, 0.01)
        taken = [reference for _ in range(3) for reference in references(heir.abandoned(10, 0))]
    assert taken == [f"order-{number}" for number in range(30)]


def test_only_what_is_acknowledged_is_trimmed(store: Store) -> None:
    """Redis trims whole nodes of a hundred entries, so that many take part."""
    lay(store, *numbered(450))
    with outlet(store) as one, store.client() as client:
        read = one.fresh(350, 0.01)
        one.acknowledge([*read[:250], *read[251:]])
        one.tidy()
        kept = {number.decode() for number, _ in client.xrange(KEY)}
        assert read[250].id in kept, "it is still owed"
        assert len(kept) < 450, "something is trimmed"
        assert references(one.fresh(1000, 0.01)) == [f"order-{number}" for number in range(350, 450)]


def test_when_all_is_done_next_to_nothing_stays(store: Store) -> None:
    lay(store, *numbered(450))
    with outlet(store) as one, store.client() as client:
        one.acknowledge(one.fresh(1000, 0.01))
        one.tidy()
        assert client.xlen(KEY) <= 101


def test_nothing_is_trimmed_that_nobody_has_read(store: Store) -> None:
    lay(store, *numbered(450))
    with outlet(store) as one, store.client() as client:
        one.tidy()
        assert client.xlen(KEY) == 450


def test_a_stream_that_was_begun_anew_by_a_receiver_is_left_alone(store: Store) -> None:
    """Redis lost everything, and nobody has founded the group since."""
    with outlet(store) as one, store.client() as client:
        client.flushall()
        lay(store, NOTED)
        with suppress(StreamAway):
            one.tidy()
        assert client.xlen(KEY) == 1


def test_what_cannot_be_delivered_is_kept_aside(store: Store) -> None:
    lay(store, NOTED)
    with outlet(store) as one, store.client() as client:
        (entry,) = one.fresh(10, 0.01)
        one.set_aside(entry)
        assert one.mine(10) == []
        ((_, fields),) = client.xrange(aside_of(0))
        assert fields[b"id"].decode() == entry.id
        assert read(fields) == NOTED


@pytest.mark.parametrize(
    "fields",
    [{"x": "1"}, {"hint": ""}, {"hint": b"\xff"}, {"hint": "{}"}, {"hint": '{"gateway":7}'}],
    ids=str,
)  # fmt: skip
def test_what_no_receiver_wrote_is_an_entry_without_a_hint(store: Store, fields: dict[str, Any]) -> None:
    with outlet(store) as one, store.client() as client:
        client.xadd(KEY, fields)
        assert [entry.noted for entry in one.fresh(10, 0.01)] == [None]


def test_who_leaves_takes_his_name_along_unless_he_owes_something(store: Store) -> None:
    lay(store, *numbered(2))
    with outlet(store, "debtor") as debtor, outlet(store, "honest") as honest, store.client() as client:
        debtor.fresh(1, 0.01)
        honest.acknowledge(honest.fresh(1, 0.01))
        debtor.leave()
        honest.leave()
        assert [each["name"] for each in client.xinfo_consumers(KEY, GROUP)] == [b"debtor"]


def test_a_name_is_struck_once_nobody_bears_it_any_more_unless_entries_hang_on_it(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A forwarder that was killed cannot take its name along."""
    lay(store, *numbered(2))
    with outlet(store, "gone") as gone, outlet(store, "debtor") as debtor, store.client() as client:
        gone.acknowledge(gone.fresh(1, 0.01))
        debtor.fresh(1, 0.01)
        debtor.tidy()
        assert {each["name"] for each in client.xinfo_consumers(KEY, GROUP)} == {b"gone", b"debtor"}
        monkeypatch.setattr("kiosk.webhooks.stream.outlet.FORGOTTEN_AFTER", -1)
        debtor.tidy()
        assert {each["name"] for each in client.xinfo_consumers(KEY, GROUP)} == {b"debtor"}


def test_the_machines_of_a_fleet_spread_over_all_partitions() -> None:
    spread = [partition_of(f"K{number:05d}", 8) for number in range(50_000)]
    assert {partition: 0.9 < spread.count(partition) / 6250 < 1.1 for partition in range(8)} == dict.fromkeys(
        range(8), True
    )


def test_every_process_finds_the_same_partition() -> None:
    """Written down here, for a hash that is drawn anew at every start would look right in each."""
    assert [partition_of(kiosk, 8) for kiosk in ("K01", "K02", "GATE12")] == EIGHTS


def test_a_cluster_spreads_partitions_and_keeps_together_what_belongs_to_one() -> None:
    slots = [key_slot(stream_of(partition).encode()) for partition in range(8)]
    assert slots == [key_slot(aside_of(partition).encode()) for partition in range(8)]
    assert len(set(slots)) == 8


def test_a_machine_is_always_in_the_same_partition(store: Store) -> None:
    many = [Noted("midtrans", f"K{number:02d}", "x", 1) for number in range(20)]
    append(store, *many, *many, partitions=4)
    for partition in range(4):
        with outlet(store, partition=partition) as one:
            kiosks = {entry.noted.kiosk for entry in one.fresh(100, 0.01) if entry.noted}
            assert {partition_of(kiosk, 4) for kiosk in kiosks} == {partition}


@pytest.mark.parametrize(
    ("words", "caution"),
    [
        (DURABLE, ""),
        (("--save", ""), "appendonly is no"),
        (
            (*DURABLE, "--maxmemory", "9mb", "--maxmemory-policy", "allkeys-lru"),
            "maxmemory-policy is allkeys-lru",
        ),
        ((*DURABLE, "--maxmemory", "9mb", "--maxmemory-policy", "noeviction"), ""),
        ((*DURABLE, "--rename-command", "INFO", ""), ""),
    ],
)
def test_a_redis_that_could_lose_hints_is_said_so(
    tmp_path: Path, words: tuple[str, ...], caution: str
) -> None:
    with RedisServer(tmp_path / "redis", *words) as server, outlet(server) as one:
        said = one.cautions()
    assert len(said) == bool(caution)
    assert all(line.startswith(caution) for line in said)


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    with RedisServer(tmp_path / "redis") as server:
        yield server


def test_a_redis_that_is_gone_is_said_so_at_once(redis_server: RedisServer) -> None:
    redis_server.kill()
    with pytest.raises(StreamAway, match="Redis: "):
        append(redis_server, NOTED)
    with pytest.raises(StreamAway), outlet(redis_server):
        pass


def test_a_redis_that_is_frozen_is_not_waited_for(
    redis_server: RedisServer, in_haste: Callable[[], AbstractContextManager[None]]
) -> None:
    """Not even by a client that would wait for ever, as one does behind a batch that is stuck."""

    async def work() -> None:
        inlet = Inlet(AwaitingRedis(host="127.0.0.1", port=redis_server.port))
        redis_server.freeze()
        with in_haste(), pytest.raises(StreamAway, match="in time"):
            await asyncio.wait_for(inlet.append(NOTED), DEADLINE)
        redis_server.thaw()
        await inlet.close()

    asyncio.run(work())


def test_a_connection_that_died_in_the_meantime_costs_no_notification(redis_server: RedisServer) -> None:
    async def work() -> None:
        clients = redis_server.clients()
        clients.calling.close()
        inlet = Inlet(clients.awaiting)
        await inlet.append(NOTED)
        await asyncio.to_thread(redis_server.kill)
        await asyncio.to_thread(redis_server.start)
        await inlet.append(NOTED)
        await inlet.close()

    asyncio.run(work())
    with redis_server.client() as client:
        assert client.xlen(KEY) == 2


@pytest.mark.parametrize("begun", ["nothing", "entries"])
def test_a_redis_that_is_full_before_the_first_forwarder_came_is_said_to_be_full(
    redis_server: RedisServer, begun: str
) -> None:
    if begun == "entries":
        lay(redis_server, NOTED)
    with redis_server.client() as client:
        client.config_set("maxmemory", "1")
    with pytest.raises(StreamAway, match="maxmemory"), outlet(redis_server):
        pass


def test_without_the_replicas_that_were_asked_for_nothing_is_promised(redis_server: RedisServer) -> None:
    with pytest.raises(StreamAway, match="0 replicas of 1"):
        append(redis_server, NOTED, replicas=1)


@pytest.mark.parametrize(
    "act",
    [lambda one: one.fresh(1, 0.01), lambda one: one.mine(1), lambda one: one.abandoned(1, 0),
     lambda one: one.tidy(), lambda one: one.leave(), lambda one: one.set_aside(Entry("0-1", NOTED)),
     lambda one: one.acknowledge([Entry("0-1", NOTED)])],
)  # fmt: skip
def test_a_forwarder_hears_of_it_whatever_it_does(
    redis_server: RedisServer, act: Callable[[Outlet], Any]
) -> None:
    with outlet(redis_server) as one:
        redis_server.kill()
        with pytest.raises(StreamAway):
            act(one)
