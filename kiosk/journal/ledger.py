"""Reading the journal beside its writer, for people: `kiosk orders` and the technician.

Look-ups of old orders read the whole table; they are never made on the thread that sells.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from kiosk.errors import JournalError, JournalMissing
from kiosk.journal import database, rows, schema
from kiosk.model import Rupiah
from kiosk.pushed import Pushed
from kiosk.states import Dispensed, Life

COLUMNS = "SELECT row, order_id, life, checksum FROM orders"
MADE = "SELECT row, made_at, order_id, life, checksum FROM orders"
WRONG_CLOCK = 50
PUSHED_SINCE = 2
"""The version of the tables that knows it first; a file is read before it is brought up to date."""


class Ledger:
    """A read-only view, newest order first; rows that cannot be read are left out and counted in `damaged`.

    Raises JournalMissing or JournalError; also reads a journal that was set aside.
    """

    def __init__(self, path: Path) -> None:
        if not path.exists():
            raise JournalMissing(f"{path} does not exist; is the kiosk set up, is the path right?")
        self._path = path
        self._damaged: set[int] = set()
        try:
            schema.expect_journal(path)
            self._db = database.readable(path)
        except database.TROUBLE as error:
            raise database.in_words(path, error) from error
        try:
            schema.expect_known(self._db)
        except database.TROUBLE as error:
            self._db.close()
            raise database.in_words(path, error) from error

    @property
    def damaged(self) -> int:
        """How many different rows could not be read so far."""
        return len(self._damaged)

    def recent(self, limit: int) -> list[Life]:
        """The newest orders."""
        return self._lives(f"{COLUMNS} ORDER BY row DESC LIMIT ?", limit)

    def find(self, name: str) -> list[Life]:
        """By order id or claim code; a code may have been another order's more than 90 days before."""
        return self._lives(f"{COLUMNS} WHERE order_id = ?1 OR claim_code = ?1 ORDER BY row DESC", name)

    def by_amount(self, amount: Rupiah, since: float, until: float) -> list[Life]:
        """Made with this amount between two wall times, in seconds since 1970."""
        query = f"{COLUMNS} WHERE amount = ? AND made_at BETWEEN ? AND ? ORDER BY row DESC"
        return self._lives(query, amount, since, until)

    def by_reference(self, reference: str) -> list[Life]:
        """By the gateway's own id of the charge, the payment or the refund."""
        return self._naming(reference, lambda life: reference in _references(life))

    def by_rrn(self, rrn: str) -> list[Life]:
        """By the retrieval reference number that a bank's statement names."""
        return self._naming(rrn, lambda life: _said(life, "evidence", "rrn") == rrn)

    def by_client_reference(self, reference: str) -> list[Life]:
        """By the vending controller's own name of the sale: every attempt that was made for it."""
        return self._naming(reference, lambda life: life.order.reference == reference)

    def takings(self, since: float) -> tuple[int, Rupiah]:
        """How many orders made since a wall time were released, and their rupiah together.

        Of a clock that was wrong for more than `WRONG_CLOCK` orders in a row what lies before is not counted.
        """
        sold = [life.order.amount for life in self._since(since) if isinstance(life.state, Dispensed)]
        return len(sold), Rupiah(sum(sold))

    def pushed(self) -> Pushed:
        """What the operator pushed last, and what of it is in effect; JournalBroken where it is damaged."""
        try:
            return rows.pushed(self._db) if schema.version_of(self._db) >= PUSHED_SINCE else Pushed()
        except database.TROUBLE as error:
            raise database.in_words(self._path, error) from error

    def backlog(self) -> tuple[int, int]:
        """The newest event's number, and how many wait to be told; the last few sent may be among them."""
        try:
            waiting = self._db.execute("SELECT count(*) FROM outbox").fetchone()[0]
            return rows.last_seq(self._db), int(waiting)
        except database.TROUBLE as error:
            raise database.in_words(self._path, error) from error

    def close(self) -> None:
        """Let go of the file; may be called again."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _naming(self, text: str, fits: Callable[[Life], bool]) -> list[Life]:
        # as the text stands in the JSON, escapes included; the exact field is compared after decoding
        quoted = msgspec.json.encode(text).decode()
        found = self._lives(f"{COLUMNS} WHERE instr(life, ?) > 0 ORDER BY row DESC", quoted)
        return [life for life in found if fits(life)]

    def _since(self, wall: float) -> Iterator[Life]:
        """Newest first, which is by when they were written: when they were made is only a label."""
        older = 0
        for row, made_at, *sealed in self._read(f"{MADE} ORDER BY row DESC"):
            older = 0 if made_at >= wall else older + 1
            if older > WRONG_CLOCK:
                return
            if not older and (life := self._life(row, *sealed)):
                yield life

    def _lives(self, query: str, *values: str | float) -> list[Life]:
        found = self._read(query, *values)
        return [life for row in found if (life := self._life(*row)) is not None]

    def _read(self, query: str, *values: str | float) -> Iterator[tuple[Any, ...]]:
        try:
            yield from self._db.execute(query, values)
        except database.TROUBLE as error:
            raise database.in_words(self._path, error) from error

    def _life(self, row: int, order_id: str, text: object, checksum: object) -> Life | None:
        try:
            return rows.life_in(order_id, text, checksum)
        except JournalError:
            self._damaged.add(row)
            return None


def _references(life: Life) -> set[str]:
    return {
        life.reference,
        _said(life, "charge", "reference"),
        _said(life, "evidence", "reference"),
        str(getattr(life.state, "reference", "")),
    }


def _said(life: Life, part: str, field: str) -> str:
    # states differ in what is known of them
    return str(getattr(getattr(life.state, part, None), field, ""))
