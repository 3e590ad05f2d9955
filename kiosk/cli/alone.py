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
from kiosk.journal import Journal
from kiosk.model import Now
from kiosk.mqtt.reports import Reply, rejected
from kiosk.pushing import lay, own_file
from kiosk.refusals import Refusal
from kiosk.searching import newest_named
from kiosk.session import Idle, Session
from kiosk.settings import Settings
from kiosk.till.commanding import commanded
from kiosk.till.value import Till


def decided(path: Path, name: str, args: Mapping[str, Any]) -> Reply:
    """The last answer; raises ConfigError, JournalError, JournalLocked where the kiosk runs after all."""
    own = own_file(path)
    who = signed(user_name(os.geteuid()), str(args.get("who", "")))
    admitted = admit_locally(name, fresh_id(), args, who)
    if isinstance(admitted, Refusal):
        return rejected(name, admitted)
    with Journal(own.configuration.journal, own.configuration.marker) as journal:
        settings = lay(own, journal.pushed()).configuration.settings
        return _commit(
            journal, _till(settings, journal), _looked_up(journal, own.configuration.journal, admitted)
        )


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


def _looked_up(journal: Journal, path: Path, admitted: Admitted) -> Commanded:
    """The command with the newest order that it names, over or not."""
    args = admitted.args
    if not isinstance(args, OfOrder):
        return Commanded(command=admitted, searched=True)
    sale = journal.sale(args.reference) if args.reference else None
    return Commanded(command=admitted, sale=sale, found=newest_named(path, args), searched=True)
