"""What is told once and in order: events and answers from the journal, and refusals that nobody remembers.

Each is sent again after a lost connection until the broker has it, so that nothing is missed; that something
comes twice is harmless, for events are numbered and answers have their command's id.
"""

from collections import deque
from typing import Final

from kiosk.mqtt.reports import Reply
from kiosk.mqtt.topics import Topics
from kiosk.post import reporting
from kiosk.post.ports import Link, Memory
from kiosk.post.window import Window

EVENTS: Final = 16
ANSWERS: Final = 8
WORDS: Final = 8
"""At most so many of each are under way; all together are fewer than the link takes."""
WAITING: Final = 64
"""Refusals that wait to be said; more are dropped, for whoever sends so fast does not listen."""


class Events:
    """The journal's outbox, oldest first; `look` says that there may be new ones."""

    def __init__(self, link: Link, topics: Topics, memory: Memory) -> None:
        self._memory = memory
        self._window: Window[int] = Window(link, topics.event, EVENTS)
        self._may_have_more = True

    def look(self) -> None:
        """Something was put into the outbox."""
        self._may_have_more = True

    def settle(self) -> None:
        """Take out of the journal what the broker has."""
        out, lost = self._window.settle()
        self._may_have_more |= bool(lost)
        if out:
            self._memory.remove(out)

    def send(self) -> None:
        """Publish what may be under way besides."""
        if not (self._window.room and self._may_have_more):
            return
        under_way = self._window.things
        # among the oldest there may be one that was lost before those after it
        rows = self._memory.unsent(EVENTS)
        new = [row for row in rows if row.seq not in under_way]
        sent = all(self._window.send(row.seq, reporting.event_of(row)) for row in new)
        self._may_have_more = not sent or len(rows) == EVENTS


class Answers:
    """The newest answers to commands."""

    def __init__(self, link: Link, topics: Topics, memory: Memory) -> None:
        self._memory = memory
        self._window: Window[Reply] = Window(link, topics.reply, ANSWERS)

    def settle(self) -> None:
        """Tell the journal what the broker has."""
        for reply in self._window.settle().out:
            self._memory.answer_sent(reply)

    def send(self) -> None:
        """Publish what may be under way besides."""
        if not self._window.room:
            return
        under_way = self._window.things
        for reply in self._memory.unsent_answers(ANSWERS):
            fits = reply not in under_way and self._window.room
            if fits and not self._window.send(reply, reporting.reply_of(reply)):
                return


class Words:
    """Replies that are said and not remembered: refusals, and what a repeat was answered before."""

    def __init__(self, link: Link, topics: Topics) -> None:
        self._window: Window[Reply] = Window(link, topics.reply, WORDS)
        self._waiting: deque[Reply] = deque()

    def say(self, reply: Reply) -> bool:
        """Say it as soon as may be; False where too much waits already."""
        if len(self._waiting) >= WAITING:
            return False
        self._waiting.append(reply)
        return True

    def settle(self) -> None:
        """What was lost is said again."""
        self._waiting.extendleft(reversed(self._window.settle().lost))

    def send(self) -> None:
        """Publish what may be under way besides."""
        while self._waiting and self._window.room:
            if not self._window.send(self._waiting[0], reporting.reply_of(self._waiting[0])):
                return
            self._waiting.popleft()
