"""Inputs made of other inputs: bytes lost, doubled, exchanged, and what numbers, texts and depths end in."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from random import Random
from typing import Any, Final

SHORT: Final = 3_000
LONGEST: Final = 140_000
"""Bytes; twice of what any reader takes, so that its limit is met from both sides."""
PIECES: Final = (b"[", b"{", b'{"a":', b"[]", b"a", b"\\", b'"', b"0", b" ", b"9", b"\xc3\xa9")
NUMBERS: Final = (
    "0", "-0", "-1", "1", "01", "0.5", "1.0", "1e2", "1E400", "1e-400", "-1e999999999", "NaN", "Infinity",
    "9007199254740991", "9007199254740992", "9223372036854775807", "18446744073709551616", "2147483648",
    "99999999999", "24999", "25000", "25001", "25000.00", "25000.001", "25,000", "+25000", " 25000", "0x10",
    "1_000", "\u0662\u0665\u0660\u0660\u0660", "\uff12\uff15\uff10\uff10\uff10", "\u00b2",
    "9" * 41, "9" * 400, "9" * 5_000,
    "true", "false", "null", '""', "[]", "{}", "[[]]", "[{}]", '{"":0}',
)  # fmt: skip
TEXTS: Final = (
    "\x00", "\n", "\r\n", "\x1b[2J", "\u202e", "\u2028", "\ufeff", "\\u0000", "\\ud800", "\\udfff\\ud800",
    "\u00e9", "\U0001f600", "..", "../../etc/passwd", "%00", "%2e%2e%2f", "${x}", "{0.__class__}", "%s%n",
    "+/#",
    "'; DROP TABLE orders", "<script>", "\\", '"', "'",
    "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59",
    "00010101000000", "99991231235959", "2026-02-30T00:00:00Z", "0001-01-01T00:00:00Z", "0000-00-00 00:00:00",
    "2026-08-01T10:00:00+2359", "1970-01-01", "Mon, 01 Jan 0001 00:00:00 GMT", "\u0130", "\u00df", "\ufb00",
)  # fmt: skip
VALUES: Final[tuple[Any, ...]] = (
    None, True, False, 0, -1, 1, 1.5, 2**53, -(2**63), 2**64, 10**40, 10**400, "", "a", "0", "25000",
    "25000.00",
    "\u0662\u0665\u0660\u0660\u0660", "9" * 41, "x" * 300, "\x00", "\ud800", "\u202e", [], {}, [[]], [{}],
    {"": None},
    [None, [], {}], {"name": []}, {"name": {}}, {"value": {}}, ["a"] * 200, *TEXTS[25:],
)  # fmt: skip
STRANGE: Final = (*VALUES, *TEXTS, "24999", "25000.001", "1e400", -1.5)
_WORD: Final = re.compile(rb"[A-Za-z0-9._-]+")

Mutation = Callable[[Random, bytes, Sequence[bytes], Sequence[bytes]], bytes]


def mutated(dice: Random, corpus: Sequence[bytes], tokens: Sequence[bytes]) -> bytes:
    """Another input, made of one or two of those; seldom of a long one, which costs as much as hundreds."""
    data = dice.choice(corpus)
    for _ in range(20):
        if len(data) <= SHORT:
            break
        data = dice.choice(corpus)
    for _ in range(1 << dice.randrange(4) if dice.random() < 0.5 else 1):
        data = dice.choice(MUTATIONS)(dice, data, corpus, tokens)
    return data[:LONGEST]


def exchanged(good: Iterable[bytes]) -> Iterator[bytes]:
    """In JSON that ends an input, each field once for every value that may be strange to it.

    Of fields with the same name and place behind the same first word one stands for all.
    """
    known = set()
    for data in good:
        head, brace, body = data.partition(b"{")
        try:
            value = json.loads(brace + body)
        except (ValueError, RecursionError):
            continue
        for place in _places(value):
            key = (head.split(b" ")[0], *(0 if isinstance(step, int) else step for step in place))
            if place and key not in known:
                known.add(key)
                for new in STRANGE:
                    text = json.dumps(_exchanged(value, place, new))
                    yield head + text.encode("utf-8", "surrogatepass")


def _exchanged(value: Any, place: tuple[Any, ...], new: Any) -> Any:
    if not place:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[place[0]] = _exchanged(value[place[0]], place[1:], new)
    return copy


def _flip(dice: Random, data: bytes, _corpus: Sequence[bytes], _tokens: Sequence[bytes]) -> bytes:
    if not data:
        return b"\x00"
    at = dice.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << dice.randrange(8)]) + data[at + 1 :]


def _byte(dice: Random, data: bytes, _corpus: Sequence[bytes], _tokens: Sequence[bytes]) -> bytes:
    at = dice.randint(0, len(data))
    return data[:at] + bytes([dice.randrange(256)]) + data[at + dice.randrange(2) :]


def _cut(dice: Random, data: bytes, _corpus: Sequence[bytes], _tokens: Sequence[bytes]) -> bytes:
    start, end = _piece(dice, data)
    return data[:start] + data[end:]


def _double(dice: Random, data: bytes, _corpus: Sequence[bytes], _tokens: Sequence[bytes]) -> bytes:
    start, end = _piece(dice, data)
    return data[:end] + data[start:end] * dice.choice((1, 1, 2, 5)) + data[end:]


def _splice(dice: Random, data: bytes, corpus: Sequence[bytes], _tokens: Sequence[bytes]) -> bytes:
    other = dice.choice(corpus)
    start, end = _piece(dice, other)
    first, last = _piece(dice, data)
    return data[:first] + other[start:end] + data[last if dice.random() < 0.5 else first :]


def _token(dice: Random, data: bytes, _corpus: Sequence[bytes], tokens: Sequence[bytes]) -> bytes:
    start, end = _piece(dice, data)
    new = dice.choice(tokens) if tokens else b""
    return data[:start] + new + data[end if dice.random() < 0.5 else start :]


def _word(dice: Random, data: bytes, _corpus: Sequence[bytes], tokens: Sequence[bytes]) -> bytes:
    """Exchange one word or number for another."""
    runs = [found.span() for found in islice(_WORD.finditer(data), 500)]
    if not runs:
        return data
    start, end = dice.choice(runs)
    choice = dice.choice((dice.choice(NUMBERS).encode(), dice.choice(TEXTS).encode(), *tokens[:1]))
    return data[:start] + (dice.choice(tokens) if tokens and dice.random() < 0.3 else choice) + data[end:]


def _text(dice: Random, data: bytes, _corpus: Sequence[bytes], _tokens: Sequence[bytes]) -> bytes:
    at = dice.randint(0, len(data))
    return data[:at] + dice.choice(TEXTS).encode("utf-8", "surrogatepass") + data[at:]


def _huge(dice: Random, data: bytes, _corpus: Sequence[bytes], tokens: Sequence[bytes]) -> bytes:
    """A piece many times over: long texts, deep nesting."""
    at = dice.randint(0, len(data))
    piece = dice.choice((*PIECES, *tokens[:8]))
    times = dice.choice((9, 33, 70, 300, 1_100, 5_000, 66_000 // max(1, len(piece))))
    return data[:at] + (piece * times)[:LONGEST] + data[at:]


def _exchange(dice: Random, data: bytes, _corpus: Sequence[bytes], tokens: Sequence[bytes]) -> bytes:
    """In JSON that ends the input: another value, or a field more or less, somewhere in it."""
    head, brace, body = data.partition(b"{")
    try:
        value = json.loads(brace + body)
    except (ValueError, RecursionError):
        return _word(dice, data, _corpus, tokens)
    place = dice.choice(_places(value))
    new = dice.choice(VALUES) if dice.random() < 0.6 else _of(value, dice.choice(_places(value)))
    name = dice.choice(tokens).decode("latin-1") if tokens else "a"
    return head + json.dumps(_put(value, place, new, name, dice), ensure_ascii=dice.random() < 0.5).encode(
        "utf-8", "surrogatepass"
    )


def _places(value: Any, place: tuple[Any, ...] = (), depth: int = 0) -> list[tuple[Any, ...]]:
    children: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, dict | list):
        children = value.items() if isinstance(value, dict) else enumerate(value)
    found = [place]
    for name, child in children:
        if depth < 12 and len(found) < 300:
            found += _places(child, (*place, name), depth + 1)
    return found


def _of(value: Any, place: tuple[Any, ...]) -> Any:
    for step in place:
        value = value[step]
    return value


def _put(value: Any, place: tuple[Any, ...], new: Any, name: str, dice: Random) -> Any:
    if place:
        copy = dict(value) if isinstance(value, dict) else list(value)
        copy[place[0]] = _put(value[place[0]], place[1:], new, name, dice)
        return copy
    if isinstance(value, dict) and dice.random() < 0.8:
        kept = dict(value)
        if kept and dice.random() < 0.4:
            del kept[dice.choice(list(kept))]
            return kept
        return {**kept, name: new}
    return [*value, new] if isinstance(value, list) and dice.random() < 0.5 else new


def _piece(dice: Random, data: bytes) -> tuple[int, int]:
    start = dice.randint(0, len(data))
    longest = dice.choice((1, 2, 4, 16, 64, 1_000))
    return start, min(len(data), start + dice.randint(0, longest))


MUTATIONS: Final[tuple[Mutation, ...]] = (
    _flip, _byte, _cut, _double, _splice, _token, _word, _word, _text, _huge, _exchange, _exchange, _exchange,
)  # fmt: skip
