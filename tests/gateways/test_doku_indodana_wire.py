"""What DOKU's words about Indodana mean, without a network."""

from datetime import timedelta
from typing import Any, get_args

import pytest
from msgspec.structs import replace

from kiosk.errors import Misconfigured, Refused, Unreadable
from kiosk.gateways.answers import AnswerError
from kiosk.gateways.doku_indodana import DokuIndodana
from kiosk.gateways.doku_indodana_contract import Category
from kiosk.gateways.doku_indodana_wire import (
    REFUSALS,
    STATUSES,
    Sender,
    charge_in,
    check_echo,
    is_failed,
    life_in,
    order_request,
    refusal,
    report_in,
)
from kiosk.gateways.nonsnap import RESPONSE, Signed, signature_of
from kiosk.model import Evidence, Report, Status, WebLink
from kiosk.secret import Secret
from tests.gateways.conftest import NOON
from tests.gateways.indodana_papers import CLIENT, KEY, LENDERS_ID, LINK, SETTINGS, order, page, standing
from tests.gateways.papers import ID

SENDER = Sender(CLIENT, Secret(KEY))
TARGET = "/indodana-peer-to-peer/v2/generate-order"


def request(**settings: Any) -> dict[str, Any]:
    return order_request(order(), DokuIndodana.Config(**{**SETTINGS, **settings}))


# What is sent.


def test_the_order_is_the_documents_sample_in_every_mandatory_field() -> None:
    body = request(
        callback_url="https://merchant.com/return-url",
        callback_url_cancel="https://merchant.com/cancel-url",
        override_notification_url="https://another.example.com/payments/notifications",
        category="electronics-and-telecom",
    )
    address = {
        "first_name": "Kopi",
        "last_name": "Kita",
        "address": "Jalan Teknologi Indonesia No. 25",
        "city": "Jakarta",
        "postal_code": "12960",
        "phone": "6281513114262",
        "country_code": "IDN",
    }
    assert body == {
        "order": {
            "invoice_number": ID,
            "line_items": [
                {
                    "name": "Ayam",
                    "price": 100_000,
                    "quantity": 1,
                    "id": "slot-1",
                    "category": "electronics-and-telecom",
                }
            ],
            "amount": 100_000,
            "callback_url": "https://merchant.com/return-url",
            "callback_url_cancel": "https://merchant.com/cancel-url",
        },
        "peer_to_peer_info": {"expired_time": 60, "merchant_unique_reference": ID},
        "customer": {
            "first_name": "Kopi",
            "last_name": "Kita",
            "phone": "6281939815480",
            "email": "operator@kopikita.example",
        },
        "billing_address": address,
        "shipping_address": address,
        "additional_info": {
            "override_notification_url": "https://another.example.com/payments/notifications"
        },
    }


def test_the_items_come_to_the_amount() -> None:
    said = request()["order"]
    assert sum(item["price"] * item["quantity"] for item in said["line_items"]) == said["amount"]


def test_an_item_without_a_name_is_named_by_its_order() -> None:
    nameless = order_request(replace(order(), item=""), DokuIndodana.Config(**SETTINGS))
    assert nameless["order"]["line_items"][0]["name"] == ID


def test_a_long_name_is_cut_where_the_document_cuts_it() -> None:
    long = order_request(replace(order(), item="x" * 200), DokuIndodana.Config(**SETTINGS))
    assert long["order"]["line_items"][0]["name"] == "x" * 128


@pytest.mark.parametrize(
    ("settings", "city"),
    [
        ({}, "Jakarta"),
        ({"category": "food-and-beverage"}, "Jakarta"),
        ({"shipping_address": replace(SETTINGS["billing_address"], city="Bandung")}, "Bandung"),
        (
            {
                "shipping_address": replace(SETTINGS["billing_address"], city="Bandung"),
                "category": "ticketing",
            },
            "Bandung",
        ),
        ({"category": "ticketing"}, None),
        ({"category": "games-voucher"}, None),
    ],
)
def test_goods_go_somewhere_and_tickets_nowhere(settings: dict[str, Any], city: str | None) -> None:
    assert request(**settings).get("shipping_address", {}).get("city") == city


def test_what_nobody_configured_is_not_sent() -> None:
    body = request(customer=replace(SETTINGS["customer"], last_name=""))
    assert "callback_url" not in body["order"]
    assert "additional_info" not in body
    assert "last_name" not in body["customer"]


def test_the_webhook_service_has_both_pages() -> None:
    said = request(webhook_service="https://hooks.example", callback_url_cancel="")["order"]
    pages = {said["callback_url"], said["callback_url_cancel"]}
    assert pages == {"https://hooks.example/look-at-the-machine"}


def test_the_same_order_makes_the_same_body() -> None:
    assert request() == request()


def test_there_is_every_category_of_the_document_once() -> None:
    categories = get_args(Category)
    assert (len(categories), len(set(categories))) == (45, 45)
    assert {"airlines", "food-and-beverage", "overseas", "others", "vehicles-service-and-accessories"} < set(
        categories
    )


def test_a_request_is_signed_over_the_bytes_sent() -> None:
    headers = SENDER.headers("r-1", NOON, TARGET, b'{"a":1}')
    message = Signed(CLIENT, "r-1", "2026-08-01T03:00:00Z", TARGET, b'{"a":1}')
    assert headers == {
        "Accept": "application/json",
        "Content-Type": "application/json",
        "Client-Id": CLIENT,
        "Request-Id": "r-1",
        "Request-Timestamp": "2026-08-01T03:00:00Z",
        "Signature": signature_of(message, Secret(KEY)),
    }


# Who wrote it.


def answer_headers(content: bytes, **changes: str) -> dict[str, str]:
    message = Signed(CLIENT, "r-1", "2026-08-01T03:00:01Z", TARGET, content, RESPONSE)
    return {
        "client-id": CLIENT,
        "request-id": "r-1",
        "response-timestamp": "2026-08-01T03:00:01Z",
        "signature": signature_of(message, Secret(KEY)),
        **changes,
    }


def test_an_answer_of_dokus_to_this_request_is_known() -> None:
    assert SENDER.knows(answer_headers(b"{}"), b"{}", "r-1", TARGET)


@pytest.mark.parametrize(
    "changes",
    [
        {"client-id": "MCH-0002"},
        {"request-id": "r-2"},
        {"response-timestamp": "2026-08-01T03:00:02Z"},
        {"signature": "HMACSHA256=AAAA"},
        {"signature": ""},
    ],
    ids=repr,
)
def test_an_answer_changed_in_any_part_is_not_known(changes: dict[str, str]) -> None:
    assert not SENDER.knows(answer_headers(b"{}", **changes), b"{}", "r-1", TARGET)


def test_an_answer_to_something_else_is_not_known() -> None:
    headers = answer_headers(b"{}")
    assert not SENDER.knows(headers, b"{ }", "r-1", TARGET)
    assert not SENDER.knows(headers, b"{}", "r-2", TARGET)
    assert not SENDER.knows(headers, b"{}", "r-1", "/other")
    assert not SENDER.knows({}, b"{}", "r-1", TARGET)


# A page to pay on.


def test_the_sample_of_a_page_is_read_field_by_field() -> None:
    check_echo(page(), order())
    charge = charge_in(page(), order(), CLIENT)
    assert (charge.code, charge.reference, charge.merchant) == (WebLink(LINK), LENDERS_ID, CLIENT)
    assert charge.details == {"INDODANA_ORDER_ID": LENDERS_ID, "expires": "2022-02-17T16:20:48Z"}
    assert (is_failed(page()), life_in(page())) == (False, timedelta(hours=1))


def test_without_the_lenders_own_id_the_order_is_the_reference() -> None:
    bare = page(peer_to_peer_info=None)
    assert charge_in(bare, order(), CLIENT).reference == ID
    assert (charge_in(bare, order(), CLIENT).details, life_in(bare)) == ({}, None)


def test_every_identifier_is_kept_for_who_reconciles() -> None:
    many = [{"name": f"N{n}", "value": f"v{n}"} for n in range(20)]
    charge = charge_in(page(peer_to_peer_info__identifier=many), order(), CLIENT)
    assert charge.reference == "v0"
    assert len(charge.details) == 8 + 1


@pytest.mark.parametrize("identifier", ["x", [], [7], [{}], [{"name": "", "value": "v"}], [{"name": "n"}]])
def test_an_identifier_that_is_none_is_passed_over(identifier: object) -> None:
    charge = charge_in(page(peer_to_peer_info__identifier=identifier), order(), CLIENT)
    assert charge.reference == ID


@pytest.mark.parametrize(
    "changes",
    [
        {"order__invoice_number": "INVQ01W"},
        {"order__invoice_number": None},
        {"order__amount": 200_000},
        {"order__amount": None},
        {"order__amount": "100000.50"},
        {"order": None},
        {"peer_to_peer_info__merchant_unique_reference": "MURQ01W"},
    ],
    ids=repr,
)
def test_a_page_for_something_else_says_nothing(changes: dict[str, Any]) -> None:
    with pytest.raises(AnswerError):
        check_echo(page(**changes), order())


@pytest.mark.parametrize(
    "changes",
    [
        {"payment__status": "SUCCESS"},
        {"payment__status": None},
        {"payment__url": None},
        {"payment__url": ""},
        {"payment__url": 7},
        {"payment__url": "https://x\n"},
        {"payment__url": "https://x/" + "a" * 1000},
        {"payment": None},
    ],
    ids=lambda changes: repr(changes)[:60],
)
def test_a_page_that_cannot_be_shown_says_nothing(changes: dict[str, Any]) -> None:
    with pytest.raises(AnswerError):
        charge_in(page(**changes), order(), CLIENT)


@pytest.mark.parametrize(
    "gone",
    [
        ("created_date", "expired_date"),
        ("created_date_utc", "expired_date_utc"),
        ("created_date", "expired_date_utc"),
    ],
)
def test_either_clock_tells_how_long_a_page_lives(gone: tuple[str, str]) -> None:
    left_out = {f"peer_to_peer_info__{field}": None for field in gone}
    assert life_in(page(**left_out)) == timedelta(hours=1)


def test_midnight_in_jakarta_is_no_midnight_in_utc() -> None:
    dates = {
        "created_date": "20260801235500",
        "expired_date": "20260802001500",
        "created_date_utc": "2026-08-01T16:55:00Z",
        "expired_date_utc": "2026-08-01T17:15:00Z",
    }
    assert life_in({"peer_to_peer_info": dates}) == timedelta(minutes=20)


def test_two_clocks_that_contradict_each_other_say_nothing() -> None:
    with pytest.raises(AnswerError, match="expired_date and expired_date_utc contradict"):
        life_in(page(peer_to_peer_info__expired_date="20220217162048"))


@pytest.mark.parametrize("date", ["", "tomorrow", "20221317232048", 20220217232048])
def test_a_date_that_is_none_is_not_known(date: object) -> None:
    said = page(peer_to_peer_info__expired_date=date, peer_to_peer_info__expired_date_utc=None)
    assert life_in(said) == (timedelta(hours=1) if isinstance(date, int) else None)


def test_a_page_that_failed_is_known_by_its_word() -> None:
    assert is_failed(page(payment__status="FAILED"))


# How it stands.


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("PENDING", Status.PENDING),
        ("SUCCESS", Status.PAID),
        ("FAILED", Status.PENDING),
        ("EXPIRED", Status.UNPAID_FINAL),
        ("TIMEOUT", Status.PENDING),
        ("REDIRECT", Status.PENDING),
        ("REFUNDED", Status.REFUNDED),
        ("VOIDED", Status.REFUNDED),
        ("PARTIAL_REFUNDED", Status.PARTLY_REFUNDED),
    ],
)
def test_every_status_has_one_meaning(word: str, status: Status) -> None:
    assert report_in(standing(word)).status is status
    assert word in STATUSES


def test_a_payment_is_read_field_by_field() -> None:
    assert report_in(standing("SUCCESS")) == Report(
        Status.PAID,
        order_id=ID,
        amount=order().amount,
        detail="SUCCESS",
        evidence=Evidence(
            reference=LENDERS_ID,
            issuer="PEER_TO_PEER_INDODANA",
            acquirer="INDODANA",
            paid_at="2026-08-01T03:02:00Z",
        ),
    )


def test_a_refund_says_how_much() -> None:
    assert report_in(standing("REFUNDED")).refunded == 100_000


@pytest.mark.parametrize(
    "changes",
    [
        {"transaction__status": "PAID"},
        {"transaction__status": "success"},
        {"transaction__status": None},
        {"transaction": None},
        {"order": None},
        {"order__amount": None},
        {"order__amount": "x"},
        {"order__invoice_number": None},
    ],
    ids=repr,
)
def test_a_status_that_lacks_anything_says_nothing(changes: dict[str, Any]) -> None:
    with pytest.raises(AnswerError):
        report_in(standing("SUCCESS", **changes))


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Refused),
        (401, Misconfigured),
        (403, Misconfigured),
        (405, Refused),
        (415, Refused),
        (422, Refused),
        (402, Unreadable),
        (418, Unreadable),
    ],
)
def test_every_http_status_lets_conclude_one_thing(status: int, kind: type[Exception]) -> None:
    body = {"error": {"code": "invalid", "message": "Invalid Header Signature", "type": "x"}}
    assert refusal(status, body)[:2] == (kind, "Invalid Header Signature")
    assert refusal(status, {"message": "no"})[1] == "no"
    assert kind is Unreadable or status in REFUSALS


@pytest.mark.parametrize("status", [400, 422])
def test_a_no_without_a_reason_is_none(status: int) -> None:
    assert refusal(status, {})[0] is Unreadable
