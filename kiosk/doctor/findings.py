"""What one look found, as a value."""

from enum import StrEnum

from msgspec import Struct


class Verdict(StrEnum):
    """How bad it is: `bad` keeps the machine from selling or a person from knowing."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"


class Finding(Struct, frozen=True):
    """What was looked at, how it is, and what to do, "" where nothing is."""

    what: str
    verdict: Verdict
    says: str
    advice: str = ""


def ok(what: str, says: str) -> Finding:
    """Nothing to do."""
    return Finding(what, Verdict.OK, says)


def warn(what: str, says: str, advice: str = "") -> Finding:
    """It sells, but look at it."""
    return Finding(what, Verdict.WARN, says, advice)


def bad(what: str, says: str, advice: str = "") -> Finding:
    """It does not work."""
    return Finding(what, Verdict.BAD, says, advice)
