"""What hardly ever comes to the machine: nothing to do, nobody's answer, an order that is over."""

from typing import Any

import pytest
from msgspec.structs import replace

from kiosk import effects as do
from kiosk import events as on
from kiosk.model import Rupiah, Status, Tune
from kiosk.mqtt.reports import Answer
from kiosk.order import step
from kiosk.order.verdict import Verdict, judge
from kiosk.refusals import Reason
from kiosk.reopening import Memory, reopen
from kiosk.screens import TestPicture
from kiosk.staff.pages import Command, Menu, Said, Staff
from kiosk.staff_screens import StaffRefused
from kiosk.states import Life, Refunding, Why
from kiosk.till.staffing import _command, key_pressed, looked_around, looked_up
from kiosk.till.value import desk_for
from tests.core.lives import CHARGE, ORDER, STATES, life_in
from tests.core.shop import EVIDENCE, SETTINGS, TERMS, Shop, report_of

EQUIPPED = replace(SETTINGS, has_buzzer=True, inputs=frozenset({"door"}))


def stepped(life: Life) -> tuple[Life, tuple[do.Effect, ...]]:
    shop = Shop()
    shop.elapsed = 999.5
    return step(life, on.TimePassed(), desk_for(shop.till, life, shop.now))


@pytest.mark.parametrize("name", ["intent", "shown", "refunding"])
def test_an_order_with_nothing_to_do_yet_does_nothing(name: str) -> None:
    life = life_in(STATES[name])
    after, effects = stepped(life)
    assert (after.state, effects) == (life.state, ())


def test_a_refund_that_never_went_out_goes_out_when_its_time_comes() -> None:
    owed = Refunding(Why.NOT_DROPPED, CHARGE, EVIDENCE, give_up_at=5000.0, next_at=999.0)
    after, effects = stepped(life_in(owed))
    assert isinstance(after.state, Refunding)
    assert after.state.in_flight
    assert [type(effect) for effect in effects if not isinstance(effect, do.Save)] == [do.Refund]


def test_where_nobody_knows_the_merchant_an_answer_must_still_name_one() -> None:
    order = replace(ORDER, merchant="")
    said = replace(report_of(order, Status.PAID), merchant="G7")
    assert judge(order, None, said, TERMS) is Verdict.PAID
    assert judge(order, None, replace(said, merchant=""), TERMS) is Why.WRONG_MERCHANT


def test_an_order_that_is_over_stays_as_it_was_at_a_start() -> None:
    shop = Shop()
    over = life_in(STATES["dispensed"])
    till, effects = reopen(SETTINGS, {"midtrans": TERMS}, Memory(lives=(over,)), shop.now)
    assert till.opened is None
    assert [type(effect) for effect in effects] == [do.Log]


def test_a_machine_that_sells_nothing_has_no_slot_for_a_controller() -> None:
    reply = Shop(replace(SETTINGS, slots=())).commands("charge", reference="sale-1", amount=5_000)
    assert (reply.status, reply.reason) == (Answer.REJECTED, Reason.NO_SUCH_SLOT)


def test_a_price_that_no_gateway_takes_is_said_to_a_controller() -> None:
    shop = Shop(terms=replace(TERMS, maximum=Rupiah(10_000)))
    reply = shop.commands("charge", reference="sale-1", slot=1)
    assert (reply.status, reply.reason) == (Answer.REJECTED, Reason.AMOUNT_NOT_ACCEPTED)
    assert not shop.lives


def test_a_try_that_nobody_asked_for_is_nobodys_answer(shop: Shop) -> None:
    before = shop.till
    shop.happen(on.OutputTried("c99", ""))
    assert shop.till == before
    assert not shop.answers


def test_diagnostics_say_what_is_bad(shop: Shop) -> None:
    shop.happen(on.PartFailed(on.Part.DOOR, "open"))
    told: dict[str, Any] = dict(shop.commands("diagnostics").data)
    assert told["faults"] == {"door": "open"}
    assert told["closed"]


@pytest.mark.parametrize("part", ["panel", "keypad", "inputs", "buzzer"])
def test_every_part_that_is_there_can_be_tried_from_afar(part: str) -> None:
    shop = Shop(EQUIPPED)
    shop.happen(on.TimePassed())
    assert shop.commands("test", part=part).status is Answer.DONE
    assert bool([play for play in shop.asked(do.Play) if play.tune is Tune.PAID]) == (part == "buzzer")
    assert isinstance(shop.screen, TestPicture) == (part == "panel")


def test_an_output_that_is_not_there_cannot_be_tried(shop: Shop) -> None:
    reply = shop.commands("test_output", output="spiral9", who="Budi")
    assert (reply.status, reply.reason) == (Answer.REJECTED, Reason.NO_SUCH_PART)
    assert not shop.waits_for(do.TryOutput)


def test_what_was_looked_up_for_nobody_turns_no_page(shop: Shop) -> None:
    assert looked_up(shop.till, on.LookedUp(7, ()), shop.now) == (shop.till, ())
    assert looked_around(shop.till, on.LookedAround(7, ()), shop.now) == (shop.till, ())


def test_a_wish_of_the_menu_that_no_command_may_have_is_refused_there(shop: Shop) -> None:
    till, effects = _command(shop.till, Command("stock", {"slot": 1, "count": -5}), shop.now)
    page = getattr(till.session.stage, "page", None)
    assert isinstance(page, Said)
    assert isinstance(page.screen, StaffRefused)
    assert effects == ()


def test_a_key_that_means_nothing_turns_no_page_of_the_menu(shop: Shop) -> None:
    inside = replace(shop.till, session=replace(shop.till.session, stage=Staff(Menu())))
    assert key_pressed(inside, on.KeyPressed("A"), shop.now) == (inside, ())
