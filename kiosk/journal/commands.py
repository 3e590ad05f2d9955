"""The commands that were taken, each with its newest answer: a repeat gets that one, and nothing is done.

Which answers were sent is written with the next commit, not with one of its own: until then a cut sends one
again, which is harmless.
"""

import sqlite3
from collections.abc import Iterable
from itertools import islice
from typing import NamedTuple

import msgspec

from kiosk.effects import Answer, Durable, Remember
from kiosk.errors import JournalBroken, JournalError
from kiosk.journal.records import COMMANDS, Remembered
from kiosk.model import Now
from kiosk.mqtt.reports import Answer as Status
from kiosk.mqtt.reports import Reply
from kiosk.states import Why

KEPT = 86_400.0
"""Seconds that a command is remembered past its time."""

COLUMNS = "SELECT id, at, sent, record, checksum FROM commands"


class CommandRow(NamedTuple):
    """A command as it is stored; `at`: the wall time at which it came."""

    command: Remembered
    at: float
    sent: bool

    @property
    def until(self) -> float:
        """The wall time from which it may be forgotten."""
        return KEPT + (self.at if self.command.exp is None else float(self.command.exp))


class Commands:
    """Keeps commands within the journal's transactions."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._sent: set[str] = set()
        self._fresh: dict[str, Reply] = {}
        self._unsent = {command.id: command.answer for command in unsent(db)}

    def put(self, durable: Iterable[Durable], now: Now) -> None:
        """Write the commands of one decision and the answers to any."""
        effects = tuple(durable)
        answers = {effect.reply.id: effect.reply for effect in effects if isinstance(effect, Answer)}
        for effect in effects:
            if isinstance(effect, Remember):
                self._remember(effect, answers.pop(effect.id, None), now)
        for reply in answers.values():
            self._answer(reply)

    def unsent(self, limit: int) -> list[Reply]:
        """The newest answers that the operator's side has not got yet, the longest waiting first."""
        return list(islice(self._unsent.values(), limit))

    def drop(self, reply: Reply) -> None:
        """Remember that an answer was sent, unless there is a newer one."""
        if self._unsent.get(reply.id) == reply:
            del self._unsent[reply.id]
            self._sent.add(reply.id)

    def take_out(self) -> None:
        """Note what was sent, within a transaction."""
        old = self._sent - self._fresh.keys()
        self._db.executemany("UPDATE commands SET sent = 1 WHERE id = ?", [(id_,) for id_ in old])

    def written(self) -> None:
        """The transaction is on disk."""
        for id_, reply in self._fresh.items():
            self._unsent.pop(id_, None)
            self._unsent[id_] = reply
        self._fresh.clear()
        self._sent.clear()

    @property
    def is_settled(self) -> bool:
        """Whether nothing waits to be written."""
        return not self._sent

    def _remember(self, given: Remember, reply: Reply | None, now: Now) -> None:
        if reply is None:
            raise JournalError(f"the command {given.id} was taken without an answer")
        if find(self._db, given.id):
            raise JournalError(f"the command {given.id} was taken once already")
        command = Remembered(given.id, given.name, given.digest, given.exp, reply)
        write(self._db, CommandRow(command, now.wall, sent=given.exp is None))
        self._note(command)

    def _answer(self, reply: Reply) -> None:
        """Replace the newest answer; of a command that is long forgotten nobody waits for one."""
        known = find(self._db, reply.id)
        if known is None:
            return
        command = msgspec.structs.replace(known, answer=reply)
        values = (command.is_unfinished, command.exp is None, *COMMANDS.seal(command), command.id)
        self._db.execute(
            "UPDATE commands SET unfinished = ?, sent = ?, record = ?, checksum = ? WHERE id = ?", values
        )
        self._note(command)

    def _note(self, command: Remembered) -> None:
        if command.exp is not None:
            self._fresh[command.id] = command.answer


def find(db: sqlite3.Connection, id_: str) -> Remembered | None:
    """The command with this id; raises JournalBroken where its row is damaged."""
    found = db.execute(f"{COLUMNS} WHERE id = ?", (id_,)).fetchone()
    return row_in(*found).command if found else None


def unfinished(db: sqlite3.Connection) -> list[Remembered]:
    """Those that were accepted and not answered since, oldest first."""
    return [row_in(*row).command for row in db.execute(f"{COLUMNS} WHERE unfinished = 1 ORDER BY row")]


def unsent(db: sqlite3.Connection) -> list[Remembered]:
    """Those whose newest answer the operator's side has not got yet, oldest first."""
    return [row_in(*row).command for row in db.execute(f"{COLUMNS} WHERE sent = 0 ORDER BY row")]


def digest_of(db: sqlite3.Connection, id_: str) -> str:
    """The digest of a command's arguments, empty where it is not known."""
    known = find(db, id_)
    return known.digest if known else ""


def unknown(id_: str) -> Remembered:
    """A command of which nothing but the id could be read: whatever comes again under it is refused."""
    reply = Reply(id=id_, command="", status=Status.FAILED, reason=Why.JOURNAL_LOST.value)
    return Remembered(id_, "", "", None, reply)


def write(db: sqlite3.Connection, row: CommandRow) -> None:
    """Put a new command into the table."""
    command = row.command
    about = (command.id, row.at, row.until, command.is_unfinished, row.sent)
    db.execute("INSERT INTO commands VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)", (*about, *COMMANDS.seal(command)))


def row_in(id_: object, at: object, sent: object, text: object, checksum: object) -> CommandRow:
    """A stored command; raises JournalBroken where it is damaged or another one's."""
    command = COMMANDS.unseal(text, checksum)
    if command.id != id_:
        raise JournalBroken(f"the row of command {id_} holds another one")
    return CommandRow(command, at if isinstance(at, float) else 0.0, bool(sent))
