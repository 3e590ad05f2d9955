"""The messages the operator has not got yet, under numbers that only rise.

What was sent is taken out with the next commit, not with one of its own: until then a cut sends it again,
which is harmless, and a sale costs no more writes.
"""

import secrets
import sqlite3
from collections.abc import Iterable

import msgspec

from kiosk.effects import Tell
from kiosk.journal import rows
from kiosk.journal.records import OutboxRow
from kiosk.model import Now

MOST_REMOVED = 200


class Outbox:
    """Numbers and keeps messages within the journal's transactions; `seq` is the last number on disk."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._sent: set[int] = set()
        self.seq = rows.last_seq(db)

    def put(self, told: Iterable[Tell], epoch: int, now: Now, *, time_ok: bool) -> int:
        """Write messages and return the last number, which counts only once `written` says so."""
        last = self.seq
        for tell in told:
            last += 1
            name = secrets.token_hex(8)
            fields = {key: _plain(value) for key, value in tell.fields.items()}
            about = (tell.what, tell.order_id, fields)
            row = OutboxRow(epoch, last, name, *about, now.wall, time_ok, tell.reference)
            rows.put_message(self._db, row)
        return last

    def waiting(self, epoch: int, limit: int, after: int) -> list[OutboxRow]:
        """The oldest messages not sent yet, under the epoch of today.

        A journal found to be an old copy gives what it still has a new epoch: under the old one the
        operator's side would take it for something it knows.
        """
        found = rows.messages(self._db, after, limit + len(self._sent))
        unsent = [msgspec.structs.replace(row, epoch=epoch) for row in found if row.seq not in self._sent]
        return unsent[:limit]

    def drop(self, seqs: Iterable[int]) -> bool:
        """Remember what was sent; True when so much has gathered that it should be written by itself."""
        self._sent.update(seqs)
        return len(self._sent) >= MOST_REMOVED

    def take_out(self, last: int) -> None:
        """Delete what was sent, within a transaction that brings the outbox to `last`."""
        if self._sent:
            rows.remove_messages(self._db, self._sent, last)

    def written(self, last: int) -> None:
        """The transaction is on disk."""
        self.seq = last
        self._sent.clear()

    @property
    def is_settled(self) -> bool:
        """Whether nothing waits to be taken out."""
        return not self._sent


def _plain(value: str | int) -> str | int:
    # to Python a truth is a number, to JSON it is not
    return int(value) if isinstance(value, bool) else value
