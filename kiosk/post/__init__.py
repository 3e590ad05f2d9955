"""The operator's side of the machine: what comes in and goes out over MQTT, for the thread that decides.

It is handed whatever the link to the broker puts into the inbox, gives back events for the till, and is told
what was decided once that is on disk.  It decides nothing, and a machine without a broker sells all the same.
"""

import math
from collections.abc import Callable, Iterable
from typing import Any, Final

from kiosk import effects as do
from kiosk import events as on
from kiosk import logs
from kiosk.lanes import Job
from kiosk.model import Now
from kiosk.mqtt.messages import encode
from kiosk.mqtt.news import (
    Acknowledged,
    Arrived,
    Connected,
    Disconnected,
    Dropped,
    Item,
    Message,
    NotSubscribed,
    TakenOver,
)
from kiosk.mqtt.topics import Topics
from kiosk.post.counting import Tally
from kiosk.post.incoming import Incoming
from kiosk.post.outgoing import Outgoing
from kiosk.post.ports import Link
from kiosk.post.state import out_of_service
from kiosk.post.turning_down import unread
from kiosk.refusals import Reason, Refusal
from kiosk.till import Till

__all__ = ["NoPost", "Post"]


ALARM_EVERY: Final = 3600.0
"""Seconds between two events that tell of the same trouble with the broker."""


class Post:
    """Started once and closed once, by the deciding thread; `offline` are its last words."""

    def __init__(
        self, link: Link, topics: Topics, incoming: Incoming, outgoing: Outgoing, offline: bytes, tally: Tally
    ) -> None:
        self._link, self._topics = link, topics
        self._incoming, self._outgoing = incoming, outgoing
        self._offline, self._tally = offline, tally
        self._reason = ""
        self._was_connected = False
        self._alarm_at = -math.inf
        self._takers: dict[type[Item], Callable[[Any, Till, Now], on.Event | None]] = {
            Arrived: self._arrived,
            Acknowledged: self._nothing,
            Connected: self._connected,
            Disconnected: self._disconnected,
            TakenOver: self._taken_over,
            NotSubscribed: self._not_subscribed,
            Dropped: self._dropped,
        }

    def start(self) -> None:
        """Connect, now and whenever the connection ends."""
        self._link.start()

    def take(self, item: Item, till: Till, now: Now) -> on.Event | None:
        """See to what the link tells; the event that is to be decided, if it comes to one.

        Raises JournalError.  A command comes without what is to be looked up for it.
        """
        event = self._takers[type(item)](item, till, now)
        if event is None:
            self._outgoing.send(till, now)
        return event

    def decided(self, event: on.Event, effects: Iterable[do.Effect], till: Till, now: Now) -> None:
        """What was decided about an event is on disk: acknowledge what led to it, and tell what is new.

        Called after every decision.
        """
        for arrived in self._incoming.recorded(event):
            self._link.acknowledge(arrived)
        if isinstance(event, on.Pushed):
            self._outgoing.stands()
        self._outgoing.recorded(effects)
        self._outgoing.send(till, now)

    @property
    def due(self) -> float | None:
        """When to call `job` and then `decided` again, in `Now.elapsed`; None while nothing is to be told."""
        return self._outgoing.due

    def job(self, now: Now) -> Job | None:
        """Slow work for a lane, when it is time for it."""
        return self._outgoing.job(now)

    def close(self, code: str = "") -> None:
        """Say goodbye and disconnect; with a code the operator reads why the machine is out of service."""
        words = [Message(self._topics.status.topic, self._offline)]
        if code:
            words.insert(0, Message(self._topics.state.topic, encode(out_of_service(code))))
        self._link.close(*words)

    def _arrived(self, arrived: Arrived, till: Till, now: Now) -> on.Event | None:
        outcome = self._incoming.take(arrived, till, now)
        if outcome.reply:
            self._outgoing.say(outcome.reply)
        if outcome.turned_down:
            self._outgoing.turn_down(outcome.turned_down, till)
        if outcome.stands:
            self._outgoing.stands()
        if outcome.status_is_wrong:
            self._outgoing.status_is_wrong()
        if outcome.is_back:
            self._outgoing.has_heard()
        if not outcome.waits:
            self._link.acknowledge(arrived)
        return outcome.event

    def _nothing(self, item: Acknowledged, till: Till, now: Now) -> None:
        """What became of our messages is looked at whenever something is sent."""

    def _connected(self, item: Connected, till: Till, now: Now) -> None:
        self._reason = ""
        if self._was_connected:
            self._tally.count("reconnects")
        self._was_connected = True
        self._outgoing.connected(now, is_known=item.session_present)
        logs.write("K701")

    def _disconnected(self, item: Disconnected, till: Till, now: Now) -> None:
        """One line for each reason, not for each try."""
        self._outgoing.disconnected()
        if item.reason != self._reason:
            self._reason = item.reason
            logs.write("K702", fields={"reason": item.reason})

    def _taken_over(self, item: TakenOver, till: Till, now: Now) -> on.Event | None:
        """A line each time; an event, which is kept until it is told, once an hour."""
        self._tally.count("taken_over")
        logs.write("K703")
        if now.elapsed < self._alarm_at:
            return None
        self._alarm_at = now.elapsed + ALARM_EVERY
        return on.IdContested()

    def _not_subscribed(self, item: NotSubscribed, till: Till, now: Now) -> None:
        self._tally.count("not_subscribed")
        logs.write("K704", fields={"topics": " ".join(item.filters)})

    def _dropped(self, item: Dropped, till: Till, now: Now) -> None:
        self._tally.counts["refused.oversized_unread"] = item.count
        if item.topic == self._topics.desired.topic:
            self._outgoing.turn_down(unread(Refusal(Reason.OVERSIZED)), till)
        logs.write("K705", fields={"reason": item.reason, "count": item.count})


class NoPost:
    """In the place of a `Post` where no broker is configured: nothing comes, and nothing is told."""

    due = None

    def start(self) -> None:
        """Nothing."""

    def take(self, item: Item, till: Till, now: Now) -> on.Event | None:
        """Never called: there is no link."""

    def decided(self, event: on.Event, effects: Iterable[do.Effect], till: Till, now: Now) -> None:
        """Nobody is to be told."""

    def job(self, now: Now) -> Job | None:
        """Nothing is to be measured."""

    def close(self, code: str = "") -> None:
        """Nobody is there to say goodbye to."""
