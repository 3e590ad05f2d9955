"""What the journal is asked by the thread that decides, and what a failure of any question means."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kiosk.errors import JournalBroken, JournalError
from kiosk.journal import commands, database, files, rows, sales
from kiosk.journal.commands import Commands
from kiosk.journal.outbox import Outbox
from kiosk.journal.records import OutboxRow, Remembered
from kiosk.model import Now, Sale, SlotRecord
from kiosk.mqtt.reports import Reply
from kiosk.pushed import Pushed
from kiosk.states import Life

CODE_TAKEN = """SELECT orders.over, orders.made_at FROM claim_codes
    JOIN orders ON orders.row = claim_codes.order_row WHERE claim_codes.code = ?"""


class Memory:
    """The half of the journal that changes nothing.

    Raises JournalError where it cannot be read, and from then on always: a damaged row may be the one that
    says that a reference was charged for already.
    """

    _path: Path
    _db: sqlite3.Connection
    _boot: str
    _outbox: Outbox
    _commands: Commands
    epoch: int
    failure = ""

    def open_lives(self) -> list[Life]:
        """Every order that is not over, oldest first."""
        with self._working():
            return rows.open_lives(self._db)

    def as_it_is(self, life: Life) -> Life:
        """An order that was read beside the writer, as it is by now; found by its claim code, so at once.

        One whose code went to another after 90 days stays as it was read.
        """
        with self._working():
            return rows.life_by_code(self._db, life.order.claim_code, life.order.id) or life

    def slots(self) -> dict[int, SlotRecord]:
        """What is remembered of each slot, by its number."""
        with self._working():
            return rows.slots(self._db)

    def pushed(self) -> Pushed:
        """What the operator pushed last, and what of it is in effect."""
        with self._working():
            return rows.pushed(self._db)

    def sale(self, reference: str) -> Sale | None:
        """The sale that bears a controller's reference; it is found however long ago it was."""
        with self._working():
            return sales.find(self._db, reference)

    def command(self, id_: str) -> Remembered | None:
        """The command that had this id, until a day after its time."""
        with self._working():
            return commands.find(self._db, id_)

    def unfinished(self) -> list[Remembered]:
        """The commands that were accepted and not answered since, oldest first."""
        with self._working():
            return commands.unfinished(self._db)

    def unsent_answers(self, limit: int) -> list[Reply]:
        """The newest answers that were not sent yet to commands that came over MQTT, oldest first."""
        return self._commands.unsent(limit)

    def claim_code_is_free(self, code: str, now: Now, rest: float) -> bool:
        """Whether no open order bears it, nor one made within the last `rest` seconds.

        A clock gone back frees nothing, unless `rest` is below 0.
        """
        with self._working():
            taken = self._db.execute(CODE_TAKEN, (code,)).fetchone()
        return taken is None or (bool(taken[0]) and now.wall - float(taken[1]) > rest)

    def unsent(self, limit: int, after: int = 0) -> list[OutboxRow]:
        """The oldest messages not removed yet, of those with a number above `after`."""
        with self._working():
            return self._outbox.waiting(self.epoch, limit, after)

    def last_boot(self) -> str:
        """The boot of the last commit, "" before the first: another one now means that the power was gone."""
        return self._boot

    @contextmanager
    def _working(self) -> Iterator[None]:
        if self.failure:
            raise JournalError(self.failure)
        try:
            yield
        except database.TROUBLE as error:
            failed = database.in_words(self._path, error)
            self.failure = f"{failed}; nothing more is sold or released"
            if isinstance(failed, JournalBroken):
                files.suspect(self._path)
            raise type(failed)(self.failure) from error
