"""The table of transitions is the whole story: nothing is missing in it, and nothing happens beside it."""

from typing import get_args

import pytest
from msgspec.structs import replace

from kiosk import effects as do
from kiosk import events as on
from kiosk import order as orders
from kiosk import till as tills
from kiosk.codes import CODES
from kiosk.order.desk import Desk
from kiosk.session import Serving
from kiosk.states import FINAL, Armed, Intent, Life, QrShown, Settled, State
from tests.core.lives import AT, EVENTS, ORDER, STATES, life_in
from tests.core.shop import TERMS, Shop

FRONT = (Intent, QrShown, Settled, Armed)
OF_ORDER = set(get_args(on.OfOrder))
ALL_STATES = set(get_args(State))
IN_FRONT = [name for name, state in STATES.items() if isinstance(state, FRONT) or "window" in name]
BEHIND = [name for name in STATES if "closing" in name or "refunding" in name]


def desk(*, on_panel: bool = True, may_release: bool = True, may_refund: bool = True) -> Desk:
    return Desk(ORDER, TERMS, AT, on_panel, may_release, may_refund)


def shop_with(life: Life, *, opened: bool) -> Shop:
    shop = Shop()
    session = replace(shop.till.session, stage=Serving())
    shop.till = (
        replace(shop.till, opened=life, session=session) if opened else replace(shop.till, background=(life,))
    )
    return shop


def test_every_state_has_a_row_or_is_final() -> None:
    assert orders.TRANSITIONS.keys() | set(FINAL) == ALL_STATES
    assert orders.TRANSITIONS.keys().isdisjoint(FINAL)


def test_every_event_of_an_order_is_named_somewhere() -> None:
    named = {event for row in orders.TRANSITIONS.values() for event in row}
    assert named == OF_ORDER | {on.TimePassed}


def test_every_state_that_is_not_final_says_when_it_wants_to_be_woken() -> None:
    assert orders.DUE.keys() == ALL_STATES - set(FINAL)


def test_the_samples_cover_every_state_and_every_event() -> None:
    assert {type(state) for state in STATES.values()} == ALL_STATES
    assert {type(event) for event in EVENTS} == OF_ORDER


@pytest.mark.parametrize("name", STATES)
def test_what_the_table_does_not_name_changes_nothing(name: str) -> None:
    life = life_in(STATES[name])
    row = orders.TRANSITIONS.get(type(life.state), {})
    for event in (*EVENTS, on.TimePassed()):
        if type(event) not in row:
            assert orders.step(life, event, desk()) == (life, ())


@pytest.mark.parametrize("name", IN_FRONT)
def test_no_event_raises_for_the_order_in_front(name: str) -> None:
    for event in (*EVENTS, on.TimePassed(), on.Stopping()):
        shop = shop_with(life_in(STATES[name]), opened=True)
        shop.happen(event)
        shop.passes(3 * 86_400.0)


@pytest.mark.parametrize("name", BEHIND)
def test_no_event_raises_for_an_order_in_the_background(name: str) -> None:
    for event in (*EVENTS, on.TimePassed(), on.Stopping()):
        shop = shop_with(life_in(STATES[name]), opened=False)
        shop.happen(event)
        shop.passes(3 * 86_400.0)


@pytest.mark.parametrize("name", IN_FRONT)
def test_no_key_moves_money_by_itself(name: str) -> None:
    for keys in ("0", "5", "##", "*", "**", "*5*", "*#*"):
        shop = shop_with(life_in(STATES[name]), opened=True)
        shop.happen(on.TimePassed())
        before = shop.asked(do.Refund), shop.asked(do.Release)
        shop.press(keys)
        assert (shop.asked(do.Refund), shop.asked(do.Release)) == before


@pytest.mark.parametrize("name", STATES)
def test_an_event_about_another_order_changes_nothing(name: str) -> None:
    life = life_in(STATES[name])
    stranger = "K01SOMEBODYELSESORDER1A"
    for event in EVENTS:
        shop = shop_with(life, opened=True)
        shop.happen(on.TimePassed())
        before = shop.till
        shop.happen(replace(event, order_id=stranger))
        assert shop.till == before


@pytest.mark.parametrize("name", STATES)
def test_an_arrow_is_on_disk_with_its_step(name: str) -> None:
    life = life_in(STATES[name])
    for event in EVENTS:
        after, effects = orders.step(life, event, desk())
        if type(after.state) is not type(life.state):
            assert [effect.life for effect in effects if isinstance(effect, do.Save)] == [after]
            assert after.history[-1].state == after.state_name


@pytest.mark.parametrize("name", STATES)
def test_every_line_that_is_logged_has_its_code_in_the_book(name: str) -> None:
    for event in EVENTS:
        _, effects = orders.step(life_in(STATES[name]), event, desk())
        assert {effect.code for effect in effects if isinstance(effect, do.Log)} <= CODES.keys()


def test_a_till_at_rest_wants_nothing(shop: Shop) -> None:
    assert tills.due(shop.till) is None
