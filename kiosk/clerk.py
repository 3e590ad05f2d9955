"""Looks up for a command what the till must be told beside it; what was decided already goes no further."""

from collections.abc import Callable

from msgspec.structs import replace

from kiosk import commands as ask
from kiosk import events as on
from kiosk.journal import Journal
from kiosk.lanes import Lanes
from kiosk.performing import LOOK, Performer
from kiosk.searching import Search
from kiosk.till import Till
from kiosk.till.settling import named


class Clerk:
    """Belongs to the deciding thread; `facts` is what the process knows of itself."""

    def __init__(
        self,
        journal: Journal,
        performer: Performer,
        search: Search,
        lanes: Lanes,
        facts: Callable[[], dict[str, str | int]],
    ) -> None:
        self._journal = journal
        self._performer = performer
        self._search = search
        self._lanes = lanes
        self._facts = facts

    def is_known(self, event: on.Commanded) -> bool:
        """Whether a command of this id is decided already: it came twice while the first was looked up."""
        return self._journal.command(event.command.id) is not None

    def completed(self, event: on.Commanded, till: Till) -> on.Commanded | None:
        """The command with all that it needs; None while a lane looks for it, and then it comes again."""
        args = event.command.args
        if isinstance(args, ask.Charge):
            minted = self._performer.minted(till.settings.kiosk, args.reference)
            return replace(event, minted=minted, sale=self._journal.sale(args.reference))
        if isinstance(args, ask.Diagnostics | ask.Identify):
            return replace(event, facts=self._facts())
        if isinstance(args, ask.Test) and args.part is ask.Part.INPUTS:
            return replace(event, facts=self._performer.levels())
        if isinstance(args, ask.Restart) and not event.searched:
            self._lanes.do(LOOK, self._search.next_start(event))
            return None
        return self._with_order(event, args, till) if isinstance(args, ask.OfOrder) else event

    def refreshed(self, event: on.LookedUp) -> on.LookedUp:
        """What the staff menu asked for; a command may have been decided since the lane read it."""
        return replace(event, lives=tuple(map(self._journal.as_it_is, event.lives)))

    def _with_order(self, event: on.Commanded, args: ask.OfOrder, till: Till) -> on.Commanded | None:
        """What the lane found was read beside the writer: the command before this one may have changed it."""
        if event.found:
            return replace(event, found=self._journal.as_it_is(event.found))
        if args.reference is not None:
            event = replace(event, sale=self._journal.sale(args.reference))
        if event.searched or named(till, event):
            return event
        self._lanes.do(LOOK, self._search.order_of(event))
        return None
