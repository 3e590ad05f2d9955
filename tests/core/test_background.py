"""Orders that left the panel: each ends on its own, and none touches who stands there now."""

import pytest
from msgspec.structs import replace

from kiosk import effects as do
from kiosk import events as on
from kiosk.model import Order, Rupiah, Status
from kiosk.screens import (
    CallOperator,
    Cancelled,
    Expired,
    Idle,
    MoneyReturned,
    PayByCode,
    RefundUnderWay,
    SlotChosen,
)
from kiosk.settings import Limits
from kiosk.states import Closed, Closing, Dispensed, Refunded, Refunding
from tests.core.shop import PRICE, SETTINGS, TERMS, Shop, charge_of, report_of

CONTACT = "WA 0812"


def left(shop: Shop) -> Order:
    """A customer cancelled and left; his order is in the background and still payable."""
    order = shop.shows_code()
    shop.press("**").fails(do.Cancel).passes(2.0).fails(do.Ask).passes(18.0)
    assert shop.till.opened is None
    return order


def comes_next(shop: Shop, keys: str = "1#") -> Order:
    """The next customer puts away what the last one read, and orders."""
    return shop.passes(2.0).press("#").shows_code(keys)


def is_found_paid(shop: Shop, order: Order) -> None:
    """A hint about an old order, and the gateway says that it is paid."""
    shop.happen(on.Hinted(order.id))
    shop.waiting = [each for each in shop.waiting if not isinstance(each, do.Ask)]
    shop.happen(on.StatusReported(order.id, report_of(order, Status.PAID), shop.elapsed, shop.elapsed))


def test_a_late_payment_is_never_goods_for_the_next_customer(shop: Shop) -> None:
    old = left(shop)
    new = comes_next(shop)
    is_found_paid(shop, old)
    assert not shop.asked(do.Release)
    assert shop.take(do.Refund).order == old
    assert shop.life_of(new.id).state_name == "QR_SHOWN"


def test_a_late_payment_leaves_the_next_customers_screen_alone(shop: Shop) -> None:
    old = left(shop)
    comes_next(shop)
    before = shop.screen
    is_found_paid(shop, old)
    assert shop.screen == before


def test_a_late_payment_leaves_the_next_customers_choice_alone(shop: Shop) -> None:
    old = left(shop)
    shop.passes(2.0).press("5").press("2")
    is_found_paid(shop, old)
    assert shop.screen == SlotChosen("2", "Teh tarik", Rupiah(8_000))


def test_a_late_payment_leaves_what_the_next_customer_reads_alone(shop: Shop) -> None:
    old = left(shop)
    comes_next(shop, "2#")
    shop.press("**").cancels().passes(2.0).says(Status.UNPAID_FINAL)
    assert shop.screen == Cancelled("000002", CONTACT)
    is_found_paid(shop, old)
    assert shop.screen == Cancelled("000002", CONTACT)


def test_who_still_reads_about_his_own_order_reads_the_news(shop: Shop) -> None:
    old = left(shop)
    words = [shop.screen]
    is_found_paid(shop, old)
    words.append(shop.screen)
    shop.refunds()
    words.append(shop.screen)
    assert words == [
        Cancelled("000001", CONTACT),
        RefundUnderWay(PRICE, "000001", CONTACT),
        MoneyReturned(PRICE, "000001", CONTACT),
    ]


def test_a_message_that_was_put_away_does_not_come_back(shop: Shop) -> None:
    old = left(shop)
    shop.passes(2.0).press("#")
    is_found_paid(shop, old)
    assert isinstance(shop.screen, Idle)


def test_the_end_of_an_old_order_changes_nothing_that_is_read_about_it(shop: Shop) -> None:
    left(shop)
    shop.passes(15.0)
    while shop.waits_for(do.Cancel):
        shop.cancels().passes(2.0).says(Status.UNPAID_FINAL)
    assert isinstance(shop.life.state, Closed | Closing)


def test_two_customers_who_pay_late_both_get_their_money_back() -> None:
    shop = Shop(replace(SETTINGS, limits=Limits(unpaid_orders=99)))
    orders = [left(shop) for _ in range(5) if shop.passes(20.0)]
    for order in orders:
        is_found_paid(shop, order)
        shop.refunds()
    assert all(isinstance(shop.life_of(order.id).state, Refunded) for order in orders)


def test_an_old_orders_answer_is_not_the_open_orders(shop: Shop) -> None:
    old = left(shop)
    new = comes_next(shop)
    shop.happen(on.StatusReported(new.id, report_of(old, Status.PAID), shop.elapsed, shop.elapsed))
    assert not shop.asked(do.Release)


def test_a_sale_goes_well_beside_orders_that_wait(shop: Shop) -> None:
    old = left(shop)
    comes_next(shop)
    shop.is_paid().drops()
    assert isinstance(shop.life.state, Dispensed)
    assert shop.life_of(old.id).state_name == "CLOSING"


def test_a_late_event_about_an_order_that_is_over_changes_nothing(shop: Shop) -> None:
    order = shop.shows_code()
    shop.is_paid().drops()
    before = shop.till
    shop.happen(on.StatusReported(order.id, report_of(order, Status.REFUNDED), shop.elapsed, shop.elapsed))
    shop.happen(on.Hinted(order.id))
    assert shop.till == before


def test_every_end_is_told_exactly_once(shop: Shop) -> None:
    old = left(shop)
    is_found_paid(shop, old)
    shop.refunds()
    shop.restarts(boot="boot-2").passes(600.0)
    steps = [each.what for each in shop.done if isinstance(each, do.Tell) and each.order_id == old.id]
    assert steps == [f"order.{name}" for name in ("intent", "qr_shown", "closing", "refunding", "refunded")]


def test_a_sale_is_told_step_by_step_with_what_an_operator_reconciles(shop: Shop) -> None:
    shop.shows_code()
    shop.is_paid().drops()
    told = [each for each in shop.done if isinstance(each, do.Tell)]
    assert [each.what for each in told] == [
        f"order.{name}" for name in ("intent", "qr_shown", "settled", "armed", "dispensed")
    ]
    assert told[-1].fields.items() >= {
        ("amount", PRICE),
        ("slot", 1),
        ("gateway", "midtrans"),
        ("claim_code", "000001"),
        ("issuer", "gopay"),
    }
    assert "A1" in told[-1].fields.values(), "the gateway's own name of the payment"


def test_every_order_ends_in_one_line_with_its_latencies(shop: Shop) -> None:
    shop.begins()
    shop.passes(0.25)
    shop.take(do.Create)
    shop.happen(on.ChargeMade(shop.order.id, charge_of(shop.order)))
    shop.passes(3.0)
    shop.is_paid().passes(0.5).drops()
    (line,) = shop.logged("K320")
    assert line.fields.items() >= {
        ("end", "DISPENSED"),
        ("shown_ms", 250),
        ("paid_ms", 3000),
        ("released_ms", 500),
    }


@pytest.mark.parametrize("refunds", [True, False])
def test_refund_under_way_is_said_only_where_one_is(refunds: bool) -> None:
    shop = Shop(terms=replace(TERMS, refunds=refunds))
    is_found_paid(shop, left(shop))
    if refunds:
        assert isinstance(shop.screen, RefundUnderWay)
        assert isinstance(shop.state(Refunding), Refunding)
    else:
        assert shop.screen == CallOperator("000001", CONTACT, "K313")


def test_the_messages_stay_long_enough_to_be_read(shop: Shop) -> None:
    shop.shows_code()
    shop.passes(180.0).cancels().passes(2.0).says(Status.UNPAID_FINAL)
    read = [shop.screen]
    shop.passes(29.0)
    read.append(shop.screen)
    shop.passes(1.0)
    assert read == [Expired("000001", CONTACT)] * 2
    assert isinstance(shop.screen, Idle)


def test_nobody_sees_a_payable_code_but_the_open_order_s() -> None:
    shop = Shop()
    old = left(shop)
    new = comes_next(shop, "2#")
    codes = [each.view.screen for each in shop.asked(do.Show) if isinstance(each.view.screen, PayByCode)]
    assert {screen.claim_code for screen in codes} == {old.claim_code, new.claim_code}
    last_of_old = max(n for n, screen in enumerate(codes) if screen.claim_code == old.claim_code)
    first_of_new = min(n for n, screen in enumerate(codes) if screen.claim_code == new.claim_code)
    assert last_of_old < first_of_new
