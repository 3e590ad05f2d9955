"""Valid messages, damaged: bytes that are lost, doubled or exchanged, and values that do not belong."""

import json
from typing import Any

from hypothesis import strategies as st

from tests.mqtt.page import Example, examples

NASTY: list[Any] = [
    None, True, False, 0, -1, 1.5, 1e308, 2**53, -(2**70), float("nan"), float("inf"),
    "", "12000", "all", "\x00", "\ud800", "é", "\u202e", "a" * 5_000, "kiosk/v1/#", "'; DROP TABLE orders",
    [], {}, [[[[[[[[[[]]]]]]]]]], {"a": {"b": {"c": {"d": {"e": {"f": {"g": {"h": {}}}}}}}}}, {"é": 1},
]  # fmt: skip


def _places(value: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where something stands in a value, the value itself first."""
    children = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    return [place] + [deep for name, child in children for deep in _places(child, (*place, name))]


def _put(value: Any, place: tuple[Any, ...], new: Any) -> Any:
    if not place:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[place[0]] = _put(value[place[0]], place[1:], new)
    return copy


@st.composite
def exchanged(draw: st.DrawFn, example: Example) -> bytes:
    """A message in which one value is another, or which has a field more."""
    value = example.fields
    place = draw(st.sampled_from(_places(value)))
    changed = _put(value, place, draw(st.sampled_from(NASTY)))
    if draw(st.booleans()) and isinstance(changed, dict):
        name = draw(st.sampled_from(["v", "id", "exp", "sig", "amount", "release", "", "é"]))
        changed = {**changed, name: draw(st.sampled_from(NASTY))}
    return json.dumps(changed).encode()


@st.composite
def damaged(draw: st.DrawFn, example: Example) -> bytes:
    """A message of which some bytes were cut out, doubled, or replaced by others."""
    payload = example.text.encode()
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(payload)))
        end = draw(st.integers(start, min(len(payload), start + 30)))
        new = draw(st.one_of(st.binary(max_size=8), st.just(payload[start:end] * 2), st.sampled_from(TOKENS)))
        payload = payload[:start] + new + payload[end:]
    return payload


TOKENS = [b"[", b"]", b"{", b"}", b'"', b"\\", b",", b":", b"NaN", b"-", b"1e9", b"\xff", b"\x00", b"\\ud800"]
MUTATED = st.sampled_from(examples()).flatmap(
    lambda example: st.tuples(st.just(example.topic), st.one_of(exchanged(example), damaged(example)))
)
"""The end of a topic, and what came on it."""
