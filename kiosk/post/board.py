"""What the broker keeps of us: whether we are there, what we do, which configuration holds, what finds us."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from kiosk.model import Now
from kiosk.mqtt.messages import encode
from kiosk.mqtt.topics import Post, Topics
from kiosk.post import reporting
from kiosk.post.ports import Link
from kiosk.post.state import state_of
from kiosk.post.turning_down import TurnedDown
from kiosk.post.window import Standing
from kiosk.pushed import Pushed
from kiosk.till import Till

STATE_EVERY: Final = 0.5
"""Seconds between two states; of those in between only the newest is told."""
TURNED_DOWN_EVERY: Final = 1.0
"""Seconds between two configurations that are told to be unreadable or nobody's; the newest is told."""

Effective: TypeAlias = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""From a pushed document to the values that hold with it, without secrets."""


class Board:
    """Retained messages; `online` says that we are there, `notices` never change while the program runs."""

    def __init__(
        self,
        link: Link,
        topics: Topics,
        online: bytes,
        effective: Effective,
        notices: Sequence[tuple[Post, bytes]],
    ) -> None:
        self._effective = effective
        self._status = _wanting(Standing(link, topics.status), online)
        self._state = Standing(link, topics.state)
        self._reported = Standing(link, topics.reported)
        self._notices = [_wanting(Standing(link, post), payload) for post, payload in notices]
        self._state_at = float("-inf")
        self._pushed: Pushed | None = None
        self._turned_down: TurnedDown | None = None
        self._turned_down_at = float("-inf")
        self._document: Mapping[str, Any] | None = None
        self._values: Mapping[str, Any] = {}

    def connected(self, *, is_known: bool) -> None:
        """Our will may have been published, and a broker that does not know us has forgotten the rest too."""
        self._status.forget()
        self._reported.forget()
        self._pushed = None
        for each in () if is_known else (self._state, *self._notices):
            each.forget()

    def status_is_wrong(self) -> None:
        """Somebody put another one in its place."""
        self._status.forget()

    def turn_down(self, down: TurnedDown, till: Till) -> None:
        """Tell that a configuration was not even looked through, until there is something newer to tell."""
        self._learn(till.pushed)
        self._turned_down = down

    def stands(self) -> None:
        """Tell what became of the last one that was looked through."""
        self._pushed = None

    def send(self, till: Till, now: Now) -> None:
        """Publish whatever differs from what was told."""
        self._learn(till.pushed)
        self._say_turned_down(till, now)
        self._state.want(encode(state_of(till, now)))
        for each in (self._status, self._reported, *self._notices):
            each.send()
        if self._state.is_news and now.elapsed >= self._state_at + STATE_EVERY:
            self._state_at = now.elapsed
            self._state.send()

    @property
    def due(self) -> float | None:
        """When something is to be told that came too soon after the one before."""
        times = [self._state_at + STATE_EVERY] if self._state.is_news else []
        if self._turned_down:
            times.append(self._turned_down_at + TURNED_DOWN_EVERY)
        return min(times, default=None)

    def _learn(self, pushed: Pushed) -> None:
        if pushed is self._pushed:
            return
        if pushed.document != self._document:
            self._document, self._values = pushed.document, self._effective(pushed.document)
        self._pushed, self._turned_down = pushed, None
        self._reported.want(reporting.reported_of(pushed, self._values))

    def _say_turned_down(self, till: Till, now: Now) -> None:
        if self._turned_down and now.elapsed >= self._turned_down_at + TURNED_DOWN_EVERY:
            self._reported.want(reporting.turned_down(self._turned_down, till.pushed, self._values))
            self._turned_down, self._turned_down_at = None, now.elapsed


def _wanting(standing: Standing, payload: bytes) -> Standing:
    standing.want(payload)
    return standing
