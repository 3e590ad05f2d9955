"""What the kiosk itself says, and what its journal says without it."""

from collections.abc import Iterator
from typing import Final, NamedTuple

import msgspec

from kiosk.configuration import Basics
from kiosk.control.asking import STATUS
from kiosk.control.calling import START, Call, NotRunning
from kiosk.control.standing import Standing
from kiosk.doctor.findings import Finding, Verdict, bad, doubtful, good
from kiosk.errors import JournalBroken, JournalError, KioskError
from kiosk.journal import Ledger
from kiosk.journal.looking import disbelief, expect_sound
from kiosk.mqtt.reports import SlotNow

LOOKED_AT: Final = 500


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
        is_down = isinstance(found.trouble, NotRunning)
        yield bad("kiosk", "K801" if is_down else "K813", str(found.trouble), START if is_down else "")
        return
    standing = found.standing
    if not (standing.faults or standing.state.codes):
        yield good("kiosk", f"{standing.kiosk} runs version {standing.version} and sells")
    for fault in standing.faults:
        yield _fault(fault)
    for slot in standing.state.slots:
        if slot.reason:
            yield _slot(slot)


def _fault(fault: str) -> Finding:
    """Its sentence begins with its code, and ends with the next step where there is one."""
    said, _, advice = fault.rpartition("; ")
    said, advice = (said, advice) if said else (fault, "")
    code, _, words = said.partition(" ")
    return Finding("kiosk", Verdict.BAD, words or code, code, advice)


def _slot(slot: SlotNow) -> Finding:
    advice = f"kiosk stock {slot.number} N" if slot.stock == 0 else f"kiosk enable {slot.number}"
    code = "K212" if slot.stock == 0 else "K207"
    said = f"slot {slot.number}: {slot.reason.replace('_', ' ')}"
    return doubtful("kiosk", code, said, f"{advice} --who NAME")


def journal(known: Basics, standing: Standing | None) -> Iterator[Finding]:
    """Whether it can be read and a start would believe it, and who waits for a person."""
    path = known.journal
    try:
        with Ledger(path) as ledger:
            lives, damaged = ledger.recent(LOOKED_AT), ledger.damaged
        reason = standing.recovery if standing else disbelief(path, known.marker)
    except JournalError as error:
        yield bad("journal", "K402", str(error), "try it with sudo; kiosk journal --help")
        return
    if reason:
        yield bad("journal", "K401", reason)
    if damaged:
        yield bad("journal", "K404", f"{damaged} orders of the last {LOOKED_AT} are damaged")
    waiting = [life for life in lives if life.is_claim]
    if waiting:
        codes = ", ".join(life.order.claim_code for life in waiting[:3])
        said = f"{len(waiting)} orders wait for a person: {codes}" + (", ..." if len(waiting) > 3 else "")
        advice = "kiosk orders CODE tells the story, kiosk resolve CODE settles it"
        yield doubtful("journal", "K311", said, advice)
    if not (damaged or reason):
        more = "" if len(lives) < LOOKED_AT else " or more"
        yield good("journal", f"can be read; {len(lives)} orders{more}")


def soundness(known: Basics) -> Iterator[Finding]:
    """Every page and every checksum of it, beside its writer."""
    path = known.journal
    try:
        expect_sound(path)
    except JournalBroken as error:
        yield bad("journal", "K404", str(error))
    except JournalError:
        return  # `journal` says why
    else:
        yield good("journal", "every page and every checksum is right")
