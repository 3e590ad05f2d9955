"""What a machine carries: past orders, unfinished ones, slots, events that its operator has not got yet."""

import re
import time
from pathlib import Path
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from kiosk.gateways.interactive_wire import REQUESTED
from kiosk.journal import rows
from kiosk.journal.records import OutboxRow
from kiosk.model import Charge, Now
from kiosk.simulator.wiring import Files
from kiosk.states import CancelStep, Closing, Inquiry, Life, Why
from tests.bench import past
from tests.journal.sale import CHARGE, at, lived

ELSEWHERE: Final = "interactive"
"""Cannot cancel, and calls an order unpaid for good after 65 minutes only."""
ROOM: Final = "\nbackground = 200\n"
_TABLES: Final = re.compile(r"^(?=\[)", re.MULTILINE)


class Load(Struct, frozen=True, kw_only=True):
    """How much of each; without a number of slots it has those of the simulator."""

    past: int = 0
    unfinished: int = 0
    slots: int = 0
    outbox: int = 0

    def lay(self, files: Files) -> None:
        """Into a machine's files; its past is laid only once, whatever the configuration."""
        text = files.config.read_text().replace("[limits]\n", f"[limits]{ROOM}")
        files.config.write_text(_with_slots(text, files, self.slots) if self.slots else text)
        laid = files.folder / "laid"
        if not laid.exists():
            self._fill(files.journal, at(wall=time.time()))
            laid.touch()

    def _fill(self, journal: Path, now: Now) -> None:
        past.fill(journal, self.past, now)
        past.leave_open(journal, (_unfinished(self.past + number, now) for number in range(self.unfinished)))
        with past.quickly(journal) as db:
            for number in range(1, self.outbox + 1):
                rows.put_message(db, _message(number, now))


def _unfinished(number: int, now: Now) -> Life:
    """One of InterActive's whose code was on the panel a while ago."""
    charge = Charge(CHARGE.code, f"{413_000_000 + number}", "", {REQUESTED: "2026-01-01 10:00:00"})
    state = Closing(Why.EXPIRED, charge, 0.0, 0.0, CancelStep.OVER, 0.0, Inquiry(0.0))
    life = lived(number, [state], now)
    return replace(life, order=replace(life.order, gateway=ELSEWHERE))


def _message(number: int, now: Now) -> OutboxRow:
    fields: dict[str, str | int] = {"amount": 12_000, "gateway": "midtrans", "item": "Kopi susu", "slot": 1}
    name, order = f"{number:016x}", f"K01{number:019d}A"
    return OutboxRow(1, number, name, "order.settled", order, fields, now.wall, time_ok=True)


def _with_slots(config: str, files: Files, count: int) -> str:
    """The same with so many slots, each with an output of its own."""
    tables = [each for each in _TABLES.split(config) if not each.startswith(("[[slots]]", "[outputs."))]
    for number in range(1, count + 1):
        emulated = f'driver = "emulated"\nsocket = "{files.socket}"\nname = "spiral{number}"\n'
        tables.append(f"[outputs.spiral{number}]\n{emulated}milliseconds = 1\n")
        sold = f'number = {number}\nname = "Kopi {number}"\nprice = 12000\noutput = "spiral{number}"\n'
        tables.append(f"[[slots]]\n{sold}")
    return "\n".join(tables)
