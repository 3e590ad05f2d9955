"""Events are followed without a hole: each once, and nobody is told that we have what is not written down."""

from pathlib import Path

import pytest

from kiosk.mqtt.messages import Ack, decode, encode
from kiosk.mqtt.topics import Fleet, Topics
from kiosk.operator.following import Follower, Progress
from kiosk.operator.line import Caller, filters
from kiosk.operator.sales import Told
from kiosk.operator.sheet import load
from tests.mqtt.broker import Mosquitto, Witness
from tests.mqtt.inbox import broker_at
from tests.operator.conftest import Machines, Tool, acknowledged, settled
from tests.operator.lines import Whole, following
from tests.operator.told import event, story
from tests.operator.waiting import until_it_has

K01 = Topics("K01")
REPORTS = ("event", "event/ack")


class NoRoom(Exception):
    """What a disk may say."""


def line_to(mosquitto: Mosquitto) -> Whole:
    topics = filters(Fleet(), (), REPORTS)
    return Whole(broker_at(mosquitto.port), Caller(name="books"), topics)


def followed(mosquitto: Mosquitto, *known: Told) -> list[int]:
    """The numbers that are written until it is quiet."""
    written: list[Told] = []
    with line_to(mosquitto) as line:
        Follower(line, written.extend, [each.name for each in known]).follow(acks=True, quiet=0.05)
    return [each.event.seq for each in written]


def no_room(told: list[Told]) -> None:
    raise NoRoom


def says(mosquitto: Mosquitto, *seqs: int, kiosk: str = "K01") -> None:
    with Witness(mosquitto.port) as machine:
        for seq in seqs:
            machine.says(Topics(kiosk).event.topic, encode(event("order.intent", seq)))


def kept(mosquitto: Mosquitto) -> Ack:
    """The acknowledgement that the broker keeps."""
    with Witness(mosquitto.port, K01.ack.topic) as witness:
        ack = decode(Ack, witness.hears().payload)
    assert isinstance(ack, Ack)
    return ack


def test_what_comes_while_nobody_follows_is_kept_under_the_name(mosquitto: Mosquitto) -> None:
    assert followed(mosquitto) == []
    says(mosquitto, 1, 2, 3)
    assert followed(mosquitto) == [1, 2, 3]
    assert followed(mosquitto) == []


def test_what_comes_twice_is_written_once(mosquitto: Mosquitto) -> None:
    followed(mosquitto)
    says(mosquitto, 1, 2, 1, 2, 3)
    assert followed(mosquitto) == [1, 2, 3]


def test_what_is_in_the_book_is_not_written_again(mosquitto: Mosquitto) -> None:
    followed(mosquitto)
    says(mosquitto, 1, 2)
    assert followed(mosquitto, Told("K01", event("order.intent", 1))) == [2]


def test_what_could_not_be_written_comes_again_and_is_not_acknowledged(mosquitto: Mosquitto) -> None:
    followed(mosquitto)
    says(mosquitto, 1)
    with pytest.raises(NoRoom), line_to(mosquitto) as line:
        Follower(line, no_room).follow(acks=True)
    assert followed(mosquitto) == [1]
    assert kept(mosquitto) == Ack(epoch=1, seq=1)


def test_the_machine_hears_how_far_the_books_go(mosquitto: Mosquitto, machines: Machines) -> None:
    fleet = machines("K01", "K02")
    followed(mosquitto)
    fleet.sell()
    settled(fleet)
    assert sorted(followed(mosquitto)) == sorted([*range(1, 6)] * 2)
    assert kept(mosquitto) == Ack(epoch=1, seq=5)
    acknowledged(fleet, 5)


def test_less_than_before_is_never_acknowledged(mosquitto: Mosquitto) -> None:
    with Witness(mosquitto.port) as operator:
        operator.says(K01.ack.topic, encode(Ack(epoch=1, seq=9)), retain=True)
    followed(mosquitto)
    says(mosquitto, 3)
    assert followed(mosquitto) == [3]
    assert kept(mosquitto) == Ack(epoch=1, seq=9)


def test_of_a_machine_that_cannot_be_read_nothing_more_is_acknowledged(mosquitto: Mosquitto) -> None:
    followed(mosquitto)
    says(mosquitto, 1, kiosk="K02")
    with Witness(mosquitto.port) as machine:
        machine.says(K01.event.topic, b'{"v": 2}')
    says(mosquitto, 5)
    with line_to(mosquitto) as line:
        follower = Follower(line, lambda _: None)
        follower.follow(acks=True, quiet=0.05)
    assert follower.unreadable == ["K01"]
    with Witness(mosquitto.port, "kiosk/v1/+/event/ack") as witness:
        assert witness.hears().topic == "kiosk/v1/K02/event/ack"
        assert witness.heard.empty()


def test_a_new_epoch_is_acknowledged_though_its_numbers_are_lower() -> None:
    progress = Progress()
    progress.acked("K01", Ack(epoch=1, seq=500))
    progress.have(("K01", 2, 1))
    assert progress.due() == [("K01", Ack(epoch=2, seq=1))]


def test_what_came_late_takes_nothing_back() -> None:
    progress = Progress()
    for told in reversed(story("intent", "closed")):
        progress.have(told.name)
    assert progress.due() == [("K01", Ack(epoch=1, seq=2))]


def test_of_a_machine_that_said_something_unreadable_nothing_is_due() -> None:
    progress = Progress()
    progress.have(("K01", 1, 1))
    progress.unreadable.add("K01")
    assert progress.due() == []


def test_what_is_acknowledged_is_not_acknowledged_again() -> None:
    progress = Progress()
    for told in story("intent", "closed"):
        progress.have(told.name)
    assert progress.due() == [("K01", Ack(epoch=1, seq=2))]
    progress.acked("K01", Ack(epoch=1, seq=2))
    assert progress.due() == []


def test_the_book_is_the_same_after_a_restart_of_the_broker(
    mosquitto: Mosquitto,
    machines: Machines,
    tool: Tool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / "events.csv"
    fleet = machines("K01", "K02", "K03")
    tool("events", "--all", "--name", "books", "--out", path, "--quiet", 1)
    words = ("events", "--all", "--name", "books", "--out", path, "--ack")
    with following(lambda: tool(*words), monkeypatch):
        fleet.sell()
        until_it_has(path, 1 + 15)
        mosquitto.stop()
        fleet.sell()
        mosquitto.start()
        settled(fleet, 2)
        fleet.sell()
        acknowledged(fleet, 15)
    told = [(berth, each.seq) for berth in fleet.berths for each in fleet.berths[berth].machine.events]
    assert sorted((each.kiosk, each.event.seq) for each in load(path)) == told
    assert len(told) == 45
