"""REFUNDING: the money goes back once, or a person is told."""

import pytest
from msgspec.structs import replace

from kiosk import effects as do
from kiosk import events as on
from kiosk.model import Drop, Rupiah, SlotRecord, Status, Terms, Trouble
from kiosk.screens import CallOperator, MoneyReturned, RefundUnderWay
from kiosk.settings import Limits
from kiosk.states import Escalated, Refunded, Refunding, Settled, Why
from tests.core.shop import (
    MISCONFIGURED,
    MORNING,
    PRICE,
    REFUSED,
    SETTINGS,
    TERMS,
    UNREACHABLE,
    UNSUPPORTED,
    Shop,
    report_of,
)

DAY = 86_400.0


def owed(shop: Shop | None = None) -> Shop:
    """Paid and not dropped: the refund is under way."""
    shop = shop or Shop()
    shop.shows_code()
    return shop.is_paid().drops(Drop.NOT_SEEN)


def test_the_whole_sum_goes_back_under_a_key_of_the_order() -> None:
    shop = owed()
    call = shop.take(do.Refund)
    assert (call.amount, call.key) == (PRICE, f"{shop.order.id}-R1")
    assert call.evidence == shop.state(Refunding).evidence


def test_the_debt_is_written_before_the_refund_goes_out() -> None:
    shop = owed()
    debt = next(
        n
        for n, each in enumerate(shop.done)
        if isinstance(each, do.Save) and isinstance(each.life.state, Refunding)
    )
    call = next(n for n, each in enumerate(shop.done) if isinstance(each, do.Refund))
    assert debt < call


def test_a_confirmed_refund_is_the_end() -> None:
    shop = owed().refunds()
    state = shop.state(Refunded)
    assert (state.why, state.reference) == (Why.NOT_DROPPED, "R1")
    assert shop.screen == MoneyReturned(PRICE, "000001", "WA 0812")


def test_a_refund_of_a_part_is_a_persons_business() -> None:
    shop = owed().refunds(Rupiah(1))
    assert shop.state(Escalated).why is Why.PARTLY_REFUNDED


@pytest.mark.parametrize("trouble", [UNREACHABLE, MISCONFIGURED])
def test_after_a_lost_reply_we_look_before_asking_again(trouble: Trouble) -> None:
    shop = owed().fails(do.Refund, trouble).passes(60.0)
    assert shop.waits_for(do.Ask)
    assert len(shop.asked(do.Refund)) == 1


def test_a_refund_that_worked_is_not_asked_for_again() -> None:
    shop = owed().fails(do.Refund).passes(60.0).says(Status.REFUNDED)
    assert isinstance(shop.state(Refunded), Refunded)
    assert len(shop.asked(do.Refund)) == 1


def test_a_refund_that_did_not_work_is_repeated_under_the_same_key() -> None:
    shop = owed()
    for _ in range(5):
        shop.fails(do.Refund).passes(3600.0).says(Status.PAID)
    keys = {call.key for call in shop.asked(do.Refund)}
    assert len(shop.asked(do.Refund)) == 6
    assert keys == {f"{shop.order.id}-R1"}


def test_the_repeats_come_after_one_minute_and_then_less_and_less_often_up_to_an_hour() -> None:
    shop = owed()
    pauses = []
    for _ in range(9):
        shop.fails(do.Refund)
        began = shop.elapsed
        while not shop.waits_for(do.Ask):
            shop.passes(10.0)
        pauses.append(shop.elapsed - began)
        shop.says(Status.PAID)
    assert pauses == [60.0, 120.0, 240.0, 480.0, 960.0, 1920.0, 3600.0, 3600.0, 3600.0]


def test_a_look_that_brings_nothing_is_repeated_and_refunds_nothing() -> None:
    shop = owed().fails(do.Refund).passes(60.0).fails(do.Ask).passes(59.0)
    assert not shop.waits_for(do.Ask)
    shop.passes(1.0)
    assert shop.waits_for(do.Ask)
    assert len(shop.asked(do.Refund)) == 1


@pytest.mark.parametrize("status", [Status.PENDING, Status.ABSENT, Status.UNPAID_FINAL])
def test_a_look_that_makes_no_sense_is_repeated_and_refunds_nothing(status: Status) -> None:
    """Paid is sticky, and money is not sent on an answer that says it never came."""
    shop = owed().fails(do.Refund).passes(60.0).says(status)
    assert isinstance(shop.state(Refunding), Refunding)
    assert len(shop.asked(do.Refund)) == 1


def test_the_look_after_a_refusal_is_no_second_question_within_two_seconds() -> None:
    shop = owed().fails(do.Refund, REFUSED)
    assert not shop.waits_for(do.Ask)
    shop.passes(2.0)
    assert shop.waits_for(do.Ask)


def test_a_refusal_is_believed_only_after_one_more_look() -> None:
    shop = owed().fails(do.Refund, REFUSED)
    assert isinstance(shop.state(Refunding), Refunding)
    shop.passes(2.0).says(Status.PAID)
    state = shop.state(Escalated)
    assert (state.why, state.detail) == (Why.REFUND_REFUSED, "412")


def test_a_refusal_because_it_was_done_already_is_a_refund() -> None:
    shop = owed().fails(do.Refund, REFUSED).passes(2.0).says(Status.REFUNDED)
    assert isinstance(shop.state(Refunded), Refunded)


def test_a_refusal_with_part_of_the_money_gone_is_a_persons_business() -> None:
    shop = owed().fails(do.Refund, REFUSED).passes(2.0).says(Status.PARTLY_REFUNDED)
    assert shop.state(Escalated).why is Why.PARTLY_REFUNDED


def test_a_refusal_is_not_forgotten_when_the_look_is_lost() -> None:
    shop = owed().fails(do.Refund, REFUSED).passes(2.0).fails(do.Ask).passes(60.0).says(Status.PAID)
    assert shop.state(Escalated).why is Why.REFUND_REFUSED
    assert len(shop.asked(do.Refund)) == 1


def test_a_contract_without_refunds_is_a_persons_business_at_once() -> None:
    shop = owed(Shop(terms=replace(TERMS, refunds=False)))
    state = shop.state(Escalated)
    assert (state.why, state.detail) == (Why.NO_REFUND, "not_dropped")
    assert shop.screen == CallOperator("000001", "WA 0812", "K313")
    assert not shop.asked(do.Refund)


def test_a_gateway_that_has_no_refund_after_all_is_a_persons_business() -> None:
    shop = owed().fails(do.Refund, UNSUPPORTED)
    assert shop.state(Escalated).why is Why.NO_REFUND


def test_after_a_day_without_a_confirmation_a_person_takes_over() -> None:
    shop = owed()
    began = shop.elapsed
    while shop.elapsed < began + DAY - 1.0:
        shop.passes(1.0 if shop.elapsed > began + DAY - 60.0 else 30.0)
        for kind in (do.Refund, do.Ask):
            if shop.waits_for(kind):
                shop.fails(kind)
    assert isinstance(shop.state(Refunding), Refunding)
    shop.passes(60.0)
    assert shop.state(Escalated).why is Why.REFUND_UNANSWERED


def test_an_answer_to_an_older_question_sends_no_second_refund() -> None:
    """The window ended while a question was under way; its answer is not the look before a repeat."""
    shop = Shop()
    shop.shows_code()
    shop.happen(on.PartFailed(on.Part.DOOR, "open"))
    shop.cancels().passes(2.0).says(Status.PAID)
    shop.happen(on.Hinted(shop.order.id))
    shop.passes(2.0)
    question = shop.take(do.Ask)
    assert isinstance(shop.state(Settled), Settled)
    shop.passes(20.0)
    shop.happen(
        on.StatusReported(
            question.order.id, report_of(question.order, Status.PAID), shop.elapsed, shop.elapsed
        )
    )
    assert len(shop.asked(do.Refund)) == 1


def test_a_lost_answer_to_an_older_question_does_not_start_the_refund_anew() -> None:
    shop = owed()
    shop.happen(on.StatusFailed(shop.order.id, UNREACHABLE))
    shop.passes(600.0)
    assert len(shop.asked(do.Refund)) == 1


def test_the_words_on_the_panel_follow_what_becomes_of_the_refund() -> None:
    shop = owed()
    words = [shop.screen]
    shop.fails(do.Refund, REFUSED).passes(2.0).says(Status.PAID)
    words.append(shop.screen)
    assert words == [RefundUnderWay(PRICE, "000001", "WA 0812"), CallOperator("000001", "WA 0812", "K311")]


def capped(limit: int, terms: Terms = TERMS, spent: int = 0, day: int = 20_833) -> Shop:
    settings = replace(SETTINGS, limits=Limits(refunds_per_slot_and_day=limit, failed_vends=99))
    return Shop(settings, terms, slots={1: SlotRecord(refunds=spent, refund_day=day)})


def test_the_slots_refunds_of_a_day_are_capped() -> None:
    shop = capped(2)
    for _ in range(2):
        owed(shop).refunds().passes(200.0)
    owed(shop)
    state = shop.state(Escalated)
    assert (state.why, state.detail) == (Why.REFUND_CAP, "not_dropped")
    assert len(shop.asked(do.Refund)) == 2


def test_another_slot_has_its_own_cap() -> None:
    shop = capped(1)
    owed(shop).refunds().passes(200.0)
    shop.shows_code("2#")
    shop.is_paid().drops(Drop.NOT_SEEN)
    assert shop.waits_for(do.Refund)


def test_the_cap_is_remembered_over_a_restart() -> None:
    shop = capped(1)
    owed(shop).refunds().passes(200.0)
    shop.restarts(boot="boot-2")
    owed(shop)
    assert shop.state(Escalated).why is Why.REFUND_CAP


def test_a_new_day_has_a_new_cap() -> None:
    shop = capped(1)
    owed(shop).refunds().passes(DAY)
    owed(shop)
    assert shop.waits_for(do.Refund)


def test_a_clock_that_goes_back_at_every_power_cut_gives_no_more_refunds() -> None:
    """A machine without a battery clock, and somebody with a hand on its plug and another in its flap."""
    shop = capped(2)
    for number in range(4):
        shop.wall = MORNING if number % 2 else 0.0
        owed(shop)
        if shop.waits_for(do.Refund):
            shop.refunds()
        shop.passes(200.0)
    assert len(shop.asked(do.Refund)) == 2


def test_a_person_who_enables_the_slot_ends_a_day_that_a_wrong_clock_put_in_the_future() -> None:
    shop = capped(1, spent=1, day=40_000)
    owed(shop).passes(200.0)
    assert not shop.asked(do.Refund)
    shop.happen(on.SlotEnabled(1, "budi"))
    owed(shop)
    assert shop.waits_for(do.Refund)


def test_a_person_who_enables_the_slot_gives_no_more_refunds_on_the_same_day() -> None:
    shop = capped(1)
    owed(shop)
    shop.refunds()
    shop.passes(200.0)
    shop.happen(on.SlotEnabled(1, "budi"))
    owed(shop).passes(200.0)
    assert len(shop.asked(do.Refund)) == 1


def test_the_refunds_of_another_day_do_not_count() -> None:
    shop = capped(5, spent=5, day=20_000)
    owed(shop)
    assert shop.waits_for(do.Refund)
