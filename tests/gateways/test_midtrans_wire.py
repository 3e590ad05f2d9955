"""What Midtrans' words mean, without a network."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.errors import Misconfigured, Refused, Unreachable, Unreadable
from kiosk.gateways.answers import AnswerError
from kiosk.gateways.midtrans_wire import (
    Reading,
    authorization,
    charge_request,
    conclusion,
    expiry,
    picture_address,
    report_in,
    signature_is_valid,
    signature_of,
)
from kiosk.model import Evidence, Report, Rupiah, Status
from kiosk.secret import Secret
from tests.gateways.papers import ID, MERCHANT, TRANSACTION, order, paper, trouble

SIGNATURES = json.loads((Path(__file__).parent / "vectors/midtrans_signature.json").read_text())
SIGNED = {case["name"]: case for case in SIGNATURES["cases"]}
STATUSES = [
    ("201", "pending", Status.PENDING),
    ("200", "settlement", Status.PAID),
    ("202", "deny", Status.UNPAID_FINAL),
    ("200", "cancel", Status.UNPAID_FINAL),
    ("202", "cancel", Status.UNPAID_FINAL),
    ("407", "expire", Status.UNPAID_FINAL),
    ("202", "expire", Status.UNPAID_FINAL),
    ("202", "failure", Status.UNPAID_FINAL),
    ("200", "refund", Status.REFUNDED),
    ("200", "partial_refund", Status.PARTLY_REFUNDED),
]


def notification(case: dict[str, str], **changes: Any) -> dict[str, Any]:
    return {"transaction_status": "settlement", **case, **changes}


@pytest.mark.parametrize("case", SIGNED.values(), ids=SIGNED)
def test_a_signature_is_made_as_midtrans_makes_it(case: dict[str, str]) -> None:
    made = signature_of(
        case["order_id"], case["status_code"], case["gross_amount"], Secret(case["server_key"])
    )
    assert made == case["signature_key"]


@pytest.mark.parametrize("case", SIGNED.values(), ids=SIGNED)
def test_a_signed_notification_is_known(case: dict[str, str]) -> None:
    assert signature_is_valid(notification(case), Secret(case["server_key"]))


@pytest.mark.parametrize(
    "changes",
    [
        {"order_id": "KIOSK01-000002"},
        {"status_code": "200"},
        {"gross_amount": "25000"},
        {"gross_amount": 25000},
        {"gross_amount": "1.00"},
        {"signature_key": SIGNED["kiosk_pending"]["signature_key"].upper()},
        {"signature_key": ""},
        {"signature_key": None},
        {"signature_key": ["a"]},
        {"signature_key": "é\ud800"},
        {"order_id": "\ud800"},
    ],
    ids=repr,
)
def test_a_changed_notification_is_not_known(changes: dict[str, Any]) -> None:
    case = SIGNED["kiosk_pending"]
    assert not signature_is_valid(notification(case, **changes), Secret(case["server_key"]))


def test_a_notification_signed_with_another_key_is_not_known() -> None:
    assert not signature_is_valid(notification(SIGNED["kiosk_pending"]), Secret("another"))


def test_a_signature_does_not_cover_the_status() -> None:
    """So a signed notification stays a hint: its word can be exchanged."""
    case = SIGNED["kiosk_pending"]
    assert signature_is_valid(notification(case, transaction_status="x"), Secret(case["server_key"]))


def test_the_key_is_the_user_and_there_is_no_password() -> None:
    printed = SIGNATURES["basic_auth"]
    assert authorization(Secret(printed["server_key"])) == printed["authorization"]


@pytest.mark.parametrize(
    ("operation", "code", "meaning"),
    [
        ("charge", "201", Reading.TRANSACTION),
        ("charge", "202", Reading.TRANSACTION),
        ("charge", "400", Refused),
        ("charge", "406", Unreadable),
        ("charge", "412", Unreadable),
        ("charge", "404", Unreadable),
        ("status", "404", Reading.ABSENT),
        ("status", "407", Reading.TRANSACTION),
        ("status", "412", Unreadable),
        ("cancel", "200", Reading.TRANSACTION),
        ("cancel", "201", Unreadable),
        ("cancel", "404", Refused),
        ("cancel", "407", Refused),
        ("cancel", "412", Refused),
        ("expire", "407", Reading.TRANSACTION),
        ("refund", "200", Reading.TRANSACTION),
        ("refund", "404", Unreadable),
        ("refund", "412", Refused),
        ("refund", "414", Unreachable),
        ("refund", "407", Unreadable),
        ("charge", "300", Unreadable),
        ("charge", "999", Unreadable),
        ("charge", "", Unreadable),
    ],
)
def test_what_a_code_means_depends_on_the_operation(operation: str, code: str, meaning: object) -> None:
    assert conclusion(operation, code) is meaning


@pytest.mark.parametrize("operation", ["charge", "status", "cancel", "expire", "refund"])
@pytest.mark.parametrize(
    ("codes", "meaning"),
    [
        (("401", "402", "403", "410"), Misconfigured),
        (("400", "408", "413"), Refused),
        (("414", "429", "500", "501", "502", "503", "504", "505"), Unreachable),
        (("406", "418", "600"), Unreadable),
    ],
)
def test_some_codes_mean_the_same_everywhere(operation: str, codes: tuple[str, ...], meaning: object) -> None:
    assert {conclusion(operation, code) for code in codes} == {meaning}


@pytest.mark.parametrize(("code", "word", "status"), STATUSES)
def test_a_transaction_stands_as_midtrans_says(code: str, word: str, status: Status) -> None:
    assert report_in(paper(code, word)) == Report(
        status,
        order_id=ID,
        amount=Rupiah(25_000),
        currency="IDR",
        merchant=MERCHANT,
        detail=word,
        evidence=Evidence(reference=TRANSACTION, acquirer="gopay"),
    )


@pytest.mark.parametrize(
    "word",
    [
        "capture",
        "authorize",
        "chargeback",
        "partial_chargeback",
        "Settlement",
        "",
        "paid",
        None,
        ["settlement"],
    ],
)
def test_a_status_that_is_none_that_is_known_says_nothing(word: object) -> None:
    with pytest.raises(AnswerError, match="transaction_status"):
        report_in(paper("200", "", transaction_status=word))


@pytest.mark.parametrize(
    "changes",
    [
        {"status_code": "201"},
        {"status_code": "202"},
        {"status_code": "407"},
        {"fraud_status": "challenge"},
        {"fraud_status": "deny"},
        {"fraud_status": ""},
        {"fraud_status": ["accept"]},
    ],
    ids=str,
)
def test_a_settlement_that_contradicts_itself_says_nothing(changes: dict[str, Any]) -> None:
    with pytest.raises(AnswerError, match="settlement"):
        report_in(paper("200", "settlement", **changes))


def test_a_settlement_without_fraud_status_is_paid() -> None:
    assert report_in(paper("200", "settlement", fraud_status=None)).status is Status.PAID


@pytest.mark.parametrize("field", ["order_id", "gross_amount", "currency", "merchant_id"])
@pytest.mark.parametrize(("code", "word"), [("200", "settlement"), ("201", "pending"), ("407", "expire")])
def test_an_answer_that_leaves_out_what_it_must_carry_says_nothing(field: str, code: str, word: str) -> None:
    with pytest.raises(AnswerError, match=field):
        report_in(paper(code, word, **{field: None}))


def test_a_fraction_of_a_rupiah_says_nothing() -> None:
    with pytest.raises(AnswerError, match="gross_amount"):
        report_in(paper("200", "settlement", gross_amount="25000.50"))


def test_an_order_midtrans_does_not_know_is_absent() -> None:
    assert report_in(trouble("404")).status is Status.ABSENT


def test_an_answer_that_knows_the_transaction_and_does_not_says_nothing() -> None:
    with pytest.raises(AnswerError, match="knows the transaction"):
        report_in(paper("404", "settlement"))


def test_a_payment_comes_with_what_an_operator_reconciles_by() -> None:
    settled = paper(
        "200",
        "settlement",
        issuer="gopay",
        settlement_time="2026-08-01 10:01:00",
        reference_id="RRN 123",
        customer_details={"first_name": "Budi"},
        payer_name="Budi",
    )
    evidence = report_in(settled).evidence
    assert evidence == Evidence(TRANSACTION, "gopay", "gopay", "", "RRN 123", "2026-08-01 10:01:00")
    assert "Budi" not in repr(report_in(settled))


def test_what_was_sent_back_is_told() -> None:
    line = {"refund_key": "a", "refund_amount": "5000.00"}
    assert report_in(paper("200", "partial_refund", refund_amount="5000.00")).refunded == 5_000
    assert report_in(paper("200", "partial_refund", refunds=[line, line])).refunded == 10_000


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "status_code": st.sampled_from(["200", "201", "404", "407", "", 200]),
            "transaction_status": st.sampled_from(["settlement", "pending", "expire", "?", 1]) | st.text(),
            "fraud_status": st.sampled_from(["accept", "deny", None]),
            "order_id": st.just(ID) | st.text() | st.integers(),
            "gross_amount": st.just("25000.00") | st.text() | st.floats(),
            "currency": st.just("IDR") | st.none(),
            "merchant_id": st.just(MERCHANT) | st.lists(st.integers()),
            "refunds": st.lists(st.dictionaries(st.just("refund_amount"), st.text())),
        },
    )
)
def test_only_a_whole_and_undisputed_settlement_is_paid(body: dict[str, Any]) -> None:
    with suppress(AnswerError):
        if report_in(body).status is Status.PAID:
            said = (body["status_code"], body["transaction_status"], body.get("fraud_status", "accept"))
            assert said == ("200", "settlement", "accept")
            assert body.keys() >= {"order_id", "gross_amount", "currency", "merchant_id"}


def test_a_charge_tells_midtrans_what_was_sold() -> None:
    request = charge_request(order(item="Kopi " * 20), "KSK01", {})
    (item,) = request["item_details"]
    assert item["price"] * item["quantity"] == request["transaction_details"]["gross_amount"] == 25_000
    assert (len(item["name"]), request["custom_field1"]) == (50, "KSK01")


def test_an_item_without_a_name_is_named_after_its_order() -> None:
    assert charge_request(order(item=""), "KSK01", {})["item_details"][0]["name"] == ID


def test_an_expiry_is_counted_from_jakarta_time_or_from_midtrans_own() -> None:
    counted = {"expiry_duration": 15, "unit": "minute"}
    assert expiry(15, None) == counted
    assert expiry(15, 1_785_553_200.0) == {"order_time": "2026-08-01 10:00:00 +0700", **counted}


def test_the_picture_of_a_code_is_found_among_the_actions() -> None:
    actions = [
        {"name": "deeplink", "url": "gojek://pay"},
        {"name": "generate-qr-code-v2", "url": "https://api.midtrans.com/v2"},
        {"name": "generate-qr-code", "url": "https://api.midtrans.com/v2/qris/1-a/qr-code"},
    ]
    assert picture_address({"actions": actions}) == ("https://api.midtrans.com", "/v2/qris/1-a/qr-code")
    assert picture_address({"actions": actions[:2]}) == ("https://api.midtrans.com", "/v2")


@pytest.mark.parametrize(
    "url",
    [
        "https://user@api.midtrans.com/x",
        "https://api.midtrans.com",
        "https://api.midtrans.com\\@evil.example/x",
        "file:///etc/passwd",
        "https://api.midtrans.com/x\r\nHost: evil.example",
        7,
    ],
)
def test_a_picture_at_an_odd_address_is_not_fetched(url: object) -> None:
    with pytest.raises(AnswerError, match="neither a qr_string nor"):
        picture_address({"actions": [{"name": "generate-qr-code", "url": url}]})


@pytest.mark.parametrize("name", [[], {}, ["generate-qr-code"], None, 7])
def test_an_action_without_a_name_is_passed_over(name: object) -> None:
    nameless = {"name": name, "url": "https://evil.example/x"}
    action = {"name": "generate-qr-code", "url": "https://api.midtrans.com/v2"}
    assert picture_address({"actions": [action, nameless]}) == ("https://api.midtrans.com", "/v2")
