"""TOML tables into typed values: every problem at once, each with its line and the nearest valid key.

It knows nothing of kiosks.  A table is read field by field against a Struct, because msgspec alone stops at
the first error, and tomllib forgets lines: a key's line is the end of the shortest part of the text that
parses and holds it.  Texts from the file are never repeated in a message, for one may be a misplaced secret.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from types import UnionType
from typing import Any, TypeAlias, get_args

from msgspec import NODEFAULT, Struct
from msgspec.structs import FieldInfo, fields

from kiosk.leaves import hint, leaf, nearest, wanted

Key: TypeAlias = tuple[str | int, ...]
"""Where a value stands: names of tables, and numbers in lists, which count from 0."""

_BARE = re.compile(r"[A-Za-z0-9_-]{1,60}")
_LINE = re.compile(r"\(at line (\d+), column \d+\)")


class Problem(Struct, frozen=True, order=True):
    """One thing that is wrong: in which file and line (0: in none), under which key, why, and what to do."""

    where: str
    line: int
    key: str
    reason: str
    advice: str = ""

    def __str__(self) -> str:
        place = f"{self.where}:{self.line}" if self.line else self.where
        parts = [place, self.key, self.reason]
        return ": ".join(filter(None, parts)) + (f"; {self.advice}" if self.advice else "")


class Complaint(Struct, frozen=True):
    """A problem before anybody looked up its line."""

    key: Key
    reason: str
    advice: str = ""


class Text:
    """A TOML text that can say in which line a key stands."""

    def __init__(self, text: str) -> None:
        self._lines = text.replace("\r\n", "\n").split("\n")
        self._parsed: dict[int, dict[str, Any] | None] = {}

    def line_of(self, key: Key) -> int:
        """The line of the key, or of the nearest table around it; 0 where there is none."""
        while key and not _holds(self._before(len(self._lines))[1], key):
            key = key[:-1]
        return self._first_line(key) if key else 0

    def _first_line(self, key: Key) -> int:
        low, high = 1, len(self._lines)
        while low < high:
            middle = (low + high) // 2
            if _holds(self._before(middle)[1], key):
                high = middle
            else:
                low = middle + 1
        return self._before(low - 1)[0] + 1

    def _before(self, count: int) -> tuple[int, dict[str, Any]]:
        """Parse the longest part of the first `count` lines that parses, and say how long it is."""
        while count:
            document = self._parse(count)
            if document is not None:
                return count, document
            count -= 1
        return 0, {}

    def _parse(self, count: int) -> dict[str, Any] | None:
        if count not in self._parsed:
            try:
                self._parsed[count] = tomllib.loads("\n".join(self._lines[:count]))
            except (ValueError, RecursionError):
                self._parsed[count] = None
        return self._parsed[count]


def _holds(document: Any, key: Key) -> bool:
    for part in key:
        if isinstance(part, int):
            if not isinstance(document, list) or part >= len(document):
                return False
        elif not isinstance(document, dict) or part not in document:
            return False
        document = document[part]
    return True


class Unparsable(ValueError):
    """The text is no table at all: in which line (0: as a whole) and why."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line
        self.reason = reason


def parse(text: str) -> dict[str, Any]:
    """Parse a TOML text; raises Unparsable."""
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise Unparsable(0, "tables or lists nest too deep") from None
    except ValueError as error:
        found = _LINE.search(str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        raise Unparsable(line, "cannot be read as TOML: " + _LINE.sub("", str(error)).strip()) from error


def shown(key: Key) -> str:
    """The key as a person writes it, lists counted from 1: `slots[2].price`."""
    text = ""
    for part in key:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{_named(part)}"
    return text.removeprefix(".")


def _named(name: str) -> str:
    return name if _BARE.fullmatch(name) else ascii(name[:60])


class Reader:
    """Reads tables against Structs and gathers what is wrong with them."""

    def __init__(self, top: Sequence[str] = ()) -> None:
        self.complaints: list[Complaint] = []
        self._top = top

    def complain(self, key: Key, reason: str, advice: str = "") -> None:
        """Remember one more thing that is wrong."""
        self.complaints.append(Complaint(key, reason, advice))

    def values(self, table: Any, schema: type[Struct], key: Key) -> dict[str, Any]:
        """The table's good values by field, defaults filled in; what is bad is left out and complained of."""
        if not isinstance(table, dict):
            self.complain(key, "must be a table", f"write [{shown(key)}] and its settings below")
            return {}
        known = {field.encode_name: field for field in fields(schema)}
        self._refuse_unknown(table, known, key)
        good: dict[str, Any] = {}
        for name, field in known.items():
            if name in table:
                self._take(good, field, table[name], (*key, name))
            elif field.required:
                self.complain((*key, name), f"is missing: {wanted(field.type)}")
            else:
                good[field.name] = _default(field)
        return good

    def _refuse_unknown(self, table: Mapping[str, Any], known: Mapping[str, Any], key: Key) -> None:
        for name in table.keys() - known.keys():
            advice = nearest(name, known)
            if not advice and key and name in self._top:
                advice = "it belongs at the top of the file, above the first [table]"
            self.complain((*key, name), "no such setting", advice)

    def _take(self, good: dict[str, Any], field: FieldInfo, value: Any, key: Key) -> None:
        schema = _schema_of(field.type)
        if schema is not None:
            good[field.name] = self.struct(value, schema, key)
            return
        try:
            good[field.name] = leaf(value, field.type)
        except ValueError as error:
            self.complain(key, str(error), hint(value, field.type))

    def struct(self, table: Any, schema: type[Struct], key: Key) -> Any:
        """The table as its Struct, or None after complaints."""
        before = len(self.complaints)
        good = self.values(table, schema, key)
        return self.built(good, schema, key) if len(self.complaints) == before else None

    def built(self, good: dict[str, Any], schema: type[Struct], key: Key) -> Any:
        """The Struct made of good values, or None where it refuses them together."""
        try:
            return schema(**good)
        except (ValueError, TypeError) as error:
            self.complain(key, str(error))
            return None


def _schema_of(kind: Any) -> type[Struct] | None:
    """The Struct that a table of that type must be, one that may be missing too; None for any other type."""
    choices = get_args(kind) if isinstance(kind, UnionType) else (kind,)
    return next((one for one in choices if isinstance(one, type) and issubclass(one, Struct)), None)


def _default(field: FieldInfo) -> Any:
    return field.default if field.default is not NODEFAULT else field.default_factory()
