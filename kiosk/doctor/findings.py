"""What one look found, as a value."""

from enum import StrEnum

from msgspec import Struct

from kiosk.codes import CODES


class Verdict(StrEnum):
    """How bad it is: `bad` keeps the machine from selling or a person from knowing."""

    GOOD = "good"
    DOUBTFUL = "doubtful"
    BAD = "bad"


class Finding(Struct, frozen=True):
    """What was looked at, how it is, under which code docs/codes.md explains it, and what to do.

    `code` and `advice` are "" where nothing is wrong.
    """

    what: str
    verdict: Verdict
    says: str
    code: str = ""
    advice: str = ""


def good(what: str, says: str) -> Finding:
    """Nothing to do."""
    return Finding(what, Verdict.GOOD, says)


def doubtful(what: str, code: str, says: str, advice: str = "") -> Finding:
    """It sells, but look at it; without advice of its own, what the code advises."""
    return Finding(what, Verdict.DOUBTFUL, says, code, advice or CODES[code].step)


def bad(what: str, code: str, says: str, advice: str = "") -> Finding:
    """It does not work; without advice of its own, what the code advises."""
    return Finding(what, Verdict.BAD, says, code, advice or CODES[code].step)
