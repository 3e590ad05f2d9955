"""Door, inhibit, loop and sensor: nothing is sold, nothing moves, and who paid gets it back."""

import pytest
from msgspec.structs import replace

from kiosk import effects as do
from kiosk import events as on
from kiosk.model import Drop, Status, Tune
from kiosk.mqtt.reports import Answer
from kiosk.readiness import PART_CODES, SMALL_CODES, code_of
from kiosk.refusals import Reason
from kiosk.screens import Idle, OutOfService
from kiosk.states import Closing, Dispensed, QrShown, Refunding, Settled, Why
from tests.core.shop import SETTINGS, Shop

INPUTS = [on.Part.DOOR, on.Part.INHIBIT, on.Part.LOOP, on.Part.SENSOR]
CODES = dict(zip(INPUTS, ["K204", "K203", "K205", "K213"], strict=True))


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.mark.parametrize("part", INPUTS)
def test_nothing_is_sold_while_an_input_says_no(shop: Shop, part: on.Part) -> None:
    shop.happen(on.PartFailed(part, "no"))
    assert shop.screen == OutOfService(CODES[part], "WA 0812")
    shop.press("1#")
    assert not shop.waits_for(do.Mint)
    assert shop.commands("charge", slot=1, reference="R1").status is Answer.REJECTED
    shop.happen(on.PartHealed(part))
    shop.passes(30.0)
    assert isinstance(shop.screen, Idle)
    shop.press("1#")
    assert shop.waits_for(do.Mint)


@pytest.mark.parametrize("part", INPUTS)
def test_a_payable_code_is_taken_away_with_the_reason(shop: Shop, part: on.Part) -> None:
    shop.shows_code()
    shop.happen(on.PartFailed(part, "no"))
    closing = shop.state(Closing)
    assert closing.why is Why.INHIBITED
    assert shop.waits_for(do.Cancel)


@pytest.mark.parametrize("part", INPUTS)
def test_who_paid_meanwhile_waits_till_the_window_ends_and_is_paid_back(shop: Shop, part: on.Part) -> None:
    shop.shows_code()
    shop.happen(on.PartFailed(part, "no"))
    shop.cancels().passes(2.0).says(Status.PAID)
    assert isinstance(shop.state(Settled), Settled)
    shop.passes(25.0)
    assert not shop.waits_for(do.Release)
    assert shop.state(Refunding).why is Why.NO_OUTPUT


@pytest.mark.parametrize("part", INPUTS)
def test_who_paid_meanwhile_gets_the_goods_where_it_says_yes_in_time(shop: Shop, part: on.Part) -> None:
    shop.shows_code()
    shop.happen(on.PartFailed(part, "no"))
    shop.cancels().passes(2.0).says(Status.PAID)
    shop.happen(on.PartHealed(part))
    assert shop.waits_for(do.Release)


@pytest.mark.parametrize("part", INPUTS)
def test_a_release_that_began_is_not_stopped(shop: Shop, part: on.Part) -> None:
    shop.shows_code()
    shop.is_paid()
    shop.happen(on.PartFailed(part, "no"))
    shop.drops(Drop.SEEN)
    assert isinstance(shop.life.state, Dispensed)
    assert len(shop.asked(do.Release)) == 1


def test_a_car_that_is_gone_when_the_payment_comes_opens_no_gate(shop: Shop) -> None:
    """The gateway's answer was on its way when the car left."""
    shop.shows_code()
    shop.happen(on.Hinted(shop.order.id))
    shop.passes(2.0)
    shop.happen(on.PartFailed(on.Part.LOOP, "no car"))
    shop.says(Status.PAID)
    assert not shop.waits_for(do.Release)
    assert isinstance(shop.state(Settled), Settled)


def test_a_car_that_comes_and_goes_is_told_to_nobody(shop: Shop) -> None:
    shop.happen(on.PartFailed(on.Part.LOOP, ""))
    assert shop.screen == OutOfService("K205", "WA 0812")
    shop.happen(on.PartHealed(on.Part.LOOP))
    assert (shop.told("part.failed"), shop.told("part.healed"), shop.logged("K205")) == ([], [], [])


def test_a_loop_that_fails_while_no_car_is_there_is_told(shop: Shop) -> None:
    shop.happen(on.PartFailed(on.Part.LOOP, ""))
    shop.happen(on.PartFailed(on.Part.LOOP, "loop: its wire is off"))
    assert len(shop.told("part.failed")) == 1
    shop.happen(on.PartHealed(on.Part.LOOP))
    assert len(shop.told("part.healed")) == 1


@pytest.mark.parametrize("part", INPUTS)
def test_a_fault_is_told_once_with_their_code(shop: Shop, part: on.Part) -> None:
    for reason in ("no", "no, twice"):
        shop.happen(on.PartFailed(part, reason))
    (told,) = shop.told("part.failed")
    assert told.fields == {"part": part.value, "reason": "no", "code": CODES[part]}
    shop.happen(on.PartHealed(part))
    assert len(shop.told("part.healed")) == 1


def test_goods_that_nobody_saw_fall_move_the_output_once_and_go_back(shop: Shop) -> None:
    shop.shows_code()
    shop.is_paid().drops(Drop.NOT_SEEN).passes(120.0)
    assert shop.state(Refunding).why is Why.NOT_DROPPED
    assert len(shop.asked(do.Release)) == 1


def test_a_slot_stops_after_two_failures_in_a_row_and_a_person_starts_it_again(shop: Shop) -> None:
    for _ in range(2):
        shop.shows_code()
        shop.is_paid().drops(Drop.NOT_SEEN).refunds().passes(130.0)
    assert shop.till.slots[1].stopped == "not_dropped"
    assert len(shop.told("slot.stopped")) == 1
    shop.press("1#")
    assert not shop.waits_for(do.Mint)
    assert shop.commands("enable", slot=1, who="sari").status is Answer.DONE
    shop.passes(30.0).press("1#")
    assert shop.waits_for(do.Mint)


def test_goods_that_were_seen_between_two_failures_stop_nothing(shop: Shop) -> None:
    for drop in (Drop.NOT_SEEN, Drop.SEEN, Drop.NOT_SEEN):
        shop.shows_code()
        shop.is_paid().drops(drop)
        if drop is Drop.NOT_SEEN:
            shop.refunds()
        shop.passes(130.0)
    assert shop.till.slots[1].stopped == ""


def test_every_part_has_a_code_and_only_one() -> None:
    assert {*PART_CODES, *SMALL_CODES} == set(on.Part)
    assert not PART_CODES.keys() & SMALL_CODES.keys()
    assert all(code_of(part) for part in on.Part)


def test_a_buzzer_that_is_bad_keeps_nothing_from_being_sold() -> None:
    shop = Shop(replace(SETTINGS, has_buzzer=True))
    shop.happen(on.PartFailed(on.Part.BUZZER, "its wire is off"))
    assert shop.logged("K214")
    shop.shows_code()
    assert isinstance(shop.state(QrShown), QrShown)


def test_a_part_that_is_not_there_cannot_be_tried(shop: Shop) -> None:
    for part in ("inputs", "buzzer"):
        reply = shop.commands("test", part=part)
        assert (reply.status, reply.reason) == (Answer.REJECTED, Reason.NO_SUCH_PART)


def test_the_buzzer_is_tried_by_playing_and_says_what_is_wrong() -> None:
    shop = Shop(replace(SETTINGS, has_buzzer=True))
    assert shop.commands("test", part="buzzer").status is Answer.DONE
    assert shop.asked(do.Play) == [do.Play(Tune.PAID)]
    shop.happen(on.PartFailed(on.Part.BUZZER, "its wire is off"))
    reply = shop.commands("test", part="buzzer")
    assert (reply.status, reply.words) == (Answer.FAILED, "its wire is off")
