"""JSON from outside, read so that no two readers can understand it differently.

Size is judged before anything is read, depth before anything is parsed.  What JSON leaves open is refused: a
field twice, NaN, numbers that not every language holds, half characters.  Nothing here raises.
"""

import json
import math
import re
from collections.abc import Callable
from typing import Any, Final, NoReturn, TypeVar

import msgspec
from msgspec import Struct

from kiosk.refusals import Reason, Refusal

DEEPEST: Final = 8
LARGEST_NUMBER: Final = 2**53 - 1
_LONGEST_DETAIL: Final = 160
# Possessive, and an open string runs to the end: linear, whatever the text.
_BRACKETS_AND_STRINGS: Final = re.compile(r'"(?:\\.|[^"\\])*+"?|[\[{]|[\]}]', re.DOTALL)
_KEY: Final = re.compile(r"[ -~]{1,64}")
_STEPS: Final = {"[": 1, "{": 1, "]": -1, "}": -1}

T = TypeVar("T", bound=Struct)


class _Refused(Exception):
    """Leaves the parser with the reason."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(reason)
        self.refusal = Refusal(reason, detail)


def read_object(payload: bytes, most: int, *, whole: bool) -> dict[str, Any] | Refusal:
    """The JSON object in at most `most` bytes; `whole`: numbers with a point or an exponent are refused."""
    if not payload:
        return Refusal(Reason.EMPTY)
    if len(payload) > most:
        return Refusal(Reason.OVERSIZED, f"{len(payload)} bytes, at most {most}")
    try:
        value = _parsed(payload.decode(), _no_fraction if whole else _finite)
    except UnicodeError:
        return Refusal(Reason.BAD_UTF8)
    except _Refused as error:
        return error.refusal
    except ValueError:  # which holds the text
        return Refusal(Reason.BAD_JSON)
    return value if isinstance(value, dict) else Refusal(Reason.BAD_JSON)


def typed(value: Any, kind: type[T], place: str = "") -> T | Refusal:
    """The value as that type; `place` is the field it stood in."""
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        return _refusal(str(error), place)


def _parsed(text: str, fraction: Callable[[str], float]) -> Any:
    _check_depth(text)
    value = json.loads(
        text,
        object_pairs_hook=_fields,
        parse_constant=_no_number,
        parse_float=fraction,
        parse_int=_integer,
    )
    if "\\ud" in text.lower():  # half of a character may have been escaped
        json.dumps(value, ensure_ascii=False).encode()
    return value


def _check_depth(text: str) -> None:
    depth = 0
    for token in _BRACKETS_AND_STRINGS.finditer(text):
        depth += _STEPS.get(token[0], 0)
        if depth > DEEPEST:
            raise _Refused(Reason.TOO_DEEP, f"at most {DEEPEST} levels")


def _fields(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Refused(Reason.DUPLICATE_KEY)
    # other letters are sorted differently by different languages, and what is signed is sorted
    if not all(map(_KEY.fullmatch, found)):
        raise _Refused(Reason.UNKNOWN_FIELD, "fields have names of up to 64 ASCII characters")
    return found


def _no_number(name: str) -> NoReturn:
    raise _Refused(Reason.BAD_NUMBER)


def _no_fraction(digits: str) -> NoReturn:
    raise _Refused(Reason.BAD_NUMBER)


def _finite(digits: str) -> float:
    number = float(digits)
    return number if math.isfinite(number) else _no_number(digits)


def _integer(digits: str) -> int:
    if len(digits) > 17 or abs(number := int(digits)) > LARGEST_NUMBER:
        _no_number(digits)
    return number


def _refusal(said: str, place: str) -> Refusal:
    """What msgspec says, without the value where it repeats one."""
    text, _, path = said.partition(" - at `$")
    text = "no such choice" if text.startswith("Invalid enum value") else text
    where = (place + path.rstrip("`")).removeprefix(".")
    detail = f"{where}: {text}" if where else text
    reason = next((reason for start, reason in _KINDS.items() if text.startswith(start)), Reason.BAD_VALUE)
    return Refusal(reason, "".join(filter(str.isprintable, detail))[:_LONGEST_DETAIL])


_KINDS: Final = {
    "Object missing required field": Reason.MISSING_FIELD,
    "Object contains unknown field": Reason.UNKNOWN_FIELD,
}
