"""The running service: nobody vouches for a forwarder that is stuck or dead; each has its own name."""

import asyncio
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import fakeredis
import pytest

from kiosk.mqtt.broker import Broker
from kiosk.notify import Notifier
from kiosk.webhooks import service
from kiosk.webhooks.config import File, Forwarding, Redis, Role, Settings
from kiosk.webhooks.forwarder import Forwarder
from kiosk.webhooks.service import STUCK, Clients, Running, forwarders, running
from kiosk.webhooks.tally import Tally
from tests.mqtt.broker import DEADLINE, Mosquitto
from tests.webhooks.redis_server import FakeServer


def settings(port: int, partitions: int = 1) -> Settings:
    broker = Broker(host="127.0.0.1", port=port, tls=False)
    table = Forwarding(oldest_hours=7, take_over_seconds=11)
    return Settings(
        file=File(redis=Redis(partitions=partitions), mqtt=broker, forwarder=table), keys={}, secrets={}
    )


def made(client: Any) -> list[Forwarder]:
    """Those of one process, with two partitions, which never speak to anybody."""
    found = forwarders(settings(1883, partitions=2), client, Tally())
    for each in found:
        each._line.close()
    return found


def test_a_forwarder_that_takes_no_turn_is_not_vouched_for() -> None:
    with closing(FakeServer().clients().calling) as client:
        state = Running(Tally())
        state.forwarders = made(client)
        assert state.is_well
        state.forwarders[1].turned_at = time.monotonic() - STUCK - 1
        assert not state.is_well


class Manager(Notifier):
    """Remembers what it was told."""

    def __init__(self) -> None:
        super().__init__(None, "2000")
        self.told: list[str] = []

    def tell(self, message: str) -> None:
        self.told.append(message)


def test_systemd_hears_of_life_while_all_is_well_and_the_log_is_summed_up_all_the_while(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Whether a turn is over is seen from the log."""
    monkeypatch.setattr(service, "SUMMARY", 0.0)
    caplog.set_level("INFO", "kiosk")
    manager = Manager()

    async def summed_up(kind: str) -> None:
        state.tally.count(kind)
        async with asyncio.timeout(DEADLINE):
            while kind not in repr([vars(record) for record in caplog.records]):  # noqa: ASYNC110  # a log
                await asyncio.sleep(0.001)  # wakes nobody

    async def story() -> None:
        stopping = asyncio.Event()
        watching = asyncio.create_task(service._watch(state, manager, stopping))
        await summed_up("sick")
        assert manager.told == []
        state.forwarders[1].turned_at = time.monotonic()
        await summed_up("sound")
        await summed_up("again")
        stopping.set()
        await watching
        assert set(manager.told) == {"WATCHDOG=1"}

    with closing(FakeServer().clients().calling) as client:
        state = Running(Tally())
        state.forwarders = made(client)
        state.forwarders[1].turned_at = time.monotonic() - STUCK - 1
        asyncio.run(story())


def test_forwarders_share_no_name_and_do_as_the_file_says() -> None:
    """With one name, two processes would throw each other off the broker and read each other's entries."""
    with closing(FakeServer().clients().calling) as client:
        several = [*made(client), *made(client)]
    assert len({each._outlet._name for each in several}) == len(several)
    assert {(each._oldest, each._pace.abandoned) for each in several} == {(7 * 3600.0, 11.0)}


class Broken(fakeredis.FakeRedis):
    """Fails as nobody expects."""

    def xgroup_create(self, *_: Any, **__: Any) -> Any:
        raise ValueError("nobody expected this")


def test_a_service_one_of_whose_threads_died_ends_so_that_it_is_started_anew(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def story() -> int:
        awaiting = FakeServer().clients()
        awaiting.calling.close()
        with closing(Broken()) as calling:
            async with running(
                settings(broker.port), Role.FORWARD, Clients(awaiting.awaiting, calling)
            ) as state:
                async with asyncio.timeout(DEADLINE):
                    await service._watch(state, Notifier(None, None), asyncio.Event())
            return service._judged(state)

    with Mosquitto(tmp_path) as broker:
        assert asyncio.run(story()) == 1
    assert "nobody expected this" in repr([vars(record) for record in caplog.records])
