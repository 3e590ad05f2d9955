"""A command decided without the daemon, under the journal's lock and by the very same rules.

Nothing is performed: there is no gateway, no panel and no output here, only what is written down.
"""

import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kiosk.admission import Admitted, admit_locally
from kiosk.commands import OfOrder
from kiosk.control.asking import fresh_id, signed
from kiosk.control.peers import user_name
from kiosk.effects import DURABLE, Answer
from kiosk.events import Commanded
from kiosk.journal import Journal, Ledger
from kiosk.model import Now
from kiosk.mqtt.reports import Reply, rejected
from kiosk.pushing import lay, own_file
from kiosk.refusals import Refusal
from kiosk.session import Idle, Session
from kiosk.settings import Settings
from kiosk.states import Life
from kiosk.till.commanding import commanded
from kiosk.till.value import Till


def decided(path: Path, name: str, args: Mapping[str, Any]) -> Reply:
    """The last answer; raises ConfigError, JournalError, JournalLocked where the kiosk runs after all."""
    own = own_file(path)
    who = signed(user_name(os.geteuid()), str(args.get("who", "")))
    admitted = admit_locally(name, fresh_id(), args, who)
    if isinstance(admitted, Refusal):
        return rejected(name, admitted)
    journal_path = own.configuration.state / "journal.db"
    with Journal(journal_path, own.configuration.marker) as journal:
        settings = lay(own, journal.pushed()).configuration.settings
        event = Commanded(command=admitted, found=_found(journal_path, admitted), searched=True)
        return _commit(journal, _till(settings, journal), event)


def _commit(journal: Journal, till: Till, event: Commanded) -> Reply:
    # the boot of the last commit: one of our own would hide from the next start that the power was gone
    now = Now(journal.last_boot(), 0.0, time.time())
    _, effects = commanded(till, event, now)
    journal.commit([effect for effect in effects if isinstance(effect, DURABLE)], now, time_ok=False)
    return [effect.reply for effect in effects if isinstance(effect, Answer)][-1]


def _till(settings: Settings, journal: Journal) -> Till:
    """A machine in front of which nobody stands; its open orders wait for the next start."""
    return Till(
        settings=settings,
        terms={},
        session=Session(Idle(), settings.language),
        slots=journal.slots(),
        background=tuple(journal.open_lives()),
        recovery=journal.recovery,
    )


def _found(path: Path, admitted: Admitted) -> Life | None:
    """The newest order that the command names, over or not."""
    args = admitted.args
    if not isinstance(args, OfOrder):
        return None
    with Ledger(path) as ledger:
        if args.reference is not None:
            lives = ledger.by_client_reference(args.reference)
        else:
            lives = ledger.find(str(args.order_id or getattr(args, "claim_code", "")))
    return lives[0] if lives else None
