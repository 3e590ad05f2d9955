"""Indodana's face: a bearer that ages, four states, and money that goes back once under a number."""

import hmac
import json
from pathlib import Path
from typing import Any

import pytest
import requests

from kiosk.simulator.misfortunes import Misfortune

from .counters import INDODANA, IndodanaCounter
from .midtrans_world import Door

VECTORS = Path(__file__).parents[1] / "gateways" / "vectors"
CANCELLATION = {
    "refundId": "ELSEWHERE1-R1",
    "merchantOrderId": "ELSEWHERE1",
    "cancellationAmount": 40_000,
    "cancellationReason": "Out of stock",
    "cancelledBy": "SELLER",
    "cancellationDate": "2019-09-12T18:18:18+07:00",
}


@pytest.fixture
def counter(door: Door) -> IndodanaCounter:
    return IndodanaCounter(door)


def bearer(key: str, secret: str, nonce: int) -> str:
    signature = hmac.digest(secret.encode(), f"{key}:{nonce}".encode(), "sha256").hex()
    return f"Bearer {key}:{nonce}:{signature}"


def ask(counter: IndodanaCounter, order: str = "ELSEWHERE1", bearer_of: str = "") -> requests.Response:
    fresh = bearer(INDODANA.api_key, INDODANA.secret_key, int(counter.clock()))
    return requests.get(
        f"{counter.url}/chermes/merchant/v1/transactions/qris/check_status",
        params={"merchantOrderId": order},
        headers={"Authorization": bearer_of or fresh},
        timeout=20,
    )


def take_back(counter: IndodanaCounter, **more: object) -> requests.Response:
    fresh = bearer(INDODANA.api_key, INDODANA.secret_key, int(counter.clock()))
    return requests.post(
        f"{counter.url}/chermes/merchant/v3/order_cancellation",
        json=CANCELLATION | more,
        headers={"Authorization": fresh},
        timeout=20,
    )


def test_its_bearer_is_that_of_the_official_library() -> None:
    for case in json.loads((VECTORS / "indodana_auth.json").read_text())["cases"]:
        assert bearer(case["api_key"], case["secret"], int(case["nonce"])) == case["authorization"]


def test_a_status_is_as_in_the_documents(counter: IndodanaCounter) -> None:
    reply = ask(counter).json()
    assert (reply["status"], reply["transactionStatus"], reply["amount"]) == ("OK", "INITIATED", 100_000)
    assert reply["transactionTime"].endswith("+0000")
    counter.pay("indodana")
    assert ask(counter).json()["transactionStatus"] == "PAID"


def test_an_order_that_was_not_paid_expires(counter: IndodanaCounter) -> None:
    counter.clock.now += 901
    assert ask(counter).json()["transactionStatus"] == "EXPIRED"


def test_a_stranger_is_told_nothing(counter: IndodanaCounter) -> None:
    now = int(counter.clock())
    strangers = [
        "Bearer nonsense",
        bearer("another", INDODANA.secret_key, now),
        bearer(INDODANA.api_key, "guessed", now),
        bearer(INDODANA.api_key, INDODANA.secret_key, now - 301),
    ]
    assert [ask(counter, bearer_of=one).status_code for one in strangers] == [401] * 4


def test_an_unknown_order_is_an_error_of_its_kind(counter: IndodanaCounter) -> None:
    reply = ask(counter, "NOBODY")
    assert reply.status_code == 404
    assert reply.json()["error"]["kind"] == "TransactionNotFoundException"


def test_money_goes_back_in_parts_and_once_under_a_number(counter: IndodanaCounter) -> None:
    assert take_back(counter).status_code == 409
    counter.pay("indodana")
    rest: dict[str, Any] = {"refundId": "ELSEWHERE1-R2", "cancellationAmount": 60_000}
    asked: list[dict[str, Any]] = [{}, {}, {"cancellationAmount": 1}, rest, rest | {"refundId": "R3"}]
    assert [take_back(counter, **more).status_code for more in asked] == [200, 200, 409, 200, 409]
    assert counter.ledger.spent() == 0


@pytest.mark.parametrize(
    "more",
    [
        {"cancellationAmount": "40000"},
        {"cancellationAmount": 0},
        {"cancelledBy": "ME"},
        {"cancellationDate": "2019-09-12T18:18:18Z"},
        {"cancellationReason": ""},
        {"refundId": None},
    ],
)
def test_a_malformed_cancellation_sends_nothing_back(counter: IndodanaCounter, more: dict[str, Any]) -> None:
    counter.pay("indodana")
    assert take_back(counter, **more).status_code == 422
    assert counter.ledger.spent() == 100_000


def test_a_low_balance_sends_nothing_back(counter: IndodanaCounter) -> None:
    counter.pay("indodana")
    counter.bench.arm(Misfortune.REFUND_REFUSED)
    assert take_back(counter).status_code == 400
    assert counter.ledger.spent() == 100_000
