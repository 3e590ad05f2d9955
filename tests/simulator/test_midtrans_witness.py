"""The official SDK, unchanged, against our face of Midtrans."""

import re
from typing import Any

import pytest
from midtransclient.error_midtrans import MidtransAPIError

from kiosk.simulator.midtrans_face import Account

from .midtrans_world import KEY, Door, MidtransWorld

CHARGE = {
    "payment_type": "qris",
    "transaction_details": {"order_id": "K01TEST", "gross_amount": 12000},
    "custom_field1": "K01",
}


def refusal(call: Any, *arguments: Any) -> str:
    """The `status_code` in the body with which the SDK's call failed."""
    with pytest.raises(MidtransAPIError) as caught:
        call(*arguments)
    return str(caught.value.api_response_dict["status_code"])


def test_a_charge_answers_every_field_of_the_documents_as_a_string(world: MidtransWorld) -> None:
    reply = world.sdk().charge(CHARGE)
    assert reply["status_code"] == "201"
    assert reply["gross_amount"] == "12000.00"
    assert reply["transaction_status"] == "pending"
    assert (reply["currency"], reply["payment_type"], reply["fraud_status"]) == ("IDR", "qris", "accept")
    assert reply["transaction_time"] == "2023-11-15 12:00:00"
    assert reply["acquirer"] == "gopay"
    assert reply["custom_field1"] == "K01"
    action = reply["actions"][0]
    assert action["url"] == f"{world.url}/v2/qris/{reply['transaction_id']}/qr-code"


def test_the_wrong_key_is_401_over_http(world: MidtransWorld) -> None:
    with pytest.raises(MidtransAPIError) as caught:
        world.sdk("SB-Mid-server-other").charge(CHARGE)
    assert caught.value.http_status_code == 401


def test_an_unknown_order_is_404_in_a_body_of_http_200(world: MidtransWorld) -> None:
    with pytest.raises(MidtransAPIError) as caught:
        world.sdk().transactions.status("nobody")
    assert caught.value.api_response_dict["status_code"] == "404"
    assert caught.value.raw_http_client_data.status_code == 200


def test_a_payment_is_a_settlement_with_issuer_and_signature(world: MidtransWorld) -> None:
    world.sdk().charge(CHARGE)
    world.pay("K01TEST")
    reply = world.sdk().transactions.status("K01TEST")
    assert (reply["status_code"], reply["transaction_status"]) == ("200", "settlement")
    assert reply["settlement_time"] == "2023-11-15 12:00:00"
    assert reply["issuer"] == "gopay"
    assert re.fullmatch(r"[0-9a-f]{128}", reply["signature_key"])


def test_a_status_is_found_by_transaction_id_too(world: MidtransWorld) -> None:
    made = world.sdk().charge(CHARGE)
    assert world.sdk().transactions.status(made["transaction_id"])["order_id"] == "K01TEST"


def test_a_pending_order_can_be_cancelled_once(world: MidtransWorld) -> None:
    world.sdk().charge(CHARGE)
    assert world.sdk().transactions.cancel("K01TEST")["transaction_status"] == "cancel"
    assert refusal(world.sdk().transactions.cancel, "K01TEST") == "412"


def test_a_paid_order_cannot_be_cancelled(world: MidtransWorld) -> None:
    world.sdk().charge(CHARGE)
    world.pay("K01TEST")
    assert refusal(world.sdk().transactions.cancel, "K01TEST") == "412"


def test_a_successful_expire_is_407(world: MidtransWorld) -> None:
    world.sdk().charge(CHARGE)
    assert world.sdk().transactions.expire("K01TEST")["status_code"] == "407"
    assert world.sdk().transactions.status("K01TEST")["transaction_status"] == "expire"


def test_an_order_id_in_use_is_406_and_free_again_after_a_cancel(world: MidtransWorld) -> None:
    world.sdk().charge(CHARGE)
    assert refusal(world.sdk().charge, CHARGE) == "406"
    world.sdk().transactions.cancel("K01TEST")
    assert world.sdk().charge(CHARGE)["status_code"] == "201"


def test_a_charge_expires_when_its_custom_expiry_says(world: MidtransWorld) -> None:
    world.sdk().charge({**CHARGE, "custom_expiry": {"expiry_duration": 20, "unit": "minute"}})
    world.clock.now += 20 * 60 - 1
    assert world.sdk().transactions.status("K01TEST")["transaction_status"] == "pending"
    world.clock.now += 1
    assert world.sdk().transactions.status("K01TEST")["transaction_status"] == "expire"


def test_the_same_refund_key_sends_money_back_once(world: MidtransWorld) -> None:
    world.sdk().charge(CHARGE)
    world.pay("K01TEST")
    refund = {"refund_key": "K01TEST-R1", "amount": 12000, "reason": "not dropped"}
    first = world.sdk().transactions.refundDirect("K01TEST", refund)
    again = world.sdk().transactions.refundDirect("K01TEST", refund)
    assert first == again
    assert first["refund_amount"] == "12000.00"
    status = world.sdk().transactions.status("K01TEST")
    assert status["transaction_status"] == "refund"
    assert [line["refund_key"] for line in status["refunds"]] == ["K01TEST-R1"]


def test_refunds_in_part_add_up(world: MidtransWorld) -> None:
    world.sdk().charge(CHARGE)
    world.pay("K01TEST")
    world.sdk().transactions.refund("K01TEST", {"refund_key": "a", "amount": 5000})
    assert world.sdk().transactions.status("K01TEST")["transaction_status"] == "partial_refund"
    assert refusal(world.sdk().transactions.refund, "K01TEST", {"refund_key": "b", "amount": 7001}) == "412"
    world.sdk().transactions.refund("K01TEST", {"refund_key": "c", "amount": 7000})
    assert world.sdk().transactions.status("K01TEST")["refund_amount"] == "12000.00"


def test_an_unpaid_order_cannot_be_refunded(world: MidtransWorld) -> None:
    world.sdk().charge(CHARGE)
    assert refusal(world.sdk().transactions.refund, "K01TEST", {"refund_key": "a", "amount": 1}) == "412"


def test_a_contract_without_refunds_refuses_them(door: Door) -> None:
    world = MidtransWorld(door, Account(KEY, refunds=False))
    world.sdk().charge(CHARGE)
    world.pay("K01TEST")
    assert refusal(world.sdk().transactions.refund, "K01TEST", {"refund_key": "a", "amount": 1}) == "412"


def test_the_shopee_window_closes_at_night(world: MidtransWorld) -> None:
    world.sdk().charge({**CHARGE, "qris": {"acquirer": "airpay shopee"}})
    world.pay("K01TEST")
    world.clock.now += 11 * 3600 + 56 * 60
    assert refusal(world.sdk().transactions.refund, "K01TEST", {"refund_key": "a", "amount": 1}) == "412"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"payment_type": "cash"}, "402"),
        ({"transaction_details": {"order_id": "a/b", "gross_amount": 1}}, "400"),
        ({"transaction_details": {"order_id": "A" * 51, "gross_amount": 1}}, "400"),
        ({"transaction_details": {"order_id": "A", "gross_amount": "12000"}}, "400"),
        ({"transaction_details": {"order_id": "A", "gross_amount": 12000.5}}, "400"),
        ({"item_details": [{"price": 6000, "quantity": 1}]}, "400"),
        ({"custom_expiry": {"expiry_duration": 0}}, "400"),
        ({"custom_expiry": {"expiry_duration": 6, "unit": "day"}}, "400"),
        ({"qris": {"acquirer": "bank"}}, "400"),
        ({"custom_field2": "x" * 256}, "400"),
        ({"metadata": {"note": "x" * 17000}}, "413"),
    ],
)
def test_a_charge_that_breaks_a_rule_is_refused(
    world: MidtransWorld, change: dict[str, Any], code: str
) -> None:
    assert refusal(world.sdk().charge, {**CHARGE, **change}) == code
    assert world.ledger.charges() == []


def test_a_repeat_with_the_same_idempotency_key_gets_the_first_reply(world: MidtransWorld) -> None:
    sdk = world.sdk(headers={"Idempotency-Key": "K01TEST-charge-1"})
    assert sdk.charge(CHARGE) == sdk.charge(CHARGE)
    assert len(world.ledger.charges()) == 1


def test_an_idempotency_key_reaches_over_endpoints_and_bodies(world: MidtransWorld) -> None:
    sdk = world.sdk(headers={"Idempotency-Key": "one-key"})
    charged = sdk.charge(CHARGE)
    assert sdk.transactions.cancel("K01TEST") == charged
    assert world.sdk().transactions.status("K01TEST")["transaction_status"] == "pending"


def test_a_reply_is_kept_for_five_minutes(world: MidtransWorld) -> None:
    sdk = world.sdk(headers={"Idempotency-Key": "one-key"})
    sdk.charge(CHARGE)
    world.clock.now += 300
    assert refusal(sdk.charge, CHARGE) == "406"


def test_a_refusal_is_not_kept(world: MidtransWorld) -> None:
    sdk = world.sdk(headers={"Idempotency-Key": "one-key"})
    assert refusal(sdk.transactions.cancel, "K01TEST") == "404"
    assert sdk.charge(CHARGE)["status_code"] == "201"
