"""The signatures, against the worked ones of the page and against OpenSSL's own HMAC."""

import hashlib
import hmac
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.mqtt.messages import Command, Desired, decode
from kiosk.mqtt.signatures import canonical, command_bytes, desired_bytes, digest, is_signed, sign
from kiosk.mqtt.strict import read_object
from kiosk.secret import Secret
from tests.mqtt.page import Signed, fenced, key, signed

KEY = Secret(key())
CHARGE = Command(id="c-1", exp=1767225660, args={"reference": "sale-1", "slot": 1})
TOPIC = "kiosk/v1/K01/cmd/charge"
VALUES = st.recursive(
    st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abc_", min_size=1), inner, max_size=3)
    ),
    max_leaves=8,
)


def content_of(worked: Signed) -> tuple[bytes, str]:
    """What our own code would sign of a worked message, and the signature in it."""
    topic, payload = f"kiosk/v1/K01/{worked.example.topic}", worked.example.text.encode()
    if worked.example.topic.startswith("cmd/"):
        command = decode(Command, payload)
        assert isinstance(command, Command)
        return command_bytes("K01", topic, command), command.sig
    desired = decode(Desired, payload)
    assert isinstance(desired, Desired)
    return desired_bytes("K01", topic, desired), desired.sig


def test_the_page_works_out_three_signatures() -> None:
    assert [worked.example.topic for worked in signed()] == ["cmd/ping", "cmd/charge", "config/desired"]


@pytest.mark.parametrize("worked", signed(), ids=lambda worked: worked.example.topic)
def test_the_bytes_of_the_page_are_the_bytes_that_are_signed(worked: Signed) -> None:
    assert content_of(worked)[0] == worked.content.encode()


@pytest.mark.parametrize("worked", signed(), ids=lambda worked: worked.example.topic)
def test_the_signature_of_the_page_is_the_hmac_of_its_bytes(worked: Signed) -> None:
    plain = hmac.digest(key().encode(), worked.content.encode(), hashlib.sha256).hex()
    assert worked.example.fields["sig"] == plain
    assert is_signed([KEY], *content_of(worked))


@pytest.mark.parametrize("worked", signed(), ids=lambda worked: worked.example.topic)
def test_the_function_that_the_page_prints_makes_its_signatures(worked: Signed) -> None:
    (source,) = fenced("python")
    names: dict[str, Any] = {}
    exec(source, names)  # noqa: S102  # the page's own function is what is tried
    fields = {name: value for name, value in worked.example.fields.items() if name != "sig"}
    what = {"kiosk": "K01", "topic": f"kiosk/v1/K01/{worked.example.topic}", **fields}
    assert names["signature"](key(), what) == worked.example.fields["sig"]


def test_a_signature_of_another_key_is_none() -> None:
    content = command_bytes("K01", TOPIC, CHARGE)
    assert not is_signed([KEY], content, sign(Secret("another key of the same fleet, 32 signs"), content))


@pytest.mark.parametrize(
    "content",
    [
        command_bytes("K02", TOPIC, CHARGE),
        command_bytes("K01", "kiosk/v1/K02/cmd/charge", CHARGE),
        command_bytes("K01", "kiosk/v1/K01/cmd/refund", CHARGE),
        command_bytes("K01", TOPIC, Command(id="c-2", exp=CHARGE.exp, args=CHARGE.args)),
        command_bytes("K01", TOPIC, Command(id="c-1", exp=CHARGE.exp + 1, args=CHARGE.args)),
        command_bytes("K01", TOPIC, Command(id="c-1", exp=CHARGE.exp, args={"reference": "sale-1"})),
        command_bytes("K01", TOPIC, Command(id="c-1", exp=CHARGE.exp, args={**CHARGE.args, "slot": True})),
    ],
)
def test_a_signature_is_of_one_command_for_one_machine(content: bytes) -> None:
    signature = sign(KEY, command_bytes("K01", TOPIC, CHARGE))
    assert is_signed([KEY], command_bytes("K01", TOPIC, CHARGE), signature)
    assert not is_signed([KEY], content, signature)


def test_while_a_key_is_changed_both_are_valid() -> None:
    old, new = Secret("the key of last year, long enough"), Secret("the key of this year, long enough")
    assert is_signed([old, new], b"x", sign(old, b"x"))
    assert is_signed([old, new], b"x", sign(new, b"x"))
    assert not is_signed([new], b"x", sign(old, b"x"))


def test_without_a_key_nothing_is_signed() -> None:
    assert not is_signed([], b"x", sign(KEY, b"x"))


@pytest.mark.parametrize("signature", ["", "é" * 64, "\ud800", "0" * 64])
def test_what_is_no_signature_signs_nothing(signature: str) -> None:
    assert not is_signed([KEY], b"x", signature)


def test_the_order_of_fields_does_not_matter() -> None:
    assert digest({"a": 1, "b": {"d": 1, "c": 2}}) == digest({"b": {"c": 2, "d": 1}, "a": 1})
    assert digest({"a": [1, 2]}) != digest({"a": [2, 1]})


def test_a_number_is_not_its_text_nor_a_truth() -> None:
    assert len({digest({"a": value}) for value in (1, "1", True)}) == 3


@given(st.dictionaries(st.text("abc_", min_size=1), VALUES, max_size=3))
def test_what_was_written_canonically_is_read_back_and_written_the_same(value: dict[str, Any]) -> None:
    content = canonical(value)
    again = read_object(content, len(content), whole=True)
    assert again == value
    assert canonical(again) == content
