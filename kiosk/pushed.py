"""What the operator pushed, as values: what the journal keeps of it, and what was looked through."""

from typing import Any

from msgspec import Struct

from kiosk.mqtt.reports import Fault, Taken
from kiosk.settings import Settings


class Pushed(Struct, frozen=True, kw_only=True):
    """What became of the newest desired configuration, and which one is in effect.

    `version`, `hash`: of the one that came last, 0 and empty before the first; `highest`, `highest_hash`: of
    the highest version that came, which none may go below; `in_effect`, `document`: of the one that holds
    now, laid over the machine's own file at every start.
    """

    version: int = 0
    hash: str = ""
    taken: Taken = Taken.APPLIED
    reason: str = ""
    errors: tuple[Fault, ...] = ()
    highest: int = 0
    highest_hash: str = ""
    in_effect: int = 0
    document: dict[str, Any] = {}


class Candidate(Struct, frozen=True, kw_only=True):
    """A desired configuration, looked through against the machine's own file, drivers and credentials.

    `settings` are what would be sold with it, None where it was refused with `reason` and `errors`;
    `restarts`: it changes what only a start can change.
    """

    version: int
    hash: str
    document: dict[str, Any]
    settings: Settings | None
    reason: str = ""
    errors: tuple[Fault, ...] = ()
    restarts: bool = False
