"""DOKU's signature outside SNAP, against what its own libraries make."""

import json
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from kiosk.gateways.nonsnap import RESPONSE, Signed, component, is_signed, signature_of
from kiosk.secret import Secret

VECTORS = json.loads((Path(__file__).parent / "vectors/doku_nonsnap.json").read_text())
CASES = [*VECTORS["post"], *VECTORS["get"]]
KEY = Secret("SK-throwaway-not-a-real-secret-0001")


def message(case: dict[str, Any]) -> Signed:
    headers = {name.lower(): value for name, value in case["headers"].items()}
    body = case["body"].encode() if "body" in case else None
    return Signed(
        headers["client-id"],
        headers["request-id"],
        headers["request-timestamp"],
        headers["request-target"],
        body,
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["headers"].get("request-id") or "get")
def test_a_message_is_signed_as_dokus_libraries_sign_it(case: dict[str, Any]) -> None:
    key = Secret(case["secret"])
    assert component(message(case)) == case["component"]
    assert signature_of(message(case), key) == case["signature"]
    assert is_signed(message(case), case["signature"], key)


def test_an_answer_is_signed_with_the_moment_of_the_answer() -> None:
    case = VECTORS["response"]
    client, request, moment, target, _ = (line.split(":", 1)[1] for line in case["component"].split("\n"))
    answer = Signed(client, request, moment, target, case["body"].encode(), RESPONSE)
    assert component(answer) == case["component"]
    assert is_signed(answer, case["signature"], Secret(case["secret"]))


@pytest.mark.parametrize(
    "change",
    [
        {"client_id": "C2"},
        {"request_id": "r-5"},
        {"timestamp": "2026-08-01T03:02:01Z"},
        {"target": "/y"},
        {"body": b" "},
        {"body": None},
        {"moment": RESPONSE},
    ],
    ids=str,
)
def test_every_part_of_a_message_is_covered(change: dict[str, Any]) -> None:
    signed = Signed("C", "r-4", "2026-08-01T03:02:00Z", "/x", b"")
    assert is_signed(signed, signature_of(signed, KEY), KEY)
    assert not is_signed(replace(signed, **change), signature_of(signed, KEY), KEY)


@pytest.mark.parametrize("claimed", [None, 7, "", "HMACSHA256=", "é", "\ud800", ["x"]])
def test_what_is_no_signature_proves_nothing(claimed: object) -> None:
    assert not is_signed(Signed("C", "r", "t", "/x", b""), claimed, KEY)


def test_another_key_or_another_case_of_letters_proves_nothing() -> None:
    signed = Signed("C", "r", "t", "/x", b"")
    assert not is_signed(signed, signature_of(signed, Secret("SK-other")), KEY)
    assert not is_signed(signed, signature_of(signed, KEY).lower(), KEY)
