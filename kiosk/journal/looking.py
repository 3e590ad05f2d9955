"""Whether a start would believe the journal that lies there; reads beside its writer, changes nothing."""

from contextlib import closing
from pathlib import Path

from kiosk.journal import database, opening
from kiosk.journal.opening import expect_sound

__all__ = ["disbelief", "expect_sound"]


def disbelief(path: Path, marker: Path) -> str:
    """Why a start would be in RECOVERY, "" where it would not; raises JournalError."""
    mark, unmarked = opening.agreed(marker)
    try:
        with closing(database.readable(path)) as db:
            return opening.disagreement(db, mark, unmarked, is_begun=False)
    except database.TROUBLE as error:
        raise database.in_words(path, error) from error
