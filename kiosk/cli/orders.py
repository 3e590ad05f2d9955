"""`kiosk orders`: what was sold, and the whole story of one order.

It reads beside the running daemon and changes nothing.
"""

import re
import sys
from argparse import Namespace
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kiosk.cli import accounts
from kiosk.cli.parsing import parser, positive, takes_config, takes_json
from kiosk.config import basics
from kiosk.errors import JournalError, KioskError
from kiosk.journal import Ledger
from kiosk.model import Rupiah
from kiosk.states import Life

FOR_EVER = 1e12


def main(words: list[str]) -> int:
    """Print the newest orders, or those that a word names."""
    arguments = parser("orders", "The newest orders, or those that a word names; one alone in full.")
    arguments.add_argument(
        "word",
        nargs="?",
        metavar="WORD",
        help="an order id, a claim code, an amount, a reference of controller or gateway, or the bank's RRN",
    )
    arguments.add_argument(
        "--limit", type=positive, default=20, metavar="N", help="at most so many (%(default)s)"
    )
    shapes = arguments.add_mutually_exclusive_group()
    shapes.add_argument("--csv", action="store_true", help="for a spreadsheet")
    takes_json(shapes)
    arguments.add_argument(
        "--journal", type=Path, metavar="FILE", help="another journal, such as one set aside"
    )
    takes_config(arguments)
    given = arguments.parse_args(words)
    settings = basics(given.config)
    with Ledger(given.journal or settings.journal) as ledger:
        lives = _found(ledger, given)
        _warn(ledger)
        zone = _zone(_pushed_zone(ledger) or settings.timezone)
    _print(lives, given, zone)
    return 0


def _found(ledger: Ledger, given: Namespace) -> list[Life]:
    if given.word is None:
        return ledger.recent(given.limit)
    lives = _named(ledger, given.word)
    if not lives:
        raise KioskError(f"no order is named {given.word[:60]!a}; kiosk orders lists the newest")
    return lives[: given.limit]


def _named(ledger: Ledger, word: str) -> list[Life]:
    found = [*ledger.find(word), *_of_amount(ledger, word), *ledger.by_reference(word), *ledger.by_rrn(word)]
    found += ledger.by_client_reference(word)
    return list({life.order.id: life for life in found}.values())


def _of_amount(ledger: Ledger, word: str) -> list[Life]:
    digits = word.removeprefix("Rp").strip()
    if not re.fullmatch(r"[0-9]{1,8}|[0-9]{1,3}(\.[0-9]{3}){1,2}", digits):
        return []
    return ledger.by_amount(Rupiah(int(digits.replace(".", ""))), 0.0, FOR_EVER)


def _pushed_zone(ledger: Ledger) -> str:
    """The time zone that the operator pushed, if any; a journal that cannot tell is no reason to stop."""
    try:
        return str(ledger.pushed().document.get("timezone", ""))
    except JournalError:
        return ""


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise KioskError(f"no such time zone: {name[:60]!a}; kiosk check says more") from None


def _print(lives: list[Life], given: Namespace, zone: ZoneInfo) -> None:
    if given.json:
        print(accounts.as_json(lives, zone))
    elif given.csv:
        print(accounts.as_csv(lives, zone), end="")
    elif given.word is not None and len(lives) == 1:
        print("\n".join(accounts.in_full(lives[0], zone)))
    else:
        print("\n".join(accounts.as_table(lives, zone)))


def _warn(ledger: Ledger) -> None:
    if ledger.damaged:
        print(f"kiosk orders: {ledger.damaged} damaged orders were left out", file=sys.stderr)
