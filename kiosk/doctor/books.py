"""What the kiosk itself says, and what its journal and its disk say without it."""

import shutil
from collections.abc import Iterator
from typing import Final, NamedTuple

import msgspec

from kiosk.configuration import Basics
from kiosk.control.asking import STATUS
from kiosk.control.calling import START, Call, NotRunning
from kiosk.control.standing import Standing
from kiosk.doctor.findings import Finding, bad, ok, warn
from kiosk.errors import JournalError, KioskError
from kiosk.journal import Ledger
from kiosk.states import Escalated, Life

LOOKED_AT: Final = 500
MIB: Final = 1024 * 1024
LEAST: Final = 64
LITTLE: Final = 512


class Running(NamedTuple):
    """What a kiosk that runs says of itself; else why it says nothing."""

    standing: Standing | None
    trouble: KioskError | None = None


def running(known: Basics) -> Running:
    """Ask it."""
    try:
        with Call(known.control) as call:
            reply = list(call.ask(STATUS, {}))[-1]
            return Running(msgspec.convert(reply.data, Standing))
    except msgspec.ValidationError:
        return Running(None, KioskError("the running kiosk is of another version"))
    except KioskError as error:
        return Running(None, error)


def selling(found: Running) -> Iterator[Finding]:
    """Whether it sells, and every reason why it does not."""
    if found.standing is None:
        advice = START if isinstance(found.trouble, NotRunning) else ""
        yield bad("kiosk", str(found.trouble), advice)
        return
    standing = found.standing
    if not (standing.faults or standing.state.codes):
        yield ok("kiosk", f"{standing.kiosk} runs version {standing.version} and sells")
    for fault in standing.faults:
        yield bad("kiosk", *fault.rsplit("; ", 1))
    for slot in standing.state.slots:
        if slot.reason:
            advice = f"kiosk stock {slot.number} N" if slot.stock == 0 else f"kiosk enable {slot.number}"
            yield warn(
                "kiosk", f"slot {slot.number}: {slot.reason.replace('_', ' ')}", f"{advice} --who NAME"
            )


def journal(known: Basics) -> Iterator[Finding]:
    """Whether it can be read, and who waits for a person."""
    try:
        with Ledger(known.state / "journal.db") as ledger:
            lives, damaged = ledger.recent(LOOKED_AT), ledger.damaged
    except JournalError as error:
        yield bad("journal", str(error))
        return
    if not known.marker.exists():
        yield bad(
            "journal", f"{known.marker}: the epoch marker is missing", "kiosk journal accept-loss --help"
        )
    if damaged:
        yield bad("journal", f"{damaged} orders of the last {LOOKED_AT} are damaged", "kiosk journal --help")
    waiting = [life for life in lives if _waits_for_a_person(life)]
    if waiting:
        codes = ", ".join(life.order.claim_code for life in waiting[:3])
        said = f"{len(waiting)} orders wait for a person: {codes}" + (", ..." if len(waiting) > 3 else "")
        yield warn("journal", said, "kiosk orders CODE tells the story, kiosk resolve CODE settles it")
    if not damaged:
        yield ok(
            "journal", f"can be read; {len(lives)} orders" + ("" if len(lives) < LOOKED_AT else " or more")
        )


def disk(known: Basics) -> Iterator[Finding]:
    """Whether there is room for what must not be lost."""
    try:
        free = shutil.disk_usage(known.state).free // MIB
    except OSError as error:
        yield bad("disk", f"{known.state}: {error.strerror}", "sudo scripts/install makes it")
        return
    advice = "make room; du -xh / | sort -h | tail shows what takes it"
    if free < LEAST:
        yield bad("disk", f"{free} MiB are free at {known.state}; nothing is sold below {LEAST}", advice)
    elif free < LITTLE:
        yield warn("disk", f"{free} MiB are free at {known.state}", advice)
    else:
        yield ok("disk", f"{free} MiB are free at {known.state}")


def _waits_for_a_person(life: Life) -> bool:
    return isinstance(life.state, Escalated) and life.resolved is None
