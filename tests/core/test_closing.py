"""CLOSING: the gateway closes orders, not the clock, and nothing that is not an answer."""

from itertools import pairwise

import pytest
from msgspec.structs import replace

from kiosk import effects as do
from kiosk import events as on
from kiosk.model import Status, Terms, Trouble
from kiosk.screens import CallOperator, Checking, Expired, Idle, RefundUnderWay
from kiosk.states import Armed, CancelStep, Closed, Closing, Escalated, Refunded, Refunding, Settled, Why
from tests.core.shop import MISCONFIGURED, REFUSED, TERMS, UNREACHABLE, UNSUPPORTED, Shop, report_of

DAY = 86_400.0
NO_CANCEL = replace(TERMS, cancels=False)


def closing(terms: Terms = TERMS) -> Shop:
    """The code's time is just over."""
    shop = Shop(terms=terms)
    shop.shows_code()
    while not isinstance(shop.life.state, Closing):
        if shop.waits_for(do.Ask):
            shop.says(Status.PENDING)
        shop.passes(1.0)
    return shop


def never_shown(terms: Terms = TERMS) -> Shop:
    """No code came within the wait; the remnant is being closed."""
    shop = Shop(terms=terms)
    shop.begins()
    return shop.passes(20.0)


def test_the_cancel_goes_before_the_question() -> None:
    shop = closing()
    assert shop.waits_for(do.Cancel)
    assert not shop.waits_for(do.Ask)
    shop.cancels().passes(2.0)
    assert shop.waits_for(do.Ask)


def test_where_nothing_can_be_cancelled_only_the_question_goes() -> None:
    shop = closing(NO_CANCEL).passes(2.0)
    assert not shop.asked(do.Cancel)
    assert shop.waits_for(do.Ask)


def test_a_cancel_that_was_taken_closes_nothing_by_itself() -> None:
    shop = closing().cancels()
    assert isinstance(shop.state(Closing), Closing)


def test_unpaid_for_good_on_the_gateways_word_is_the_end() -> None:
    shop = closing().cancels().passes(2.0).says(Status.UNPAID_FINAL)
    assert shop.life.state == Closed(Why.EXPIRED)
    assert shop.screen == Expired("000001", "WA 0812")


@pytest.mark.parametrize("trouble", [UNREACHABLE, MISCONFIGURED, REFUSED, UNSUPPORTED])
def test_no_trouble_with_the_question_ever_closes(trouble: Trouble) -> None:
    shop = closing(NO_CANCEL)
    for _ in range(30):
        shop.passes(300.0).fails(do.Ask, trouble)
    assert isinstance(shop.state(Closing), Closing)


@pytest.mark.parametrize("trouble", [UNREACHABLE, MISCONFIGURED, REFUSED, UNSUPPORTED])
def test_no_trouble_with_the_cancel_closes_and_the_question_follows(
    trouble: Trouble,
) -> None:
    shop = closing().fails(do.Cancel, trouble).passes(2.0)
    assert isinstance(shop.state(Closing), Closing)
    assert shop.waits_for(do.Ask)


@pytest.mark.parametrize("trouble", [REFUSED, UNSUPPORTED])
def test_a_cancel_refused_for_good_is_not_repeated_before_an_answer(trouble: Trouble) -> None:
    shop = closing().fails(do.Cancel, trouble).passes(2.0)
    assert shop.state(Closing).cancel is CancelStep.OVER


def test_a_cancel_lost_on_the_way_is_repeated() -> None:
    shop = closing().fails(do.Cancel).passes(2.0).says(Status.PENDING).passes(30.0)
    assert len(shop.asked(do.Cancel)) == 2


def test_a_cancel_that_was_refused_because_it_was_just_paid_ends_in_the_release() -> None:
    shop = closing().fails(do.Cancel, REFUSED).passes(2.0).says(Status.PAID)
    assert isinstance(shop.life.state, Armed)


def test_a_payment_that_overtakes_the_cancel_is_released_in_the_window() -> None:
    shop = closing(NO_CANCEL).passes(2.0).says(Status.PAID)
    assert [step.state for step in shop.life.history][-3:] == ["CLOSING", "SETTLED", "ARMED"]


def test_an_answer_asked_for_before_the_cancel_does_not_count_as_the_one_after_it() -> None:
    shop = Shop()
    shop.shows_code()
    shop.passes(170.0)
    while not shop.waits_for(do.Ask):
        shop.passes(1.0)
    shop.press("**").cancels()
    shop.says(Status.PENDING).passes(2.0)
    assert shop.waits_for(do.Ask), "the cancel is owed a question of its own"


def test_still_pending_after_the_cancel_is_cancelled_again() -> None:
    shop = closing().cancels().passes(2.0).says(Status.PENDING).passes(30.0)
    assert len(shop.asked(do.Cancel)) == 2


def test_a_gateway_that_will_not_cancel_is_left_in_peace_more_and_more() -> None:
    shop = closing().passes(30.0)
    while shop.elapsed < 1000.0 + 7200.0:
        shop.passes(1.0)
        if shop.waits_for(do.Cancel):
            shop.fails(do.Cancel, REFUSED)
        if shop.waits_for(do.Ask):
            shop.says(Status.PENDING)
    assert len(shop.asked(do.Cancel)) < 60


def test_one_order_is_never_asked_about_twice_within_two_seconds() -> None:
    shop = Shop()
    shop.shows_code()
    shop.press("#").says(Status.PENDING).press("**").cancels()
    assert not shop.waits_for(do.Ask)
    shop.passes(2.0)
    assert shop.waits_for(do.Ask)


def test_the_questions_become_seldom_but_never_faster_than_the_gateways_rhythm() -> None:
    shop = closing(replace(NO_CANCEL, poll=(15.0, 30.0)))
    times = []
    while shop.elapsed < 4000.0:
        shop.passes(1.0)
        if shop.waits_for(do.Ask):
            times.append(shop.elapsed)
            shop.says(Status.PENDING)
    pauses = [round(later - sooner) for sooner, later in pairwise(times)]
    assert pauses[:7] == [15, 30, 30, 30, 30, 40, 60]
    assert pauses[7:9] == [120, 300]


def test_an_outage_slows_cancels_and_questions_down() -> None:
    """A hundred old orders must not hammer a gateway that is down."""
    shop = closing().passes(30.0)
    while shop.elapsed < 1000.0 + 7200.0:
        shop.passes(1.0)
        for kind in (do.Cancel, do.Ask):
            if shop.waits_for(kind):
                shop.fails(kind)
    assert len(shop.asked(do.Cancel)) < 60
    assert len(shop.asked(do.Ask)) < 60 + 10


def test_a_hint_in_the_background_asks_at_once() -> None:
    shop = closing(NO_CANCEL).passes(2.0).says(Status.PENDING).passes(700.0)
    while not shop.waits_for(do.Ask):
        shop.passes(1.0)
    shop.says(Status.PENDING).passes(3.0)
    before = len(shop.asked(do.Ask))
    shop.happen(on.Hinted(shop.order.id))
    assert len(shop.asked(do.Ask)) == before + 1


@pytest.mark.parametrize("times", [1, 2, 10])
def test_a_shown_order_that_the_gateway_does_not_know_is_never_closed_for_it(times: int) -> None:
    shop = closing(NO_CANCEL)
    for _ in range(times):
        shop.passes(300.0).says(Status.ABSENT)
    assert isinstance(shop.state(Closing), Closing)


def test_an_order_never_shown_is_closed_after_two_times_absent_past_the_creation_window() -> None:
    shop = never_shown().fails(do.Cancel, REFUSED).says(Status.ABSENT)
    assert isinstance(shop.state(Closing), Closing)
    shop.passes(59.0)
    while shop.waits_for(do.Ask):
        shop.says(Status.ABSENT).passes(1.0)
    assert not shop.life.is_over, "a create may still be on its way"
    shop.passes(60.0).says(Status.ABSENT)
    assert shop.life.state == Closed(Why.NEVER_SHOWN)


def test_one_time_absent_closes_nothing_however_late() -> None:
    shop = never_shown(NO_CANCEL).fails(do.Ask).passes(300.0).says(Status.ABSENT)
    assert isinstance(shop.state(Closing), Closing)


def test_absent_pending_absent_is_not_two_times_absent() -> None:
    shop = never_shown(NO_CANCEL).says(Status.ABSENT).passes(61.0).says(Status.PENDING)
    shop.passes(61.0).says(Status.ABSENT)
    assert isinstance(shop.state(Closing), Closing)


def test_without_a_final_no_unpaid_past_the_lapse_is_final() -> None:
    shop = closing(replace(NO_CANCEL, lapses_after=3900.0))
    began = shop.state(Closing).began_at
    while shop.elapsed < began + 3890.0:
        shop.passes(10.0)
        while shop.waits_for(do.Ask):
            shop.says(Status.PENDING)
    assert isinstance(shop.state(Closing), Closing)
    shop.passes(600.0).says(Status.PENDING)
    assert shop.life.state == Closed(Why.EXPIRED)


def test_a_question_from_before_the_lapse_is_no_answer_from_after_it() -> None:
    shop = closing(replace(NO_CANCEL, lapses_after=3900.0)).passes(2.0)
    call = shop.take(do.Ask)
    asked_at = shop.elapsed
    shop.passes(3950.0)
    shop.happen(
        on.StatusReported(call.order.id, report_of(call.order, Status.PENDING), asked_at, shop.elapsed)
    )
    assert isinstance(shop.state(Closing), Closing)


def test_silence_past_the_lapse_is_not_final() -> None:
    shop = closing(replace(NO_CANCEL, lapses_after=3900.0))
    for _ in range(20):
        shop.passes(301.0).fails(do.Ask)
    assert isinstance(shop.state(Closing), Closing)


def test_a_day_past_the_last_moment_to_pay_a_person_takes_over() -> None:
    shop = closing(replace(NO_CANCEL, lapses_after=3900.0))
    began = shop.state(Closing).began_at
    shop.passes(began + 3900.0 + DAY - shop.elapsed - 1.0)
    assert isinstance(shop.state(Closing), Closing)
    shop.passes(1.0)
    state = shop.state(Escalated)
    assert (state.why, state.detail, state.evidence.reference) == (Why.UNRESOLVED, "expired", "ref-0001A")


@pytest.mark.parametrize(
    ("status", "why"), [(Status.PARTLY_REFUNDED, Why.PARTLY_REFUNDED), (Status.REFUNDED, None)]
)
def test_money_that_went_back_elsewhere_is_written_down(status: Status, why: Why | None) -> None:
    shop = closing(NO_CANCEL).passes(2.0).says(status)
    if why:
        assert shop.state(Escalated).why is why
    else:
        assert shop.state(Refunded).why is Why.REFUNDED_ELSEWHERE


def test_five_answers_about_something_else_are_a_persons_business() -> None:
    shop = closing(NO_CANCEL)
    for _ in range(5):
        assert isinstance(shop.state(Closing), Closing)
        shop.passes(300.0).says(Status.PAID, order_id="K01SOMEBODYELSESORDER1A")
    assert shop.state(Escalated).why is Why.FOREIGN_ANSWERS


def test_an_answer_about_this_order_starts_the_count_anew() -> None:
    shop = closing(NO_CANCEL)
    for number in range(9):
        wrong = {"order_id": "K01SOMEBODYELSESORDER1A"} if number % 5 < 4 else {}
        shop.passes(300.0).says(Status.PENDING, **wrong)
    assert isinstance(shop.state(Closing), Closing)


def test_the_claim_window_is_the_time_of_the_checking_screen() -> None:
    shop = closing()
    assert shop.screen == Checking("000001", "WA 0812")
    shop.passes(19.9)
    assert isinstance(shop.screen, Checking)
    shop.passes(0.1)
    assert not isinstance(shop.screen, Checking)
    assert shop.till.opened is None


def test_a_payment_seen_in_the_window_is_released() -> None:
    shop = closing().cancels().passes(19.0).says(Status.PAID)
    assert shop.waits_for(do.Release)


def test_a_payment_seen_after_the_window_goes_back() -> None:
    shop = closing().cancels().passes(20.0).says(Status.PAID)
    assert not shop.asked(do.Release)
    assert shop.state(Refunding).why is Why.PAID_LATE
    assert isinstance(shop.screen, RefundUnderWay)
    assert shop.logged("K310")


def test_a_late_answer_is_late_even_if_no_timer_rang_before_it() -> None:
    shop = closing().cancels().passes(2.0)
    shop.elapsed += 18.0
    shop.says(Status.PAID)
    assert not shop.asked(do.Release)
    assert shop.state(Refunding).why is Why.PAID_LATE


def test_a_late_payment_that_cannot_go_back_is_not_called_a_refund() -> None:
    shop = closing(replace(TERMS, refunds=False)).cancels().passes(20.0).says(Status.PAID)
    assert shop.state(Escalated).why is Why.NO_REFUND
    assert shop.screen == CallOperator("000001", "WA 0812", "K313")
    assert not shop.logged("K310")


def test_giving_up_the_wait_ends_the_window() -> None:
    shop = closing().cancels().passes(2.0).press("**")
    assert shop.till.opened is None
    shop.says(Status.PAID)
    assert isinstance(shop.state(Refunding), Refunding)


def test_the_end_of_the_window_is_on_disk() -> None:
    """Or else a restart would give the panel back to somebody who went."""
    shop = closing().passes(2.0).press("**").restarts(after=1.0)
    assert shop.till.opened is None
    assert isinstance(shop.screen, Idle)


def test_no_new_customer_is_served_in_the_window() -> None:
    shop = closing().press("1#")
    assert isinstance(shop.screen, Checking)
    assert len(shop.lives) == 1


def test_i_have_paid_in_the_window_asks_again() -> None:
    shop = closing().cancels().passes(2.0).says(Status.PENDING).passes(3.0)
    shop.press("#")
    assert shop.waits_for(do.Ask)


def test_paid_in_the_window_with_the_output_blocked_waits_until_its_end() -> None:
    shop = closing().cancels()
    shop.happen(on.PartFailed(on.Part.DOOR, "open"))
    shop.passes(2.0).says(Status.PAID)
    assert isinstance(shop.state(Settled), Settled)
    assert shop.state(Settled).until == 1200.0
