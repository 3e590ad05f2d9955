"""`kiosk operator`: the other side of MQTT, for one machine, a list of them, or all.

Ends with 0 where all took it, 1 where not all did, 2 where it was wrongly called.
"""

import argparse
import re
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Final

from msgspec.structs import FieldInfo, fields

from kiosk.cli.parsing import (
    Parser,
    count,
    parser,
    positive,
    slot,
    slot_or_all,
    takes_json,
    who,
    whole_rupiah,
)
from kiosk.commands import COMMANDS, OfOrder

ALONE: Final = frozenset(
    {"charge"} | {name for name, entry in COMMANDS.items() if issubclass(entry.args, OfOrder)}
)
"""About one sale, so for one machine."""
ENDS_LATER: Final = frozenset({"charge", "restart", "enable", "disable"})
"""Accepted is answer enough: the end may be minutes away."""


def main(words: list[str]) -> int:
    """Do one thing."""
    arguments = parser("operator", "Command machines, push configurations, follow events, reconcile.")
    acts = arguments.add_subparsers(dest="act", required=True, metavar="ACT")
    _config(acts)
    for name in COMMANDS:
        _command(acts, name)
    _books(acts)
    given = arguments.parse_args(words)
    return int(given.run(given))


def _act(acts: "argparse._SubParsersAction[Parser]", name: str, what: str) -> Parser:
    return acts.add_parser(name, help=what, description=what, allow_abbrev=False)


def _config(acts: "argparse._SubParsersAction[Parser]") -> None:
    what = "push a configuration, or show what became of the last one"
    inner = _act(acts, "config", what).add_subparsers(dest="config_act", required=True, metavar="push|show")
    pushing = _act(inner, "push", "push a configuration to machines")
    pushing.add_argument("file", type=Path, metavar="FILE", help="a TOML or JSON document")
    pushing.add_argument(
        "--version", type=positive, metavar="N", help="the document's version (one above the highest known)"
    )
    _calls(pushing, _fleet("push"))
    showing = _act(inner, "show", "show what was pushed and what is in effect")
    _calls(showing, _fleet("show"))


def _command(acts: "argparse._SubParsersAction[Parser]", name: str) -> None:
    entry = COMMANDS[name]
    what = " ".join((entry.args.__doc__ or "").split())
    asking = _act(acts, name, what)
    for field in fields(entry.args):
        _argument(asking, name, field)
    asking.add_argument("--id", metavar="ID", help="send a command again under the id it had")
    asking.add_argument(
        "--expires",
        type=_expiry,
        default=60,
        metavar="S",
        help="too late after so many seconds (%(default)s)",
    )
    if name in ENDS_LATER:
        asking.add_argument("--to-the-end", action="store_true", help="wait until it is done or failed")
    asking.set_defaults(command=name, follows=name not in ENDS_LATER, parser=asking)
    _calls(asking, _fleet("command"), alone=name in ALONE)


def _argument(asking: argparse.ArgumentParser, command: str, field: FieldInfo) -> None:
    """An option for one argument of a command, under its own name."""
    name = field.encode_name
    option, place = f"--{name.replace('_', '-')}", f"arg_{name}"
    if field.type is bool:
        asking.add_argument(option, action="store_true", default=None, dest=place)
    elif isinstance(field.type, type) and issubclass(field.type, StrEnum):
        choices = [each.value for each in field.type]
        asking.add_argument(option, choices=choices, required=field.required, dest=place)
    else:
        reader, what = READERS.get(f"{command} {name}") or READERS[name]
        asking.add_argument(option, type=reader, required=field.required, metavar=what, dest=place)


def _books(acts: "argparse._SubParsersAction[Parser]") -> None:
    following = _act(
        acts, "events", "follow what happens at the machines, from now on or from where it ended"
    )
    following.add_argument(
        "--name", type=_name, help="let the broker keep what comes while this is not running"
    )
    following.add_argument(
        "--out", type=Path, metavar="FILE", help="add the events to this CSV file, each once"
    )
    following.add_argument("--ack", action="store_true", help="tell the machines that they may forget them")
    following.add_argument(
        "--what", metavar="START", default="", help="print only those that begin so, such as order."
    )
    following.add_argument("--quiet", type=positive, metavar="S", help="end when nothing came for so long")
    following.add_argument("--totals", action="store_true", help="print what each day brought, at the end")
    following.add_argument("--csv", action="store_true", help="for a spreadsheet")
    _calls(following, _accounts("follow"), waits=False)
    _orders(acts)
    _reconcile(acts)


def _orders(acts: "argparse._SubParsersAction[Parser]") -> None:
    listing = _act(acts, "orders", "put the orders together from events")
    listing.add_argument("events", metavar="EVENTS.csv", help="what events --out wrote; - for the input")
    listing.add_argument("--kiosk", metavar="ID", help="of this machine only")
    listing.add_argument("--day", type=_day, metavar="YYYY-MM-DD", help="of this day only")
    listing.add_argument("--owed", action="store_true", help="only who paid and got neither goods nor money")
    listing.add_argument("--totals", action="store_true", help="what each day brought")
    shapes = listing.add_mutually_exclusive_group()
    shapes.add_argument("--csv", action="store_true", help="for a spreadsheet")
    takes_json(shapes)
    _takes_zone(listing)
    listing.set_defaults(run=_accounts("orders"))


def _reconcile(acts: "argparse._SubParsersAction[Parser]") -> None:
    matching = _act(acts, "reconcile", "lay the gateway's own report beside the events")
    matching.add_argument("report", type=Path, metavar="REPORT.csv", help="from the gateway's web site")
    matching.add_argument(
        "--events", type=Path, required=True, metavar="EVENTS.csv", help="what events --out wrote"
    )
    matching.add_argument(
        "--gateway", metavar="NAME", help="whose report it is; others' orders are not missed"
    )
    matching.add_argument(
        "--from", type=_day, dest="first", metavar="YYYY-MM-DD", help="first day of the report"
    )
    matching.add_argument("--to", type=_day, dest="last", metavar="YYYY-MM-DD", help="last day of the report")
    for role in ("order", "reference", "amount", "status"):
        matching.add_argument(f"--{role}-column", metavar="NAME", help=f"which column has the {role}")
    matching.add_argument(
        "--status",
        action="append",
        default=[],
        type=_meaning,
        metavar="WORD=paid",
        help="what a status means",
    )
    matching.add_argument(
        "--all-paid", action="store_true", help="the report has no status: all in it is paid"
    )
    takes_json(matching)
    _takes_zone(matching)
    matching.set_defaults(run=_accounts("reconcile"))


def _calls(
    arguments: argparse.ArgumentParser,
    run: Callable[[argparse.Namespace], int],
    *,
    alone: bool = False,
    waits: bool = True,
) -> None:
    """Whom to ask, at which broker, and for how long."""
    arguments.add_argument(
        "kiosks", nargs=1 if alone else "*", type=_kiosk, metavar="KIOSK", help="the machines' ids"
    )
    if not alone:
        arguments.add_argument("--all", action="store_true", help="every machine that ever told its status")
    if waits:
        arguments.add_argument("--wait", type=positive, metavar="S", help="for answers, seconds (10)")
    arguments.add_argument("--broker", type=Path, metavar="FILE", help="the operator's settings")
    arguments.add_argument("--host", metavar="HOST", help="a broker without TLS, on this very machine")
    arguments.add_argument("--port", type=positive, metavar="PORT", help="its port")
    arguments.add_argument(
        "--keys", type=Path, metavar="PATH", help="the command key's file, or a directory with one for each"
    )
    takes_json(arguments)
    arguments.set_defaults(run=run, parser=arguments)


def _takes_zone(arguments: argparse.ArgumentParser) -> None:
    arguments.add_argument("--timezone", default="Asia/Jakarta", help="of days and times (%(default)s)")


def _fleet(name: str) -> Callable[[argparse.Namespace], int]:
    def run(given: argparse.Namespace) -> int:
        from kiosk.cli import operator_fleet

        return int(getattr(operator_fleet, name)(given))

    return run


def _accounts(name: str) -> Callable[[argparse.Namespace], int]:
    def run(given: argparse.Namespace) -> int:
        from kiosk.cli import operator_books

        return int(getattr(operator_books, name)(given))

    return run


def _matched(form: str, wanted: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if re.fullmatch(form, text):
            return text
        raise argparse.ArgumentTypeError(wanted)

    return read


def _expiry(text: str) -> int:
    if (seconds := positive(text)) > 600:
        raise argparse.ArgumentTypeError("at most ten minutes, 600")
    return seconds


def _meaning(text: str) -> tuple[str, str]:
    word, divider, meaning = text.partition("=")
    if word and divider and meaning in ("paid", "unpaid", "refunded"):
        return word, meaning
    raise argparse.ArgumentTypeError("write WORD=paid, WORD=unpaid or WORD=refunded")


_kiosk = _matched(r"[A-Z0-9]{3,12}", "a machine's id is 3 to 12 of A-Z and 0-9, such as K01")
_name = _matched(r"[A-Za-z0-9_-]{1,40}", "a name is 1 to 40 letters, digits, - and _")
_day = _matched(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "a day is written as 2026-01-31")

_description = _matched(r"[^\x00-\x1f\x7f]{0,20}", "a description is one line of at most 20 characters")
_claim_code = _matched(r"[0-9]{6}", "a claim code is six digits")
_order_id = _matched(r"[A-Z0-9]{22,31}[A-Z]", "an order id is 23 to 32 of A-Z and 0-9, as the events have it")
_reference = _matched(r"[!-~]{1,64}", "a reference is 1 to 64 letters, digits and signs without blanks")

READERS: Final[dict[str, tuple[Callable[[str], object], str]]] = {
    "amount": (whole_rupiah, "RUPIAH"),
    "claim_code": (_claim_code, "CODE"),
    "count": (count, "N"),
    "description": (_description, "TEXT"),
    "order_id": (_order_id, "ID"),
    "reference": (_reference, "REFERENCE"),
    "slot": (slot, "N"),
    "enable slot": (slot_or_all, "N|all"),
    "disable slot": (slot_or_all, "N|all"),
    "who": (who, "NAME"),
}
"""How arguments are typed, and what is wrong with them in words; under a command's name where it differs."""
