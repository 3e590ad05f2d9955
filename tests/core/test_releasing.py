"""SETTLED and ARMED: exactly what was paid for, once, by whoever stands there."""

import pytest
from msgspec.structs import replace

from kiosk import effects as do
from kiosk import events as on
from kiosk.model import Drop, Rupiah, Status, Terms
from kiosk.screens import CallOperator, MoneyReturned, Paid, RefundUnderWay, TakeItem
from kiosk.states import Armed, Dispensed, Escalated, QrShown, Refunded, Refunding, Settled, Why
from tests.core.shop import PRICE, TERMS, UNREACHABLE, Shop, report_of


def armed(terms: Terms = TERMS) -> Shop:
    """Paid; the output is moving."""
    shop = Shop(terms=terms)
    shop.shows_code()
    return shop.is_paid()


def blocked(part: on.Part = on.Part.DOOR) -> Shop:
    """Paid in the claim window, while the machine cannot deliver."""
    shop = Shop()
    shop.shows_code()
    shop.happen(on.PartFailed(part, "open"))
    shop.cancels().passes(2.0).says(Status.PAID)
    assert isinstance(shop.state(Settled), Settled)
    return shop


def test_armed_is_written_before_the_output_moves() -> None:
    shop = armed()
    saved = [n for n, each in enumerate(shop.done) if isinstance(each, do.Save)]
    moved = next(n for n, each in enumerate(shop.done) if isinstance(each, do.Release))
    assert isinstance(shop.life.state, Armed)
    assert max(saved) < moved


def test_the_customer_reads_that_it_is_paid() -> None:
    assert armed().screen == Paid(PRICE, "Kopi susu")


def test_released_is_the_end_and_the_customer_takes_it() -> None:
    shop = armed().drops(Drop.SEEN)
    assert isinstance(shop.life.state, Dispensed)
    assert shop.life.state.drop is Drop.SEEN
    assert shop.screen == TakeItem("Kopi susu")


def test_no_sensor_fitted_is_written_down_as_such() -> None:
    state = armed().drops().life.state
    assert isinstance(state, Dispensed)
    assert state.drop is Drop.NO_SENSOR


def test_an_order_moves_its_output_once_whatever_is_said_again() -> None:
    shop = armed()
    order = shop.order
    paid = on.StatusReported(order.id, report_of(order, Status.PAID), shop.elapsed, shop.elapsed)
    for event in (paid, on.Hinted(order.id), on.TimePassed(), paid, on.Released(order.id, Drop.SEEN)):
        shop.happen(event)
        shop.happen(event)
    shop.passes(86_400.0)
    assert len(shop.asked(do.Release)) == 1


def test_a_sensor_that_saw_nothing_brings_the_money_back() -> None:
    shop = armed().drops(Drop.NOT_SEEN)
    assert shop.state(Refunding).why is Why.NOT_DROPPED
    assert shop.screen == RefundUnderWay(PRICE, "000001", "WA 0812")


def test_an_output_that_surely_did_not_move_brings_the_money_back() -> None:
    shop = armed()
    shop.happen(on.ReleaseFailed(shop.order.id, energised=False, reason="no such pin"))
    assert shop.state(Refunding).why is Why.OUTPUT_FAILED


def test_an_output_that_may_have_moved_is_a_persons_business() -> None:
    shop = armed()
    shop.happen(on.ReleaseFailed(shop.order.id, energised=True, reason="no such pin"))
    assert shop.state(Escalated).why is Why.RELEASE_UNCERTAIN
    assert shop.screen == CallOperator("000001", "WA 0812", "K312")
    assert not shop.asked(do.Refund)


def test_nothing_that_breaks_during_the_release_changes_its_end() -> None:
    shop = armed()
    for part in on.Part:
        shop.happen(on.PartFailed(part, "broken"))
    assert isinstance(shop.life.state, Armed)
    shop.drops()
    assert isinstance(shop.life.state, Dispensed)


def test_a_blocked_output_holds_the_goods_back() -> None:
    shop = blocked()
    assert not shop.asked(do.Release)
    assert isinstance(shop.screen, Paid)


@pytest.mark.parametrize("part", [on.Part.DOOR, on.Part.INHIBIT, on.Part.LOOP, on.Part.OUTPUT])
def test_when_the_way_is_free_again_the_goods_are_released(part: on.Part) -> None:
    shop = blocked(part)
    shop.happen(on.PartHealed(part))
    assert shop.waits_for(do.Release)


def test_an_answer_older_than_five_seconds_is_asked_for_anew() -> None:
    shop = blocked().passes(6.0)
    shop.happen(on.PartHealed(on.Part.DOOR))
    assert not shop.asked(do.Release)
    shop.says(Status.PAID)
    assert shop.waits_for(do.Release)


@pytest.mark.parametrize("status", [Status.PENDING, Status.UNPAID_FINAL, Status.ABSENT])
def test_a_newer_answer_that_is_not_paid_holds_the_goods_back(status: Status) -> None:
    """It never makes the order unpaid; but the newest answer before the release must be PAID."""
    shop = blocked()
    shop.happen(on.Hinted(shop.order.id))
    shop.passes(2.0).says(status)
    shop.happen(on.PartHealed(on.Part.DOOR))
    assert not shop.asked(do.Release)
    shop.passes(2.0).says(Status.PAID)
    assert shop.waits_for(do.Release)


def test_a_slow_gateway_sells_too() -> None:
    """The answer counts from when it came: it took eight seconds, and it is new."""
    shop = Shop(terms=replace(TERMS, status_deadline=10.0))
    shop.shows_code()
    shop.happen(on.Hinted(shop.order.id))
    call = shop.take(do.Ask)
    asked_at = shop.elapsed
    shop.passes(8.0)
    shop.happen(on.StatusReported(call.order.id, report_of(call.order, Status.PAID), asked_at, shop.elapsed))
    assert shop.waits_for(do.Release)


def test_money_given_back_meanwhile_ends_it() -> None:
    shop = blocked().passes(6.0)
    shop.happen(on.PartHealed(on.Part.DOOR))
    shop.says(Status.REFUNDED)
    assert isinstance(shop.life.state, Refunded)
    assert isinstance(shop.screen, MoneyReturned)
    assert not shop.asked(do.Release)


def test_money_given_back_in_part_meanwhile_is_a_persons_business() -> None:
    shop = blocked().passes(6.0)
    shop.happen(on.PartHealed(on.Part.DOOR))
    shop.says(Status.PARTLY_REFUNDED)
    assert shop.state(Escalated).why is Why.PARTLY_REFUNDED


def test_a_lost_answer_does_not_make_a_paid_order_unpaid() -> None:
    shop = blocked().passes(6.0)
    shop.happen(on.PartHealed(on.Part.DOOR))
    shop.fails(do.Ask, UNREACHABLE)
    assert isinstance(shop.state(Settled), Settled)


def test_what_cannot_be_delivered_by_the_end_of_the_window_is_given_back() -> None:
    shop = blocked().passes(20.0)
    assert shop.state(Refunding).why is Why.NO_OUTPUT
    assert isinstance(shop.screen, RefundUnderWay)


def test_a_panel_that_fails_while_the_goods_wait_gives_the_money_back() -> None:
    """Nobody can be told any more whose goods they are."""
    shop = blocked()
    shop.happen(on.PartFailed(on.Part.PANEL, "gone"))
    shop.happen(on.PartHealed(on.Part.DOOR))
    assert not shop.asked(do.Release)
    assert isinstance(shop.state(Refunding), Refunding)


def test_a_payment_seen_while_the_panel_is_broken_is_given_back() -> None:
    shop = Shop()
    shop.shows_code()
    shop.happen(on.PartFailed(on.Part.PANEL, "gone"))
    shop.cancels().passes(2.0).says(Status.PAID)
    assert not shop.asked(do.Release)
    assert shop.state(Refunding).why is Why.PAID_LATE


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"amount": Rupiah(11_999)}, Why.WRONG_AMOUNT),
        ({"amount": Rupiah(12_001)}, Why.WRONG_AMOUNT),
        ({"amount": None}, Why.WRONG_AMOUNT),
        ({"currency": "USD"}, Why.WRONG_CURRENCY),
        ({"currency": ""}, Why.WRONG_CURRENCY),
        ({"merchant": "SOMEBODY"}, Why.WRONG_MERCHANT),
        ({"merchant": ""}, Why.WRONG_MERCHANT),
    ],
)
def test_a_payment_that_is_not_as_asked_is_never_goods(fields: dict[str, object], why: Why) -> None:
    shop = Shop()
    shop.shows_code()
    shop.happen(on.Hinted(shop.order.id))
    shop.says(Status.PAID, **fields)
    assert shop.state(Escalated).why is why
    assert shop.screen == CallOperator("000001", "WA 0812", "K311")
    assert not shop.asked(do.Release)


@pytest.mark.parametrize("status", [Status.PENDING, Status.UNPAID_FINAL])
def test_a_wrong_amount_that_nobody_paid_is_no_payment(status: Status) -> None:
    shop = Shop()
    shop.shows_code()
    shop.happen(on.Hinted(shop.order.id))
    shop.says(status, amount=Rupiah(1))
    assert isinstance(shop.state(QrShown), QrShown)


@pytest.mark.parametrize("order_id", ["", "K01SOMEBODYELSESORDER1A"])
def test_a_payment_of_another_order_is_nothing_to_this_one(order_id: str) -> None:
    shop = Shop()
    shop.shows_code()
    shop.happen(on.Hinted(shop.order.id))
    shop.says(Status.PAID, order_id=order_id)
    assert not shop.asked(do.Release)
    assert not shop.life.is_over


@pytest.mark.parametrize(
    "fields",
    [{"order_id": ""}, {"amount": None}, {"currency": ""}, {"merchant": ""}],
    ids=lambda each: next(iter(each)),
)
def test_a_field_that_the_gateway_does_not_carry_need_not_be_there(fields: dict[str, object]) -> None:
    shop = Shop(terms=replace(TERMS, carries=frozenset()))
    shop.shows_code()
    shop.happen(on.Hinted(shop.order.id))
    shop.says(Status.PAID, **fields)
    assert shop.waits_for(do.Release)


def test_a_merchant_that_nobody_configured_must_be_the_charges() -> None:
    shop = Shop(terms=replace(TERMS, merchant=""))
    shop.shows_code()
    shop.happen(on.Hinted(shop.order.id))
    shop.says(Status.PAID, merchant="G1")
    assert shop.waits_for(do.Release)


def test_a_merchant_that_is_not_the_charges_is_wrong() -> None:
    shop = Shop(terms=replace(TERMS, merchant=""))
    shop.shows_code()
    shop.happen(on.Hinted(shop.order.id))
    shop.says(Status.PAID, merchant="SOMEBODY")
    assert shop.state(Escalated).why is Why.WRONG_MERCHANT


def test_two_declared_fields_that_are_wrong_are_still_not_goods() -> None:
    shop = Shop()
    shop.shows_code()
    shop.happen(on.Hinted(shop.order.id))
    shop.says(Status.PAID, amount=Rupiah(1), merchant="SOMEBODY")
    assert isinstance(shop.state(Escalated), Escalated)
