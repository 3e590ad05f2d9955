"""A process that sells and says each decision that is on disk: to be killed, or to meet a bad disk.

Every other sale is a controller's.

`python -m tests.journal.seller DIRECTORY FIRST LAST`
"""

import os
import sys
from pathlib import Path

from kiosk.effects import Durable
from kiosk.errors import JournalError
from kiosk.journal import Journal
from tests.journal.sale import Machine, at, controlled_sale, sale


def sell(directory: Path, first: int, last: int) -> None:
    """Print `number step` after each commit; on a failure its words, then what a second try says."""
    with Machine(directory).start() as journal:
        for number in range(first, last):
            for step, durable in enumerate((sale, controlled_sale)[number % 2](number)):
                try:
                    journal.commit(durable, at())
                except JournalError as error:
                    print("failed:", error, flush=True)  # noqa: T201  # the parent reads it
                    _again(journal, durable)
                    return
                os.write(1, f"{number} {step}\n".encode())  # in one piece, whatever kills us


def _again(journal: Journal, durable: list[Durable]) -> None:
    try:
        journal.commit(durable, at())
    except JournalError as error:
        print("refused:", error, flush=True)  # noqa: T201  # the parent reads it


if __name__ == "__main__":
    sell(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
