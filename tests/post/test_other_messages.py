"""Hints, configurations, acknowledgements, and our own status seen from outside."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from kiosk import events as on
from kiosk.mqtt.messages import Desired
from kiosk.mqtt.news import Dropped
from kiosk.mqtt.reports import Presence, Reported, Taken
from kiosk.mqtt.signatures import desired_bytes, digest, sign
from kiosk.mqtt.topics import Post
from kiosk.pushed import Candidate, Pushed
from kiosk.refusals import WORDS, Reason
from tests.core.lives import CHARGE, ORDER, STATES, life_in
from tests.post.bench import EPOCH, KEY, SESSION, TOPICS, Bench, lines, status

NOTIFY = TOPICS.notify("midtrans")
DOCUMENT = {"language": "id"}


def hint(reference: str) -> bytes:
    return msgspec.json.encode({"id": "1767-0", "reference": reference, "received": 1767225600})


def with_order(bench: Bench, state: str, *, opened: bool) -> None:
    life = replace(life_in(STATES[state]), reference="invoice-7")
    bench.till = replace(bench.till, opened=life if opened else None, background=() if opened else (life,))


@pytest.mark.parametrize("opened", [True, False])
@pytest.mark.parametrize("reference", [ORDER.id, "invoice-7", CHARGE.reference])
def test_a_hint_finds_a_living_order_by_its_id_and_by_the_gateways_own_name(
    reference: str, opened: bool, bench: Bench
) -> None:
    with_order(bench, "closing", opened=opened)
    assert bench.hears(NOTIFY, hint(reference)) == on.Hinted(ORDER.id)
    assert bench.tally.counts == {"hints": 1}
    assert len(bench.line.acknowledged) == 1


@pytest.mark.parametrize(
    ("post", "reference"),
    [
        (NOTIFY, "K01SOMEBODYELSESORDER1A"),
        (TOPICS.notify("doku"), ORDER.id),
        (TOPICS.notify("nobody"), ORDER.id),
    ],
)
def test_a_hint_about_nothing_we_know_is_only_counted(post: Post, reference: str, bench: Bench) -> None:
    with_order(bench, "shown", opened=True)
    assert bench.hears(post, hint(reference)) is None
    assert bench.tally.counts == {"hints.unknown": 1}
    assert len(bench.line.acknowledged) == 1


def test_an_order_without_any_reference_is_not_found_by_none(bench: Bench) -> None:
    bench.till = replace(bench.till, opened=life_in(STATES["intent"]))
    assert bench.hears(NOTIFY, b'{"id":"1","reference":"","received":1}') is None


def desired(version: int = 7, document: dict[str, Any] | None = None, sig: str = "") -> bytes:
    whole = {"version": version, "document": DOCUMENT if document is None else document, "sig": sig}
    return msgspec.json.encode(whole)


def candidate(version: int = 7) -> on.Pushed:
    return on.Pushed(Candidate(version=version, hash=digest(DOCUMENT), document=DOCUMENT, settings=None))


def test_a_configuration_is_handed_on_and_acknowledged_once_it_is_known_what_becomes_of_it(
    bench: Bench,
) -> None:
    assert bench.hears(TOPICS.desired, desired(), retained=True) is None
    assert [(each.version, each.document) for each in bench.looked_at] == [(7, DOCUMENT)]
    assert bench.line.acknowledged == []
    bench.decides(candidate(version=8))
    assert bench.line.acknowledged == []
    bench.decides(candidate())
    assert len(bench.line.acknowledged) == 1


def test_the_same_configuration_twice_is_looked_at_once(bench: Bench) -> None:
    for _ in range(2):
        bench.hears(TOPICS.desired, desired())
    assert len(bench.looked_at) == 1
    bench.decides(candidate())
    assert len(bench.line.acknowledged) == 2


def test_what_was_overtaken_while_it_was_looked_at_is_acknowledged_too(bench: Bench) -> None:
    for version in (7, 8, 9):
        bench.hears(TOPICS.desired, desired(version))
    bench.decides(candidate(8))
    assert len(bench.line.acknowledged) == 2


def test_a_configuration_that_holds_already_is_not_looked_at_again(bench: Bench) -> None:
    pushed = Pushed(version=7, hash=digest(DOCUMENT), in_effect=7, document=DOCUMENT)
    bench.till = replace(bench.till, pushed=pushed)
    bench.hears(TOPICS.desired, desired(), retained=True)
    assert (bench.looked_at, len(bench.line.acknowledged)) == ([], 1)


@pytest.mark.parametrize("taken", [Taken.WAITING, Taken.RESTARTING, Taken.REJECTED])
def test_one_that_does_not_hold_is_looked_at_again(taken: Taken, bench: Bench) -> None:
    bench.till = replace(bench.till, pushed=Pushed(version=7, hash=digest(DOCUMENT), taken=taken))
    bench.hears(TOPICS.desired, desired(), retained=True)
    assert len(bench.looked_at) == 1


@pytest.mark.parametrize(
    ("payload", "told"),
    [
        (desired(), (7, digest(DOCUMENT), "unsigned")),
        (desired(sig="0" * 64), (7, digest(DOCUMENT), "wrong_signature")),
        (b'{"version":7}', (7, "", "missing_field")),
    ],
)
def test_a_configuration_that_nobody_can_vouch_for_is_told_and_changes_nothing(
    payload: bytes, told: tuple[int, str, str], tmp_path: Path
) -> None:
    bench = Bench(tmp_path, keys=(KEY,))
    bench.connects()
    bench.line.taken()
    assert bench.hears(TOPICS.desired, payload) is None
    (report,) = (each.report(Reported) for each in bench.line.taken(TOPICS.reported))
    assert (report.version, report.hash, report.reason) == told
    assert (report.taken, report.in_effect) == (Taken.REJECTED, 0)
    assert (bench.looked_at, len(bench.line.acknowledged)) == ([], 1)
    bench.loses_the_line()
    bench.connects()
    (report,) = (each.report(Reported) for each in bench.line.taken(TOPICS.reported))
    assert (report.version, report.reason) == (0, "")


UNREADABLE: dict[str, tuple[bytes, tuple[int, str, str]]] = {
    "a fraction": (
        b'{"version":7,"document":{"gateway":{"midtrans":{"on_screen":25.0}}}}',
        (7, "gateway.midtrans.on_screen", "bad_number"),
    ),
    "a number nobody holds": (
        b'{"version":7,"document":{"slots":[{"number":1},{"price":99999999999999999999}]}}',
        (7, "slots[2].price", "bad_number"),
    ),
    "a setting twice": (
        b'{"version":7,"document":{"slots":[{"price":1,"price":2}]}}',
        (7, "slots[1].price", "duplicate_key"),
    ),
    "a version that is none": (b'{"version":7.5,"document":{}}', (0, "version", "bad_number")),
    "a version as a text": (b'{"version":"7","document":{}}', (0, "version", "bad_value")),
    "a list for a document": (b'{"version":7,"document":[]}', (7, "document", "bad_value")),
    "no document": (b'{"version":7}', (7, "document", "missing_field")),
    "a field of its own": (b'{"version":7,"documents":{},"document":{}}', (7, "documents", "unknown_field")),
    "messages of another age": (b'{"v":2,"version":7,"document":{}}', (7, "", "bad_version")),
    "too deep": (b'{"version":7,"document":' + b'{"a":' * 9 + b"1" + b"}" * 10, (0, "", "too_deep")),
    "a bracket too few": (b'{"version":7,"document":{}', (0, "", "bad_json")),
    "another encoding": (b'{"version":7,"document":{"merchant":"\xe9"}}', (0, "", "bad_utf8")),
    "a picture": (b"\x89PNG" * 20_000, (0, "", "oversized")),
}


def reported(bench: Bench) -> list[Reported]:
    """What was told of configurations since the last call; the broker has it."""
    return [each.report(Reported) for each in bench.line.taken(TOPICS.reported)]


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_configuration_that_cannot_be_read_is_told_with_its_place_and_what_to_do(
    name: str, bench: Bench
) -> None:
    payload, (version, path, reason) = UNREADABLE[name]
    in_effect = Pushed(version=6, hash="6" * 64, in_effect=6, document=DOCUMENT, highest=6)
    bench.till = replace(bench.till, pushed=in_effect)
    bench.connects()
    bench.line.taken()
    assert bench.hears(TOPICS.desired, payload, retained=True) is None
    (report,) = reported(bench)
    assert (report.version, report.hash, report.taken) == (version, "", Taken.REJECTED)
    assert (report.in_effect, report.effective) == (6, DOCUMENT)
    (fault,) = report.errors
    assert (fault.path, fault.reason, report.reason) == (path, reason, reason)
    assert WORDS[Reason(reason)] in fault.words
    assert fault.advice
    assert (bench.till.pushed, bench.looked_at) == (in_effect, [])
    assert len(bench.line.acknowledged) == 1


def test_one_thrown_away_unread_is_told_too(bench: Bench) -> None:
    bench.connects()
    bench.line.taken()
    bench.take(Dropped("1000000 bytes", 1, TOPICS.command("charge").topic))
    assert reported(bench) == []
    bench.take(Dropped("1000000 bytes", 2, TOPICS.desired.topic))
    (report,) = reported(bench)
    assert (report.taken, report.reason) == (Taken.REJECTED, "oversized")


def test_a_field_that_was_meant_to_be_another_is_named(bench: Bench) -> None:
    bench.connects()
    bench.line.taken()
    bench.hears(TOPICS.desired, b'{"version":7,"documents":{},"document":{}}')
    (report,) = reported(bench)
    assert report.errors[0].advice == "did you mean document?"


def test_of_a_flood_of_them_one_a_second_is_told_and_the_newest_stays(bench: Bench) -> None:
    bench.connects()
    bench.post.job(bench.now)
    bench.line.taken()
    told = []
    for version in range(1, 101):
        bench.hears(TOPICS.desired, b'{"version":%d}' % version)
        told += reported(bench)
    assert [each.version for each in told] == [1]
    assert bench.post.due == bench.now.elapsed + 1.0
    bench.passes(1.0)
    assert [each.version for each in reported(bench)] == [100]
    bench.passes(1.0)
    assert reported(bench) == []


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(lambda: (desired(), None), id="the one that holds comes again"),
        pytest.param(lambda: (b"", None), id="it is deleted"),
        pytest.param(lambda: (desired(8), candidate(8)), id="another is looked through and changes nothing"),
    ],
)
def test_what_cannot_be_read_is_told_until_there_is_something_else_to_tell(
    good: Callable[[], tuple[bytes, on.Event | None]], bench: Bench
) -> None:
    bench.till = replace(bench.till, pushed=Pushed(version=7, hash=digest(DOCUMENT), in_effect=7))
    bench.connects()
    bench.line.taken()
    bench.hears(TOPICS.desired, b'{"version":8}')
    assert [each.version for each in reported(bench)] == [8]
    payload, event = good()
    bench.hears(TOPICS.desired, payload)
    if event:
        bench.decides(event)
    assert [(each.version, each.taken) for each in reported(bench)] == [(7, Taken.APPLIED)]


def test_a_refusal_that_waits_to_be_told_gives_way_to_what_came_after_it(bench: Bench) -> None:
    bench.connects()
    bench.line.taken()
    for _ in range(2):
        bench.hears(TOPICS.desired, b"{}")
    reported(bench)
    bench.till = replace(bench.till, pushed=Pushed(version=7, in_effect=7))
    bench.passes(1.0)
    bench.passes(1.0)
    assert [(each.version, each.taken) for each in reported(bench)] == [(7, Taken.APPLIED)]


def test_a_signed_configuration_is_handed_on(tmp_path: Path) -> None:
    bench = Bench(tmp_path, keys=(KEY,))
    content = desired_bytes("K01", TOPICS.desired.topic, Desired(version=7, document=DOCUMENT))
    bench.hears(TOPICS.desired, desired(sig=sign(KEY, content)))
    assert len(bench.looked_at) == 1


def test_how_far_the_operator_has_everything_goes_to_the_journal(bench: Bench) -> None:
    assert bench.hears(TOPICS.ack, b'{"epoch":3,"seq":120}', retained=True) is None
    assert bench.book.acks == [(EPOCH, 120)]
    assert len(bench.line.acknowledged) == 1


def test_a_journal_that_turns_out_to_be_an_old_copy_stops_the_selling_once(bench: Bench) -> None:
    bench.book.behind = "it is an old copy"
    event = bench.hears(TOPICS.ack, b'{"epoch":3,"seq":120}', retained=True)
    assert event == on.PartFailed(on.Part.JOURNAL, "it is an old copy")
    bench.till = replace(bench.till, faults={on.Part.JOURNAL: "it is an old copy"})
    assert bench.hears(TOPICS.ack, b'{"epoch":3,"seq":120}', retained=True) is None


@pytest.mark.parametrize(
    ("payload", "is_put_right"),
    [
        (status(Presence.LOST, SESSION - 1), True),
        (status(Presence.LOST, SESSION), True),
        (status(Presence.LOST, SESSION + 1), True),
        (status(Presence.OFFLINE, SESSION), True),
        (status(Presence.ONLINE, SESSION - 1), True),
        (b"", True),
        (status(Presence.ONLINE, SESSION), False),
        (status(Presence.ONLINE, SESSION + 1), False),
        (b"lost", False),
    ],
)
def test_a_false_status_of_ours_is_put_right(payload: bytes, is_put_right: bool, bench: Bench) -> None:
    bench.connects()
    bench.line.taken()
    bench.hears(TOPICS.status, payload)
    sent = [each.payload for each in bench.line.taken(TOPICS.status)]
    assert sent == ([status(Presence.ONLINE)] if is_put_right else [])
    assert len(bench.line.acknowledged) == 1


@pytest.mark.parametrize("payload", [status(Presence.LOST, SESSION - 1), b""])
def test_the_status_of_before_that_comes_with_the_subscription_is_passed_over(
    payload: bytes, bench: Bench
) -> None:
    bench.connects()
    bench.line.taken()
    bench.hears(TOPICS.status, payload, retained=True)
    assert bench.line.taken(TOPICS.status) == []


@pytest.mark.parametrize("post", [TOPICS.desired, TOPICS.ack])
def test_what_was_deleted_from_the_broker_is_no_message(post: Post, bench: Bench) -> None:
    assert bench.hears(post, b"") is None
    assert (bench.tally.counts, bench.book.acks, bench.looked_at) == ({}, [], [])
    assert len(bench.line.acknowledged) == 1


@pytest.mark.parametrize("topic", ["kiosk/v1/K02/cmd/ping", "kiosk/v1/K01/cmd/Ping", "aside", ""])
def test_a_topic_that_nobody_reads_is_counted(topic: str, bench: Bench) -> None:
    bench.connects()
    assert bench.hears(Post(topic, 1, retain=False), b"{}") is None
    assert bench.tally.counts == {"refused.bad_topic": 1}
    assert (bench.replies, len(bench.line.acknowledged)) == ([], 1)


def test_a_hundred_bad_messages_in_a_second_are_one_line_for_each_reason(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(50):
        bench.hears(TOPICS.ack, b"rubbish")
        bench.hears(TOPICS.ack, b'{"epoch":1}')
    bench.passes(1.0)
    bench.hears(TOPICS.ack, b"rubbish")
    assert [(line["reason"].partition(":")[0], line["count"]) for line in lines(caplog, "K706")] == [
        ("the message is no JSON object", 1),
        ("a field is missing", 1),
        ("the message is no JSON object", 51),
    ]


def test_a_line_about_a_message_repeats_nothing_of_it(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    bench.hears(Post("kiosk/v1/K01/\u202e" + "x" * 300, 1, retain=False), b"canary")
    (line,) = lines(caplog, "K706")
    assert line["topic"].isascii()
    assert len(line["topic"]) < 80
    assert "canary" not in str(line)
