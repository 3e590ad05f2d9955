"""The messages: what is read, what is refused and with which reason, and that the page prints the truth."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import asdict

from kiosk.journal.records import OutboxRow
from kiosk.mqtt.messages import Ack, Command, Desired, Hint, Message, decode, encode
from kiosk.mqtt.reports import Answer, Event, Presence, Reply, Reported, State, Status, Telemetry, rejected
from kiosk.mqtt.strict import read_object
from kiosk.refusals import WORDS, Reason, Refusal
from tests.mqtt.bad_payloads import BAD_PAYLOADS
from tests.mqtt.mutations import MUTATED
from tests.mqtt.page import KINDS, Example, examples

ROOT = Path(__file__).parents[2]
ASKED: list[type[Message]] = [Command, Desired, Ack, Hint]
TOLD: list[type[Message]] = [Status, State, Event, Telemetry, Reported, Reply]


def read(kind: type[Message], payload: bytes) -> Message:
    message = decode(kind, payload)
    assert not isinstance(message, Refusal), message
    return message


def refusal_of(kind: type[Message], payload: bytes) -> Refusal:
    refusal = decode(kind, payload)
    assert isinstance(refusal, Refusal), refusal
    return refusal


def an_example(kind: type[Message]) -> Example:
    return next(example for example in examples() if KINDS[example.topic] is kind)


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.topic)
def test_an_example_of_the_page_is_read_and_written_again_as_it_stands(example: Example) -> None:
    message = read(KINDS[example.topic], example.text.encode())
    assert json.loads(encode(message)) == example.fields


def test_the_page_has_an_example_of_every_message_and_every_command() -> None:
    assert {example.topic for example in examples()} == KINDS.keys()


def test_the_schemas_and_the_tables_of_the_page_are_what_the_types_say() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "schema"), "--check"]
    assert subprocess.run(command, check=False).returncode == 0


@pytest.mark.parametrize(
    "path", sorted((ROOT / "docs" / "schema").glob("*.json")), ids=lambda path: path.stem
)
def test_the_patterns_of_a_schema_are_understood_outside_of_python(path: Path) -> None:
    patterns = re.findall(r'"pattern": "(.*)"', path.read_text(encoding="utf-8"))
    assert [pattern for pattern in patterns if not pattern.endswith("$") or "\\\\Z" in pattern] == []


@pytest.mark.parametrize("name", BAD_PAYLOADS)
def test_what_is_no_command_is_refused_with_its_reason(name: str) -> None:
    payload, reason = BAD_PAYLOADS[name]
    assert refusal_of(Command, payload).reason is reason


@pytest.mark.parametrize("kind", [*ASKED, *TOLD], ids=lambda kind: kind.__name__)
def test_size_is_judged_before_anything_is_read(kind: type[Message]) -> None:
    assert refusal_of(kind, b"\xff" * (kind.largest + 1)).reason is Reason.OVERSIZED
    assert refusal_of(kind, b"\xff" * kind.largest).reason is Reason.BAD_UTF8


@pytest.mark.parametrize(("kind", "kibibytes"), [(Ack, 1), (Hint, 1), (Command, 4), (Desired, 64)])
def test_a_machine_reads_no_more_than_it_has_a_use_for(kind: type[Message], kibibytes: int) -> None:
    assert refusal_of(kind, b" " * (kibibytes * 1024 + 1)).reason is Reason.OVERSIZED


@pytest.mark.parametrize("kind", ASKED, ids=lambda kind: kind.__name__)
def test_a_machine_refuses_a_field_it_does_not_know(kind: type[Message]) -> None:
    fields = an_example(kind).fields | {"release": True}
    refusal = refusal_of(kind, json.dumps(fields).encode())
    assert (refusal.reason, "`release`" in refusal.detail) == (Reason.UNKNOWN_FIELD, True)


@pytest.mark.parametrize("kind", TOLD, ids=lambda kind: kind.__name__)
def test_a_reader_passes_over_what_a_newer_machine_adds(kind: type[Message]) -> None:
    example = an_example(kind)
    newer = json.dumps(example.fields | {"mood": "good"}).encode()
    assert read(kind, newer) == read(kind, example.text.encode())


@pytest.mark.parametrize("kind", ASKED, ids=lambda kind: kind.__name__)
def test_the_version_may_be_left_out(kind: type[Message]) -> None:
    example = an_example(kind)
    fields = {name: value for name, value in example.fields.items() if name != "v"}
    assert read(kind, json.dumps(fields).encode()) == read(kind, example.text.encode())


@pytest.mark.parametrize(
    ("kind", "payload", "reason"),
    [
        (Ack, b'{"epoch":1,"seq":-1}', Reason.BAD_VALUE),
        (Ack, b'{"epoch":"1","seq":1}', Reason.BAD_VALUE),
        (Ack, b'{"seq":1}', Reason.MISSING_FIELD),
        (Desired, b'{"version":0,"document":{}}', Reason.BAD_VALUE),
        (Desired, b'{"version":1}', Reason.MISSING_FIELD),
        (Desired, b'{"version":1,"document":[]}', Reason.BAD_VALUE),
        (Desired, b'{"version":1,"document":{"limits":{"unpaid_within":600.5}}}', Reason.BAD_NUMBER),
        (Desired, b'{"version":1,"document":{"slots":[],"slots":[]}}', Reason.DUPLICATE_KEY),
        (Desired, b'{"version":1,"document":{"\\u00e9":1}}', Reason.UNKNOWN_FIELD),
        (Hint, b'{"id":"h","reference":"","received":1}', Reason.BAD_VALUE),
        (Hint, b'{"id":"h","reference":"K01 #","received":1}', Reason.BAD_VALUE),
        (Hint, b'{"id":"h","reference":"K01","received":1,"body":{}}', Reason.UNKNOWN_FIELD),
        (Event, b'{"event_id":"e"}', Reason.MISSING_FIELD),
        (Telemetry, b'{"time":NaN}', Reason.BAD_NUMBER),
        (Reported, b'{"effective":{"a":1e999}}', Reason.BAD_NUMBER),
        (Status, b'{"status":"asleep","session":1,"version":"1"}', Reason.BAD_VALUE),
    ],
)
def test_every_kind_of_message_is_read_strictly(kind: type[Message], payload: bytes, reason: Reason) -> None:
    assert refusal_of(kind, payload).reason is reason


def test_a_machine_tells_fractions_and_never_takes_them() -> None:
    fields = an_example(Reported).fields | {"effective": {"gateway.midtrans.claim_window": 20.5}}
    reported = read(Reported, json.dumps(fields).encode())
    assert reported == read(Reported, encode(reported))


def test_a_refusal_names_the_command_whose_id_could_be_read() -> None:
    assert refusal_of(Command, b'{"id":"c-1","exp":"soon"}').id == "c-1"
    assert refusal_of(Command, b'{"v":2,"id":"c-1"}').id == "c-1"
    assert refusal_of(Command, b'{"id":"c-1","exp":1,"args":{"amount":1.5}}').id == "c-1"
    assert refusal_of(Command, b'{"id":"c\\u0000","exp":1}').id == ""
    assert refusal_of(Command, b'{"id":["c"],"exp":1}').id == ""


@pytest.mark.parametrize(
    "payload",
    [
        b'{"id":"CANARY!","exp":1}',
        b'{"id":"a","exp":"CANARY!"}',
        b'{"id":"a","exp":1,"sig":"CANARY!"}',
        b'{"v":"CANARY!","id":"a","exp":1}',
        b'{"id":"a","exp":1,"args":"CANARY!"}',
        b"CANARY!",
    ],
)
def test_a_refusal_never_repeats_a_value(payload: bytes) -> None:
    assert "CANARY" not in refusal_of(Command, payload).words


def test_a_choice_that_is_none_is_not_repeated() -> None:
    refusal = refusal_of(Status, b'{"status":"CANARY!","session":1,"version":"1"}')
    assert refusal.detail == "status: no such choice"


def test_every_reason_has_words_of_its_own() -> None:
    assert WORDS.keys() == set(Reason)
    assert len(set(WORDS.values())) == len(WORDS)


def test_a_rejection_says_why_in_words_and_for_programs() -> None:
    reply = rejected("charge", Refusal(Reason.BAD_VALUE, "args.slot: Expected `int`", "c-1"))
    assert (reply.id, reply.command, reply.status, reply.reason) == (
        "c-1",
        "charge",
        Answer.REJECTED,
        "bad_value",
    )
    assert reply.words == f"{WORDS[Reason.BAD_VALUE]}: args.slot: Expected `int`"


def test_a_row_of_the_outbox_becomes_an_event_by_its_names() -> None:
    row = OutboxRow(1, 120, "9f86d081884c7d65", "slot.stopped", "", {"slot": 3}, 1767225600.75, True)
    event = Event(**{**asdict(row), "time": int(row.time)})
    assert read(Event, encode(event)) == event


def test_the_will_is_a_status_like_any_other() -> None:
    will = Status(status=Presence.LOST, session=41, version="0.1.0")
    assert encode(will) == b'{"v":1,"status":"lost","session":41,"version":"0.1.0"}'


def test_eight_levels_are_read_and_nine_are_not() -> None:
    assert isinstance(read_object(b'{"a":' * 7 + b"{}" + b"}" * 7, 1_000, whole=True), dict)
    assert read_object(b'{"a":' * 8 + b"{}" + b"}" * 8, 1_000, whole=True) == Refusal(
        Reason.TOO_DEEP, "at most 8 levels"
    )


def test_brackets_in_a_text_are_no_depth() -> None:
    assert read_object(b'{"a":"[[[[[[[[[[{{{{{{\\"[[[["}', 1_000, whole=True) == {
        "a": '[[[[[[[[[[{{{{{{"[[[['
    }


def test_a_whole_character_may_be_escaped() -> None:
    assert read_object(rb'{"a":"\ud83d\ude00"}', 100, whole=True) == {"a": "😀"}


@given(MUTATED)
def test_a_mutated_message_is_read_or_refused_with_a_reason(mutated: tuple[str, bytes]) -> None:
    topic, payload = mutated
    kind = KINDS[topic]
    message = decode(kind, payload)
    if isinstance(message, Refusal):
        assert message.words.isprintable()
        assert len(message.detail) <= 160
        assert message.reason in Reason
    else:
        assert decode(kind, encode(message)) == message


@given(st.sampled_from([*ASKED, *TOLD]), st.binary(max_size=300))
def test_noise_is_never_a_message(kind: type[Message], payload: bytes) -> None:
    assert isinstance(decode(kind, payload), Refusal)
