"""The start of a machine with what was pushed: its own file below, the document that is in effect above.

A technician may have changed the file since.  Where the two do not fit together any more the file alone
holds, and what was pushed is reported as rejected; it is tried again at every start.
"""

from msgspec import Struct
from msgspec.structs import replace

from kiosk.configuration import Configuration
from kiosk.errors import JournalError, JournalMissing
from kiosk.journal import Ledger
from kiosk.mqtt.reports import Taken
from kiosk.pushed import Pushed
from kiosk.pushing.judging import Own, Room, judge


class Laid(Struct, frozen=True):
    """What a start comes to: the configuration in effect, the file's own, and what became of the push."""

    configuration: Configuration
    own: Own
    pushed: Pushed


def remembered(configuration: Configuration) -> Pushed:
    """What the journal says was pushed, read beside its writer; raises JournalError where nobody can tell."""
    try:
        with Ledger(configuration.journal) as ledger:
            return ledger.pushed()
    except JournalMissing:
        return Pushed()
    except OSError as error:
        raise JournalError(f"{error.filename} cannot be read: {error.strerror}; try it with sudo") from error


def anything_fits(longest: int) -> None:
    """The room of a panel that is not known."""


def lay(own: Own, pushed: Pushed, room: Room = anything_fits) -> Laid:
    """Lay what is in effect over the machine's own file, or leave it off."""
    if not pushed.in_effect:
        return Laid(own.configuration, own, pushed)
    judged = judge(own, pushed.document, room)
    if judged.configuration is None:
        left_off = replace(
            pushed,
            taken=Taken.REJECTED,
            reason=judged.reason,
            errors=judged.faults,
            in_effect=0,
            document={},
        )
        return Laid(own.configuration, own, left_off)
    taken = Taken.APPLIED if pushed.taken is Taken.RESTARTING else pushed.taken
    return Laid(judged.configuration, own, replace(pushed, taken=taken))
