"""Amounts as other people's tables write them: read as whole rupiah, or refused, never guessed.

`12.500` and `12500.00` are both clear by themselves, for nobody is paid half a rupiah.  Side by side in one
column they are not: the dot would divide thousands in one and decimals in the other.
"""

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from kiosk.errors import KioskError

LONGEST: Final = 15
"""Digits; more is no amount."""


class Unclear(KioskError, ValueError):
    """A table of somebody else's that cannot be read with certainty; says where and what to do."""


class Cell(NamedTuple):
    """What stands in a table, and in which line."""

    line: int
    text: str


_FORMS: Final = (
    (re.compile(r"[0-9]+"), ""),
    (re.compile(r"[0-9]{1,3}(\.[0-9]{3})+(,0{1,2})?|[0-9]+,0{1,2}"), "."),
    (re.compile(r"[0-9]{1,3}(,[0-9]{3})+(\.0{1,2})?|[0-9]+\.0{1,2}"), ","),
)
"""Each with what divides the thousands in it, "" where that cannot be seen."""


def whole_rupiah(cells: Iterable[Cell]) -> list[int]:
    """The amounts of one column; raises Unclear for the first that is none, or that contradicts another."""
    divided: dict[str, Cell] = {}
    amounts = []
    for cell in cells:
        amount, divider = _read(cell)
        amounts.append(amount)
        if divider:
            divided.setdefault(divider, cell)
    if len(divided) == 2:
        one, other = sorted(divided.values())
        raise Unclear(
            f"line {one.line}: {one.text.strip()} and line {other.line}: {other.text.strip()} "
            "divide thousands differently; write all amounts of the column in one way"
        )
    return amounts


def _read(cell: Cell) -> tuple[int, str]:
    text = _bare(cell.text)
    for form, divider in _FORMS:
        if len(text) <= LONGEST and form.fullmatch(text):
            return int(_without_decimals(text, divider)), divider
    raise Unclear(f"line {cell.line}: {cell.text[:40]!a} is no amount of whole rupiah, such as 12500")


def _bare(text: str) -> str:
    """Without the currency, and without the dash that stands for no sen."""
    text = text.replace("\N{NO-BREAK SPACE}", " ").strip()
    for currency in ("Rp.", "Rp", "IDR"):
        if text.upper().startswith(currency.upper()):
            text = text[len(currency) :].strip()
            break
    return text.removesuffix(",-").removesuffix(".-")


def _without_decimals(text: str, divider: str) -> str:
    mark = {".": ",", ",": "."}.get(divider, "")
    whole = text.partition(mark)[0] if mark else text
    return whole.replace(divider, "") if divider else whole
