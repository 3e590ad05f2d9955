"""What can go wrong between the kiosk and Midtrans, seen from the kiosk's end of the line."""

import concurrent.futures
import io
from typing import Any

import pytest
import requests
import zxingcpp
from PIL import Image

from kiosk.simulator import counter
from kiosk.simulator.misfortunes import CARDS, Misfortune
from kiosk.simulator.story import Line

from .midtrans_world import KEY, MidtransWorld

SOON = 60.0
CHARGE = {"payment_type": "qris", "transaction_details": {"order_id": "K01TEST", "gross_amount": 12000}}


def post(world: MidtransWorld, path: str, body: object, **headers: str) -> requests.Response:
    return requests.post(world.url + path, json=body, auth=(KEY, ""), headers=headers, timeout=SOON)


def charge(world: MidtransWorld, **headers: str) -> requests.Response:
    return post(world, "/v2/charge", CHARGE, **headers)


def status(world: MidtransWorld) -> Any:
    return requests.get(world.url + "/v2/K01TEST/status", auth=(KEY, ""), timeout=20).json()


def test_a_lost_reply_leaves_the_charge_in_the_ledger(world: MidtransWorld) -> None:
    world.bench.arm(Misfortune.LOST_REPLY)
    with pytest.raises(requests.ConnectionError):
        charge(world)
    assert status(world)["transaction_status"] == "pending"


def test_a_gateway_that_is_down_does_nothing(world: MidtransWorld) -> None:
    world.bench.arm(Misfortune.DOWN)
    with pytest.raises(requests.ConnectionError):
        charge(world)
    assert world.ledger.charges() == []
    world.clock.now += CARDS[Misfortune.DOWN].seconds
    assert charge(world).json()["status_code"] == "201"


def test_busy_does_nothing_and_an_error_afterwards_does_it(world: MidtransWorld) -> None:
    world.bench.arm(Misfortune.SERVER_ERROR)
    assert charge(world).status_code == 503
    assert world.ledger.charges() == []
    world.bench.disarm(Misfortune.SERVER_ERROR)
    world.bench.arm(Misfortune.ERROR_AFTERWARDS)
    assert charge(world).status_code == 500
    assert len(world.ledger.charges()) == 1


def test_garbage_is_a_page_for_people(world: MidtransWorld) -> None:
    world.bench.arm(Misfortune.GARBAGE)
    reply = charge(world)
    assert reply.status_code == 200
    assert reply.headers["content-type"].startswith("text/html")


def test_a_denied_code_is_202_with_900_and_its_order_id_is_free(world: MidtransWorld) -> None:
    world.bench.arm(Misfortune.DENIED)
    reply = charge(world).json()
    assert (reply["status_code"], reply["transaction_status"]) == ("202", "deny")
    assert reply["channel_response_code"] == "900"
    world.bench.disarm(Misfortune.DENIED)
    assert charge(world).json()["status_code"] == "201"


def test_without_a_string_the_picture_holds_the_code(world: MidtransWorld) -> None:
    world.bench.arm(Misfortune.IMAGE_ONLY)
    reply = charge(world).json()
    assert "qr_string" not in reply
    png = requests.get(reply["actions"][0]["url"], timeout=20).content
    picture = Image.open(io.BytesIO(png)).convert("L")
    (code,) = zxingcpp.read_barcodes(picture, formats=zxingcpp.barcode_formats_from_str("QRCode"))
    assert code.text == world.ledger.charges()[0].payload


def test_a_wrong_amount_is_in_the_code_only(world: MidtransWorld) -> None:
    world.bench.arm(Misfortune.WRONG_AMOUNT)
    reply = charge(world).json()
    assert reply["gross_amount"] == "12000.00"
    assert "540813000.00" in reply["qr_string"]


def test_a_cancel_after_the_money_came_is_412(world: MidtransWorld) -> None:
    charge(world)
    world.bench.arm(Misfortune.PAID_MEANWHILE)
    assert post(world, "/v2/K01TEST/cancel", {}).json()["status_code"] == "412"
    assert status(world)["transaction_status"] == "settlement"


def test_cancelling_fails_while_a_late_payment_is_on_its_way(world: MidtransWorld) -> None:
    charge(world)
    world.bench.arm(Misfortune.LATE_PAYMENT)
    assert post(world, "/v2/K01TEST/cancel", {}).json()["status_code"] == "500"
    assert status(world)["transaction_status"] == "pending"


def test_refunds_are_refused_with_414_while_the_balance_is_low(world: MidtransWorld) -> None:
    charge(world)
    world.pay("K01TEST")
    world.bench.arm(Misfortune.REFUND_REFUSED)
    refund = {"refund_key": "a", "amount": 12000}
    assert post(world, "/v2/K01TEST/refund", refund).json()["status_code"] == "414"


def test_a_repeat_while_the_first_is_running_is_202_without_a_body(
    world: MidtransWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counter, "SLOWNESS", SOON)
    world.bench.arm(Misfortune.SLOW)
    key = {"Idempotency-Key": "K01TEST-charge-1"}
    booked = concurrent.futures.Future[None]()

    def listen(line: Line) -> None:
        if "takes" in line.text:
            booked.set_result(None)

    world.story.listen(listen)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        first = pool.submit(charge, world, **key)
        booked.result(SOON)
        second = charge(world, **key)
        world.hurry()
        assert first.result(SOON).json()["status_code"] == "201"
    assert (second.status_code, second.content) == (202, b"")
    assert charge(world, **key).status_code == 200


def test_every_misfortune_has_its_words() -> None:
    assert set(CARDS) == set(Misfortune)
