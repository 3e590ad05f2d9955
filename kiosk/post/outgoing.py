"""What is told to the operator: everything durable until the broker has it, the rest while it is new.

The journal is what remembers; here is only what is under way.  Nothing is sent while there is no connection.
"""

import math
from collections.abc import Iterable
from typing import Final

from kiosk import effects as do
from kiosk.lanes import Job
from kiosk.model import Now
from kiosk.mqtt.reports import Reply
from kiosk.mqtt.topics import Topics
from kiosk.post import reporting
from kiosk.post.board import Board
from kiosk.post.counting import Tally
from kiosk.post.ports import Link, Memory
from kiosk.post.streams import Answers, Events, Words
from kiosk.post.turning_down import TurnedDown
from kiosk.post.vitals import Survey
from kiosk.post.window import publish
from kiosk.till import Till

TELEMETRY_EVERY: Final = 300.0
"""Seconds."""
HEARS_WITHIN: Final = 5.0
"""Seconds for our own status to come back, where we may read it."""


class Outgoing:
    """For the one thread that decides; `began` is when the program did, in `Now.elapsed`."""

    def __init__(
        self,
        link: Link,
        topics: Topics,
        memory: Memory,
        board: Board,
        survey: Survey,
        tally: Tally,
        began: float,
    ) -> None:
        self._link, self._topics, self._memory = link, topics, memory
        self._board, self._survey, self._tally, self._began = board, survey, tally, began
        self._events = Events(link, topics, memory)
        self._answers = Answers(link, topics, memory)
        self._words = Words(link, topics)
        self._is_up = False
        self._hears_by = math.inf
        self._telemetry_at = began

    def connected(self, now: Now, *, is_known: bool) -> None:
        """There is a connection; `is_known`: the broker has kept what it had of us."""
        self._is_up = True
        if self._hears_by > -math.inf:
            self._hears_by = now.elapsed + HEARS_WITHIN
        self._board.connected(is_known=is_known)

    def has_heard(self) -> None:
        """What the broker keeps for us is here, for our own status came after it.

        No event is told before that: an `event/ack` among it may show that this journal is an old copy, and
        what an old copy tells under its old epoch has the numbers of events that are known.
        """
        self._hears_by = -math.inf

    def disconnected(self) -> None:
        """There is none; what was under way is sent again after the next `connected`."""
        self._is_up = False

    def say(self, reply: Reply) -> None:
        """Answer at once, and remember nothing of it."""
        if not self._words.say(reply):
            self._tally.count("replies.dropped")

    def turn_down(self, down: TurnedDown, till: Till) -> None:
        """Tell why a configuration is not even looked through."""
        self._board.turn_down(down, till)

    def stands(self) -> None:
        """Tell what became of the one before instead."""
        self._board.stands()

    def status_is_wrong(self) -> None:
        """The broker holds a false one of us."""
        self._board.status_is_wrong()

    def recorded(self, effects: Iterable[do.Effect]) -> None:
        """What was decided is on disk; there may be events in it."""
        if any(isinstance(effect, do.Tell) for effect in effects):
            self._events.look()

    def send(self, till: Till, now: Now) -> None:
        """Publish all that is new and may be under way besides."""
        for stream in (self._events, self._answers, self._words):
            stream.settle()
        if not self._is_up:
            return
        self._board.send(till, now)
        if now.elapsed >= self._hears_by:
            self.has_heard()
        streams = (self._events, self._answers, self._words)
        for stream in streams if self._hears_by == -math.inf else streams[1:]:
            stream.send()
        self._send_telemetry(till, now)

    @property
    def due(self) -> float | None:
        """When it wants to be asked again, in `Now.elapsed`; None while only what happens can matter."""
        if not self._is_up:
            return None
        times = (self._board.due, self._telemetry_at, self._hears_by)
        return min(time for time in times if time is not None and time > -math.inf)

    def job(self, now: Now) -> Job | None:
        """Measuring, for a lane, when it is time; what was measured is told with the next `send`."""
        if not self._is_up or now.elapsed < self._telemetry_at:
            return None
        self._telemetry_at = now.elapsed + TELEMETRY_EVERY
        return self._survey.job()

    def _send_telemetry(self, till: Till, now: Now) -> None:
        if vitals := self._survey.found():
            process = reporting.Process(self._memory.session, self._memory.epoch, self._began)
            told = reporting.telemetry_of(vitals, till, now, process, self._tally.counts)
            publish(self._link, self._topics.telemetry, told)
