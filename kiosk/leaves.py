"""One value of a file: taken as its type, or refused in words a shopkeeper understands.

A refused text is never repeated: it may be a secret in the wrong place.
"""

import difflib
import math
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

import msgspec

_WORDS = {
    int: "a whole number",
    float: "a number",
    str: "a text in quotes",
    bool: "true or false",
    Path: "a path in quotes that begins with /",
}
_BOUNDS = {
    "ge": "at least {}",
    "gt": "above {}",
    "le": "at most {}",
    "lt": "below {}",
    "multiple_of": "a multiple of {}",
    "min_length": "at least {} of them",
    "max_length": "at most {} of them",
    "pattern": "of the form {}",
}


def leaf(value: Any, kind: Any) -> Any:
    """The value as that type; raises ValueError saying what is wanted."""
    if not _is_finite(value):
        raise ValueError("must be a finite number")
    try:
        return msgspec.convert(value, kind, dec_hook=_path)
    except (msgspec.ValidationError, OverflowError, RecursionError):
        raise ValueError(f"must be {wanted(kind)}") from None


def _is_finite(value: Any) -> bool:
    if isinstance(value, list):
        return all(_is_finite(one) for one in value)
    return not isinstance(value, float) or math.isfinite(value)


def _path(kind: type, value: Any) -> Any:
    if kind is Path and isinstance(value, str) and value.startswith("/") and value.isprintable():
        return Path(value)
    raise ValueError("not an absolute path")


def wanted(kind: Any) -> str:
    """What a value of that type is, in words; a type's own `description` comes first."""
    bare, notes = _unwrapped(kind)
    described = next((note.description for note in notes if note.description), None)
    bounds = [bound for note in notes for bound in _bounds(note) if not (described and note.pattern)]
    return ", ".join([described or _words(bare), *bounds])


def _unwrapped(kind: Any) -> tuple[Any, list[msgspec.Meta]]:
    if get_origin(kind) is not Annotated:
        return kind, []
    bare, *notes = get_args(kind)
    return bare, [note for note in notes if isinstance(note, msgspec.Meta)]


def _words(kind: Any) -> str:
    if choices := options(kind):
        return "one of " + ", ".join(choices)
    if kind in _WORDS:
        return _WORDS[kind]
    inner = [one for one in get_args(kind) if one not in (type(None), ...)]
    if get_origin(kind) in (tuple, list, frozenset, set):
        return "a list in [ ], each " + " or ".join(dict.fromkeys(wanted(one) for one in inner))
    if get_origin(kind) is dict or (isinstance(kind, type) and issubclass(kind, msgspec.Struct)):
        return "a table"
    return " or ".join(wanted(one) for one in inner) if inner else "of another kind"


def _bounds(note: msgspec.Meta) -> list[str]:
    bounds = {name: getattr(note, name) for name in _BOUNDS}
    return [_BOUNDS[name].format(bound) for name, bound in bounds.items() if bound is not None]


def options(kind: Any) -> list[str]:
    """The texts among which a type lets choose, or none."""
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return [str(one) for one in kind]
    choices = get_args(kind)
    return list(choices) if choices and all(isinstance(one, str) for one in choices) else []


def hint(value: Any, kind: Any) -> str:
    """What a person probably did wrong when the value was refused."""
    bare = _unwrapped(kind)[0]
    if isinstance(value, str):
        return nearest(value, options(bare)) or (
            "write it without quotes" if bare in (int, float, bool) else ""
        )
    if isinstance(value, float) and bare is int:
        return "write it without separators, 12500 for Rp 12.500"
    return "write it in quotes" if isinstance(value, (int, float)) and bare is str else ""


def nearest(word: str, choices: Iterable[str]) -> str:
    """Advice with the choice that looks most like the word, or an empty text."""
    found = difflib.get_close_matches(word[:60], list(choices), 1, 0.6)
    return f"did you mean {found[0]}?" if found else ""
