"""From the stream to the broker: reads a batch, publishes it, waits until the broker has it, acknowledges it.

Nothing is acknowledged that the broker does not have, so what is lost on the way comes again, here or after
a while at another forwarder.  One entry that can never be delivered is set aside; it stops nobody.
"""

import time
from collections import Counter
from collections.abc import Callable
from threading import Event
from typing import Final

from msgspec import Struct

from kiosk.mqtt.messages import Hint, encode
from kiosk.mqtt.messages import decode as decoded
from kiosk.mqtt.news import Message
from kiosk.mqtt.topics import Fleet
from kiosk.refusals import Refusal
from kiosk.webhooks.line import Line
from kiosk.webhooks.stream import Entry, Outlet, StreamAway
from kiosk.webhooks.tally import Tally

AT_ONCE: Final = 64
"""Entries of a batch; as many as the link to the broker takes."""
MOST_TRIES: Final = 5
"""After so many tries on its own an entry is set aside: the broker hangs up on it."""

NO_ROOM: Final = "Redis is full, so that it is not kept"


class Pace(Struct, frozen=True, kw_only=True):
    """Seconds: how long to wait for entries, between two looks at what others left, and between two trims.

    `abandoned` is how long an entry lies with a forwarder until another takes it over, `again` the pause
    while Redis is away, and `parting` how long a batch under way is waited for at the end.
    """

    reading: float = 1.0
    claims: float = 5.0
    trims: float = 10.0
    abandoned: float = 30.0
    again: float = 0.5
    parting: float = 5.0


class Forwarder:
    """One partition's loop, for one thread."""

    def __init__(
        self,
        outlet: Outlet,
        line: Line,
        fleet: Fleet,
        tally: Tally,
        *,
        label: str = "0",
        oldest: float = 26 * 3600.0,
        pace: Pace | None = None,
        clock: Callable[[], float] = time.time,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._outlet = outlet
        self._line = line
        self._fleet = fleet
        self._tally = tally
        self._label = label
        self._oldest = oldest
        self._pace = pace or Pace()
        self._clock = clock
        self._now = now
        self._is_founded = False
        self._is_away = False
        self._is_careful = False
        self._tries: Counter[str] = Counter()
        self._claim_at = self._trim_at = now()
        self.turned_at = now()

    def run(self, stopping: Event) -> None:
        """Forward until told to stop, and finish the batch under way; raises only what nobody expected."""
        self._line.open()
        try:
            while not stopping.is_set():
                self.turned_at = self._now()
                self._turn(stopping)
            if self._is_founded:
                self._outlet.leave()
        except StreamAway:
            return
        finally:
            self._line.close()

    def _turn(self, stopping: Event) -> None:
        if not self._line.is_up and not self._line.wait(self._pace.reading):
            return
        try:
            self._found()
            self._forward(self._batch(), stopping)
            self._tidy()
        except StreamAway as error:
            self._is_away, self._is_founded = True, False
            self._tally.tell("K604", "stream_away", reason=str(error))
            stopping.wait(self._pace.again)

    def _found(self) -> None:
        if not self._is_founded:
            self._outlet.found()
            self._is_founded = True
            # Whatever an answer that never came may have given us.
            self._is_careful = self._is_away or self._is_careful
            for caution in self._outlet.cautions():
                self._tally.tell("K615", "cautions", reason=caution)
        if self._is_away:
            self._is_away = False
            self._tally.tell("K605", "stream_back")

    def _batch(self) -> list[Entry]:
        """What we still owe, one by one; else what others left; else what is new."""
        if self._is_careful:
            if owed := self._outlet.mine(1):
                return owed
            self._is_careful = False
            self._tries.clear()
        if self._now() >= self._claim_at:
            self._claim_at = self._now() + self._pace.claims
            if left := self._outlet.abandoned(AT_ONCE, self._pace.abandoned):
                self._claim_at = self._now()
                self._tally.count("taken_over", len(left))
                return left
        return self._outlet.fresh(AT_ONCE, self._pace.reading)

    def _forward(self, batch: list[Entry], stopping: Event) -> None:
        letters = {entry: letter for entry in batch if (letter := self._letter(entry))}
        self._sort_out([entry for entry in batch if entry not in letters])
        published = self._line.publish(list(letters.values()), self._deadline(stopping))
        out = [entry for entry, is_out in zip(letters, published, strict=True) if is_out]
        self._outlet.acknowledge(out)
        self._tally.count("forwarded", len(out))
        self._keep_count([entry for entry in letters if entry not in set(out)])

    def _deadline(self, stopping: Event) -> Callable[[], bool]:
        """Whether it is time to leave a batch to others: some seconds after we are told to stop."""
        told_at: list[float] = []

        def is_over() -> bool:
            self.turned_at = self._now()
            if stopping.is_set() and not told_at:
                told_at.append(self._now())
            return bool(told_at) and self._now() - told_at[0] >= self._pace.parting

        return is_over

    def _keep_count(self, lost: list[Entry]) -> None:
        """Try what was lost one by one, so that one entry on which the broker hangs up is found."""
        if not lost:
            return
        if self._is_careful:
            self._tries.update(entry.id for entry in lost)
        self._is_careful = True
        for entry in lost:
            if self._tries[entry.id] >= MOST_TRIES:
                self._set_aside(entry, "the broker hangs up on it")

    def _letter(self, entry: Entry) -> Message | None:
        """The hint as the machine will read it; None where it would not, or where it is too old."""
        noted = entry.noted
        if noted is None or self._is_old(entry):
            return None
        hint = Hint(id=f"{self._label}-{entry.id}", reference=noted.reference, received=noted.received)
        try:
            topic = self._fleet.of(noted.kiosk).notify(noted.gateway).topic
        except ValueError:
            return None
        payload = encode(hint)
        return None if isinstance(decoded(Hint, payload), Refusal) else Message(topic, payload)

    def _is_old(self, entry: Entry) -> bool:
        return entry.noted is not None and self._clock() - entry.noted.received > self._oldest

    def _sort_out(self, entries: list[Entry]) -> None:
        old = [entry for entry in entries if self._is_old(entry)]
        if old:
            self._outlet.acknowledge(old)
            self._tally.tell("K608", "too_old", len(old))
        for entry in entries:
            if entry not in old:
                self._set_aside(entry, "no machine could read it")

    def _set_aside(self, entry: Entry, reason: str) -> None:
        is_kept = self._outlet.set_aside(entry)
        self._tally.tell("K609", "set_aside", reason=reason if is_kept else f"{reason}; {NO_ROOM}")

    def _tidy(self) -> None:
        if self._now() >= self._trim_at:
            self._trim_at = self._now() + self._pace.trims
            self._outlet.tidy()
