"""The machine of the daemon's tests with a broker, and the operator who listens there."""

from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from kiosk.config import load
from kiosk.daemon import Inbox
from kiosk.mqtt.broker import Broker
from kiosk.mqtt.messages import Desired
from kiosk.mqtt.news import Arrived
from kiosk.mqtt.reports import Answer, Event, Reply, Report
from kiosk.mqtt.topics import Post as Place
from kiosk.mqtt.topics import Topics
from kiosk.post import NoPost, Post
from kiosk.post.opening import open_post
from tests.config.files import RIGHT, written
from tests.daemon.machine import Machine
from tests.mqtt.inbox import HASTE, Link, broker_at, identity

TOPICS: Final = Topics("K01")
R = TypeVar("R", bound=Report)


class Online(Machine):
    """A machine with the operator's side over the broker at a port of this machine."""

    def __init__(self, folder: Path, port: int, boot: str = "first") -> None:
        self._folder, self._port = folder, port
        self.looked_at: list[Desired] = []
        super().__init__(folder, boot)

    def post(self, inbox: Inbox) -> Post | NoPost:
        broker = f'\n[mqtt]\nhost = "127.0.0.1"\nport = {self._port}\ntls = false\n'
        state = f'kiosk = "K01"\nstate = "{self.path.parent}"'
        configuration = load(written(self._folder, RIGHT + broker, ('kiosk = "K01"', state)))
        examine, effective = self.looked_at.append, dict
        return open_post(configuration, self.journal, inbox.put, examine, effective, 0.0, pace=HASTE)


class Operator:
    """Hears everything that a machine tells, also what it told while he was away.

    He speaks to the plain broker at a port, unless another one is given.
    """

    def __init__(
        self, port: int, broker: Broker | None = None, name: str = "books", password: str = ""
    ) -> None:
        told = (TOPICS.event, TOPICS.reply, TOPICS.status, TOPICS.state, TOPICS.reported)
        filters = tuple(each.topic for each in told)
        who = identity(name, password, filters=filters, will=None)
        self._link = Link(broker or broker_at(port), who)
        self._heard: list[Arrived] = []

    def connects(self) -> "Operator":
        """Wait until what is told from now on is heard."""
        self._link.connects()
        return self

    def asks(self, post: Place, payload: bytes) -> None:
        """Send something, and wait until the broker has it."""
        self._link.publishes(payload, post.topic)

    def hears(self, post: Place, kind: type[R], fits: Callable[[R], bool] = lambda _: True) -> R:
        """The next report on a topic that fits; what else comes stays for another time."""
        passed, self._heard = self._heard, []
        while True:
            arrived = passed.pop(0) if passed else self._link.takes()
            if arrived.topic == post.topic:
                report = msgspec.json.decode(arrived.payload, type=kind)
                if fits(report):
                    self._heard += passed
                    return report
            self._heard.append(arrived)

    def reply(self, id_: str, answer: Answer | None = None) -> Reply:
        """The next reply to a command, or the one with this answer."""
        wanted = [answer] if answer else list(Answer)
        return self.hears(TOPICS.reply, Reply, lambda reply: reply.id == id_ and reply.status in wanted)

    def events(self, last: str) -> list[Event]:
        """Every event up to the next of that name."""
        found: list[Event] = []
        while not found or found[-1].what != last:
            found.append(self.hears(TOPICS.event, Event))
        return found

    def close(self) -> None:
        """Go, and come back for what is told meanwhile."""
        self._link.client.close()
