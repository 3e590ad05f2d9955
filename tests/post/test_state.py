"""What the operator reads of the till at a glance."""

import msgspec
import pytest
from hypothesis import settings
from hypothesis.stateful import invariant
from msgspec.structs import replace

from kiosk import effects as do
from kiosk import events as on
from kiosk.model import SlotRecord
from kiosk.mqtt.messages import encode
from kiosk.mqtt.reports import OrderNow, Phase, State
from kiosk.post.state import out_of_service, state_of
from kiosk.readiness import BY_HAND
from kiosk.till import closed_code
from tests.core import test_stories as core
from tests.core.shop import COFFEE, SETTINGS, TEA, Shop, charge_of


@pytest.fixture
def shop() -> Shop:
    shop = Shop()
    shop.happen(on.TimePassed())
    return shop


def told(shop: Shop) -> State:
    return state_of(shop.till, shop.now)


def test_a_machine_that_waits_for_a_customer_is_ready(shop: Shop) -> None:
    state = told(shop)
    assert (state.phase, state.ready, state.codes, state.order) == (Phase.IDLE, True, (), None)
    assert [(slot.number, slot.name, slot.price, slot.reason, slot.stock) for slot in state.slots] == [
        (1, "Kopi susu", 12_000, "", None),
        (2, "Teh tarik", 8_000, "", None),
    ]


def test_a_sale_goes_through_the_phases_that_somebody_in_front_of_it_would_name(shop: Shop) -> None:
    phases = [told(shop).phase]
    shop.press("1")
    phases.append(told(shop).phase)
    shop.press("#")
    phases.append(told(shop).phase)
    shop.begins("")
    phases.append(told(shop).phase)
    shop.take(do.Create)
    shop.happen(on.ChargeMade(shop.order.id, charge_of(shop.order)))
    phases.append(told(shop).phase)
    shop.is_paid()
    phases.append(told(shop).phase)
    shop.drops()
    phases.append(told(shop).phase)
    assert phases == [
        Phase.IDLE,
        Phase.CHOOSING,
        Phase.PREPARING,
        Phase.PREPARING,
        Phase.AWAITING_PAYMENT,
        Phase.RELEASING,
        Phase.NOTICE,
    ]


def test_nobody_else_can_begin_while_somebody_is_served(shop: Shop) -> None:
    shop.shows_code()
    assert (told(shop).ready, told(shop).codes) == (False, ())


def test_the_order_is_named_as_the_controller_and_the_gateway_know_it(shop: Shop) -> None:
    order = shop.shows_code()
    assert told(shop).order == OrderNow(
        order_id=order.id,
        reference="",
        state="QR_SHOWN",
        amount=12_000,
        slot=1,
        item="Kopi susu",
        gateway="midtrans",
        claim_code=order.claim_code,
    )


def test_while_the_gateway_is_asked_how_it_ended_it_is_checking_and_then_in_the_background(
    shop: Shop,
) -> None:
    shop.shows_code()
    shop.press("**")
    assert (told(shop).phase, told(shop).background) == (Phase.CHECKING, 0)
    shop.passes(60.0)
    assert (told(shop).order, told(shop).background) == (None, 1)


@pytest.mark.parametrize(
    ("part", "code"), [(on.Part.PANEL, "K201"), (on.Part.DOOR, "K204"), (on.Part.JOURNAL, "K404")]
)
def test_out_of_service_comes_with_the_code_that_the_panel_shows(
    part: on.Part, code: str, shop: Shop
) -> None:
    shop.happen(on.PartFailed(part, "broken"))
    assert (told(shop).phase, told(shop).ready, told(shop).codes) == (Phase.OUT_OF_SERVICE, False, (code,))


def test_of_many_codes_the_worst_comes_first_and_none_twice(shop: Shop) -> None:
    shop.happen(on.SlotDisabled(0, "Sari"))
    shop.happen(on.PartFailed(on.Part.DOOR, "open"))
    shop.happen(on.PartFailed(on.Part.DISK, "full"))
    assert told(shop).codes == ("K403", "K204", "K504")
    assert told(shop).codes[0] == closed_code(shop.till, shop.now)


def test_a_clock_that_stops_nobody_is_no_code(shop: Shop) -> None:
    shop.happen(on.PartFailed(on.Part.CLOCK, "it is 1970"))
    assert (told(shop).ready, told(shop).codes) == (True, ())
    shop.happen(on.PartFailed(on.Part.DOOR, "open"))
    assert told(shop).codes == ("K204",)


def test_recovery_is_the_worst_of_all() -> None:
    assert told(Shop(recovery="it is an old copy")).codes == ("K401",)


def test_a_slot_says_why_it_does_not_sell() -> None:
    tea = replace(TEA, counts_stock=True)
    records = {1: SlotRecord(stopped=BY_HAND), 2: SlotRecord(stock=7)}
    shop = Shop(replace(SETTINGS, slots=(COFFEE, tea)), slots=records)
    assert [(slot.reason, slot.stock) for slot in told(shop).slots] == [("disabled", None), ("", 7)]
    assert told(shop).ready


@pytest.mark.parametrize("record", [SlotRecord(), SlotRecord(stopped=BY_HAND)])
def test_a_machine_that_has_nothing_left_is_not_ready(record: SlotRecord) -> None:
    slots = tuple(replace(slot, counts_stock=True) for slot in (COFFEE, TEA))
    shop = Shop(replace(SETTINGS, slots=slots), slots={1: record, 2: SlotRecord()})
    state = told(shop)
    assert (state.phase, state.ready, state.slots[1].reason) == (Phase.IDLE, False, "sold_out")


def test_the_last_state_says_why_it_ended() -> None:
    assert encode(out_of_service("K402")) == (
        b'{"v":1,"phase":"out_of_service","ready":false,"codes":["K402"],"order":null,"slots":[],'
        b'"background":0}'
    )


class Watched(core.Stories):
    """The core's stories, with an operator who looks after every step."""

    @invariant()
    def the_operator_reads_what_is_so(self) -> None:
        if not hasattr(self, "world"):
            return
        till, now = self.world.till, self.world.now
        state = state_of(till, now)
        assert msgspec.json.decode(encode(state), type=State) == state
        assert (state.order is None) == (till.opened is None)
        assert bool(state.codes) == bool(closed_code(till, now))
        assert not (state.ready and (state.codes or state.order))


TestWatched = Watched.TestCase
TestWatched.settings = settings(core.TestStories.settings, max_examples=60)
