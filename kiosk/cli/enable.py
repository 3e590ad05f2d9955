"""`kiosk enable`: puts a slot back into service while the daemon is stopped, under the name of who did it."""

import re
import time
from argparse import ArgumentTypeError, Namespace

from msgspec.structs import replace

from kiosk.cli.parsing import parser, takes_config, who
from kiosk.config import load
from kiosk.configuration import Configuration
from kiosk.effects import Durable, SaveSlot, Tell
from kiosk.errors import KioskError
from kiosk.journal import Journal
from kiosk.model import Now, SlotRecord

MACHINE = 0
"""The number under which the machine as a whole is remembered."""


def main(words: list[str]) -> int:
    """Begin the counters of trouble anew; the stock stays as it was counted."""
    arguments = parser("enable", "Put a slot back into service, with the daemon stopped.")
    arguments.add_argument("slot", metavar="SLOT|all", type=slot, help="the slot's number, or all of them")
    arguments.add_argument("--who", required=True, type=who, metavar="NAME", help="who vouches for it")
    takes_config(arguments)
    given = arguments.parse_args(words)
    configuration = load(given.config)
    numbers = _numbers(configuration, given.slot)
    with Journal(configuration.state / "journal.db", configuration.marker) as journal:
        _enable(journal, numbers, given)
    for number in numbers:
        print(f"{_called(number)}: in service")
    return 0


def slot(text: str) -> int | None:
    """A slot's number, or None for all; raises ArgumentTypeError."""
    if text == "all":
        return None
    if re.fullmatch(r"[0-9]{1,2}", text):
        return int(text)
    raise ArgumentTypeError("a slot's number, or the word all")


def _numbers(configuration: Configuration, number: int | None) -> list[int]:
    known = [MACHINE, *(slot.number for slot in configuration.slots)]
    if number is None:
        return known
    if number not in known:
        there = ", ".join(str(one) for one in known[1:]) or "none; use all"
        raise KioskError(f"{configuration.source}: there is no slot {number}; there are: {there}")
    return [number]


def _enable(journal: Journal, numbers: list[int], given: Namespace) -> None:
    records = journal.slots()
    # the boot of the last commit: one of our own would hide from the next start that the power was gone
    now = Now(journal.last_boot(), 0.0, time.time())
    effects = [
        effect for number in numbers for effect in _begun_anew(number, records.get(number), str(given.who))
    ]
    journal.commit(effects, now, time_ok=False)


def _begun_anew(number: int, record: SlotRecord | None, name: str) -> tuple[Durable, Durable]:
    fresh = replace(record or SlotRecord(), stopped="", cuts=0, failed_vends=0)
    told = Tell("slot.enabled", "", {"slot": number, "who": name, "stock": fresh.stock})
    return SaveSlot(number, fresh), told


def _called(number: int) -> str:
    return "the machine" if number == MACHINE else f"slot {number}"
