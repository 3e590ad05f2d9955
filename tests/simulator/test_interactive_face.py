"""InterActive's face: two shapes of failure, the day of Jakarta, and an invoice for every call."""

from datetime import datetime

import pytest

from kiosk.simulator.doku_papers import WIB
from kiosk.simulator.merchant import Merchant, tags_in
from kiosk.simulator.misfortunes import Misfortune

from .counters import InteractiveCounter
from .midtrans_world import Door

JUST_BEFORE_MIDNIGHT = datetime(2026, 8, 1, 23, 59, 50, tzinfo=WIB).timestamp()
UNPAID = {"status": "failed", "data": {"qris_status": "unpaid"}}


@pytest.fixture
def counter(door: Door) -> InteractiveCounter:
    return InteractiveCounter(door)


def test_an_invoice_is_as_in_the_guides_sample(counter: InteractiveCounter) -> None:
    counter.clock.now = JUST_BEFORE_MIDNIGHT
    reply = counter.create()
    data = reply["data"]
    tags = tags_in(data["qris_content"])
    assert reply["status"] == "success"
    assert data["qris_request_date"] == "2026-08-01 23:59:50"
    assert tags["62"] == f"05{len(data['qris_invoiceid']):02}{data['qris_invoiceid']}"
    assert tags["26"].startswith("0016ID.CO.TELKOM.WWW0118936008980255996627")
    assert f"0215{data['qris_nmid']}" in tags["51"]
    assert data["qris_nmid"] == Merchant().nmid


def test_a_tip_is_asked_for_unless_it_was_declined(counter: InteractiveCounter) -> None:
    declined, asked = (
        tags_in(counter.create(useTip=choice)["data"]["qris_content"]) for choice in ("no", "yes")
    )
    assert "55" not in declined
    assert asked["55"] == "01"


def test_every_call_makes_another_invoice(counter: InteractiveCounter) -> None:
    invoices = [counter.create()["data"]["qris_invoiceid"] for _ in range(3)]
    assert len(set(invoices)) == len(counter.ledger.charges()) == 3


@pytest.mark.parametrize(
    ("changed", "data"),
    [
        ({"apikey": "140140"}, {"qris_status": "invalid apikey"}),
        ({"mID": "1"}, {"qris_status": "invalid mID"}),
        ({"cliTrxNumber": ""}, {"qris_status": "transcation number is empty"}),
        ({"do": "make-money"}, {"qris_status": "what we do for you?"}),
        ({"cliTrxAmount": "99"}, "invalid amount"),
        ({"cliTrxAmount": "12000.00"}, "invalid amount"),
    ],
)
def test_a_failure_has_one_of_two_shapes(
    counter: InteractiveCounter, changed: dict[str, str], data: object
) -> None:
    assert counter.create(**changed) == {"status": "failed", "data": data}
    assert counter.ledger.charges() == []


def test_unpaid_looks_like_a_failure_and_paid_like_a_success(counter: InteractiveCounter) -> None:
    counter.create()
    assert counter.check() == UNPAID
    counter.pay()
    reply = counter.check()
    assert (reply["status"], reply["data"]["qris_status"]) == ("success", "paid")


def test_an_empty_invoice_number_has_a_shape_of_its_own(counter: InteractiveCounter) -> None:
    counter.create()
    assert counter.check(invid="") == {"status": "failed, Invoice ID is empty", "data": []}


def test_a_stranger_learns_nothing_of_an_invoice(counter: InteractiveCounter) -> None:
    counter.create()
    counter.pay()
    assert counter.check(apikey="1") == {"status": "failed", "data": {"qris_status": "invalid apikey"}}


def test_the_day_is_that_of_the_invoice_in_jakarta(counter: InteractiveCounter) -> None:
    counter.clock.now = JUST_BEFORE_MIDNIGHT
    counter.create()
    counter.pay()
    counter.clock.now += 60
    assert counter.check(trxdate="2026-08-01")["status"] == "success"
    assert counter.check(trxdate="2026-08-01 23:59:50")["status"] == "success"
    assert counter.check(trxdate="2026-08-02") == UNPAID


def test_another_amount_or_number_is_another_invoice(counter: InteractiveCounter) -> None:
    counter.create()
    counter.pay()
    assert counter.check(trxvalue="12001") == UNPAID
    assert counter.check(invid="1") == UNPAID


def test_an_invoice_lasts_an_hour(counter: InteractiveCounter) -> None:
    counter.create()
    assert counter.charge.expires_at - counter.clock() == 3600


def test_no_codes_is_a_bare_text(counter: InteractiveCounter) -> None:
    counter.bench.arm(Misfortune.DENIED)
    assert counter.create() == {"status": "failed", "data": "invalid amount"}


def test_the_story_holds_no_key(counter: InteractiveCounter) -> None:
    counter.create()
    counter.create(apikey="139139139")
    counter.check()
    assert not any("139139" in line.text for line in counter.story.lines())
