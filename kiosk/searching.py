"""Looking things up on a lane: old orders, the staff menu's PIN, what the process knows of itself.

An old order is found by reading the whole journal, a PIN by a hash that is slow on purpose, and whether the
next start would go well by reading the configuration as that start will.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from msgspec.structs import replace

from kiosk import commands as ask
from kiosk import effects as do
from kiosk import events as on
from kiosk.errors import JournalError
from kiosk.journal import Ledger
from kiosk.lanes import Job
from kiosk.pin import verifies
from kiosk.states import Life

WITHIN: Final = 60.0
"""Seconds to read a journal of 200,000 orders on the slowest card."""
MOST: Final = 20
TOO_LONG: Final = "the journal takes too long to read"
FILE_TOO_LONG: Final = "the configuration takes too long to read"
LONGEST: Final = 300
"""Characters of why a start would fail."""


class Search:
    """Makes the jobs; `pin` is the stored hash, empty where none is set, `addresses` the network's.

    `why_no_start` says why the machine could not be started as it stands now, "" where it could.
    """

    def __init__(
        self,
        journal: Path,
        pin: str,
        addresses: Callable[[], tuple[str, ...]],
        why_no_start: Callable[[], str],
    ) -> None:
        self._journal = journal
        self._pin = pin
        self._addresses = addresses
        self._why_no_start = why_no_start
        self._jobs: dict[type[do.StaffAct], Callable[[Any], Job]] = {
            do.CheckPin: self._check_pin,
            do.LookUp: self._look_up,
            do.LookAround: self._look_around,
        }

    def job(self, act: do.StaffAct) -> Job:
        """What the staff menu wants to know."""
        return self._jobs[type(act)](act)

    def order_of(self, command: on.Commanded) -> Job:
        """The order that a command names, among those that are over."""
        args = command.command.args
        assert isinstance(args, ask.OfOrder)

        def found() -> on.Event:
            try:
                return replace(command, searched=True, found=newest_named(self._journal, args))
            except JournalError as error:
                return replace(command, searched=True, trouble=str(error))

        return Job(found, WITHIN, replace(command, searched=True, trouble=TOO_LONG))

    def next_start(self, command: on.Commanded) -> Job:
        """Whether the machine would come back from the start that a command asks for."""

        def looked() -> on.Event:
            return replace(command, searched=True, no_start=self._why_no_start()[:LONGEST])

        return Job(looked, WITHIN, replace(command, searched=True, trouble=FILE_TOO_LONG))

    def _check_pin(self, act: do.CheckPin) -> Job:
        def checked() -> on.Event:
            return on.PinChecked(act.ticket, verifies(act.pin.reveal(), self._pin))

        return Job(checked, WITHIN, on.PinChecked(act.ticket, ok=False))

    def _look_up(self, act: do.LookUp) -> Job:
        def found() -> on.Event:
            try:
                with Ledger(self._journal) as ledger:
                    lives = ledger.find(act.name) if act.name else ledger.recent(MOST)
            except JournalError as error:
                return on.LookedUp(act.ticket, (), str(error))
            return on.LookedUp(act.ticket, tuple(lives[:MOST]))

        return Job(found, WITHIN, on.LookedUp(act.ticket, (), TOO_LONG))

    def _look_around(self, act: do.LookAround) -> Job:
        return Job(
            lambda: on.LookedAround(act.ticket, self._addresses()), WITHIN, on.LookedAround(act.ticket, ())
        )


def newest_named(journal: Path, args: ask.OfOrder) -> Life | None:
    """The newest order that a command names, over or not, in the whole journal; raises JournalError."""
    with Ledger(journal) as ledger:
        if args.reference is not None:
            lives = ledger.by_client_reference(args.reference)
        else:
            lives = ledger.find(args.order_id or str(getattr(args, "claim_code", "")))
    return lives[0] if lives else None
