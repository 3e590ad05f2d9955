"""What a stranger's answer says: JSON read strictly, its fields taken out one by one.

Two readers must never understand the same bytes differently, so what JSON leaves open (a key twice, NaN,
numbers of any size, any depth) is refused.  Pure: no IO, no clock.
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from decimal import Decimal
from typing import Any, Final, NoReturn

from kiosk.model import Rupiah
from kiosk.nesting import is_deeper

DEEPEST: Final = 32
_LONGEST_NUMBER: Final = 40
_LARGEST_EXPONENT: Final = 30
_WHOLE_RUPIAH: Final = re.compile(r"([0-9]{1,15})(?:\.0{1,2})?")


class AnswerError(Exception):
    """An answer that does not say what it should; its text names the field, never the content."""


def read_object(content: bytes) -> dict[str, Any]:
    """The JSON object in `content`; numbers with a point come as Decimal.  Raises `AnswerError`."""
    value = None
    with suppress(ValueError, ArithmeticError):  # which hold the content
        value = _parsed(content.decode())
    if not isinstance(value, dict):
        raise AnswerError("the answer is no JSON object")
    return value


def text_in(body: Mapping[str, Any], field: str, longest: int = 100) -> str:
    """A field that must be there, as printable text of bounded length.  Raises `AnswerError`."""
    value = body.get(field)
    if not isinstance(value, str) or not value:
        raise AnswerError(f"the answer has no {field}")
    if len(value) > longest or not value.isprintable():
        raise AnswerError(f"the answer's {field} is longer than {longest} characters or not printable")
    return value


def rupiah_in(body: Mapping[str, Any], field: str) -> Rupiah:
    """An amount such as "789000.00" that must be there, exactly.  Raises `AnswerError`."""
    value = body.get(field)
    found = _WHOLE_RUPIAH.fullmatch(str(value)) if isinstance(value, str | int | Decimal) else None
    if found is None:
        raise AnswerError(f"the answer's {field} is no whole amount of rupiah")
    return Rupiah(int(found[1]))


def object_in(body: Mapping[str, Any], field: str) -> dict[str, Any]:
    """An object that may be missing; then, or where it is none, an empty one."""
    value = body.get(field)
    return value if isinstance(value, dict) else {}


def objects_in(body: Mapping[str, Any], field: str) -> Iterator[dict[str, Any]]:
    """The objects in a list that may be missing; whatever else is in it is passed over."""
    value = body.get(field)
    return (item for item in value if isinstance(item, dict)) if isinstance(value, list) else iter(())


def words_in(body: Mapping[str, Any], field: str, longest: int = 80) -> str:
    """A field that may be missing, as short printable text fit for a log."""
    value = body.get(field)
    text = str(value) if isinstance(value, str | int | Decimal) else ""
    return "".join(letter for letter in text if letter.isprintable()).strip()[:longest]


def _parsed(text: str) -> Any:
    if is_deeper(text, DEEPEST):
        raise AnswerError(f"the answer is nested deeper than {DEEPEST} levels")
    return json.loads(
        text,
        object_pairs_hook=_without_repeats,
        parse_constant=_no_constant,
        parse_float=_decimal,
        parse_int=_integer,
    )


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise AnswerError("the answer has a field twice")
    return found


def _no_constant(_name: str) -> NoReturn:
    raise AnswerError("the answer has a number that is none")


def _integer(digits: str) -> int:
    if len(digits) > _LONGEST_NUMBER:
        raise AnswerError("the answer has a number of absurd length")
    return int(digits)


def _decimal(digits: str) -> Decimal:
    if len(digits) > _LONGEST_NUMBER or abs((number := Decimal(digits)).adjusted()) > _LARGEST_EXPONENT:
        raise AnswerError("the answer has a number of absurd size")
    return number
