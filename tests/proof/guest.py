"""Runs inside a User Mode Linux whose power is cut: looks at what the last cut left, then sells on.

`python -m tests.proof.guest DISK OUTSIDE [CARELESS]`: the journal lies on DISK, what was said lies OUTSIDE.
"""

import os
import sys
from collections.abc import Iterable
from pathlib import Path

import msgspec
from msgspec import Struct

from kiosk.journal import Journal, Ledger
from tests.journal.sale import Machine, order
from tests.journal.seller import sell
from tests.proof.scribe import be_careless

MANY = 1_000_000


class Verdict(Struct, frozen=True):
    """What a start found: how many decisions had been said to be on disk, and what is wrong."""

    said: int
    wrong: list[str]


def steps_in(words: Iterable[str]) -> dict[int, int]:
    """The last step that was said of each sale."""
    return {int(number): int(step) for number, step in (line.split() for line in words)}


def found(machine: Machine, journal: Journal, said: dict[int, int]) -> list[str]:
    """Whatever the journal and what was said do not agree about."""
    wrong = [words for words in (journal.recovery, journal.check()) if words]
    with Ledger(machine.path) as ledger:
        lives = {life.order.id: life for life in ledger.recent(MANY)}
    for number, step in said.items():
        life = lives.get(order(number).id)
        if life is None or len(life.history) <= step:
            wrong.append(f"step {step} of sale {number} is missing")
    told = [row.seq for row in journal.unsent(MANY)]
    if told != list(range(1, sum(len(life.history) for life in lives.values()) + 1)):
        wrong.append("messages are missing, or of no order")
    return wrong


def main(disk: Path, outside: Path) -> None:
    """Judge, and sell until the power goes."""
    machine, log = Machine(disk), outside / "said"
    if not machine.path.exists():
        machine.set_up()
    log.touch()
    said = steps_in(log.read_text().splitlines())
    with machine.start() as journal:
        verdict = Verdict(sum(step + 1 for step in said.values()), found(machine, journal, said))
    with (outside / "verdicts").open("ab", buffering=0) as verdicts:
        verdicts.write(msgspec.json.encode(verdict) + b"\n")
    os.dup2(os.open(log, os.O_WRONLY | os.O_APPEND), 1)
    first = max(said, default=0) + 1
    sell(disk, first + first % 2, MANY)


if __name__ == "__main__":
    for how in sys.argv[3:]:
        be_careless(how)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
