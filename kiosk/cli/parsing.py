"""What all commands share: arguments read by argparse, whose errors are one line with the nearest word."""

import argparse
import re
import sys
from pathlib import Path
from typing import NoReturn

from kiosk.config import DEFAULT
from kiosk.leaves import nearest

_NAMES_OF_ORDERS = {
    "claim_code": r"[0-9]{6}",
    "order_id": r"[A-Z0-9]{22,31}[A-Z]",
    "reference": r"[!-~]{1,64}",
}
_WRONG_CHOICE = re.compile(r"invalid choice: '?(.*?)'? \(choose from (.*)\)")


class Parser(argparse.ArgumentParser):
    """An argument parser whose error is one line."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and where to read on, and end with 2."""
        found = _WRONG_CHOICE.search(message)
        if found:
            choices = [choice.strip("'\" ") for choice in found[2].split(",")]
            message = (
                f"no such choice: {found[1][:40]}; {nearest(found[1], choices) or f'there are {found[2]}'}"
            )
        print(f"{self.prog}: {message}; {self.prog} --help says more", file=sys.stderr)
        sys.exit(2)


def parser(command: str, what: str) -> Parser:
    """A parser for one command; abbreviations are refused, for a script must not depend on them."""
    return Parser(prog=f"kiosk {command}", description=what, allow_abbrev=False)


def takes_config(arguments: argparse.ArgumentParser) -> None:
    """Add --config."""
    arguments.add_argument("--config", type=Path, default=DEFAULT, help="configuration file (%(default)s)")


def takes_credentials(arguments: argparse.ArgumentParser) -> None:
    """Add --credentials."""
    arguments.add_argument(
        "--credentials", type=Path, help="directory of the secrets, instead of the configured"
    )


def takes_json(arguments: argparse._ActionsContainer) -> None:
    """Add --json."""
    arguments.add_argument("--json", action="store_true", help="for programs: JSON instead of a table")


def takes_who(arguments: argparse.ArgumentParser) -> None:
    """Add --who; beside it the kernel says which user of this machine it was."""
    arguments.add_argument("--who", required=True, type=who, metavar="NAME", help="your name, for the record")


def takes_slot(arguments: argparse.ArgumentParser) -> None:
    """Add SLOT|all."""
    arguments.add_argument("slot", metavar="SLOT|all", type=slot_or_all, help="the slot's number, or all")


def takes_order(arguments: argparse.ArgumentParser) -> None:
    """Add CODE|ORDER."""
    meaning = "the claim code of six digits, the order id, or the controller's reference"
    arguments.add_argument("order", metavar="CODE|ORDER", type=order, help=meaning)


def order(text: str) -> dict[str, str]:
    """The one name of an order that a person gave, as commands have it; raises ArgumentTypeError."""
    for name, shape in _NAMES_OF_ORDERS.items():
        if re.fullmatch(shape, text, re.ASCII):
            return {name: text}
    raise argparse.ArgumentTypeError("a claim code of six digits, an order id or a controller's reference")


def slot_or_all(text: str) -> int | str:
    """What can be put into and out of service; raises ArgumentTypeError."""
    if text == "all":
        return text
    try:
        return slot(text)
    except argparse.ArgumentTypeError as error:
        raise argparse.ArgumentTypeError(f"{error}, or all") from error


def slot(text: str) -> int:
    """A slot's number; raises ArgumentTypeError."""
    if re.fullmatch(r"[1-9][0-9]?", text, re.ASCII):
        return int(text)
    raise argparse.ArgumentTypeError("a slot's number, 1 to 99")


def count(text: str) -> int:
    """How many are in a slot; raises ArgumentTypeError."""
    if re.fullmatch(r"[0-9]{1,4}", text, re.ASCII):
        return int(text)
    raise argparse.ArgumentTypeError("a count from 0 to 9999 is wanted")


def whole_rupiah(text: str) -> int:
    """An amount a person typed, 12500 or 12.500; raises ArgumentTypeError."""
    digits = text.removeprefix("Rp").strip()
    if re.fullmatch(r"[0-9]{1,9}|[0-9]{1,3}(\.[0-9]{3}){1,2}", digits) and int(digits.replace(".", "")):
        return int(digits.replace(".", ""))
    raise argparse.ArgumentTypeError("an amount is whole rupiah, such as 12500")


def positive(text: str) -> int:
    """A count a person typed; raises ArgumentTypeError."""
    if re.fullmatch(r"[0-9]{1,6}", text) and int(text):
        return int(text)
    raise argparse.ArgumentTypeError("a whole number above 0 is wanted")


def who(text: str) -> str:
    """The name of a person for the record; raises ArgumentTypeError."""
    if 1 <= len(text.strip()) <= 40 and text.isprintable():
        return text.strip()
    raise argparse.ArgumentTypeError("a name of 1 to 40 characters is wanted")


def rupiah(amount: int) -> str:
    """An amount as people read it: `Rp 12.500`."""
    return "Rp " + f"{amount:,}".replace(",", ".")


def printable(text: str) -> str:
    """A text from outside without what moves a terminal's cursor."""
    return "".join(character if character.isprintable() else "?" for character in text)
