"""Whatever is sent: no more happens than what a valid message may do, and each is acknowledged once."""

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import hypothesis.strategies as st
from hypothesis import example, given
from msgspec.structs import replace

from kiosk import events as on
from kiosk.commands import COMMANDS
from kiosk.mqtt.messages import Ack, Command, Desired, Hint, decode
from kiosk.mqtt.news import Arrived
from kiosk.mqtt.reports import Answer, Reply
from kiosk.mqtt.signatures import digest
from kiosk.pushed import Candidate
from kiosk.refusals import Reason, Refusal
from tests.core.lives import STATES, life_in
from tests.mqtt.asking import NOW, ORDER
from tests.mqtt.mutations import MUTATED
from tests.mqtt.page import examples
from tests.post.bench import TOPICS, Bench

BASE = f"{TOPICS.prefix}/{TOPICS.kiosk}/"
PRINTED = st.sampled_from([(each.topic, each.text.encode()) for each in examples()])
SENT = st.lists(st.tuples(st.one_of(PRINTED, MUTATED), st.booleans(), st.booleans()), min_size=1, max_size=8)
NOTED = Reply(id="", command="", status=Answer.DONE)


class Operator:
    """Sends messages to a bench and checks after each what came of it."""

    def __init__(self, folder: Path) -> None:
        self.bench = Bench(folder)
        self.bench.now = replace(self.bench.now, wall=NOW)
        self.bench.till = replace(self.bench.till, opened=replace(life_in(STATES["shown"]), reference=ORDER))
        self.bench.connects()
        self.bench.line.taken()
        self.events: list[on.Event] = []
        self.heard: list[Arrived] = []

    def sends(self, topic: str, payload: bytes, *, retained: bool) -> None:
        before = self.memory
        arrived = Arrived(BASE + topic, payload, retained, object())
        self.heard.append(arrived)
        event = self.bench.take(arrived)
        if event is not None:
            self.events.append(event)
        may = MAY.get(topic.partition("/")[0], Operator.nothing)
        may(self, topic, payload, event, before)

    @property
    def memory(self) -> tuple[Any, ...]:
        """Everything that a message could change."""
        book = self.bench.book
        return list(book.acks), dict(book.commands), dict(book.rows), len(self.bench.looked_at)

    def records(self) -> None:
        """Whatever waits is on disk now."""
        for event in self.events:
            if isinstance(event, on.Commanded) and event.command.id not in self.bench.book.commands:
                self.bench.book.remembers(event, replace(NOTED, id=event.command.id))
            self.bench.decides(event)
        for desired in self.bench.looked_at:
            hash_ = digest(desired.document)
            candidate = Candidate(version=desired.version, hash=hash_, document={}, settings=None)
            self.bench.decides(on.Pushed(candidate))
        self.events.clear()

    def nothing(self, topic: str, payload: bytes, event: on.Event | None, before: Any) -> None:
        assert (event, self.memory) == (None, before)

    def command(self, topic: str, payload: bytes, event: on.Event | None, before: Any) -> None:
        assert self.memory == before
        read = decode(Command, payload)
        if event is not None:
            assert isinstance(event, on.Commanded)
            assert isinstance(read, Command)
            assert topic == f"cmd/{event.command.name}"
            assert event.command.name in COMMANDS
            assert (event.command.id, event.command.exp) == (read.id, read.exp)
        for reply in self.bench.replies:
            assert reply.status is not Answer.ACCEPTED
            assert reply.command == topic.removeprefix("cmd/") or reply.id in self.bench.book.commands
            if isinstance(read, Refusal):
                assert (reply.id, reply.reason) in {(read.id, read.reason), (read.id, Reason.TOO_MANY)}

    def hint(self, topic: str, payload: bytes, event: on.Event | None, before: Any) -> None:
        assert self.memory == before
        if event is not None:
            assert isinstance(event, on.Hinted)
            assert isinstance(decode(Hint, payload), Hint)

    def ack(self, topic: str, payload: bytes, event: on.Event | None, before: Any) -> None:
        read = decode(Ack, payload)
        acks, *rest = before
        noted = [*acks, (read.epoch, read.seq)] if isinstance(read, Ack) and topic == "event/ack" else acks
        assert (event, self.memory) == (None, (noted, *rest))

    def configuration(self, topic: str, payload: bytes, event: on.Event | None, before: Any) -> None:
        valid = isinstance(decode(Desired, payload), Desired) and topic == "config/desired"
        *rest, looked_at = before
        assert event is None
        assert self.memory[:-1] == tuple(rest)
        assert looked_at <= self.memory[-1] <= looked_at + valid


MAY = {
    "cmd": Operator.command,
    "notify": Operator.hint,
    "event": Operator.ack,
    "config": Operator.configuration,
}


def test_every_message_of_the_page_is_one_that_this_operator_may_send(tmp_path: Path) -> None:
    operator = Operator(tmp_path)
    for topic, payload in [(each.topic, each.text.encode()) for each in examples()]:
        operator.sends(topic, payload, retained=False)
    commands = {event.command.name for event in operator.events if isinstance(event, on.Commanded)}
    assert commands == COMMANDS.keys()
    assert any(isinstance(event, on.Hinted) for event in operator.events)
    assert operator.bench.looked_at
    assert operator.bench.book.acks


@given(SENT)
@example([(("event/ack", b'{"epoch":1,"seq":1}'), False, True)])
def test_nothing_but_what_a_valid_message_may_do(
    sent: list[tuple[tuple[str, bytes], bool, bool]],
) -> None:
    with TemporaryDirectory() as folder:
        operator = Operator(Path(folder))
        for (topic, payload), retained, recorded in sent:
            operator.sends(topic, payload, retained=retained)
            if recorded:
                operator.records()
        operator.records()
        acknowledged = Counter(id(each) for each in operator.bench.line.acknowledged)
        assert acknowledged == Counter(id(each) for each in operator.heard)
