"""A process that does to a journal whatever a machine ever does to it, and says each thing that is on disk.

It is recorded call by call (`recording.py`), so that the disk can be rebuilt at every moment of it.  What it
says is one line of JSON: what was done, the contents from then on as a digest, and whether it is RECOVERY.

`python -m tests.proof.scribe FOLDER CHAPTER [careless]`, chapter by chapter: each is a process of its own.
"""

import hashlib
import json
import os
import sqlite3
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, NoReturn
from unittest.mock import patch

from kiosk.effects import Save, SavePushed, SaveSlot
from kiosk.journal import Journal, database, pruning
from kiosk.model import SlotRecord
from kiosk.pushed import Pushed
from tests.journal.sale import DAY, MONDAY, Machine, at, closing, controlled_sale, sale

TABLES: Final = {
    "journal": "epoch, recovery, seq, boot",  # every start raises the session
    "orders": "*",
    "claim_codes": "*",
    "slots": "*",
    "outbox": "*",
    "losses": "*",
    "commands": "*",
    "sales": "*",
    "pushed": "*",
}
CARELESS: Final = {
    "unsynced": ("PRAGMA synchronous = FULL", "PRAGMA synchronous = NORMAL"),
    "psow": ("psow=0", "psow=1"),
}
"""Ways to open a journal that lose sales: the proof must see that."""


def contents(db: sqlite3.Connection) -> str:
    """A digest of everything that counts."""
    found = hashlib.sha256()
    for table, columns in TABLES.items():
        for row in db.execute(f"SELECT {columns} FROM {table} ORDER BY 1, 2"):  # noqa: S608  # our own tables
            found.update(repr(row).encode())
    return found.hexdigest()[:24]


def say(what: str, journal: Journal) -> None:
    """Tell whoever records, in one piece."""
    told = {"what": what, "contents": contents(journal._db), "recovery": bool(journal.recovery)}
    os.write(1, json.dumps(told).encode() + b"\n")


def sell(journal: Journal, first: int, last: int) -> None:
    """Every other sale is a controller's; messages and answers are sent and acknowledged on the way."""
    for number in range(first, last):
        for step, durable in enumerate((sale, controlled_sale)[number % 2](number)):
            journal.commit(durable, at())
            say(f"step {step} of sale {number}", journal)
            if step % 2:
                journal.remove([row.seq for row in journal.unsent(20)])
                for reply in journal.unsent_answers(20):
                    journal.answer_sent(reply)
        if number % 3 == 0:
            journal.acknowledged(journal.epoch, journal._outbox.seq - 2)


def prune(journal: Journal, days: float) -> None:
    """Forget what is so many days old by then, and copy the log into the file."""
    journal.prune(at(wall=MONDAY + days * DAY))
    say(f"pruned after {days:g} days", journal)


def founded(machine: Machine) -> None:
    """A machine is set up, and started for the first time."""
    machine.set_up()
    with machine.start() as journal:
        say("set up", journal)


def first_day(machine: Machine) -> NoReturn:
    """Sales, until the process dies."""
    journal = machine.start()
    say("started", journal)
    sell(journal, 1, 5)
    os._exit(0)


def second_day(machine: Machine) -> None:
    """A start upon a log that was left, the operator's wishes, the log copied and begun anew, a clean end."""
    with machine.start() as journal:
        say("started", journal)
        journal.commit([SavePushed(Pushed(version=1, document={"text": "Selamat datang " * 200}))], at())
        say("pushed", journal)
        sell(journal, 5, 7)
        prune(journal, 0)
        journal.commit([SaveSlot(n, SlotRecord(stock=n)) for n in range(1, 9)], at())
        say("stocked", journal)
        assert journal.check() == ""
        sell(journal, 7, 10)
        # half a year later: the orders go, their commands went already
        prune(journal, 3)
        journal.commit([Save(closing(10, at(wall=MONDAY + 190 * DAY)))], at(wall=MONDAY + 190 * DAY))
        say("a last one", journal)
        prune(journal, 190)
        sell(journal, 11, 13)


def old_copy(machine: Machine) -> NoReturn:
    """The operator has more than the journal knows; a person accepts the loss, and it goes on."""
    journal = machine.start()
    say("started", journal)
    journal.acknowledged(journal.epoch, 1_000_000)
    say("an old copy", journal)
    journal.accept_loss("Sari")
    say("accepted", journal)
    sell(journal, 13, 15)
    os._exit(0)


def full_log(machine: Machine) -> None:
    """So many sales that a commit copies the log by itself."""
    with machine.start() as journal:
        say("started", journal)
        sell(journal, 15, 60)


CHAPTERS: Final[Mapping[str, Callable[[Machine], None]]] = {
    chapter.__name__: chapter for chapter in (founded, first_day, second_day, old_copy, full_log)
}


def be_careless(how: str) -> None:
    """Open every journal from now on the careless way."""
    careful, careless = CARELESS[how]
    connected = database._connected

    def careless_connected(path: Path, mode: str, settings: tuple[str, ...]) -> sqlite3.Connection:
        return connected(path, mode, tuple(setting.replace(careful, careless) for setting in settings))

    connect = sqlite3.connect

    def careless_connect(path: str, **settings: Any) -> sqlite3.Connection:
        opened: sqlite3.Connection = connect(path.replace(careful, careless), **settings)
        return opened

    patch.object(database, "_connected", careless_connected).start()
    patch.object(sqlite3, "connect", careless_connect).start()


def main(folder: Path, chapter: str, *careless: str) -> None:
    """One chapter."""
    pruning.NEWEST_ALWAYS_KEPT = 4  # a thousand would make every rebuilt disk large
    for how in careless:
        be_careless(how)
    CHAPTERS[chapter](Machine(folder))


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
