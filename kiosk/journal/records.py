"""A record as the journal keeps it: JSON under a checksum, read back with its exact type.

SQLite checks no contents: a flipped bit in an amount would be read as another amount.
"""

from typing import Generic, TypeGuard, TypeVar
from zlib import crc32

import msgspec
from msgspec import Struct

from kiosk.errors import JournalBroken, JournalError
from kiosk.model import Rupiah, SlotRecord
from kiosk.mqtt.reports import Answer, Reply
from kiosk.pushed import Pushed
from kiosk.states import Life


class OutboxRow(Struct, frozen=True):
    """A message the operator has not got yet; (kiosk, epoch, seq) and `event_id` each name it for good.

    `time`: seconds since 1970 as the clock said, `time_ok`: whether the clock was believed then; `reference`:
    the controller's name of the sale.
    """

    epoch: int
    seq: int
    event_id: str
    what: str
    order_id: str
    fields: dict[str, str | int]
    time: float
    time_ok: bool
    reference: str = ""


class Remembered(Struct, frozen=True):
    """A command that was taken, and the newest answer it got; a repeat of its id gets that one.

    `exp` is None for one that came through the control socket.  An empty `digest` equals none: of a journal
    that broke only the id could be read.
    """

    id: str
    name: str
    digest: str
    exp: int | None
    answer: Reply

    @property
    def is_unfinished(self) -> bool:
        """Whether it was accepted and how it ended is not known."""
        return self.answer.status is Answer.ACCEPTED


class SaleRow(Struct, frozen=True, array_like=True):
    """A `Sale` in little room, with the key of its reference in hexadecimal."""

    key: str
    digest: str
    order_id: str
    amount: Rupiah
    state: str
    why: str


T = TypeVar("T", bound=Struct)


class Form(Generic[T]):
    """One kind of record as text with a checksum."""

    def __init__(self, kind: type[T]) -> None:
        self._kind = kind
        self._decoder = msgspec.json.Decoder(kind)

    def seal(self, record: T) -> tuple[str, int]:
        """The text and its checksum; raises JournalError for what could not be read back as it is.

        Infinity, for one, would be written as null and make the row unreadable at the next start.
        """
        try:
            text = msgspec.json.encode(record)
            same = self._decoder.decode(text) == record
        except (msgspec.MsgspecError, ValueError, TypeError) as error:
            raise JournalError(f"a {self._kind.__name__} cannot be written: {error}") from error
        if not same:
            raise JournalError(
                f"a {self._kind.__name__} cannot be written: it would be read back differently"
            )
        return text.decode(), crc32(text)

    def unseal(self, text: object, checksum: object) -> T:
        """The record; raises JournalBroken for a text that was damaged or is of another form."""
        if not intact(text, checksum):
            raise JournalBroken(f"a {self._kind.__name__} in the journal is damaged")
        try:
            return self._decoder.decode(text)
        except msgspec.MsgspecError as error:
            raise JournalBroken(f"a {self._kind.__name__} in the journal cannot be read: {error}") from error


LIVES = Form(Life)
SLOTS = Form(SlotRecord)
MESSAGES = Form(OutboxRow)
COMMANDS = Form(Remembered)
SALES = Form(SaleRow)
PUSHED = Form(Pushed)


def intact(text: object, checksum: object) -> TypeGuard[str]:
    """Whether a text is the one its checksum was made of, whatever it means."""
    return isinstance(text, str) and crc32(text.encode()) == checksum
