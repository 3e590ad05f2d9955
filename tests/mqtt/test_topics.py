"""The topics: built from checked names only, and read back as what they were built for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.commands import COMMANDS
from kiosk.mqtt.topics import (
    KEPT,
    REPORTS,
    AckSent,
    CommandSent,
    DesiredSent,
    Fleet,
    Heard,
    HintSent,
    Post,
    Sent,
    StatusSeen,
    Topics,
)

K01 = Topics("K01")


def posts(topics: Topics) -> dict[str, Post]:
    start = f"{topics.prefix}/{topics.kiosk}/"
    found = [
        topics.status,
        topics.state,
        topics.event,
        topics.telemetry,
        topics.desired,
        topics.reported,
        topics.reply,
        topics.ack,
        topics.command("charge"),
        topics.notify("midtrans"),
    ]
    return {post.topic.removeprefix(start): post for post in found}


def test_every_topic_has_the_place_quality_and_memory_of_the_design() -> None:
    assert {end: (post.qos, post.retain) for end, post in posts(K01).items()} == {
        "status": (1, True),
        "state": (1, True),
        "event": (1, False),
        "telemetry": (0, False),
        "config/desired": (1, True),
        "config/reported": (1, True),
        "reply": (1, False),
        "event/ack": (1, True),
        "cmd/charge": (1, False),
        "notify/midtrans": (1, False),
    }


def test_topics_begin_with_prefix_and_kiosk() -> None:
    assert K01.status.topic == "kiosk/v1/K01/status"
    assert Topics("K02", "jakarta/mall-7").event.topic == "jakarta/mall-7/K02/event"


@pytest.mark.parametrize("name", COMMANDS)
def test_no_command_is_ever_retained(name: str) -> None:
    assert not K01.command(name).retain


@pytest.mark.parametrize(
    ("post", "sent"),
    [
        (K01.command("charge"), CommandSent("charge")),
        (K01.command("explode"), CommandSent("explode")),
        (K01.notify("doku_indodana"), HintSent("doku_indodana")),
        (K01.desired, DesiredSent()),
        (K01.ack, AckSent()),
        (K01.status, StatusSeen()),
    ],
)
def test_what_is_sent_to_a_machine_is_read_as_what_it_is(post: Post, sent: Sent) -> None:
    assert K01.read(post.topic) == sent


@pytest.mark.parametrize(
    "topic",
    [
        "",
        "kiosk/v1/K01",
        "kiosk/v1/K01/",
        "kiosk/v1/K02/cmd/charge",
        "kiosk/v1/K011/cmd/charge",
        "kiosk/v1//K01/cmd/charge",
        "/kiosk/v1/K01/cmd/charge",
        "kiosk/v2/K01/cmd/charge",
        "kiosk/v1/+/cmd/charge",
        "kiosk/v1/K01/cmd",
        "kiosk/v1/K01/cmd/",
        "kiosk/v1/K01/cmd/+",
        "kiosk/v1/K01/cmd/#",
        "kiosk/v1/K01/cmd/Charge",
        "kiosk/v1/K01/cmd/charge\n",
        "kiosk/v1/K01/cmd/charge/now",
        "kiosk/v1/K01/cmd/" + "a" * 60_000,
        "kiosk/v1/K01/notify/../midtrans",
        "kiosk/v1/K01/config",
        "kiosk/v1/K01/config/desired/",
        "kiosk/v1/K01/event",
        "kiosk/v1/K01/reply",
    ],
)
def test_nothing_else_is_read(topic: str) -> None:
    assert K01.read(topic) is None


@pytest.mark.parametrize("kiosk", ["", "K1", "k01", "K01/#", "K+1", "K01\n", "A" * 13, "K 01", "KÉ1"])
def test_a_kiosk_id_that_could_be_anything_else_makes_no_topic(kiosk: str) -> None:
    with pytest.raises(ValueError, match="kiosk id"):
        Topics(kiosk)


@pytest.mark.parametrize("prefix", ["", "/", "kiosk/", "/kiosk", "a//b", "+", "a/#", "$SYS", "a b", "a/b\n"])
def test_a_prefix_with_a_wildcard_or_an_empty_level_makes_no_topic(prefix: str) -> None:
    with pytest.raises(ValueError, match="prefix"):
        Topics("K01", prefix)
    with pytest.raises(ValueError, match="prefix"):
        Fleet(prefix)


@pytest.mark.parametrize("name", ["", "+", "#", "charge/now", "Charge", "charge\n", "1st", "a" * 32])
def test_a_name_that_is_no_word_makes_no_topic(name: str) -> None:
    with pytest.raises(ValueError, match="lower-case word"):
        K01.command(name)
    with pytest.raises(ValueError, match="lower-case word"):
        K01.notify(name)


def matches(filter_: str, topic: str) -> bool:
    """As a broker matches a filter without `#`."""
    levels = list(zip(filter_.split("/"), topic.split("/"), strict=False))
    return filter_.count("/") == topic.count("/") and all(one in ("+", two) for one, two in levels)


def test_a_machine_subscribes_to_exactly_what_it_reads() -> None:
    for post in posts(K01).values():
        wanted = any(matches(each, post.topic) for each in K01.filters)
        assert wanted == (K01.read(post.topic) is not None)


def test_a_machine_subscribes_to_nothing_of_its_neighbour() -> None:
    for post in posts(Topics("K02")).values():
        assert not any(matches(each, post.topic) for each in K01.filters)


@pytest.mark.parametrize("report", REPORTS + KEPT)
def test_the_operators_side_hears_every_report_of_every_machine_and_what_is_kept_for_it(report: str) -> None:
    fleet = Fleet()
    topic = posts(fleet.of("K07"))[report].topic
    assert matches(fleet.filter(report), topic)
    assert fleet.read(topic) == Heard("K07", report)


@pytest.mark.parametrize(
    "topic",
    ["", "kiosk/v1/K01/cmd/charge", "kiosk/v1/k01/status", "kiosk/v1/status", "other/v1/K01/status"],
)
def test_the_operators_side_hears_nothing_else(topic: str) -> None:
    assert Fleet().read(topic) is None


def test_the_operators_side_cannot_follow_commands() -> None:
    with pytest.raises(ValueError, match="no machine tells"):
        Fleet().filter("cmd/+")


@given(st.text(max_size=40).map("kiosk/v1/K01/".__add__) | st.text(max_size=40))
def test_any_topic_is_read_as_itself_or_not_at_all(topic: str) -> None:
    sent = K01.read(topic)
    if isinstance(sent, CommandSent):
        assert K01.command(sent.name).topic == topic
    elif isinstance(sent, HintSent):
        assert K01.notify(sent.gateway).topic == topic
    elif sent is not None:
        assert topic in (K01.desired.topic, K01.ack.topic, K01.status.topic)
