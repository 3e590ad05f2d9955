"""Ready means not known to be bad: what stops the selling, what the panel says, and what starts it again."""

import pytest
from msgspec.structs import replace

from kiosk import effects as do
from kiosk import events as on
from kiosk.model import Rupiah, Status
from kiosk.readiness import Breaker, failed, half_open
from kiosk.screens import AmountNotAccepted, Idle, OutOfService, PayByCode
from kiosk.settings import Limits
from kiosk.states import Dispensed, QrShown
from tests.core.shop import REFUSED, SETTINGS, TERMS, Shop

CONTACT = "WA 0812"
PART_CODES = {
    on.Part.JOURNAL: "K404",
    on.Part.DISK: "K403",
    on.Part.PANEL: "K201",
    on.Part.OUTPUT: "K202",
    on.Part.DOOR: "K204",
    on.Part.INHIBIT: "K203",
    on.Part.LOOP: "K205",
}


def fails_to_get_a_code(shop: Shop) -> None:
    """One customer waits in vain: three tries."""
    shop.begins()
    while shop.life.state_name == "INTENT":
        if shop.waits_for(do.Create):
            shop.fails(do.Create)
        shop.passes(1.0)


def leaves_unpaid(shop: Shop) -> None:
    """One customer cancels; the gateway confirms it; the panel is idle again."""
    shop.shows_code()
    shop.press("**").cancels().passes(2.0).says(Status.UNPAID_FINAL).passes(60.0)


@pytest.mark.parametrize(("part", "code"), PART_CODES.items())
def test_a_part_that_is_known_to_be_bad_stops_the_selling(shop: Shop, part: on.Part, code: str) -> None:
    shop.happen(on.PartFailed(part, "broken"))
    assert shop.screen == OutOfService(code, CONTACT)
    shop.press("1")
    assert shop.screen == OutOfService(code, CONTACT)


@pytest.mark.parametrize("part", PART_CODES)
def test_a_part_that_healed_sells_again(shop: Shop, part: on.Part) -> None:
    shop.happen(on.PartFailed(part, "broken"))
    shop.happen(on.PartHealed(part))
    shop.shows_code()
    assert isinstance(shop.screen, PayByCode)


def test_the_worst_part_is_named_first(shop: Shop) -> None:
    for part in reversed(PART_CODES):
        shop.happen(on.PartFailed(part, "broken"))
    assert shop.screen == OutOfService("K404", CONTACT)


def test_a_bad_keypad_stops_nothing(shop: Shop) -> None:
    shop.happen(on.PartFailed(on.Part.KEYPAD, "stuck"))
    assert isinstance(shop.screen, Idle)


def test_a_part_is_told_once_when_it_fails_and_once_when_it_heals(shop: Shop) -> None:
    for _ in range(3):
        shop.happen(on.PartFailed(on.Part.DOOR, "open"))
    for _ in range(3):
        shop.happen(on.PartHealed(on.Part.DOOR))
    assert len(shop.told("part.failed")) == len(shop.logged("K204")) == 1
    assert len(shop.told("part.healed")) == len(shop.logged("K208")) == 1


def test_a_healed_panel_is_shown_its_picture_again(shop: Shop) -> None:
    shop.happen(on.PartFailed(on.Part.PANEL, "gone"))
    before = len(shop.asked(do.Show))
    shop.happen(on.PartHealed(on.Part.PANEL))
    assert len(shop.asked(do.Show)) == before + 1
    assert isinstance(shop.screen, Idle)


def test_a_bad_panel_is_tried_again_every_five_seconds(shop: Shop) -> None:
    shop.happen(on.PartFailed(on.Part.PANEL, "gone"))
    before = len(shop.asked(do.Show))
    shop.passes(20.0)
    assert len(shop.asked(do.Show)) - before == 4


def test_the_same_picture_is_not_shown_twice(shop: Shop) -> None:
    before = len(shop.asked(do.Show))
    for _ in range(10):
        shop.happen(on.TimePassed())
    assert len(shop.asked(do.Show)) == before


def test_a_bad_clock_stops_nothing_where_no_time_is_signed(shop: Shop) -> None:
    shop.happen(on.PartFailed(on.Part.CLOCK, "1970"))
    assert isinstance(shop.screen, Idle)


def test_a_bad_clock_stops_the_selling_where_time_is_signed() -> None:
    shop = Shop(terms=replace(TERMS, signs_time=True))
    shop.happen(on.PartFailed(on.Part.CLOCK, "1970"))
    assert shop.screen == OutOfService("K104", CONTACT)


def test_with_a_bad_clock_the_gateway_that_signs_no_time_sells() -> None:
    settings = replace(SETTINGS, gateways=("doku", "midtrans"))
    shop = Shop(settings, doku=replace(TERMS, signs_time=True))
    shop.happen(on.PartFailed(on.Part.CLOCK, "1970"))
    assert shop.begins().gateway == "midtrans"


def test_three_failures_in_a_row_leave_the_gateway_alone(shop: Shop) -> None:
    fails_to_get_a_code(shop)
    shop.passes(10.0)
    assert shop.screen == OutOfService("K101", CONTACT)
    assert len(shop.told("gateway.failed")) == 1


def test_two_failures_do_not(shop: Shop) -> None:
    shop.begins()
    shop.fails(do.Create).passes(1.0).fails(do.Create).passes(2.0)
    shop.take(do.Create)
    shop.passes(40.0)
    assert isinstance(shop.screen, Idle)


def test_a_good_answer_in_between_forgets_the_failures(shop: Shop) -> None:
    shop.shows_code()
    for _ in range(4):
        for kind in ("fails", "fails", "works"):
            while not shop.waits_for(do.Ask):
                shop.passes(1.0)
            if kind == "fails":
                shop.fails(do.Ask)
            else:
                shop.says(Status.PENDING)
    assert not shop.told("gateway.failed")


def test_after_the_pause_the_next_order_is_the_probe(shop: Shop) -> None:
    fails_to_get_a_code(shop)
    shop.passes(31.0)
    assert isinstance(shop.screen, Idle)
    shop.shows_code()
    assert isinstance(shop.screen, PayByCode)
    assert len(shop.told("gateway.healed")) == 1


def test_after_one_failed_probe_it_is_left_alone_for_longer(shop: Shop) -> None:
    fails_to_get_a_code(shop)
    shop.passes(31.0)
    shop.begins()
    shop.fails(do.Create)
    assert shop.till.breakers["midtrans"].left_alone_until - shop.elapsed == 60.0


def test_the_repeats_for_one_customer_do_not_make_the_pause_longer(shop: Shop) -> None:
    began = shop.elapsed
    fails_to_get_a_code(shop)
    assert shop.till.breakers["midtrans"].left_alone_until == began + 3.0 + 30.0


def test_the_pause_never_grows_beyond_five_minutes_nor_overflows() -> None:
    breaker = Breaker()
    for moment in range(0, 3_000_000, 1000):
        breaker = failed(half_open(breaker, moment), moment)
    assert breaker.left_alone_until == moment + 300.0


def test_a_no_is_not_a_failure_of_the_gateway(shop: Shop) -> None:
    for _ in range(4):
        shop.begins()
        shop.fails(do.Create, REFUSED).passes(10.0)
    assert isinstance(shop.screen, Idle)


def test_old_orders_that_get_no_answer_stop_nobody(shop: Shop) -> None:
    """A background order is asked about for a day; its silence says nothing about the next sale."""
    leaves = shop.shows_code()
    shop.press("**")
    shop.happen(on.CustomerLeft(leaves.id))
    for _ in range(20):
        shop.passes(300.0)
        for kind in (do.Cancel, do.Ask):
            if shop.waits_for(kind):
                shop.fails(kind)
    assert isinstance(shop.screen, Idle)


def test_an_answer_about_an_old_order_heals_the_gateway(shop: Shop) -> None:
    fails_to_get_a_code(shop)
    shop.passes(10.0)
    shop.cancels()
    assert isinstance(shop.screen, Idle)


def test_while_one_gateway_is_left_alone_the_next_one_sells() -> None:
    shop = Shop(replace(SETTINGS, gateways=("midtrans", "doku")), doku=TERMS)
    shop.shows_code()
    for _ in range(3):
        while not shop.waits_for(do.Ask):
            shop.passes(1.0)
        shop.fails(do.Ask)
    shop.press("**").passes(2.0).press("**").passes(2.0).press("#")
    assert shop.begins().gateway == "doku"


def test_an_order_keeps_the_gateway_it_was_born_with() -> None:
    shop = Shop(replace(SETTINGS, gateways=("midtrans", "doku")), doku=TERMS)
    order = shop.shows_code()
    shop.restarts(gateways=("doku",)).cancels().passes(2.0)
    assert shop.take(do.Ask).order.gateway == order.gateway == "midtrans"


def test_six_unpaid_orders_within_ten_minutes_stop_the_selling(shop: Shop) -> None:
    words = []
    for _ in range(6):
        leaves_unpaid(shop)
        words.append(shop.screen)
    assert OutOfService("K314", CONTACT) not in words[:5]
    assert words[5] == OutOfService("K314", CONTACT)


def test_the_oldest_of_them_is_forgotten_after_ten_minutes(shop: Shop) -> None:
    began = shop.elapsed
    for _ in range(6):
        leaves_unpaid(shop)
    shop.passes(began + 599.0 - shop.elapsed)
    stopped = shop.screen
    shop.passes(1.0)
    assert stopped == OutOfService("K314", CONTACT)
    assert isinstance(shop.screen, Idle)


def test_forgetting_an_unpaid_order_never_stands_still_over_a_rounding_error() -> None:
    """`passes` raises where the machine is woken and finds nothing to do."""
    for odd in range(200):
        shop = Shop()
        shop.elapsed = 0.7 + odd / 10.0
        shop.till = replace(shop.till, unpaid=(shop.elapsed,))
        shop.passes(600.1)
        assert not shop.till.unpaid


def test_six_orders_over_a_long_time_stop_nothing(shop: Shop) -> None:
    for _ in range(12):
        leaves_unpaid(shop)
        shop.passes(100.0)
    assert isinstance(shop.screen, Idle)


def test_the_machines_own_trouble_does_not_count_as_unpaid(shop: Shop) -> None:
    for _ in range(8):
        shop.shows_code()
        shop.happen(on.PartFailed(on.Part.DOOR, "open"))
        shop.cancels().passes(2.0).says(Status.UNPAID_FINAL)
        shop.happen(on.PartHealed(on.Part.DOOR))
        shop.passes(31.0)
    assert isinstance(shop.screen, Idle)


def test_a_hundred_old_orders_stop_the_selling(shop: Shop) -> None:
    shop = Shop(replace(SETTINGS, limits=Limits(unpaid_orders=1000)))
    for _ in range(100):
        shop.shows_code()
        shop.press("**").passes(2.0).press("**").passes(2.0).press("#").passes(21.0)
    assert len(shop.till.background) == 100
    assert shop.screen == OutOfService("K315", CONTACT)
    shop.cancels().passes(2.0).says(Status.UNPAID_FINAL)
    assert isinstance(shop.screen, Idle)


def test_a_hundred_old_orders_do_not_keep_the_customer_waiting() -> None:
    shop = Shop(replace(SETTINGS, limits=Limits(unpaid_orders=1000)))
    for _ in range(99):
        shop.shows_code()
        shop.press("**").passes(2.0).press("**").passes(2.0).press("#").passes(21.0)
    order = shop.shows_code()
    shop.happen(on.Hinted(order.id))
    assert shop.waiting[-1] == do.Ask(order, shop.state(QrShown).charge)


def test_a_customer_whose_price_no_free_gateway_takes_is_told_so() -> None:
    """The cheap gateway sells, the one for larger sums is left alone: idle would be no answer."""
    settings = replace(SETTINGS, gateways=("midtrans", "doku"))
    shop = Shop(settings, replace(TERMS, maximum=Rupiah(10_000)), doku=TERMS)
    shop.happen(on.TimePassed())
    shop.till = replace(shop.till, breakers={"doku": Breaker(3, shop.elapsed + 30.0)})
    shop.press("1#")
    shop.happen(on.Minted("K010000000000000000009A", "000009"))
    assert shop.screen == OutOfService("K101", CONTACT)
    assert not shop.lives


@pytest.mark.parametrize(("amount", "sold"), [(11_999, False), (12_000, True)])
def test_a_price_outside_the_gateways_limits_is_not_sold(amount: int, sold: bool) -> None:
    shop = Shop(terms=replace(TERMS, minimum=Rupiah(1_000), maximum=Rupiah(amount)))
    shop.press("1#")
    assert shop.waits_for(do.Mint) is sold
    assert isinstance(shop.screen, AmountNotAccepted) is not sold


def test_a_person_takes_the_whole_machine_out_of_service_and_back(shop: Shop) -> None:
    shop.happen(on.SlotDisabled(0, "budi"))
    assert shop.screen == OutOfService("K504", CONTACT)
    shop.happen(on.SlotEnabled(0, "budi"))
    assert isinstance(shop.screen, Idle)
    assert [message.fields["who"] for message in shop.told("slot.disabled")] == ["budi"]


def test_out_of_service_comes_after_the_current_order(shop: Shop) -> None:
    shop.shows_code()
    shop.happen(on.SlotDisabled(0, "budi"))
    assert shop.state(QrShown)
    shop.is_paid().drops().passes(10.0)
    assert shop.screen == OutOfService("K504", CONTACT)


def test_a_customer_who_is_choosing_when_the_machine_closes_is_told_when_he_confirms(shop: Shop) -> None:
    shop.press("1")
    shop.happen(on.PartFailed(on.Part.DOOR, "open"))
    shop.press("#")
    assert shop.screen == OutOfService("K204", CONTACT)
    assert not shop.waits_for(do.Mint)


def test_an_id_that_another_machine_uses_is_told_and_stops_nothing(shop: Shop) -> None:
    shop.shows_code()
    shop.happen(on.IdContested())
    assert [message.fields for message in shop.told("broker.taken_over")] == [{"code": "K703"}]
    assert shop.is_paid().drops().state(Dispensed)
