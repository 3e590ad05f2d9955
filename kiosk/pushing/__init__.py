"""Configurations pushed from afar: looked through, decided on in the till, laid over the file at a start.

The machine's own file is read once, at the start, and every document is judged against that: a technician's
unfinished changes are not taken over by the next price.  Only a document that asks for a start is also judged
against the file as it stands now, because that start will read it.
"""

from collections.abc import Mapping
from typing import Any

from kiosk.configuration import Configuration
from kiosk.errors import ConfigError
from kiosk.mqtt.messages import Desired
from kiosk.mqtt.reports import Fault
from kiosk.mqtt.signatures import digest
from kiosk.pushed import Candidate
from kiosk.pushing.allowed import RESTARTS
from kiosk.pushing.judging import Judged, Own, Room, judge, own_file
from kiosk.pushing.laying import Laid, lay, remembered
from kiosk.pushing.overlay import fault
from kiosk.refusals import Reason

__all__ = ["Examiner", "Laid", "Own", "lay", "own_file", "remembered"]


class Examiner:
    """Looks documents through for one running machine; `room` is its panel's."""

    def __init__(self, laid: Laid, room: Room) -> None:
        self._own = laid.own
        self._running = laid.configuration
        self._room = room

    def examine(self, desired: Desired) -> Candidate:
        """The document as what the machine would sell with, or with every fault; raises nothing."""
        hash_, document = digest(desired.document), desired.document
        judged = judge(self._own, document, self._room)
        restarts = judged.configuration is not None and self._needs_start(judged.configuration)
        if restarts:
            judged = self._at_a_start(document)
        if judged.configuration is None:
            return Candidate(
                version=desired.version,
                hash=hash_,
                document=document,
                settings=None,
                reason=judged.reason,
                errors=judged.faults,
            )
        return Candidate(
            version=desired.version,
            hash=hash_,
            document=document,
            settings=judged.configuration.settings,
            restarts=restarts,
        )

    def _needs_start(self, configuration: Configuration) -> bool:
        return any(getattr(configuration, name) != getattr(self._running, name) for name in RESTARTS)

    def _at_a_start(self, document: Mapping[str, Any]) -> Judged:
        """As the next start would find it, with the file and the secrets of now."""
        try:
            own = own_file(self._own.configuration.source, self._own.credentials)
        except ConfigError as error:
            words = f"the machine's own file cannot be started with as it stands now: {error.problems[0]}"
            return Judged(None, (_not_startable(words),))
        return judge(own, document, self._room)


def _not_startable(words: str) -> Fault:
    return fault((), Reason.CANNOT_START, words, "on the machine: kiosk check")
