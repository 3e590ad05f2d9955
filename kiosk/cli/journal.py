"""`kiosk journal`: creates the journal of a new machine, or takes note that an old one is lost."""

import sys
from argparse import Namespace
from pathlib import Path

from kiosk.cli.parsing import parser, takes_config, who
from kiosk.config import basics
from kiosk.errors import KioskError

WORD = "lost"

MEANING = """\
The journal of this machine is gone, damaged or an old copy.  Orders that it does not hold are not known
here any more: who paid for one of them must be found in the gateway's own list and paid back by hand.
If you accept that, the machine sells again, and every later event says that it begins anew."""


def main(words: list[str]) -> int:
    """Create a journal, or accept that one is lost."""
    arguments = parser("journal", "The machine's memory of its orders.")
    acts = arguments.add_subparsers(dest="act", required=True, metavar="create|accept-loss")
    creating = acts.add_parser("create", allow_abbrev=False, help="make the journal of a new machine")
    takes_config(creating)
    accepting = acts.add_parser(
        "accept-loss", allow_abbrev=False, description=MEANING, help="sell again after a journal was lost"
    )
    accepting.add_argument("--who", required=True, type=who, metavar="NAME", help="who takes it upon himself")
    accepting.add_argument("--yes", action="store_true", help="do not ask once more")
    takes_config(accepting)
    given = arguments.parse_args(words)
    return _create(given) if given.act == "create" else _accept_loss(given)


def _create(given: Namespace) -> int:
    from kiosk.journal import create

    path, marker = _places(given)
    create(path, marker)
    print(f"{path}: created\n{marker}: created")
    return 0


def _accept_loss(given: Namespace) -> int:
    from kiosk.journal import accept_loss

    path, marker = _places(given)
    if not given.yes:
        _ask_once_more()
    epoch = accept_loss(path, marker, given.who)
    print(f"{path}: the loss is accepted; epoch {epoch} begins with the next start")
    return 0


def _places(given: Namespace) -> tuple[Path, Path]:
    settings = basics(given.config)
    return settings.journal, settings.marker


def _ask_once_more() -> None:
    if not sys.stdin.isatty():
        raise KioskError("nothing was changed; say --yes if you mean it, --help tells what it means")
    print(MEANING)
    if input(f"Type {WORD} to go on: ").strip() != WORD:
        raise KioskError("nothing was changed")
