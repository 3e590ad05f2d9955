"""What became of something that was asked of a machine, as far as its own words say."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from kiosk.mqtt.reports import Answer, Fault, Presence, Reply, Reported, Status, Taken


class Result(StrEnum):
    """How it stands, in the words of a table."""

    TOOK = "took it"
    ACCEPTED = "accepted"
    WAITING = "waiting"
    REFUSED = "refused"
    FAILED = "failed"
    AWAY = "away"
    NOT_SENT = "not sent"
    SILENT = "no answer"


class Outcome(Struct, frozen=True, kw_only=True):
    """What one machine made of it; `reason` is a stable name, `words` are for people.

    `is_final`: nothing more is to be expected of it.
    """

    kiosk: str
    result: Result
    is_final: bool = True
    reason: str = ""
    words: str = ""
    data: dict[str, Any] = {}

    @property
    def took(self) -> bool:
        """Whether the machine did what was asked, or has promised to."""
        return self.result in (Result.TOOK, Result.ACCEPTED)


_OF_ANSWER: Final = {
    Answer.ACCEPTED: Result.ACCEPTED,
    Answer.DONE: Result.TOOK,
    Answer.REJECTED: Result.REFUSED,
    Answer.FAILED: Result.FAILED,
}
_OF_STATE: Final = {
    "DISPENSED": Result.TOOK,
    "CLOSED": Result.FAILED,
    "REFUNDING": Result.FAILED,
    "REFUNDED": Result.FAILED,
    "ESCALATED": Result.FAILED,
}
"""Of a sale that was asked for before; in any other state it still goes on."""
_OF_TAKEN: Final = {
    Taken.APPLIED: Outcome(kiosk="", result=Result.TOOK),
    Taken.RESTARTING: Outcome(
        kiosk="", result=Result.TOOK, reason="restarting", words="stored; the program starts anew with it"
    ),
    Taken.WAITING: Outcome(
        kiosk="",
        result=Result.WAITING,
        is_final=False,
        reason="waiting",
        words="an order is open; it is taken when that has ended",
    ),
    Taken.REJECTED: Outcome(kiosk="", result=Result.REFUSED),
}


def of_reply(kiosk: str, reply: Reply, *, follows: bool) -> Outcome:
    """What an answer to a command says; `follows`: accepted is not the end of it."""
    words = reply.words or ("asked before, under another id" if reply.status is Answer.DUPLICATE else "")
    result = _OF_ANSWER.get(reply.status) or _OF_STATE.get(reply.data.get("state", ""), Result.ACCEPTED)
    return Outcome(
        kiosk=kiosk,
        result=result,
        is_final=not (follows and result is Result.ACCEPTED),
        reason=reply.reason,
        words=words,
        data=reply.data,
    )


def of_reported(kiosk: str, reported: Reported, version: int, hash_: str) -> Outcome | None:
    """What a machine says of this very configuration; None where it speaks of another."""
    if (reported.version, reported.hash) != (version, hash_):
        return None
    outcome = replace(_OF_TAKEN[reported.taken], kiosk=kiosk)
    if reported.taken is not Taken.REJECTED:
        return outcome
    words = "; ".join(map(fault, reported.errors))
    return replace(outcome, reason=reported.reason, words=words)


def fault(each: Fault) -> str:
    """One error of a document on one line."""
    said = ": ".join(filter(None, (each.path, each.words)))
    return said + (f" ({each.advice})" if each.advice else "")


def newest(known: Status | None, heard: Status) -> Status:
    """The status that counts: a late will of an older session means nothing."""
    late = known is not None and heard.status is Presence.LOST and heard.session < known.session
    return known if late and known else heard


def all_took(outcomes: Iterable[Outcome]) -> bool:
    """Whether every machine did what was asked, or promised to."""
    return all(outcome.took for outcome in outcomes)
