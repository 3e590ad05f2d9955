"""The forwarder between a store and a real broker."""

import json
import re
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread
from typing import Any, Self

import pytest
from msgspec.structs import replace

from kiosk.mqtt.broker import Broker
from kiosk.mqtt.client import Client
from kiosk.mqtt.messages import Hint, decode
from kiosk.mqtt.news import Identity
from kiosk.mqtt.patience import Ending
from kiosk.mqtt.patience import Pace as LinkPace
from kiosk.mqtt.topics import Fleet
from kiosk.webhooks.forwarder import Forwarder, Pace
from kiosk.webhooks.layout import GROUP, Noted, aside_of, read, stream_of, written
from kiosk.webhooks.line import Line
from kiosk.webhooks.stream import Entry, Outlet, StreamAway
from tests.mqtt.broker import DEADLINE, Mosquitto, Scripted, Witness, free_port
from tests.webhooks.letters import ID
from tests.webhooks.redis_server import FakeServer, RedisServer, Store, lay
from tests.webhooks.serving import PACE, Counting
from tests.webhooks.test_stream import numbered, outlet

KEY = stream_of(0)
ALL_HINTS = "kiosk/v1/+/notify/+"
NOW = 1_767_225_600


class Running:
    """A forwarder in a thread, while the context lasts."""

    def __init__(
        self,
        store: Store,
        port: int,
        name: str = "one",
        clock: float = NOW + 60,
        pace: Pace = PACE,
        kind: type[Outlet] = Outlet,
    ) -> None:
        self.tally = Counting()
        self._client = store.clients().calling
        line = Line(
            Broker(host="127.0.0.1", port=port, tls=False),
            Identity(client_id=f"webhooks-{name}", durable=False),
            self.tally,
            LinkPace(least=0.05, most=0.1, contested=0.1),
        )
        self._forwarder = Forwarder(
            kind(self._client, 0, name), line, Fleet(), self.tally, pace=pace, clock=lambda: clock
        )
        self._stopping = Event()
        self._thread = Thread(target=self._forwarder.run, args=(self._stopping,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.is_told_to_stop()
        self._thread.join(DEADLINE)
        self._client.close()
        assert not self._thread.is_alive()

    def is_told_to_stop(self) -> None:
        self._stopping.set()

    def looks_again(self) -> None:
        """Wait until it has looked twice whether its time is over."""
        for _ in range(2):
            seen = self._forwarder.turned_at
            until = time.monotonic() + DEADLINE
            while self._forwarder.turned_at == seen:
                assert time.monotonic() < until, "it looks no more"
                Event().wait(0.02)

    def counted(self, kind: str, number: int) -> bool:
        """Wait until so many are counted."""
        return self.tally.reaches(kind, number)


class Lossy(Outlet):
    """One whose first entries are read, and their answer is lost on the way."""

    _has_lost = False

    def fresh(self, count: int, wait: float) -> list[Entry]:
        found = super().fresh(count, wait)
        if found and not self._has_lost:
            self._has_lost = True
            raise StreamAway("the answer is lost")
        return found


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    with Mosquitto(tmp_path_factory.mktemp("broker")) as each:
        yield each


@pytest.fixture
def witness(broker: Mosquitto) -> Iterator[Witness]:
    with Witness(broker.port, ALL_HINTS) as each:
        yield each


@pytest.fixture
def fake() -> FakeServer:
    return FakeServer()


def pending(store: Store) -> int:
    with store.client() as client:
        count: int = client.xpending(KEY, GROUP)["pending"]
        return count


def owes(store: Store, number: int) -> bool:
    """Whether so many are read and not acknowledged, in time."""
    until = time.monotonic() + DEADLINE
    while pending(store) < number and time.monotonic() < until:
        Event().wait(0.02)
    return pending(store) >= number


def heard(witness: Witness, count: int) -> list[dict[str, Any]]:
    return [json.loads(witness.hears().payload) for _ in range(count)]


def test_a_hint_is_published_as_the_machine_reads_it(
    store: Store, broker: Mosquitto, witness: Witness
) -> None:
    lay(store, Noted("midtrans", "K01", ID, NOW))
    with store.client() as client:
        ((number, _),) = client.xrange(KEY)
    with Running(store, broker.port):
        message = witness.hears()
    assert message.topic == "kiosk/v1/K01/notify/midtrans"
    assert not message.retained
    hint = decode(Hint, message.payload)
    assert isinstance(hint, Hint)
    assert (hint.reference, hint.received) == (ID, NOW)
    assert hint.id == f"0-{number.decode()}", "the same however often it comes"


def test_what_the_broker_has_is_acknowledged(store: Store, broker: Mosquitto, witness: Witness) -> None:
    lay(store, *numbered(200, NOW))
    with Running(store, broker.port) as running:
        told = heard(witness, 200)
        assert running.counted("forwarded", 200)
    assert len({each["id"] for each in told}) == 200
    assert pending(store) == 0


def test_who_is_told_to_stop_leaves_nothing_behind(fake: FakeServer, broker: Mosquitto) -> None:
    lay(fake, *numbered(10, NOW))
    with Running(fake, broker.port) as running:
        assert running.counted("forwarded", 10)
    with fake.client() as client:
        assert client.xinfo_consumers(KEY, GROUP) == []


def test_what_a_dead_one_held_is_taken_over(fake: FakeServer, broker: Mosquitto, witness: Witness) -> None:
    lay(fake, *numbered(5, NOW))
    with outlet(fake, "dead") as dead:
        assert len(dead.fresh(5, 0.01)) == 5
    with Running(fake, broker.port):
        assert {each["reference"] for each in heard(witness, 5)} == {f"order-{n}" for n in range(5)}


def test_what_another_is_busy_with_is_left_to_him(
    fake: FakeServer, broker: Mosquitto, witness: Witness
) -> None:
    """For longer than that it was abandoned; here half a minute, so that no test waits for it."""
    lay(fake, *numbered(1, NOW))
    with outlet(fake, "busy") as busy:
        assert len(busy.fresh(1, 0.01)) == 1
        with Running(fake, broker.port, pace=replace(PACE, abandoned=30.0, claims=0.0)) as running:
            lay(fake, *numbered(2, NOW)[1:])
            assert heard(witness, 1)[0]["reference"] == "order-1"
            assert running.counted("forwarded", 1)
        assert len(busy.mine(1)) == 1, "it is still his"
    assert running.tally.counts["taken_over"] == 0


@pytest.mark.parametrize("is_there", [True, False], ids=["idle", "without a broker"])
def test_who_has_nothing_to_do_is_seen_to_take_his_turns(
    fake: FakeServer, broker: Mosquitto, is_there: bool
) -> None:
    """Or systemd would end a healthy service every minute."""
    with Running(fake, broker.port if is_there else free_port()) as running:
        running.looks_again()


def test_a_redis_that_could_lose_hints_is_told_of(lent: RedisServer, broker: Mosquitto) -> None:
    with Running(lent, broker.port) as running:
        assert running.counted("cautions", 1)


def test_hints_wait_while_the_broker_is_away(tmp_path: Path, fake: FakeServer) -> None:
    with Mosquitto(tmp_path) as broker, Running(fake, broker.port) as running:
        lay(fake, *numbered(1, NOW))
        assert running.counted("forwarded", 1)
        broker.stop()
        lay(fake, *numbered(100, NOW))
        assert running.counted("broker_away", 1)
        broker.start()
        with Witness(broker.port, ALL_HINTS):
            assert running.counted("forwarded", 101)
    assert pending(fake) == 0


def test_a_broker_that_takes_hints_and_dies_before_it_says_so_gets_them_again(
    tmp_path: Path, fake: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And no hint is blamed meanwhile, however late the forwarder hears that the broker is gone."""
    heard, tell = Event(), Client._pause

    def tells_late(client: Client, ending: Ending) -> None:
        heard.wait(DEADLINE)
        tell(client, ending)

    monkeypatch.setattr(Client, "_pause", tells_late)
    with Mosquitto(tmp_path) as broker, Running(fake, broker.port) as running:
        lay(fake, *numbered(1, NOW))
        assert running.counted("forwarded", 1)
        broker.freeze()
        lay(fake, *numbered(3, NOW))
        assert owes(fake, 1), "what the broker has not acknowledged we have not either"
        broker.kill()
        running.looks_again()
        broker.start()
        heard.set()
        assert running.counted("forwarded", 4)
    assert running.tally.counts["set_aside"] == 0


def test_who_is_told_to_stop_waits_for_what_is_under_way(tmp_path: Path, fake: FakeServer) -> None:
    with (
        Mosquitto(tmp_path) as broker,
        Running(fake, broker.port, pace=replace(PACE, parting=float(DEADLINE))) as running,
    ):
        lay(fake, *numbered(1, NOW))
        assert running.counted("forwarded", 1)
        broker.freeze()
        lay(fake, *numbered(3, NOW))
        assert owes(fake, 1)
        running.is_told_to_stop()
        running.looks_again()
        broker.thaw()
    assert pending(fake) == 0
    assert running.tally.counts["forwarded"] > 1


def offended_by(word: bytes) -> Callable[[socket.socket], None]:
    """Hang up when the word is published, acknowledge everything else."""

    def listen(line: socket.socket) -> None:
        while heard := line.recv(65536):
            if word in heard:
                line.close()
                return
            for found in re.finditer(rb"notify/midtrans(..)\{", heard, re.DOTALL):
                line.sendall(b"\x40\x02" + found[1])

    return listen


def test_one_entry_on_which_the_broker_hangs_up_does_not_stop_the_others(fake: FakeServer) -> None:
    """Some brokers end the connection of who publishes what he may not."""
    lay(fake, *numbered(3, NOW))
    with (
        Scripted(b"\x20\x02\x00\x00", then=offended_by(b"order-1")) as broker,
        Running(fake, broker.port) as running,
    ):
        assert running.counted("set_aside", 1)
        assert running.counted("forwarded", 2)
    with fake.client() as client:
        ((_, fields),) = client.xrange(aside_of(0))
    assert read(fields) == numbered(2, NOW)[1]
    assert pending(fake) == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"x": "1"},
        written(Noted("midtrans", "K/+/1", ID, NOW)),
        written(Noted("../x", "K01", ID, NOW)),
        written(Noted("midtrans", "K01", "x" * 101, NOW)),
        written(Noted("midtrans", "K01", "a b", NOW)),
        written(Noted("midtrans", "K01", ID, 99_999_999_999)),
    ],
    ids=str,
)
def test_poison_is_set_aside_and_stops_nobody(
    fake: FakeServer, broker: Mosquitto, witness: Witness, fields: dict[str, Any]
) -> None:
    with fake.client() as client:
        client.xadd(KEY, fields)
    lay(fake, Noted("midtrans", "K01", ID, NOW))
    with Running(fake, broker.port) as running:
        assert heard(witness, 1)[0]["reference"] == ID
        assert running.counted("set_aside", 1)
    assert pending(fake) == 0


def test_what_is_too_old_is_dropped_and_counted(
    fake: FakeServer, broker: Mosquitto, witness: Witness
) -> None:
    lay(fake, *numbered(3, NOW - 26 * 3600), Noted("midtrans", "K01", ID, NOW))
    with Running(fake, broker.port) as running:
        assert heard(witness, 1)[0]["reference"] == ID
        assert running.counted("too_old", 3)
    assert pending(fake) == 0


def test_a_redis_that_comes_back_is_gone_on_with(tmp_path: Path, broker: Mosquitto, witness: Witness) -> None:
    with RedisServer(tmp_path / "redis") as server, Running(server, broker.port) as running:
        lay(server, *numbered(1, NOW))
        heard(witness, 1)
        assert running.counted("forwarded", 1)
        server.kill()
        assert running.counted("stream_away", 1)
        server.start()
        lay(server, *numbered(2, NOW)[1:])
        assert heard(witness, 1)[0]["reference"] == "order-1"


def test_a_redis_without_room_is_emptied_by_whoever_starts_anew(
    tmp_path: Path, broker: Mosquitto, witness: Witness
) -> None:
    """It is full because hints were not passed on, so it must not take room to pass them on."""
    with RedisServer(tmp_path / "redis") as server:
        with outlet(server), server.client() as client:
            client.xadd(KEY, {"x": "poison"})
            lay(server, *numbered(1, NOW))
            client.config_set("maxmemory", "1")
        with Running(server, broker.port) as running:
            assert heard(witness, 1)[0]["reference"] == "order-0"
            assert running.counted("set_aside", 1)
        assert pending(server) == 0
        with server.client() as client:
            assert client.xlen(aside_of(0)) == 0, "nothing more can be kept"


def test_what_was_given_to_us_by_an_answer_that_never_came_is_asked_for(
    fake: FakeServer, broker: Mosquitto
) -> None:
    lay(fake, *numbered(3, NOW))
    with Running(fake, broker.port, pace=replace(PACE, abandoned=30.0), kind=Lossy) as running:
        assert running.counted("forwarded", 3)
    assert running.tally.counts["taken_over"] == 0


def test_a_redis_that_lost_everything_is_begun_anew(
    tmp_path: Path, broker: Mosquitto, witness: Witness
) -> None:
    with RedisServer(tmp_path / "redis") as server, Running(server, broker.port) as running:
        lay(server, *numbered(1, NOW))
        heard(witness, 1)
        assert running.counted("forwarded", 1)
        with server.client() as client:
            client.flushall()
        lay(server, *numbered(2, NOW)[1:])
        assert heard(witness, 1)[0]["reference"] == "order-1"
