"""INTENT: from the confirmed choice to the code on the panel, or to sorry."""

import pytest
from msgspec.structs import replace

from kiosk import effects as do
from kiosk import events as on
from kiosk.model import Charge, QrisCode, Status, Trouble, WebLink
from kiosk.screens import Cancelled, OutOfService, PayByCode, PleaseWait, TryAgain
from kiosk.states import Closed, Closing, Escalated, Intent, QrShown, Why
from tests.codes import changed
from tests.core.shop import (
    MISCONFIGURED,
    PRICE,
    REFUSED,
    TERMS,
    UNREACHABLE,
    UNSUPPORTED,
    Shop,
    charge_of,
    report_of,
)


def test_the_intent_is_written_before_the_gateway_hears_of_it(shop: Shop) -> None:
    shop.begins()
    kinds = [type(effect) for effect in shop.done]
    assert kinds.index(do.Save) < kinds.index(do.Create)
    assert isinstance(shop.life.state, Intent)


def test_the_order_is_what_the_customer_chose(shop: Shop) -> None:
    order = shop.begins("2#")
    assert (order.slot, order.item, order.amount, order.output) == (2, "Teh tarik", 8_000, "spiral2")
    assert (order.gateway, order.merchant, order.kiosk) == ("midtrans", "G1", "K01")


def test_the_customer_is_asked_to_wait_meanwhile(shop: Shop) -> None:
    shop.begins()
    assert shop.screen == PleaseWait(PRICE)


def test_no_key_does_anything_while_the_code_is_fetched(shop: Shop) -> None:
    shop.begins()
    shop.press("*#1**")
    assert isinstance(shop.life.state, Intent)
    assert shop.screen == PleaseWait(PRICE)


def test_the_code_is_on_disk_before_it_is_on_the_panel(shop: Shop) -> None:
    order = shop.begins()
    shop.happen(on.ChargeMade(order.id, charge_of(order)))
    last = shop.done[-1]
    assert isinstance(last, do.Show)
    assert isinstance(last.view.screen, PayByCode)
    assert shop.state(QrShown).charge == charge_of(order)


def test_a_lost_create_is_repeated_with_the_very_same_order(shop: Shop) -> None:
    shop.begins()
    shop.fails(do.Create).passes(1.0)
    first, second = shop.asked(do.Create)
    assert first == second


def test_a_create_is_repeated_after_one_two_four_and_eight_seconds(shop: Shop) -> None:
    shop.begins()
    waits = []
    for _ in range(4):
        shop.fails(do.Create)
        began = shop.elapsed
        while not shop.waits_for(do.Create):
            shop.passes(0.5)
        waits.append(shop.elapsed - began)
    assert waits == [1.0, 2.0, 4.0, 8.0]


def test_no_code_within_the_wait_says_sorry_and_closes_the_remnant(shop: Shop) -> None:
    shop.begins()
    shop.passes(20.0)
    assert shop.screen == TryAgain("K101")
    assert shop.state(Closing).why is Why.NEVER_SHOWN
    assert shop.state(Closing).charge is None
    assert shop.till.opened is None


def test_a_code_that_comes_after_the_wait_is_not_shown(shop: Shop) -> None:
    order = shop.begins()
    shop.passes(20.0)
    shop.happen(on.ChargeMade(order.id, charge_of(order)))
    assert shop.screen == TryAgain("K101")
    assert isinstance(shop.state(Closing), Closing)


def test_a_gateway_that_must_not_be_asked_twice_is_asked_once() -> None:
    shop = Shop(terms=replace(TERMS, repeats_create=False))
    shop.begins()
    shop.fails(do.Create).passes(1.5)
    assert len(shop.asked(do.Create)) == 1
    assert shop.state(Closing).why is Why.NEVER_SHOWN


def test_without_a_charge_an_order_that_only_it_could_name_is_over() -> None:
    shop = Shop(terms=replace(TERMS, asks_by_charge=True))
    shop.begins()
    shop.passes(20.0)
    assert shop.life.state == Closed(Why.NEVER_SHOWN)
    assert not shop.asked(do.Ask)


@pytest.mark.parametrize("no", [REFUSED, UNSUPPORTED])
def test_a_no_to_the_only_attempt_is_a_no(shop: Shop, no: Trouble) -> None:
    shop.begins()
    shop.fails(do.Create, no)
    assert shop.life.state == Closed(Why.REFUSED)
    assert shop.screen == TryAgain("K102")


def test_a_no_after_a_lost_reply_proves_nothing_about_the_first_attempt(shop: Shop) -> None:
    shop.begins()
    shop.fails(do.Create, UNREACHABLE).passes(1.0).fails(do.Create, REFUSED)
    assert shop.state(Closing).why is Why.REFUSED
    assert shop.screen == TryAgain("K102")


def test_a_wrong_key_is_not_tried_again_while_the_customer_waits(shop: Shop) -> None:
    shop.begins()
    shop.fails(do.Create, MISCONFIGURED).passes(1.5)
    assert len(shop.asked(do.Create)) == 1
    assert shop.screen == TryAgain("K101")


def test_a_wrong_key_takes_the_machine_out_of_service_at_once(shop: Shop) -> None:
    shop.begins()
    shop.fails(do.Create, MISCONFIGURED).passes(10.0)
    assert shop.screen == OutOfService("K101", "WA 0812")


def test_a_broken_door_ends_the_wait_with_the_claim_code(shop: Shop) -> None:
    shop.begins()
    shop.happen(on.PartFailed(on.Part.DOOR, "open"))
    assert shop.screen == Cancelled("000001", "WA 0812")
    assert shop.state(Closing).why is Why.INHIBITED


@pytest.mark.parametrize(
    "code",
    [
        QrisCode(changed(t54="1")),
        QrisCode(changed(t54=None)),
        QrisCode(changed(t53="840")),
        QrisCode(changed(t01="11")),
        QrisCode(changed(t55="01")),
        QrisCode(changed()[:-1] + "X"),
        QrisCode(""),
        WebLink("https://somewhere.example/pay"),
    ],
)
def test_a_code_that_is_not_as_asked_for_is_never_shown(shop: Shop, code: QrisCode | WebLink) -> None:
    order = shop.begins()
    shop.happen(on.ChargeMade(order.id, Charge(code, "ref")))
    assert shop.state(Closing).why is Why.BAD_CODE
    assert shop.screen == TryAgain("K103")
    assert shop.waits_for(do.Cancel)
    assert shop.logged("K103")
    assert not any(isinstance(each.view.screen, PayByCode) for each in shop.asked(do.Show))


def test_a_bad_code_of_a_gateway_that_is_asked_by_charge_waits_for_nobody() -> None:
    """Nobody saw it and nothing can be asked or cancelled, so it is over."""
    shop = Shop(terms=replace(TERMS, asks_by_charge=True, cancels=False))
    order = shop.begins()
    shop.happen(on.ChargeMade(order.id, Charge(QrisCode(changed(t54="1")), "ref")))
    assert shop.life.state == Closed(Why.BAD_CODE)


def test_an_order_nobody_could_see_that_is_paid_all_the_same_is_a_persons_business(shop: Shop) -> None:
    shop.begins()
    shop.passes(20.0)
    shop.cancels().says(Status.PAID)
    state = shop.state(Escalated)
    assert state.why is Why.PAID_BEFORE_SHOWN
    assert not shop.asked(do.Release)


def test_an_answer_about_an_order_that_is_still_being_made_changes_nothing(shop: Shop) -> None:
    order = shop.begins()
    shop.happen(on.StatusReported(order.id, report_of(order, Status.PAID), shop.elapsed, shop.elapsed))
    assert isinstance(shop.state(Intent), Intent)


def test_an_id_that_comes_when_nobody_asked_is_dropped(shop: Shop) -> None:
    shop.happen(on.Minted("K010000000000000000009A", "000009"))
    assert not shop.lives


def test_an_id_that_comes_after_the_shop_closed_makes_no_order(shop: Shop) -> None:
    shop.press("1#")
    shop.happen(on.PartFailed(on.Part.DISK, "full"))
    shop.happen(on.Minted("K010000000000000000009A", "000009"))
    assert not shop.lives
    assert shop.screen == OutOfService("K403", "WA 0812")
