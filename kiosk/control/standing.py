"""How the machine stands, for a person on the spot: what `kiosk status` prints."""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from kiosk.codes import CODES
from kiosk.events import Part
from kiosk.mqtt.reports import State
from kiosk.readiness import code_of


class Standing(Struct, frozen=True, kw_only=True):
    """The machine's state, and what only the process knows.

    `up`: seconds since it started; `session` counts the starts; `recovery`: why the journal is not believed,
    "" in health; `outbox`: events on disk that were not told yet; `broker`: its address, "" where none is
    configured; `faults`: one sentence each.
    """

    kiosk: str
    version: str
    environment: str
    up: int
    session: int
    epoch: int
    recovery: str
    outbox: int
    broker: str
    connected: bool
    state: State
    faults: tuple[str, ...]


def faults_in_words(codes: Iterable[str], faults: Mapping[Part, str]) -> tuple[str, ...]:
    """A sentence for each code that keeps the machine from selling, and for each part known to be bad."""
    parts = {code_of(part): reason for part, reason in faults.items()}
    return tuple(_sentence(code, parts.get(code, "")) for code in dict.fromkeys((*codes, *parts)))


def _sentence(code: str, reason: str) -> str:
    entry = CODES.get(code)
    if entry is None:
        return " ".join(filter(None, (code, reason)))
    said = f"{entry.text} ({reason})" if reason else entry.text
    step = "" if entry.step == "nothing" else f"; {entry.step}"
    return f"{code} {said}: {entry.consequence}{step}"
