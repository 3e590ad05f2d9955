"""What becomes of a command on its way in, and when the broker may forget it."""

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from kiosk import events as on
from kiosk.admission import Admitted
from kiosk.commands import Charge
from kiosk.mqtt.messages import Command
from kiosk.mqtt.news import Acknowledged
from kiosk.mqtt.reports import Answer, Reply
from kiosk.mqtt.signatures import command_bytes, sign
from kiosk.post.counting import Bucket
from kiosk.post.incoming import A_SECOND, AT_ONCE
from kiosk.secret import Secret
from tests.core.shop import MORNING
from tests.mqtt.asking import GOOD
from tests.post.bench import KEY, TOPICS, Bench, command

CHARGE = TOPICS.command("charge")
ARGS = {"reference": "sale-1", "slot": 1}
DONE = Reply(id="c-1", command="charge", status=Answer.DONE)


def admitted(event: on.Event | None) -> Admitted:
    assert isinstance(event, on.Commanded), event
    return event.command


@pytest.mark.parametrize("name", GOOD)
def test_every_good_command_becomes_one_for_the_till(name: str, bench: Bench) -> None:
    found = admitted(bench.hears(TOPICS.command(name), command(args=GOOD[name])))
    assert (found.id, found.name) == ("c-1", name)


def test_a_command_is_acknowledged_only_once_it_is_on_disk(bench: Bench) -> None:
    event = bench.hears(CHARGE, command(args=ARGS))
    assert bench.line.acknowledged == []
    bench.decides(event)
    assert len(bench.line.acknowledged) == 1


def test_the_end_of_something_else_acknowledges_nothing(bench: Bench) -> None:
    event = bench.hears(CHARGE, command(args=ARGS))
    another = on.Commanded(command=replace(admitted(event), id="c-2"))
    local = on.Commanded(command=replace(admitted(event), exp=None))
    other = on.Commanded(command=replace(admitted(event), digest="of something else"))
    for each in (on.TimePassed(), another, local, other):
        bench.decides(each)
    assert bench.line.acknowledged == []


def test_a_command_to_which_something_was_added_is_still_the_same(bench: Bench) -> None:
    event = bench.hears(CHARGE, command(args=ARGS))
    bench.decides(on.Commanded(command=admitted(event), minted=on.Minted("K01", "123456")))
    assert len(bench.line.acknowledged) == 1


def test_a_duplicate_before_the_commit_waits_with_the_first_and_is_done_once(bench: Bench) -> None:
    event = bench.hears(CHARGE, command(args=ARGS))
    assert bench.hears(CHARGE, command(args=ARGS)) is None
    assert bench.line.acknowledged == []
    bench.decides(event)
    assert len(bench.line.acknowledged) == 2


def test_a_duplicate_after_the_commit_gets_the_newest_answer_and_is_not_done_again(bench: Bench) -> None:
    bench.connects()
    event = bench.hears(CHARGE, command(args=ARGS))
    assert event is not None
    bench.book.remembers(event, DONE)
    bench.decides(event)
    assert bench.hears(CHARGE, command(args=ARGS)) is None
    assert bench.replies == [DONE]
    assert len(bench.line.acknowledged) == 2


def test_a_repeat_gets_its_answer_after_its_time_too(bench: Bench) -> None:
    bench.connects()
    event = bench.hears(CHARGE, command(args=ARGS))
    assert event is not None
    bench.book.remembers(event, DONE)
    bench.decides(event)
    bench.passes(3600)
    bench.hears(CHARGE, command(args=ARGS))
    assert bench.replies == [DONE]


@pytest.mark.parametrize("is_on_disk", [False, True])
def test_the_same_id_with_other_arguments_is_refused(is_on_disk: bool, bench: Bench) -> None:
    bench.connects()
    event = bench.hears(CHARGE, command(args=ARGS))
    assert event is not None
    if is_on_disk:
        bench.book.remembers(event, DONE)
        bench.decides(event)
    assert bench.hears(CHARGE, command(args={"reference": "sale-2", "slot": 1})) is None
    assert [(reply.id, reply.status, reply.reason) for reply in bench.replies] == [
        ("c-1", Answer.REJECTED, "id_used")
    ]


REFUSED: dict[str, tuple[bytes, dict[str, Any], str, str]] = {
    "a command that was kept": (command(args=ARGS), {"retained": True}, "c-1", "retained"),
    "one that comes late": (command(args=ARGS, exp=int(MORNING) - 1), {}, "c-1", "expired"),
    "one for tomorrow": (command(args=ARGS, exp=int(MORNING) + 86_400), {}, "c-1", "too_far_ahead"),
    "an argument that nobody knows": (command(args={**ARGS, "free": True}), {}, "c-1", "unknown_field"),
    "half of one": (b'{"id":"c-1"', {}, "", "bad_json"),
    "nothing": (b"", {}, "", "empty"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_is_answered_at_once_with_the_reason_and_remembered_nowhere(
    case: str, bench: Bench
) -> None:
    payload, flags, id_, reason = REFUSED[case]
    bench.connects()
    assert bench.hears(CHARGE, payload, **flags) is None
    (reply,) = bench.replies
    assert (reply.id, reply.command, reply.status) == (id_, "charge", Answer.REJECTED)
    assert reply.reason == reason
    assert bench.tally.counts[f"refused.{reason}"] == 1
    assert len(bench.line.acknowledged) == 1
    assert bench.book.commands == {}


def test_a_command_that_nobody_knows_is_answered_by_its_name(bench: Bench) -> None:
    bench.connects()
    bench.hears(TOPICS.command("release"), command())
    assert [(reply.command, reply.reason) for reply in bench.replies] == [("release", "unknown_command")]


def test_money_waits_for_a_clock_that_is_set(bench: Bench) -> None:
    bench.connects()
    bench.till = replace(bench.till, faults={on.Part.CLOCK: "it is 1970"})
    assert bench.hears(CHARGE, command(args=ARGS)) is None
    assert [reply.reason for reply in bench.replies] == ["clock_not_set"]
    assert bench.hears(TOPICS.command("ping"), command("c-2")) is not None


def signed(key: Secret) -> bytes:
    made = Command(id="c-1", exp=int(MORNING) + 60, args=ARGS)
    return command(args=ARGS, sig=sign(key, command_bytes("K01", CHARGE.topic, made)))


@pytest.mark.parametrize("key", [KEY, Secret("the key that comes after that one, only")])
def test_with_two_keys_either_signs(key: Secret, tmp_path: Path) -> None:
    bench = Bench(tmp_path, keys=(KEY, Secret("the key that comes after that one, only")))
    assert isinstance(admitted(bench.hears(CHARGE, signed(key))).args, Charge)


@pytest.mark.parametrize(
    ("payload", "reason"),
    [(command(args=ARGS), "unsigned"), (signed(Secret("another one")), "wrong_signature")],
)
def test_with_a_key_an_unsigned_command_is_refused(payload: bytes, reason: str, tmp_path: Path) -> None:
    bench = Bench(tmp_path, keys=(KEY,))
    bench.connects()
    assert bench.hears(CHARGE, payload) is None
    assert [reply.reason for reply in bench.replies] == [reason]


def test_a_flood_is_refused_and_one_a_tenth_of_a_second_later_is_not(bench: Bench) -> None:
    bench.connects()
    events = [bench.hears(CHARGE, command(f"c-{number}", args=ARGS)) for number in range(AT_ONCE + 1)]
    assert [event is None for event in events] == [False] * AT_ONCE + [True]
    assert [(reply.id, reply.reason) for reply in bench.replies] == [(f"c-{AT_ONCE}", "too_many")]
    bench.passes(1 / A_SECOND)
    assert bench.hears(CHARGE, command("c-later", args=ARGS)) is not None


def test_rubbish_counts_as_a_command_too(bench: Bench) -> None:
    bench.connects()
    for _ in range(AT_ONCE):
        bench.hears(CHARGE, b"rubbish")
    assert bench.hears(CHARGE, command(args=ARGS)) is None


def test_what_was_spared_for_long_is_no_more_than_at_first() -> None:
    bucket = Bucket(2, 10.0)
    assert [bucket.takes(1000.0) for _ in range(3)] == [True, True, False]
    assert [bucket.takes(9000.0) for _ in range(3)] == [True, True, False]


def test_refusals_beyond_what_anybody_reads_are_dropped_and_counted(bench: Bench) -> None:
    for _ in range(100):
        bench.hears(CHARGE, b"rubbish")
    bench.connects()
    said = 0
    while more := len(bench.replies):
        said += more
        bench.take(Acknowledged())
    assert said + bench.tally.counts["replies.dropped"] == 100


def test_a_refusal_that_was_lost_on_its_way_is_said_again(bench: Bench) -> None:
    bench.connects()
    bench.hears(CHARGE, b"rubbish")
    assert len(bench.line.seen(TOPICS.reply)) == 1
    bench.loses_the_line()
    bench.line.taken()
    bench.connects()
    assert [reply.reason for reply in bench.replies] == ["bad_json"]
