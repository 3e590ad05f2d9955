"""The operator's side on a bench: a line that notes what is published, a notebook in the journal's place."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

import msgspec
import pytest
from msgspec.structs import replace

from kiosk import effects as do
from kiosk import events as on
from kiosk.journal import OutboxRow, Remembered
from kiosk.model import Now
from kiosk.mqtt.messages import Desired, encode
from kiosk.mqtt.news import Arrived, Connected, Disconnected, Message, Receipt
from kiosk.mqtt.reports import Presence, Reply, Report, Status
from kiosk.mqtt.topics import Post as Place
from kiosk.mqtt.topics import Topics
from kiosk.post import Post
from kiosk.post.board import Board
from kiosk.post.counting import Tally
from kiosk.post.incoming import Incoming
from kiosk.post.outgoing import Outgoing
from kiosk.post.vitals import Survey
from kiosk.secret import Secret
from kiosk.till import Till
from tests.core.shop import BOOT, MORNING, Shop

TOPICS: Final = Topics("K01")
SESSION: Final = 41
EPOCH: Final = 3
KEY: Final = Secret("a command key for these tests, only")
STARTED: Final = 1000.0
R = TypeVar("R", bound=Report)


class Sent(NamedTuple):
    """What was published, and the receipt that was given for it."""

    topic: str
    payload: bytes
    qos: int
    retain: bool
    receipt: Receipt

    def report(self, kind: type[R]) -> R:
        return msgspec.json.decode(self.payload, type=kind)


class Line:
    """A link that goes nowhere; the test says when it is up, and what the broker has."""

    def __init__(self) -> None:
        self.is_up = False
        self.sent: list[Sent] = []
        self.acknowledged: list[Arrived] = []
        self.last_words: tuple[Message, ...] | None = None
        self.is_started = False
        self.tries = 0
        self._broken: list[bool] = [True]

    def start(self) -> None:
        self.is_started = True

    def publish(self, topic: str, payload: bytes, qos: int = 1, retain: bool = False) -> Receipt:
        self.tries += 1
        gone = self._broken
        receipt = Receipt(lambda: gone[0])
        if self.is_up:
            self.sent.append(Sent(topic, payload, qos, retain, receipt))
        return receipt

    def acknowledge(self, arrived: Arrived) -> None:
        self.acknowledged.append(arrived)

    def close(self, *last: Message) -> None:
        self.last_words = last

    def rises(self) -> None:
        self.is_up, self._broken = True, [False]

    def breaks(self) -> None:
        self.is_up, self._broken[0] = False, True

    def taken(self, post: Place | None = None) -> list[Sent]:
        """What was published since the last call, on a topic; the broker has it."""
        found = [each for each in self.sent if post is None or each.topic == post.topic]
        self.sent = [each for each in self.sent if each not in found]
        for each in found:
            each.receipt.is_out = True
        return found

    def seen(self, post: Place) -> list[Sent]:
        """What was published on a topic and not taken yet; the broker does not have it."""
        return [each for each in self.sent if each.topic == post.topic]


class Notebook:
    """Keeps what a journal keeps, and notes what it is asked to forget."""

    def __init__(self) -> None:
        self.epoch, self.session, self.recovery = EPOCH, SESSION, ""
        self.commands: dict[str, Remembered] = {}
        self.rows: dict[int, OutboxRow] = {}
        self.answers: list[Reply] = []
        self.acks: list[tuple[int, int]] = []
        self.behind = ""

    def command(self, id_: str) -> Remembered | None:
        return self.commands.get(id_)

    def tells(self, count: int = 1, **fields: Any) -> None:
        """So many events more."""
        for _ in range(count):
            seq = max(self.rows, default=0) + 1
            row = OutboxRow(EPOCH, seq, f"{seq:016x}", "order.intent", "", {}, MORNING, True)
            self.rows[seq] = replace(row, **fields)

    def unsent(self, limit: int) -> list[OutboxRow]:
        return [row for _, row in sorted(self.rows.items())][:limit]

    def remove(self, seqs: Iterable[int]) -> None:
        for seq in seqs:
            del self.rows[seq]

    def unsent_answers(self, limit: int) -> list[Reply]:
        return self.answers[:limit]

    def answer_sent(self, reply: Reply) -> None:
        self.answers = [each for each in self.answers if each != reply]

    def acknowledged(self, epoch: int, seq: int) -> None:
        self.acks.append((epoch, seq))
        self.recovery = self.recovery or self.behind

    def remembers(self, event: on.Event, reply: Reply) -> None:
        """The command is on disk with this answer."""
        assert isinstance(event, on.Commanded)
        command = event.command
        self.commands[command.id] = Remembered(command.id, command.name, command.digest, command.exp, reply)


class Bench:
    """A `Post` with everything around it; its clock stands still until it is moved."""

    def __init__(
        self, folder: Path, keys: tuple[Secret, ...] = (), notices: list[tuple[Place, bytes]] | None = None
    ) -> None:
        self.line, self.book, self.tally = Line(), Notebook(), Tally()
        self.shop = Shop()
        self.till: Till = self.shop.till
        self.now = Now(BOOT, STARTED, MORNING)
        self.looked_at: list[Desired] = []
        self.asked_for: list[Mapping[str, Any]] = []
        self.incoming = Incoming(TOPICS, self.book, keys, self.looked_at.append, self.tally)
        board = Board(self.line, TOPICS, status(Presence.ONLINE), self._effective, notices or [])
        survey = Survey(folder / "journal.db", "Asia/Jakarta", lambda: self.now.wall, folder, folder)
        self.outgoing = Outgoing(self.line, TOPICS, self.book, board, survey, self.tally, STARTED)
        self.post = Post(
            self.line, TOPICS, self.incoming, self.outgoing, status(Presence.OFFLINE), self.tally
        )

    def _effective(self, document: Mapping[str, Any]) -> Mapping[str, Any]:
        self.asked_for.append(document)
        return {"language": "id", **document}

    def connects(self, *, is_known: bool = True, hears_itself: bool = True) -> None:
        self.line.rises()
        self.take(Connected(is_known))
        if hears_itself:
            self.hears(TOPICS.status, status(Presence.ONLINE))
            del self.line.acknowledged[-1]

    def loses_the_line(self) -> None:
        self.line.breaks()
        self.take(Disconnected("the network is down", 1.0))

    def take(self, item: Any) -> on.Event | None:
        return self.post.take(item, self.till, self.now)

    def hears(self, post: Place, payload: bytes, *, retained: bool = False) -> on.Event | None:
        """A message arrives."""
        return self.take(Arrived(post.topic, payload, retained, None))

    def decides(self, event: on.Event | None = None, *effects: do.Effect) -> None:
        """A decision is on disk and done."""
        self.post.decided(event or on.TimePassed(), effects, self.till, self.now)

    def passes(self, seconds: float) -> None:
        """Time goes by, and a decision with it."""
        self.now = Now(BOOT, self.now.elapsed + seconds, self.now.wall + seconds)
        self.decides()

    @property
    def replies(self) -> list[Reply]:
        """What was replied since the last call; the broker has it."""
        return [each.report(Reply) for each in self.line.taken(TOPICS.reply)]


def status(presence: Presence, session: int = SESSION) -> bytes:
    return encode(Status(status=presence, session=session, version="1.0"))


def command(id_: str = "c-1", args: dict[str, Any] | None = None, **fields: Any) -> bytes:
    """A command in the bytes of a controller."""
    whole = {"id": id_, "exp": int(MORNING) + 60, "args": args or {}, **fields}
    return msgspec.json.encode(whole)


def lines(caplog: pytest.LogCaptureFixture, code: str) -> list[dict[str, Any]]:
    """The fields of every line with this code so far."""
    return [getattr(record, "fields", {}) for record in caplog.records if getattr(record, "code", "") == code]
