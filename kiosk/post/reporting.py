"""The messages a machine tells, made of what it knows; pure, and never larger than a message may be."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from msgspec.structs import replace

from kiosk.events import Part
from kiosk.journal import OutboxRow
from kiosk.model import Now
from kiosk.mqtt.messages import encode
from kiosk.mqtt.reports import Event, Reply, Report, Reported, Taken, Telemetry
from kiosk.post.turning_down import TurnedDown
from kiosk.post.vitals import Vitals
from kiosk.pushed import Pushed
from kiosk.till import Till

MOST_FAULTS: Final = 20
"""Faults of a configuration that are told where all of them are too much for a message."""


class Process(NamedTuple):
    """Which run of the program tells; `since`: when it began, in `Now.elapsed`."""

    session: int
    epoch: int
    since: float


def event_of(row: OutboxRow) -> bytes:
    """An event; one too large goes without its fields, for a gap in the numbers would be an alarm."""
    event = Event(
        event_id=row.event_id,
        epoch=row.epoch,
        seq=row.seq,
        time=max(0, int(row.time)),
        time_ok=row.time_ok,
        what=row.what,
        order_id=row.order_id,
        reference=row.reference,
        fields=row.fields,
    )
    return _fitting(event, replace(event, fields={}))


def reply_of(reply: Reply) -> bytes:
    """An answer; one too large goes without its data."""
    return _fitting(reply, replace(reply, data={}))


def reported_of(pushed: Pushed, effective: Mapping[str, Any]) -> bytes:
    """What became of the newest desired configuration."""
    told = Reported(
        version=pushed.version,
        hash=pushed.hash,
        taken=pushed.taken,
        in_effect=pushed.in_effect,
        reason=pushed.reason,
        errors=pushed.errors,
        effective=dict(effective),
    )
    fewer = replace(told, errors=told.errors[:MOST_FAULTS])
    return _fitting(told, fewer, replace(fewer, effective={}))


def turned_down(down: TurnedDown, pushed: Pushed, effective: Mapping[str, Any]) -> bytes:
    """The same where it was not even looked through; nobody remembers that."""
    refused = replace(
        pushed,
        version=down.version,
        hash=down.hash,
        taken=Taken.REJECTED,
        reason=down.refusal.reason.value,
        errors=(down.fault,),
    )
    return reported_of(refused, effective)


def telemetry_of(
    vitals: Vitals, till: Till, now: Now, process: Process, counters: Mapping[str, int]
) -> bytes:
    """How the machine is."""
    return encode(
        Telemetry(
            time=max(0, int(now.wall)),
            time_ok=Part.CLOCK not in till.faults,
            up=max(0, int(now.elapsed - process.since)),
            session=process.session,
            epoch=process.epoch,
            seq=vitals.seq,
            outbox=vitals.outbox,
            background=len(till.background),
            sales=vitals.sales,
            takings=vitals.takings,
            counters=dict(counters),
            health=vitals.health,
        )
    )


def _fitting(*choices: Report) -> bytes:
    """The first that a broker takes."""
    *larger, least = map(encode, choices)
    return next((payload for payload in larger if len(payload) <= Report.largest), least)
