"""Follows the events of many machines: each once, written down before anybody is told that we have it.

First the lines are written, then the broker may forget the messages, then the machines hear how far the
books go.  A cut in between brings events again, and (kiosk, epoch, seq) tells that they are known.
"""

import time
from collections.abc import Callable, Iterable
from typing import Final

from kiosk.mqtt.messages import Ack, decode, encode
from kiosk.mqtt.news import Arrived, Connected, Item, Receipt
from kiosk.mqtt.reports import Event
from kiosk.operator.line import Line
from kiosk.operator.numbers import Gap, Name, Numbers
from kiosk.operator.sales import Told

BATCH: Final = 60
"""Messages that are written together; the link reads no more than 64 ahead of us."""
ACK_EVERY: Final = 1.0
"""Seconds; the first one comes that long after the connection, when what is kept at the broker is known."""


class Progress:
    """How far each machine's events are in the books, and how far the machine was told so; pure.

    What was ever acknowledged is never taken back: a new file begins where the old one ended.  `unreadable`
    are machines of which something came that this program cannot read; they keep it, for no more of theirs
    is acknowledged.
    """

    def __init__(self) -> None:
        self.unreadable: set[str] = set()
        self._have: dict[str, tuple[int, int]] = {}
        self._acked: dict[str, tuple[int, int]] = {}

    def have(self, name: Name) -> None:
        """It is in the books."""
        kiosk, point = name[0], name[1:]
        self._have[kiosk] = max(self._have.get(kiosk, point), point)

    def acked(self, kiosk: str, ack: Ack) -> None:
        """The broker keeps this acknowledgement, ours or an earlier one's."""
        point = ack.epoch, ack.seq
        self._acked[kiosk] = max(self._acked.get(kiosk, point), point)

    def due(self) -> list[tuple[str, Ack]]:
        """What is to be acknowledged now."""
        return [
            (kiosk, Ack(epoch=point[0], seq=point[1]))
            for kiosk, point in self._have.items()
            if kiosk not in self.unreadable and point > self._acked.get(kiosk, (-1, -1))
        ]


class Follower:
    """`write` gets what is new, and has it on disk, or out, when it returns.

    `known` are the events that need not be written again; those of other machines than `kiosks` are passed
    over, where any is named.
    """

    def __init__(
        self,
        line: Line,
        write: Callable[[list[Told]], None],
        known: Iterable[Name] = (),
        kiosks: tuple[str, ...] = (),
    ) -> None:
        self._line = line
        self._write = write
        self._kiosks = kiosks
        self._seen = Numbers()
        self._progress = Progress()
        self._receipts: list[tuple[str, Ack, Receipt]] = []
        self._ack_at = time.monotonic() + ACK_EVERY
        for name in known:
            self._have(name)

    @property
    def unreadable(self) -> list[str]:
        """Machines that told something this program cannot read."""
        return sorted(self._progress.unreadable)

    @property
    def gaps(self) -> list[Gap]:
        """What never came between the events that did."""
        return self._seen.gaps

    def follow(self, *, acks: bool, quiet: float | None = None) -> None:
        """Go on until nothing came for `quiet` seconds, or for ever."""
        heard_at = time.monotonic()
        while quiet is None or time.monotonic() - heard_at < quiet:
            until = time.monotonic() + 1
            if self._take(self._batch(min(until, heard_at + quiet) if quiet else until)):
                heard_at = time.monotonic()
            if acks and time.monotonic() >= self._ack_at:
                self._acknowledge()
        if acks:
            self._finish()

    def _batch(self, until: float) -> list[Item]:
        """What has happened; waits until then for the first of it."""
        first = self._line.next(until)
        items = [first] if first else []
        while len(items) < BATCH and (item := self._line.waiting()):
            items.append(item)
        return items

    def _take(self, items: list[Item]) -> bool:
        """Whether anything was an event."""
        arrived = [item for item in items if isinstance(item, Arrived)]
        told = [event for item in arrived if (event := self._read(item))]
        fresh = list({each.name: each for each in told if each.name not in self._seen}.values())
        if fresh:
            self._write(fresh)
        for each in fresh:
            self._have(each.name)
        for item in arrived:
            self._line.acknowledge(item)
        if any(isinstance(item, Connected) for item in items):
            self._ack_at = time.monotonic() + ACK_EVERY
        return bool(told)

    def _have(self, name: Name) -> None:
        self._seen.add(name)
        self._progress.have(name)

    def _read(self, item: Arrived) -> Told | None:
        heard = self._line.fleet.read(item.topic)
        if heard is None or (self._kiosks and heard.kiosk not in self._kiosks):
            return None
        if heard.report == "event/ack":
            if isinstance(ack := decode(Ack, item.payload), Ack):
                self._progress.acked(heard.kiosk, ack)
            return None
        event = decode(Event, item.payload)
        if isinstance(event, Event):
            return Told(heard.kiosk, event)
        self._progress.unreadable.add(heard.kiosk)
        return None

    def _acknowledge(self) -> None:
        self._ack_at = time.monotonic() + ACK_EVERY
        for kiosk, ack, receipt in self._receipts:
            if receipt.is_out:
                self._progress.acked(kiosk, ack)
        self._receipts = [each for each in self._receipts if not (each[2].is_out or each[2].is_lost)]
        under_way = {kiosk for kiosk, _, _ in self._receipts}
        for kiosk, ack in self._progress.due():
            if kiosk in under_way:
                continue
            receipt = self._line.publish(self._line.fleet.of(kiosk).ack, encode(ack))
            if receipt.is_lost:  # the link has its hands full, or no broker: the next turn
                return
            self._receipts.append((kiosk, ack, receipt))

    def _finish(self) -> None:
        """The last acknowledgements, for as long as they go out."""
        until = time.monotonic() + 5
        while (self._progress.due() or self._receipts) and time.monotonic() < until:
            self._acknowledge()
            self._take(self._batch(min(until, time.monotonic() + 0.2)))
