"""QR_SHOWN: who is asked when, and what takes the code away."""

import pytest
from msgspec.structs import replace

from kiosk import effects as do
from kiosk import events as on
from kiosk.model import Environment, Rupiah, Status, WebLink
from kiosk.screens import CallOperator, Checking, ConfirmCancel, Expired, MoneyReturned, PayByCode
from kiosk.states import Armed, Closed, Closing, Escalated, QrShown, Refunded, Why
from tests.core.shop import SETTINGS, TERMS, Shop, charge_of


def code_on(shop: Shop) -> PayByCode:
    assert isinstance(shop.screen, PayByCode)
    return shop.screen


def asked_at(shop: Shop, seconds: float) -> list[float]:
    """When questions were sent in the next seconds, each answered at once: not yet."""
    began, times = shop.elapsed, []
    while shop.elapsed < began + seconds:
        shop.passes(0.5)
        if shop.waits_for(do.Ask):
            times.append(shop.elapsed - began)
            shop.says(Status.PENDING)
    return times


def test_the_panel_says_whom_how_much_how_long_and_the_claim_code(shop: Shop) -> None:
    order = shop.shows_code()
    charge = charge_of(order)
    assert shop.screen == PayByCode(charge.code.payload, order.amount, "Kopi Kita", 180, "000001")  # type: ignore[union-attr]


def test_the_countdown_goes_down_by_the_second(shop: Shop) -> None:
    shop.shows_code()
    seconds = []
    for _ in range(4):
        seconds.append(code_on(shop).seconds_left)
        shop.passes(1.0)
    assert seconds == [180, 179, 178, 177]


def test_a_countdown_never_stands_still_over_a_rounding_error() -> None:
    """`passes` raises where the machine is woken and finds nothing to do."""
    for odd in range(200):
        shop = Shop()
        shop.elapsed = 0.7 + odd * 12.3
        shop.shows_code()
        assert code_on(shop).seconds_left == 180
        shop.passes(9.5)
        assert code_on(shop).seconds_left == 171


def test_a_link_is_shown_as_a_link() -> None:
    shop = Shop(terms=replace(TERMS, link_hosts=frozenset({"pay.example"})))
    order = shop.begins()
    charge = replace(charge_of(order), code=WebLink("https://pay.example/1"))
    shop.happen(on.ChargeMade(order.id, charge))
    assert (code_on(shop).payload, code_on(shop).link) == ("https://pay.example/1", True)


def test_the_gateway_is_asked_in_its_own_rhythm(shop: Shop) -> None:
    shop.shows_code()
    assert asked_at(shop, 45.0) == [10.0, 20.0, 30.0, 40.0]


def test_a_hint_asks_at_once(shop: Shop) -> None:
    shop.shows_code()
    shop.happen(on.Hinted(shop.order.id))
    assert shop.waits_for(do.Ask)


def test_pending_after_a_hint_is_asked_again_after_two_four_and_eight_seconds(shop: Shop) -> None:
    shop.shows_code()
    shop.happen(on.Hinted(shop.order.id))
    shop.says(Status.PENDING)
    assert asked_at(shop, 30.0) == [2.0, 6.0, 14.0, 24.0]


def test_a_hint_during_a_question_causes_one_more_after_it(shop: Shop) -> None:
    shop.shows_code()
    shop.passes(10.0)
    for _ in range(50):
        shop.happen(on.Hinted(shop.order.id))
    assert len(shop.asked(do.Ask)) == 1
    shop.says(Status.PENDING).passes(2.0)
    assert len(shop.asked(do.Ask)) == 2


def test_a_flood_of_hints_asks_once_in_two_seconds(shop: Shop) -> None:
    shop.shows_code()
    for _ in range(100):
        shop.happen(on.Hinted(shop.order.id))
        if shop.waits_for(do.Ask):
            shop.says(Status.PENDING)
        shop.passes(0.1)
    assert len(shop.asked(do.Ask)) <= 6


def test_the_key_i_have_paid_is_a_hint(shop: Shop) -> None:
    shop.shows_code()
    shop.press("#")
    assert shop.waits_for(do.Ask)
    assert code_on(shop).checking


def test_the_word_that_we_are_asking_goes_away_after_the_quick_repeats(shop: Shop) -> None:
    shop.shows_code()
    shop.press("#")
    shop.says(Status.PENDING)
    asked_at(shop, 26.0)
    assert not code_on(shop).checking


def test_a_hint_about_an_unknown_order_asks_nobody(shop: Shop) -> None:
    shop.shows_code()
    shop.happen(on.Hinted("../../etc/passwd"))
    assert not shop.asked(do.Ask)


def test_a_silent_gateway_is_asked_less_and_less_often_but_every_thirty_seconds(shop: Shop) -> None:
    shop.shows_code()
    began, times = shop.elapsed, []
    while shop.elapsed < began + 170.0:
        shop.passes(0.5)
        if shop.waits_for(do.Ask):
            times.append(shop.elapsed - began)
            shop.fails(do.Ask)
    assert times == [10.0, 20.0, 40.0, 70.0, 100.0, 130.0, 160.0]
    assert isinstance(shop.state(QrShown), QrShown)


def test_a_payment_as_asked_arms_the_output(shop: Shop) -> None:
    shop.shows_code()
    shop.is_paid()
    assert isinstance(shop.life.state, Armed)
    assert [step.state for step in shop.life.history] == ["INTENT", "QR_SHOWN", "SETTLED", "ARMED"]


def test_the_end_of_time_takes_the_code_away_and_cancels(shop: Shop) -> None:
    shop.shows_code()
    shop.passes(180.0)
    assert shop.state(Closing).why is Why.EXPIRED
    assert shop.screen == Checking("000001", "WA 0812")
    assert shop.waits_for(do.Cancel)


def test_the_cancel_key_asks_once_more(shop: Shop) -> None:
    order = shop.shows_code()
    shop.press("*")
    assert shop.screen == ConfirmCancel(order.amount)
    assert not shop.asked(do.Cancel)
    shop.press("*")
    assert shop.state(Closing).why is Why.CANCELLED
    assert isinstance(shop.screen, Checking)


@pytest.mark.parametrize("key", "0123456789#")
def test_any_other_key_goes_back_to_the_code(shop: Shop, key: str) -> None:
    shop.shows_code()
    shop.press("*" + key)
    assert isinstance(shop.screen, PayByCode)
    assert not shop.asked(do.Ask)


def test_a_question_nobody_answers_goes_away(shop: Shop) -> None:
    shop.shows_code()
    shop.press("*").passes(8.0)
    assert isinstance(shop.screen, PayByCode)


def test_really_cancel_does_not_become_really_leave_under_the_finger(shop: Shop) -> None:
    shop.shows_code()
    shop.passes(179.0).press("*").passes(1.0).press("*")
    assert shop.till.opened is not None, "one key more than the question that was read"


@pytest.mark.parametrize(
    ("part", "why"),
    [
        (on.Part.PANEL, Why.PANEL_FAILED),
        (on.Part.OUTPUT, Why.NO_OUTPUT),
        (on.Part.INHIBIT, Why.INHIBITED),
        (on.Part.DOOR, Why.INHIBITED),
        (on.Part.LOOP, Why.INHIBITED),
    ],
)
def test_a_machine_that_cannot_deliver_takes_the_code_away(shop: Shop, part: on.Part, why: Why) -> None:
    shop.shows_code()
    shop.happen(on.PartFailed(part, "broken"))
    assert shop.state(Closing).why is why
    assert not isinstance(shop.screen, PayByCode)


@pytest.mark.parametrize("part", [on.Part.KEYPAD, on.Part.DISK, on.Part.CLOCK, on.Part.JOURNAL])
def test_other_trouble_lets_the_customer_pay(shop: Shop, part: on.Part) -> None:
    shop.shows_code()
    shop.happen(on.PartFailed(part, "broken"))
    assert isinstance(shop.screen, PayByCode)


def test_a_final_no_of_the_gateway_ends_the_order(shop: Shop) -> None:
    shop.shows_code()
    shop.passes(10.0).says(Status.UNPAID_FINAL)
    assert shop.life.state == Closed(Why.EXPIRED)
    assert shop.screen == Expired("000001", "WA 0812")


def test_an_order_the_gateway_does_not_know_yet_is_asked_about_again(shop: Shop) -> None:
    shop.shows_code()
    shop.passes(10.0).says(Status.ABSENT)
    assert isinstance(shop.state(QrShown), QrShown)


def test_money_that_came_and_went_is_not_goods(shop: Shop) -> None:
    shop.shows_code()
    shop.passes(10.0).says(Status.REFUNDED)
    assert isinstance(shop.life.state, Refunded)
    assert isinstance(shop.screen, MoneyReturned)
    assert not shop.asked(do.Release)


def test_money_that_went_in_part_is_a_persons_business(shop: Shop) -> None:
    shop.shows_code()
    shop.passes(10.0).says(Status.PARTLY_REFUNDED)
    assert shop.state(Escalated).why is Why.PARTLY_REFUNDED
    assert shop.screen == CallOperator("000001", "WA 0812", "K311")


def test_five_answers_about_something_else_take_the_code_away(shop: Shop) -> None:
    shop.shows_code()
    for _ in range(5):
        while not shop.waits_for(do.Ask):
            shop.passes(1.0)
        shop.says(Status.PENDING, order_id="K01SOMEBODYELSESORDER1A")
    assert shop.state(Closing).why is Why.FOREIGN_ANSWERS
    assert len(shop.logged("K107")) == 4


def test_silence_is_not_counted_as_answers_about_something_else(shop: Shop) -> None:
    shop.shows_code()
    for _ in range(4):
        while not shop.waits_for(do.Ask):
            shop.passes(1.0)
        shop.fails(do.Ask)
    while not shop.waits_for(do.Ask):
        shop.passes(1.0)
    shop.says(Status.PENDING, order_id="K01SOMEBODYELSESORDER1A")
    assert isinstance(shop.state(QrShown), QrShown)


def test_outside_production_every_picture_says_so() -> None:
    shop = Shop(replace(SETTINGS, environment=Environment.SANDBOX))
    shop.shows_code()
    assert all(each.view.test for each in shop.asked(do.Show))


def test_a_price_is_taken_from_the_list_at_the_moment_of_the_order(shop: Shop) -> None:
    order = shop.shows_code()
    shop.restarts(slots=(replace(SETTINGS.slots[0], price=Rupiah(99_000)),))
    assert shop.life_of(order.id).order.amount == 12_000


def test_a_slow_panel_is_shown_a_countdown_in_long_steps() -> None:
    shop = Shop()
    shop.till = replace(shop.till, tick=30)
    shop.shows_code()
    before = len(shop.asked(do.Show))
    seen = []
    for _ in range(6):
        assert isinstance(shop.screen, PayByCode)
        seen.append(shop.screen.seconds_left)
        shop.passes(9.0)
    assert seen == [180, 180, 180, 180, 150, 150]
    assert len(shop.asked(do.Show)) == before + 1
