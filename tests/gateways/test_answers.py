"""JSON from strangers, read strictly."""

import json
import traceback
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.gateways.answers import AnswerError, objects_in, read_object, rupiah_in, text_in, words_in

plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no JSON object"),
        (b"<html>", "no JSON object"),
        (b'{"a": 1', "no JSON object"),
        (b'{"a": "\xff"}', "no JSON object"),
        (b"\xef\xbb\xbf{}", "no JSON object"),
        (b"[]", "no JSON object"),
        (b'"text"', "no JSON object"),
        (b"null", "no JSON object"),
        (b'{"a": 1, "a": 1}', "a field twice"),
        (b'{"b": {"a": 1, "a": 2}}', "a field twice"),
        (b'{"a": NaN}', "a number that is none"),
        (b'{"a": -Infinity}', "a number that is none"),
        (b'{"a": ' + b"9" * 41 + b"}", "absurd length"),
        (b'{"a": ' + b"9" * 5000 + b"}", "absurd length"),
        (b'{"a": 1e400}', "absurd size"),
        (b'{"a": 1e-999999999}', "absurd size"),
        (b'{"a": 1e99999999999999999999999}', "no JSON object"),
        (b'{"a": 0.' + b"1" * 50 + b"}", "absurd size"),
        (b'{"a": ' + b"[" * 10_000 + b"]" * 10_000 + b"}", "deeper than 32"),
        (b"[" * 60_000, "deeper than 32"),
        (b'{"a": "' + b'\\"' * 30_000, "no JSON object"),
    ],
    ids=lambda value: repr(value[:24]),
)
def test_what_two_readers_could_take_differently_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(AnswerError, match=reason):
        read_object(content)


def test_brackets_inside_a_text_are_no_depth() -> None:
    assert read_object(b'{"a": "' + b"[" * 100 + b'\\"["}') == {"a": "[" * 100 + '"['}


def test_a_number_with_a_point_is_exact() -> None:
    assert read_object(b'{"a": 0.10}') == {"a": Decimal("0.10")}


@given(st.dictionaries(st.text(), plain, max_size=8))
def test_plain_json_is_read_as_it_was_written(body: dict[str, Any]) -> None:
    assert read_object(json.dumps(body).encode()) == body


@given(st.binary() | st.text(st.sampled_from('{}[]":,\\0123456789.eE-+naNtrufl ')).map(str.encode))
def test_any_bytes_are_read_or_refused_in_our_own_words(content: bytes) -> None:
    with suppress(AnswerError):
        read_object(content)


@pytest.mark.parametrize("content", [b'{"canary": canary}', b'{"canary": 1, "canary": 2}', b"canary"])
def test_a_refusal_never_repeats_what_the_answer_said(content: bytes) -> None:
    with pytest.raises(AnswerError) as caught:
        read_object(content)
    assert "canary" not in "".join(traceback.format_exception(caught.value.with_traceback(None)))


@pytest.mark.parametrize(
    ("value", "rupiah"),
    [("789000.00", 789_000), ("789000", 789_000), ("5.0", 5), (5, 5), (Decimal("5.00"), 5)],
)
def test_an_amount_is_taken_exactly(value: object, rupiah: int) -> None:
    assert rupiah_in({"gross_amount": value}, "gross_amount") == rupiah


@pytest.mark.parametrize(
    "value",
    [
        "789000.50",
        "-1",
        "+1",
        "1e3",
        "1,000",
        "",
        " 1",
        "1.000",
        "\u0663",
        "9" * 16,
        True,
        None,
        [],
        Decimal("1E+3"),
    ],
    ids=repr,
)
def test_an_amount_that_is_no_whole_rupiah_is_refused(value: object) -> None:
    with pytest.raises(AnswerError, match="gross_amount is no whole amount"):
        rupiah_in({"gross_amount": value}, "gross_amount")


@pytest.mark.parametrize("value", [None, "", 200, ["200"]])
def test_a_field_that_must_be_text_is_missed(value: object) -> None:
    with pytest.raises(AnswerError, match="has no status_code"):
        text_in({"status_code": value}, "status_code")


@pytest.mark.parametrize("value", ["a\n", "\ud800", "a" * 101, "\x1b[2J"], ids=ascii)
def test_a_text_nobody_should_store_is_refused(value: str) -> None:
    with pytest.raises(AnswerError, match="longer than 100 characters or not printable"):
        text_in({"order_id": value}, "order_id")


def test_words_are_fit_for_a_log() -> None:
    assert words_in({"message": " no\n\x1b[31m way\ud800 " + "x" * 99}, "message", 12) == "no[31m way x"
    assert words_in({}, "message") == ""


def test_objects_are_taken_from_a_list_and_nothing_else() -> None:
    assert list(objects_in({"refunds": [{"a": 1}, "b", None]}, "refunds")) == [{"a": 1}]
    assert list(objects_in({"refunds": {"a": 1}}, "refunds")) == []
