"""DOKU's notifications: which order they name, and what their proof is worth."""

from typing import Any

import pytest

from kiosk.gateways.doku_notices import order_in, words_are_right, words_of
from kiosk.gateways.nonsnap import Signed, notification_is_signed, signature_of
from kiosk.secret import Secret
from tests.gateways.doku_papers import vectors
from tests.gateways.papers import ID

WORDS = vectors("doku_words")["cases"]
FORM = WORDS[0]["form"]
SHARED = Secret(WORDS[0]["shared_key"])
PATH = "/hooks/doku/K01"
KEY = Secret("SK-throwaway-not-a-real-secret-0001")


@pytest.mark.parametrize("case", WORDS, ids=lambda case: str(case["name"]))
def test_words_are_judged_as_dokus_plugin_judges_them(case: dict[str, Any]) -> None:
    assert words_of(case["form"], Secret(case["shared_key"])) == case["calculated"]
    assert words_are_right(case["form"], Secret(case["shared_key"])) is case["accepted"]


@pytest.mark.parametrize("field", ["AMOUNT", "TXNSTATUS", "TRANSACTIONID"])
def test_right_words_prove_neither_amount_nor_status_nor_order(field: str) -> None:
    """So the message is a hint, and only our own query is money."""
    assert words_are_right({**FORM, field: "forged"}, SHARED)


@pytest.mark.parametrize("field", ["ISSUERID", "TXNDATE", "MERCHANTPAN", "INVOICE"])
@pytest.mark.parametrize("value", ["forged", None, 7, ["x"]])
def test_what_words_cover_cannot_be_changed(field: str, value: Any) -> None:
    assert not words_are_right({**FORM, field: value}, SHARED)


@pytest.mark.parametrize("words", [None, "", 7, FORM["WORDS"].upper(), "é", "\ud800", [FORM["WORDS"]]])
def test_what_are_no_words_prove_nothing(words: Any) -> None:
    assert not words_are_right({**FORM, "WORDS": words}, SHARED)


def test_words_under_another_key_prove_nothing() -> None:
    assert not words_are_right(FORM, Secret("another"))
    assert not words_are_right({}, SHARED)


@pytest.mark.parametrize("order_id", [ID, "KIOSK01-000001"])
@pytest.mark.parametrize("form", ["legacy", "json"])
def test_both_forms_name_their_order(form: str, order_id: str) -> None:
    forms: dict[str, dict[str, Any]] = {
        "legacy": {**FORM, "TRANSACTIONID": order_id},
        "json": {
            "service": {"id": "QRIS"},
            "acquirer": {"id": "DOKU"},
            "channel": {"id": "QRIS_DOKU"},
            "transaction": {"status": "SUCCESS", "date": "2026-08-01T03:01:12Z"},
            "order": {"invoice_number": order_id, "amount": 25_000},
            "emoney_payment": {"account_id": "1", "approval_code": "328591"},
        },
    }
    assert order_in(forms[form]) == order_id


@pytest.mark.parametrize("order_id", ["../x", "..", "", "a" * 33, "A\n", 7, ["A"], None, {}])
def test_a_notification_that_names_no_possible_order_names_none(order_id: Any) -> None:
    assert order_in({"TRANSACTIONID": order_id}) is None
    assert order_in({"order": {"invoice_number": order_id}}) is None


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"order": ID},
        {"order": [ID]},
        {"transactionid": ID},
        {"originalPartnerReferenceNo": ID, "latestTransactionStatus": "00"},
    ],
    ids=str,
)
def test_any_other_form_names_nobody(body: dict[str, Any]) -> None:
    """The last of them is SNAP's own, which would need tokens issued by us."""
    assert order_in(body) is None


def signed(body: bytes, **changes: str) -> dict[str, str]:
    message = Signed("MCH-1", "r-1", "2026-08-01T03:02:00Z", PATH, body)
    headers = {
        "Client-Id": message.client_id,
        "Request-Id": message.request_id,
        "Request-Timestamp": message.timestamp,
        "Signature": signature_of(message, KEY),
    }
    return {**headers, **changes}


@pytest.mark.parametrize("case", vectors("doku_nonsnap")["post"], ids=lambda case: str(case["name"]))
def test_a_signed_notification_is_dokus(case: dict[str, Any]) -> None:
    headers = {name.title(): value for name, value in case["headers"].items()}
    target = headers.pop("Request-Target")
    body = case["body"].encode()
    key = Secret(case["secret"])
    assert notification_is_signed({**headers, "SIGNATURE": case["signature"]}, target, body, key)
    assert not notification_is_signed({**headers, "SIGNATURE": case["signature"]}, target, body + b" ", key)
    assert not notification_is_signed({**headers, "SIGNATURE": case["signature"]}, f"{target}/", body, key)


@pytest.mark.parametrize(
    "changes",
    [{"Client-Id": "MCH-2"}, {"Request-Id": ""}, {"Request-Timestamp": "x"}, {"Signature": ""}],
    ids=str,
)
def test_a_notification_with_a_changed_header_is_not_signed(changes: dict[str, str]) -> None:
    assert notification_is_signed(signed(b"{}"), PATH, b"{}", KEY)
    assert not notification_is_signed(signed(b"{}", **changes), PATH, b"{}", KEY)


def test_a_notification_without_headers_is_not_signed() -> None:
    assert not notification_is_signed({}, PATH, b"{}", KEY)
