"""A machine that takes one configuration after the other, and says each that it holds: to be killed.

`python -m tests.pushing.pusher DIRECTORY`
"""

import os
import sys
from itertools import count
from pathlib import Path
from typing import Any

from kiosk.effects import DURABLE
from kiosk.events import Pushed
from kiosk.journal import Journal
from kiosk.model import Now, Terms
from kiosk.pushing import Own, lay, own_file
from kiosk.session import Idle, Session
from kiosk.till import Till, decide
from tests.pushing.machine import desired, running


def document_of(version: int) -> dict[str, Any]:
    """Two prices that belong together, and a setting that has nothing to do with them."""
    price = 5_000 + version
    return {
        "merchant": f"Toko {version}",
        "slots": [{"number": 1, "price": price}, {"number": 2, "price": price}],
    }


def push(folder: Path) -> None:
    """Print each version after the commit that takes it."""
    own = own_file(folder / "kiosk.toml")
    with Journal(folder / "state" / "journal.db", folder / "epoch") as journal:
        till = _till(own, journal)
        for version in count(till.pushed.in_effect + 1):
            now = Now("boot-1", float(version), 1_800_000_000.0 + version)
            candidate = running(own).examine(desired(document_of(version), version))
            till, effects = decide(till, Pushed(candidate), now)
            journal.commit([each for each in effects if isinstance(each, DURABLE)], now)
            os.write(1, f"{version}\n".encode())  # in one piece, whatever kills us


def _till(own: Own, journal: Journal) -> Till:
    settings = lay(own, journal.pushed()).configuration.settings
    session = Session(Idle(), settings.language)
    terms = dict.fromkeys(settings.gateways, Terms())
    return Till(settings=settings, terms=terms, session=session, pushed=journal.pushed())


if __name__ == "__main__":
    push(Path(sys.argv[1]))
