"""What is heard, and when nothing is."""

import pytest
from msgspec.structs import replace

from kiosk import effects as do
from kiosk import events as on
from kiosk.model import Drop, SlotRecord, Status, Tune
from kiosk.screens import CallOperator, RefundUnderWay, Screen
from tests.core.shop import PARKING, REFUSED, SETTINGS, TERMS, UNREACHABLE, Shop

LOUD = replace(SETTINGS, has_buzzer=True)
BY_AMOUNT = replace(LOUD, slots=(), free=PARKING)


def tunes(shop: Shop) -> list[Tune]:
    """What was heard since this was asked last."""
    heard = shop.asked(do.Play)
    shop.done = [effect for effect in shop.done if not isinstance(effect, do.Play)]
    return [act.tune for act in heard]


@pytest.fixture
def shop() -> Shop:
    return Shop(LOUD)


def test_a_machine_without_a_buzzer_is_asked_for_no_sound() -> None:
    shop = Shop()
    shop.press("#").shows_code("*2#")
    shop.is_paid().drops()
    assert tunes(shop) == []


def test_a_sale_is_heard_when_it_is_accepted_and_when_it_is_paid(shop: Shop) -> None:
    shop.shows_code()
    assert tunes(shop) == [Tune.ACCEPTED]
    shop.is_paid()
    assert tunes(shop) == [Tune.PAID]
    shop.drops().passes(30.0)
    assert tunes(shop) == []


def test_a_payment_seen_in_the_claim_window_is_heard(shop: Shop) -> None:
    shop.shows_code()
    shop.passes(180.0).cancels()
    tunes(shop)
    shop.passes(3.0).says(Status.PAID)
    assert tunes(shop) == [Tune.PAID]


def test_a_payment_that_waits_for_the_door_is_heard_once(shop: Shop) -> None:
    shop.shows_code()
    shop.happen(on.PartFailed(on.Part.DOOR, "open"))
    tunes(shop)
    shop.cancels().passes(2.0).says(Status.PAID).passes(3.0)
    shop.happen(on.PartHealed(on.Part.DOOR))
    assert shop.waits_for(do.Release)
    assert tunes(shop) == [Tune.PAID]


def test_a_sound_never_comes_before_what_is_written_or_shown(shop: Shop) -> None:
    shop.shows_code()
    shop.is_paid()
    paid = next(n for n, each in enumerate(shop.done) if each == do.Play(Tune.PAID))
    before = [type(each) for each in shop.done[:paid]]
    assert before[-1] is do.Show
    assert do.Release in before


@pytest.mark.parametrize("key", list("0123456789"))
def test_a_digit_while_a_code_is_shown_is_not_accepted(shop: Shop, key: str) -> None:
    shop.shows_code()
    tunes(shop)
    shop.press(key)
    assert tunes(shop) == [Tune.REFUSED]


def test_keys_that_do_something_make_no_sound(shop: Shop) -> None:
    shop.press("#1*2")
    assert tunes(shop) == []
    shop.press("#")
    tunes(shop)
    shop.happen(on.Minted("K010000000000000000009A", "000009"))
    assert tunes(shop) == []


def test_asking_whether_it_is_paid_is_never_refused(shop: Shop) -> None:
    shop.shows_code()
    tunes(shop)
    shop.press("###")
    assert tunes(shop) == []


def test_cancelling_is_no_refusal_and_no_failure(shop: Shop) -> None:
    shop.shows_code()
    tunes(shop)
    shop.press("**").cancels().passes(3.0).says(Status.UNPAID_FINAL)
    assert tunes(shop) == []


def test_the_key_of_the_staff_menu_is_silent_at_rest(shop: Shop) -> None:
    shop.press("*")
    assert tunes(shop) == []


def test_a_slot_that_is_not_there_is_refused_at_once(shop: Shop) -> None:
    shop.press("9")
    assert tunes(shop) == [Tune.REFUSED]


def test_a_slot_that_is_stopped_is_refused() -> None:
    shop = Shop(LOUD, slots={1: SlotRecord(stopped="not_dropped")})
    shop.press("1#")
    assert tunes(shop) == [Tune.REFUSED]


def test_an_amount_out_of_bounds_is_refused() -> None:
    shop = Shop(BY_AMOUNT)
    shop.press("1")
    assert tunes(shop) == []
    shop.press("#")
    assert tunes(shop) == [Tune.REFUSED]


def test_digits_beyond_the_longest_amount_are_refused() -> None:
    shop = Shop(BY_AMOUNT)
    shop.press("12345678")
    assert tunes(shop) == []
    shop.press("9")
    assert tunes(shop) == [Tune.REFUSED]


def test_a_machine_that_is_closed_refuses(shop: Shop) -> None:
    shop.happen(on.PartFailed(on.Part.DOOR, "open"))
    assert tunes(shop) == []
    shop.press("1")
    assert tunes(shop) == [Tune.REFUSED]


def test_a_key_that_nobody_knows_is_not_even_refused(shop: Shop) -> None:
    shop.press("A")
    assert tunes(shop) == []


def test_an_order_without_a_code_fails_to_be_heard_once(shop: Shop) -> None:
    shop.begins()
    tunes(shop)
    shop.fails(do.Create, REFUSED)
    assert tunes(shop) == [Tune.FAILED]
    shop.passes(60.0)
    assert tunes(shop) == []


def test_the_next_gateway_is_tried_in_silence() -> None:
    shop = Shop(replace(LOUD, gateways=("midtrans", "doku")), doku=TERMS)
    shop.begins()
    tunes(shop)
    shop.fails(do.Create, REFUSED)
    shop.take(do.Mint)
    shop.happen(on.Minted("K010000000000000000009A", "000009"))
    assert tunes(shop) == []


@pytest.mark.parametrize("refunds", [True, False])
def test_goods_that_did_not_fall_are_heard_once(refunds: bool) -> None:
    shop = Shop(LOUD, replace(TERMS, refunds=refunds))
    shop.shows_code()
    shop.is_paid()
    tunes(shop)
    shop.drops(Drop.NOT_SEEN)
    assert tunes(shop) == [Tune.FAILED]


@pytest.mark.parametrize(("refunds", "words"), [(True, RefundUnderWay), (False, CallOperator)])
def test_who_pays_on_a_panel_that_died_hears_it_and_reads_why_when_it_is_back(
    refunds: bool, words: type[Screen]
) -> None:
    shop = Shop(LOUD, replace(TERMS, refunds=refunds))
    shop.shows_code()
    shop.happen(on.PartFailed(on.Part.PANEL, "nothing answers at 0x3c"))
    tunes(shop)
    shop.cancels().says(Status.PAID)
    assert tunes(shop) == [Tune.FAILED]
    shop.passes(20.0)
    shop.done.clear()
    shop.happen(on.PartHealed(on.Part.PANEL))
    (shown,) = shop.asked(do.Show)
    assert isinstance(shown.view.screen, words)
    assert getattr(shown.view.screen, "claim_code", "") == shop.order.claim_code


def test_the_end_of_an_old_order_in_the_background_is_silent(shop: Shop) -> None:
    shop.shows_code()
    shop.press("**")
    shop.cancels().passes(30.0)
    tunes(shop)
    shop.happen(on.Hinted(shop.order.id))
    shop.passes(3.0).says(Status.PAID)
    shop.fails(do.Refund, UNREACHABLE)
    assert tunes(shop) == []


def test_a_controllers_order_is_heard_as_well(shop: Shop) -> None:
    shop.commands("charge", slot=1, reference="R1")
    assert tunes(shop) == [Tune.ACCEPTED]
