"""The face of DOKU's Indodana: signed both ways, told the same twice, and a page that a phone pays on."""

import json
from pathlib import Path
from typing import Any

import pytest
import requests

from kiosk.simulator.changes import Changes
from kiosk.simulator.doku_nonsnap import signature
from kiosk.simulator.glass import Glass
from kiosk.simulator.misfortunes import Misfortune
from kiosk.simulator.phone import Asking, Phone, Told

from .counters import ORDER, PAYLATER, PaylaterCounter, paylater_order
from .midtrans_world import Door

VECTORS = Path(__file__).parents[1] / "gateways" / "vectors"
ITEM = {"name": "Kopi", "price": 6000, "quantity": 2, "id": "1", "category": "food-and-beverage"}


@pytest.fixture
def doku(door: Door) -> PaylaterCounter:
    return PaylaterCounter(door)


def reason(reply: requests.Response) -> str:
    return str(reply.json()["error"]["code"])


def without(name: str) -> dict[str, Any]:
    """An order that lacks a field."""
    body = paylater_order()
    *above, last = name.split(".")
    place = body
    for part in above:
        place = place[part]
    del place[last]
    return body


def test_it_signs_as_dokus_own_libraries_do() -> None:
    vectors = json.loads((VECTORS / "doku_nonsnap.json").read_text())
    post, get = vectors["post"][0], vectors["get"][0]
    heads = dict(zip(get["headers"], post["headers"].values(), strict=True))
    assert signature(post["secret"], heads, post["body"].encode()) == post["signature"]
    assert signature(get["secret"], get["headers"], None) == get["signature"]


def test_an_order_is_answered_with_its_page_and_both_times(doku: PaylaterCounter) -> None:
    reply = doku.order(paylater_order()).json()
    assert reply["order"] == {"amount": 12_000, "invoice_number": "K01A"}
    assert reply["payment"]["status"] == "PENDING"
    assert reply["payment"]["url"].startswith("https://sandbox01.indodana.com/product-installment/payment?")
    info = reply["peer_to_peer_info"]
    assert info["merchant_unique_reference"] == "K01A"
    assert len(info["expired_date"]) == len("yyyyMMddHHmmss")
    assert info["expired_date_utc"].endswith("Z")
    assert doku.charge.expires_at - doku.clock() == 20 * 60


def test_an_answer_is_signed_over_its_raw_bytes(doku: PaylaterCounter) -> None:
    reply = doku.order(paylater_order())
    heads = {name: reply.headers[name] for name in ("Client-Id", "Request-Id", "Response-Timestamp")}
    expected = signature(PAYLATER.secret_key, {**heads, "Request-Target": ORDER}, reply.content)
    assert reply.headers["Signature"] == expected


def test_a_forged_answer_is_not(doku: PaylaterCounter) -> None:
    doku.bench.arm(Misfortune.FORGED_ANSWER)
    reply = doku.order(paylater_order())
    heads = {name: reply.headers[name] for name in ("Client-Id", "Request-Id", "Response-Timestamp")}
    expected = signature(PAYLATER.secret_key, {**heads, "Request-Target": ORDER}, reply.content)
    assert reply.headers["Signature"] != expected


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"Client_Id": "MCH-2"}, "invalid_client_id"),
        ({"Signature": "HMACSHA256=AAAA"}, "invalid_signature"),
        ({"Signature": ""}, "invalid_mandatory_field"),
        ({"Request_Timestamp": "2020-01-01T00:00:00Z"}, "invalid_request_timestamp"),
        ({"Request_Timestamp": "now"}, "invalid_request_timestamp"),
        ({"Request_Id": "R" * 129}, "invalid_request_id"),
    ],
)
def test_a_stranger_gets_no_order(doku: PaylaterCounter, changed: dict[str, str], why: str) -> None:
    assert reason(doku.order(paylater_order(), **changed)) == why
    assert doku.ledger.charges() == []


def test_a_request_number_used_again_is_a_conflict_with_the_first_answer(doku: PaylaterCounter) -> None:
    first, second = doku.order(paylater_order()), doku.order(paylater_order())
    assert (second.status_code, second.content) == (409, first.content)
    assert len(doku.ledger.charges()) == 1


def test_a_refused_request_uses_up_no_number(doku: PaylaterCounter) -> None:
    assert doku.order(paylater_order(amount=1)).status_code == 400
    assert doku.order(paylater_order()).status_code == 200


def test_an_invoice_number_is_used_once(doku: PaylaterCounter) -> None:
    doku.order(paylater_order())
    assert reason(doku.order(paylater_order(), "R2")) == "duplicate_invoice_number"


@pytest.mark.parametrize(
    "body",
    [
        without("order.callback_url_cancel"),
        without("order.line_items"),
        without("customer.email"),
        without("billing_address.city"),
        without("shipping_address"),
        without("shipping_address.phone"),
        without("peer_to_peer_info.merchant_unique_reference"),
        paylater_order(invoice_number="K" * 65),
        paylater_order(amount="12000"),
        paylater_order(amount=12_001),
        paylater_order(line_items=[]),
        paylater_order(line_items=[ITEM | {"category": "ELECTRONIC"}]),
        paylater_order(callback_url_cancel="javascript:alert(1)"),
    ],
)
def test_an_order_that_is_not_as_the_table_says_is_refused(
    doku: PaylaterCounter, body: dict[str, Any]
) -> None:
    assert reason(doku.order(body)) == "invalid_parameter"
    assert doku.ledger.charges() == []


def test_a_ticket_is_shipped_nowhere(doku: PaylaterCounter) -> None:
    body = paylater_order(line_items=[ITEM | {"category": "ticketing"}])
    del body["shipping_address"]
    assert doku.order(body).status_code == 200


def test_an_order_is_found_by_its_invoice_and_by_its_request(doku: PaylaterCounter) -> None:
    doku.order(paylater_order())
    found = [doku.status(key).json()["transaction"]["status"] for key in ("K01A", "R1")]
    assert found == ["PENDING", "PENDING"]
    assert doku.status("K01B").status_code == 404


def test_an_order_expires_by_its_own_minutes(doku: PaylaterCounter) -> None:
    doku.order(paylater_order())
    doku.clock.now += 20 * 60 + 1
    assert doku.status("K01A").json()["transaction"]["status"] == "EXPIRED"


def test_a_failed_order_has_no_page(doku: PaylaterCounter) -> None:
    doku.bench.arm(Misfortune.DENIED)
    assert doku.order(paylater_order()).json()["payment"] == {"status": "FAILED", "url": ""}


def phone_before(doku: PaylaterCounter) -> Phone:
    """A phone whose camera reads the page's address."""
    glass = Glass()
    glass.code = doku.charge.payload
    phone = Phone(glass, doku.ledger, doku.bench, doku.story, Changes(), 1)
    phone.scan()
    return phone


def test_the_phone_opens_the_page_and_pays(doku: PaylaterCounter) -> None:
    doku.order(paylater_order())
    phone = phone_before(doku)
    assert isinstance(phone.face, Asking)
    assert (phone.face.city, phone.face.amount) == ("sandbox01.indodana.com", 12_000)
    before = phone.balance
    phone.pay()
    assert isinstance(phone.face, Told)
    assert phone.face.good
    assert phone.balance == before
    assert doku.status("K01A").json()["transaction"]["status"] == "SUCCESS"


def test_who_declines_may_still_pay(doku: PaylaterCounter) -> None:
    doku.order(paylater_order())
    phone = phone_before(doku)
    phone.decline()
    assert doku.status("K01A").json()["transaction"]["status"] == "FAILED"
    phone.scan()
    phone.pay()
    assert doku.status("K01A").json()["transaction"]["status"] == "SUCCESS"


def test_a_page_that_expired_says_so(doku: PaylaterCounter) -> None:
    doku.order(paylater_order())
    doku.ledger.end(doku.charge.transaction, "expire", doku.clock())
    face = phone_before(doku).face
    assert isinstance(face, Told)
    assert "not valid any more" in face.text
