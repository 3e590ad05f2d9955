"""Which machines there are, and what the broker keeps of them."""

import time
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from kiosk.mqtt.messages import Desired, Message, decode
from kiosk.mqtt.news import Arrived
from kiosk.mqtt.reports import Presence, Reported, State, Status
from kiosk.operator.line import Wire
from kiosk.operator.outcomes import newest
from kiosk.refusals import Refusal

FIRST: Final = 5.0
"""Seconds for the first one: over a slow line our wish to listen is still on its way to the broker."""
QUIET: Final = 3.0
"""Seconds without another retained message after which the broker has told all; MQTT has no sign for it.

What comes later than that is a machine that a command for all of them passes over.
"""
WAITS_AT_MOST: Final = 60.0


class Present(Struct, frozen=True, kw_only=True):
    """What is kept of one machine; None where nothing, or nothing readable, is."""

    kiosk: str
    status: Status | None = None
    state: State | None = None
    desired: Desired | None = None
    reported: Reported | None = None

    @property
    def is_here(self) -> bool:
        """Whether it listens now."""
        return self.status is not None and self.status.status is Presence.ONLINE

    @property
    def highest_version(self) -> int:
        """Of all that it was told of; the one in effect may be above one that it could not read."""
        desired = self.desired.version if self.desired else 0
        return max(desired, self.reported.version, self.reported.in_effect) if self.reported else desired


KINDS: Final[dict[str, tuple[str, type[Message]]]] = {
    "status": ("status", Status),
    "state": ("state", State),
    "config/desired": ("desired", Desired),
    "config/reported": ("reported", Reported),
}


def call(line: Wire, kiosks: tuple[str, ...], reports: tuple[str, ...]) -> list[Present]:
    """The named machines, or all that ever told their status; returns when the broker has gone quiet."""
    found = {kiosk: Present(kiosk=kiosk) for kiosk in kiosks}
    begun = time.monotonic()
    until = begun + FIRST
    while not _is_complete(found, kiosks, reports) and (item := line.next(until)) is not None:
        if isinstance(item, Arrived):
            line.acknowledge(item)
            if _take(line, item, found, kiosks) and item.retained:
                until = min(time.monotonic() + QUIET, begun + WAITS_AT_MOST)
    return sorted(
        (each for each in found.values() if kiosks or each.status), key=lambda present: present.kiosk
    )


def _is_complete(found: dict[str, Present], kiosks: tuple[str, ...], reports: tuple[str, ...]) -> bool:
    names = [KINDS[report][0] for report in reports]
    return bool(kiosks) and all(getattr(each, name) for each in found.values() for name in names)


def _take(line: Wire, item: Arrived, found: dict[str, Present], kiosks: tuple[str, ...]) -> bool:
    heard = line.fleet.read(item.topic)
    if heard is None or heard.report not in KINDS or (kiosks and heard.kiosk not in found):
        return False
    name, kind = KINDS[heard.report]
    message = decode(kind, item.payload)
    if isinstance(message, Refusal):
        return False
    present = found.get(heard.kiosk) or Present(kiosk=heard.kiosk)
    if isinstance(message, Status):
        message = newest(present.status, message)
    found[heard.kiosk] = replace(present, **{name: message})
    return True
