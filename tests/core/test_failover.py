"""A gateway without a code is not the customer's trouble: the next one is tried, one code at most shown."""

from msgspec.structs import replace

from kiosk import effects as do
from kiosk import events as on
from kiosk.model import Order, Rupiah
from kiosk.mqtt.reports import Answer
from kiosk.screens import PayByCode, PleaseWait, TryAgain
from kiosk.states import Closed, Closing

from .shop import REFUSED, SETTINGS, TERMS, UNREACHABLE, Shop, charge_of

BOTH = replace(SETTINGS, gateways=("midtrans", "doku"))


def two_gateways() -> Shop:
    return Shop(BOTH, doku=replace(TERMS, merchant="D1"))


def minted(shop: Shop) -> Order:
    """Answer the mint that the failover asked for."""
    shop.take(do.Mint)
    shop.minted += 1
    shop.happen(on.Minted(f"K01{shop.minted:019d}A", f"{shop.minted:06d}"))
    return shop.order


def test_a_refused_order_ends_closed_and_a_new_one_is_made_at_the_next_gateway() -> None:
    shop = two_gateways()
    first = shop.begins()
    shop.fails(do.Create, REFUSED)
    second = minted(shop)
    assert isinstance(shop.life_of(first.id).state, Closed)
    assert (second.gateway, second.merchant, second.amount) == ("doku", "D1", first.amount)
    assert second.id != first.id


def test_the_customer_keeps_reading_please_wait() -> None:
    shop = two_gateways()
    shop.begins()
    shop.fails(do.Create, REFUSED)
    assert isinstance(shop.screen, PleaseWait)
    minted(shop)
    assert isinstance(shop.screen, PleaseWait)


def test_an_order_that_got_no_code_in_time_is_watched_behind_the_next_one() -> None:
    shop = two_gateways()
    first = shop.begins()
    shop.fails(do.Create, UNREACHABLE)
    shop.passes(TERMS.wait_for_code)
    second = minted(shop)
    assert [life.order.id for life in shop.till.background] == [first.id]
    assert isinstance(shop.life_of(first.id).state, Closing)
    assert second.gateway == "doku"


def test_a_late_code_of_the_first_gateway_is_never_shown() -> None:
    shop = two_gateways()
    first = shop.begins()
    shop.passes(TERMS.wait_for_code)
    second = minted(shop)
    shop.happen(on.ChargeMade(second.id, charge_of(second)))
    shown = shop.screen
    shop.happen(on.ChargeMade(first.id, charge_of(first)))
    assert isinstance(shown, PayByCode)
    assert shop.screen == shown


def test_when_every_gateway_failed_the_customer_is_asked_to_try_again() -> None:
    shop = two_gateways()
    shop.begins()
    shop.fails(do.Create, REFUSED)
    minted(shop)
    shop.fails(do.Create, REFUSED)
    assert isinstance(shop.screen, TryAgain)
    assert not shop.waits_for(do.Mint)


def test_one_gateway_alone_fails_over_to_nobody() -> None:
    shop = Shop()
    shop.begins()
    shop.fails(do.Create, REFUSED)
    assert isinstance(shop.screen, TryAgain)


def test_a_gateway_that_does_not_take_the_amount_is_passed_over() -> None:
    shop = Shop(BOTH, replace(TERMS, minimum=Rupiah(50_000)), doku=TERMS)
    assert shop.begins().gateway == "doku"


def test_a_cancelled_order_is_nobody_elses_business() -> None:
    shop = two_gateways()
    shop.shows_code()
    shop.press("**")
    assert not shop.waits_for(do.Mint)


def test_a_reference_means_its_newest_order_though_an_earlier_one_lives_longer() -> None:
    shop = two_gateways()
    shop.commands("charge", reference="sale-1", slot=1)
    first = shop.order
    shop.fails(do.Create, UNREACHABLE).passes(TERMS.wait_for_code)
    second = minted(shop)
    shop.happen(on.ChargeMade(second.id, charge_of(second)))
    shop.is_paid().drops()
    assert [life.order.id for life in shop.till.background] == [first.id]
    asked = shop.commands("refund", reference="sale-1", who="s", goodwill=True)
    assert (asked.status, asked.data["order_id"]) == (Answer.ACCEPTED, second.id)
