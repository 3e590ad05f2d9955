"""What the deciding thread does now and then for its journal: prune, watch the disk, read it through."""

from collections.abc import Callable, Container

from kiosk import events as on
from kiosk.journal import Journal
from kiosk.model import Now

EVERY = 60.0
CHECK_WITHIN = 600.0
"""Seconds a reading of the whole journal may take; it has a lane of its own."""


class Upkeep:
    """Keeps one journal; what it finds out goes into the inbox by `put`.

    `is_told`: there is an operator's side, so nothing goes before that has it.  `due_at`: when it wants to be
    called again, in `Now.elapsed`.
    """

    def __init__(self, journal: Journal, put: Callable[[on.Event], None], *, is_told: bool) -> None:
        self._journal = journal
        self._put = put
        self._is_told = is_told
        self.due_at = 0.0

    def keep(self, now: Now, faults: Container[on.Part]) -> None:
        """Prune a little and look at the disk, if it is time; `faults` are known to the till already."""
        if now.elapsed < self.due_at:
            return
        self.due_at = now.elapsed + EVERY
        self._journal.prune(now, by_age_alone=not self._is_told)
        has_room = self._journal.has_room()
        if has_room and on.Part.DISK in faults:
            self._put(on.PartHealed(on.Part.DISK))
        elif not has_room and on.Part.DISK not in faults:
            self._put(on.PartFailed(on.Part.DISK, "less than 64 MiB are free"))

    def check(self) -> on.Event:
        """Read the whole journal, on any thread; damage stops new orders."""
        damage = self._journal.check()
        return on.PartFailed(on.Part.JOURNAL, damage) if damage else on.TimePassed()
