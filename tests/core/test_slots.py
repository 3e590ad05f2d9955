"""Slots: stock, trouble in a row, and who puts one back into service."""

import pytest
from msgspec.structs import replace

from kiosk import effects as do
from kiosk import events as on
from kiosk.model import Drop, SlotRecord, Status
from kiosk.screens import Idle, OutOfService, SlotStopped, SoldOut
from kiosk.settings import Limits
from kiosk.states import Escalated, Why
from tests.core.shop import COFFEE, PARKING, REFUSED, SETTINGS, TEA, TERMS, Shop

COUNTED = replace(SETTINGS, slots=(replace(COFFEE, counts_stock=True), TEA))
SOLD_OUT = SoldOut("Kopi susu")
STOPPED = SlotStopped("Kopi susu", "K207")


def sells(shop: Shop, keys: str = "1#", drop: Drop = Drop.NO_SENSOR) -> Shop:
    """One sale, to its end, and the panel is idle again."""
    shop.shows_code(keys)
    shop.is_paid().drops(drop)
    if shop.waits_for(do.Refund):
        shop.refunds()
    return shop.passes(130.0)


def is_cut(shop: Shop, boot: str) -> Shop:
    """The power fails in mid-release."""
    shop.shows_code()
    return shop.is_paid().restarts(boot=boot).passes(130.0)


def wants(shop: Shop, keys: str = "1#") -> object:
    """What a customer reads who wants this slot; back to idle after it."""
    shop.press(keys)
    read = shop.screen
    shop.passes(30.0)
    return read


def record(shop: Shop, slot: int = 1) -> SlotRecord:
    return shop.till.slots.get(slot, SlotRecord())


def test_the_stock_goes_down_by_one_when_the_output_is_about_to_move() -> None:
    shop = Shop(COUNTED, slots={1: SlotRecord(stock=2)})
    shop.shows_code()
    assert record(shop).stock == 2
    shop.is_paid()
    assert record(shop).stock == 1


def test_the_stock_is_on_disk_in_the_same_transaction_as_armed() -> None:
    shop = Shop(COUNTED, slots={1: SlotRecord(stock=2)})
    shop.shows_code()
    shop.is_paid()
    saves = [each for each in shop.done if isinstance(each, do.SaveSlot)]
    release = next(n for n, each in enumerate(shop.done) if isinstance(each, do.Release))
    assert [each.record.stock for each in saves] == [1]
    assert do.SaveSlot(1, SlotRecord(stock=1)) in shop.done[release - 3 :]


def test_an_unpaid_order_takes_nothing_from_the_stock() -> None:
    shop = Shop(COUNTED, slots={1: SlotRecord(stock=2)})
    shop.shows_code()
    shop.press("**").cancels().passes(2.0).says(Status.UNPAID_FINAL)
    assert record(shop).stock == 2


def test_an_empty_slot_is_sold_out_and_refused() -> None:
    shop = sells(Shop(COUNTED, slots={1: SlotRecord(stock=1)}))
    assert isinstance(shop.screen, Idle)
    assert [line.available for line in shop.screen.slots] == [False, True]
    assert wants(shop) == SOLD_OUT
    assert not shop.waits_for(do.Mint)


def test_a_slot_that_was_never_filled_is_sold_out() -> None:
    assert wants(Shop(COUNTED)) == SOLD_OUT


def test_a_slot_that_is_not_counted_is_never_sold_out(shop: Shop) -> None:
    for _ in range(3):
        sells(shop)
    assert record(shop).stock == 0
    shop.shows_code()


def test_filling_a_slot_sells_it_again_and_is_told_with_who() -> None:
    shop = Shop(COUNTED)
    shop.happen(on.StockCounted(1, 10, "budi"))
    shop.shows_code()
    assert shop.told("slot.filled")[0].fields == {"slot": 1, "who": "budi", "stock": 10, "code": "K509"}


def test_two_failed_vends_in_a_row_stop_the_slot(shop: Shop) -> None:
    sells(shop, drop=Drop.NOT_SEEN)
    assert record(shop).stopped == ""
    sells(shop, drop=Drop.NOT_SEEN)
    assert wants(shop) == STOPPED
    assert shop.told("slot.stopped")[0].fields == {"slot": 1, "reason": "not_dropped", "code": "K207"}


def test_a_good_sale_in_between_forgets_the_failed_one(shop: Shop) -> None:
    for drop in (Drop.NOT_SEEN, Drop.SEEN, Drop.NOT_SEEN):
        sells(shop, drop=drop)
    assert record(shop).stopped == ""


@pytest.mark.parametrize("energised", [True, False])
def test_an_output_that_fails_twice_stops_the_slot(shop: Shop, energised: bool) -> None:
    for _ in range(2):
        shop.shows_code()
        shop.is_paid()
        shop.happen(on.ReleaseFailed(shop.order.id, energised=energised, reason="stuck"))
        shop.passes(130.0)
        if shop.waits_for(do.Refund):
            shop.refunds()
    assert record(shop).stopped in ("release_uncertain", "output_failed")


def test_one_failed_vend_counts_once_whatever_becomes_of_its_refund(shop: Shop) -> None:
    shop.shows_code()
    shop.is_paid().drops(Drop.NOT_SEEN).fails(do.Refund, REFUSED).passes(2.0).says(Status.PAID)
    assert isinstance(shop.state(Escalated), Escalated)
    assert record(shop).failed_vends == 1


def test_one_failed_vend_counts_once_even_if_the_refund_is_never_answered(shop: Shop) -> None:
    shop.shows_code()
    shop.is_paid().drops(Drop.NOT_SEEN).passes(2 * 86_400.0)
    assert shop.state(Escalated).why is Why.REFUND_UNANSWERED
    assert record(shop).failed_vends == 1
    assert record(shop).stopped == ""


def test_a_failed_vend_counts_where_the_contract_has_no_refund() -> None:
    shop = Shop(terms=replace(TERMS, refunds=False))
    sells(shop, drop=Drop.NOT_SEEN)
    sells(shop, drop=Drop.NOT_SEEN)
    assert wants(shop) == STOPPED


def test_three_cuts_in_mid_release_stop_the_slot(shop: Shop) -> None:
    for number in range(3):
        assert record(shop).stopped == ""
        is_cut(shop, f"boot-{number + 2}")
    assert record(shop).stopped == "cut_in_release"
    assert wants(shop) == STOPPED


def test_other_cuts_stop_nothing(shop: Shop) -> None:
    for number in range(5):
        shop.shows_code()
        shop.restarts(boot=f"boot-{number + 2}").passes(70.0)
    assert record(shop) == SlotRecord()


def test_what_a_customer_does_never_stops_a_slot(shop: Shop) -> None:
    shop = Shop(replace(SETTINGS, limits=Limits(unpaid_orders=99)))
    for _ in range(5):
        shop.shows_code()
        shop.press("**").cancels().passes(21.0).says(Status.PAID).refunds().passes(60.0)
    assert record(shop).stopped == ""


def test_the_trouble_of_one_slot_leaves_the_others_alone(shop: Shop) -> None:
    sells(shop, drop=Drop.NOT_SEEN)
    sells(shop, drop=Drop.NOT_SEEN)
    shop.shows_code("2#")
    assert record(shop, 2) == SlotRecord()


def test_enabling_a_slot_starts_its_counters_anew_and_is_told_with_who(shop: Shop) -> None:
    sells(shop, drop=Drop.NOT_SEEN)
    sells(shop, drop=Drop.NOT_SEEN)
    shop.happen(on.SlotEnabled(1, "budi"))
    sells(shop, drop=Drop.NOT_SEEN)
    assert record(shop).stopped == ""
    assert shop.told("slot.enabled")[0].fields["who"] == "budi"


def test_a_slot_that_a_person_stopped_is_refused(shop: Shop) -> None:
    shop.happen(on.SlotDisabled(1, "budi"))
    assert isinstance(shop.screen, Idle)
    assert [line.available for line in shop.screen.slots] == [False, True]
    assert isinstance(wants(shop), SlotStopped)


def test_a_slot_that_a_person_stops_is_stopped_after_the_current_order(shop: Shop) -> None:
    shop.shows_code()
    shop.happen(on.SlotDisabled(1, "budi"))
    shop.is_paid()
    assert shop.waits_for(do.Release)


def test_a_good_sale_does_not_put_a_stopped_slot_back_into_service(shop: Shop) -> None:
    shop.shows_code()
    shop.happen(on.SlotDisabled(1, "budi"))
    shop.is_paid().drops(Drop.SEEN)
    assert record(shop).stopped == "disabled"


def test_the_trouble_of_the_only_output_of_a_free_amount_stops_the_machine() -> None:
    shop = Shop(replace(SETTINGS, slots=(), free=PARKING))
    for _ in range(2):
        sells(shop, "5000#", Drop.NOT_SEEN)
    assert shop.screen == OutOfService("K207", "WA 0812")


def test_the_whole_machine_is_no_slot_that_can_be_bought(shop: Shop) -> None:
    shop.happen(on.SlotDisabled(0, "budi"))
    shop.happen(on.SlotEnabled(0, "budi"))
    assert not isinstance(wants(shop, "0#"), SlotStopped)
