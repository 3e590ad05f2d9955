"""JSON from outside, read so that no two readers can understand it differently.

Size is judged before anything is read, depth before anything is parsed.  What JSON leaves open is refused: a
field twice, NaN, numbers that not every language holds, half characters.  Nothing here raises.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final, NamedTuple, TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from kiosk.nesting import is_deeper
from kiosk.refusals import Reason, Refusal

DEEPEST: Final = 8
LARGEST_NUMBER: Final = 2**53 - 1
_LONGEST_DETAIL: Final = 160
_FIELD: Final = re.compile(r" field `(.*)`\Z", re.DOTALL)
_KEY: Final = re.compile(r"[ -~]{1,64}")

T = TypeVar("T", bound=Struct)


class Read(NamedTuple):
    """What could be read; with a refusal it is no more than what may say whose message it was."""

    fields: dict[str, Any]
    refusal: Refusal | None = None


class _Mark(Struct, frozen=True):
    """Stands where something is wrong, for the parser does not know where it is."""

    reason: Reason
    detail: str = ""


def read_object(payload: bytes, most: int, *, whole: bool) -> dict[str, Any] | Refusal:
    """The JSON object in at most `most` bytes; `whole`: numbers with a point or an exponent are refused."""
    fields, refusal = read(payload, most, whole=whole)
    return fields if refusal is None else refusal


def read(payload: bytes, most: int, *, whole: bool) -> Read:
    """The same, with the fields of one that is refused for what stands in a field."""
    if not payload:
        return Read({}, Refusal(Reason.EMPTY))
    if len(payload) > most:
        return Read({}, Refusal(Reason.OVERSIZED, f"{len(payload)} bytes, at most {most}"))
    try:
        return _parsed(payload.decode(), whole=whole)
    except UnicodeError:
        return Read({}, Refusal(Reason.BAD_UTF8))
    except json.JSONDecodeError as error:  # which holds the text
        return Read({}, Refusal(Reason.BAD_JSON, f"line {error.lineno}, column {error.colno}"))


def typed(value: Any, kind: type[T], place: str = "") -> T | Refusal:
    """The value as that type; `place` is the field it stood in."""
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        return _refusal(str(error), place)
    except UnicodeError:  # half a character, in what is looked at although more is wrong with it
        return Refusal(Reason.BAD_UTF8, path=place)


def _parsed(text: str, *, whole: bool) -> Read:
    if is_deeper(text, DEEPEST):
        return Read({}, Refusal(Reason.TOO_DEEP, f"at most {DEEPEST} levels"))
    parser = _Parser(whole=whole)
    value = parser.parse(text)
    fields = value if isinstance(value, dict) else {}
    if parser.has_marked:
        return Read(fields, next(_marked(value, "")))
    if "\\ud" in text.lower():  # half of a character may have been escaped
        json.dumps(value, ensure_ascii=False).encode()
    return Read(fields, None if isinstance(value, dict) else Refusal(Reason.BAD_JSON))


class _Parser:
    """Reads one text; whatever is wrong in it becomes a mark."""

    def __init__(self, *, whole: bool) -> None:
        self.has_marked = False
        self._whole = whole

    def parse(self, text: str) -> Any:
        return json.loads(
            text,
            object_pairs_hook=self._fields,
            parse_constant=self._no_number,
            parse_float=self._no_number if self._whole else self._finite,
            parse_int=self._integer,
        )

    def _mark(self, reason: Reason, detail: str = "") -> _Mark:
        self.has_marked = True
        return _Mark(reason, detail)

    def _fields(self, pairs: list[tuple[str, Any]]) -> dict[str, Any] | _Mark:
        found = dict(pairs)
        # other letters are sorted differently by different languages, and what is signed is sorted
        if not all(map(_KEY.fullmatch, found)):
            return self._mark(Reason.UNKNOWN_FIELD, "fields have names of up to 64 ASCII characters")
        if len(found) != len(pairs):
            (name, _), *_ = Counter(name for name, _ in pairs).most_common(1)
            found[name] = self._mark(Reason.DUPLICATE_KEY)
        return found

    def _no_number(self, digits: str) -> _Mark:
        return self._mark(Reason.BAD_NUMBER)

    def _finite(self, digits: str) -> float | _Mark:
        number = float(digits)
        return number if math.isfinite(number) else self._no_number(digits)

    def _integer(self, digits: str) -> int | _Mark:
        if len(digits) > 17 or abs(number := int(digits)) > LARGEST_NUMBER:
            return self._no_number(digits)
        return number


def _marked(value: Any, place: str) -> Iterator[Refusal]:
    """What was marked, with its place, lists counted from 1."""
    match value:
        case _Mark(reason=reason, detail=detail):
            yield _placed(reason, place, detail)
        case dict():
            for name, each in value.items():
                yield from _marked(each, f"{place}.{name}" if place else name)
        case list():
            for number, each in enumerate(value, 1):
                yield from _marked(each, f"{place}[{number}]")


def _refusal(said: str, place: str) -> Refusal:
    """What msgspec says, without the value where it repeats one."""
    text, _, path = said.partition(" - at `$")
    text = "no such choice" if text.startswith("Invalid enum value") else text
    where = (place + path.rstrip("`")).removeprefix(".")
    reason = next((reason for start, reason in _KINDS.items() if text.startswith(start)), Reason.BAD_VALUE)
    refusal = _placed(reason, where, text)
    name = _FIELD.search(text)
    return replace(refusal, path=_short(f"{where}.{name[1]}".removeprefix("."))) if name else refusal


def _placed(reason: Reason, path: str, text: str) -> Refusal:
    detail = ": ".join(filter(None, (path, text)))
    return Refusal(reason, _short(detail), path=_short(path))


def _short(text: str) -> str:
    return "".join(filter(str.isprintable, text))[:_LONGEST_DETAIL]


_KINDS: Final = {
    "Object missing required field": Reason.MISSING_FIELD,
    "Object contains unknown field": Reason.UNKNOWN_FIELD,
}
