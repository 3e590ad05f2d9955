"""The staff menu: who comes in, what a person can do there, and what nobody can do without the PIN."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from kiosk import effects as do
from kiosk import events as on
from kiosk import screens
from kiosk import staff_screens as staff
from kiosk.admission import admit_locally
from kiosk.commands import Resolution
from kiosk.model import Language, Rupiah, SlotRecord
from kiosk.mqtt.reports import Answer
from kiosk.refusals import Refusal
from kiosk.secret import Secret
from kiosk.staff.door import FREE, LONGEST, pause
from kiosk.states import Escalated, Life, Refunded, Resolved, Why
from tests.core.lives import CHARGE, ORDER, STATES, life_in
from tests.core.shop import COFFEE, EVIDENCE, PARKING, SETTINGS, TEA, Shop

PIN = "271828"
WRONG = "000000"
GUARDED = replace(SETTINGS, staff_pin=True, slots=(replace(COFFEE, counts_stock=True), TEA))
GATE = replace(GUARDED, slots=(), free=PARKING)
CLAIM = Life(ORDER, Escalated(Why.CUT_IN_RELEASE, EVIDENCE), charge=CHARGE)
SOLD = life_in(STATES["dispensed"])


def shop_of(settings: Any = GUARDED, **more: Any) -> Shop:
    shop = Shop(settings, **more)
    shop.happen(on.TimePassed())
    return shop


def seen(shop: Shop) -> screens.Screen:
    """What is on the panel now, whatever was there a moment ago."""
    return shop.screen


def held(shop: Shop, key: str = "*") -> Shop:
    shop.press(key)
    shop.happen(on.KeyHeld(key))
    return shop


def types(shop: Shop, pin: str = PIN) -> Shop:
    """Type a PIN; whoever holds the hash finds out whether it is the one."""
    shop.press(f"{pin}#")
    question = shop.take(do.CheckPin)
    shop.happen(on.PinChecked(question.ticket, ok=question.pin == Secret(PIN)))
    return shop


def inside(settings: Any = GUARDED, **more: Any) -> Shop:
    shop = types(held(shop_of(settings, **more)))
    assert seen(shop) == staff.StaffMenu(0)
    return shop


def finds(shop: Shop, *lives: Life) -> Shop:
    """What is looked up is there, the newest first."""
    shop.happen(on.LookedUp(shop.take(do.LookUp).ticket, lives))
    return shop


def answers(shop: Shop) -> list[Answer]:
    return [act.reply.status for act in shop.done if isinstance(act, do.Answer)]


def saved(shop: Shop) -> list[Life]:
    return [act.life for act in shop.done if isinstance(act, do.Save)]


# the door


def test_the_menu_opens_by_holding_the_back_key_and_asks_for_the_pin() -> None:
    assert held(shop_of()).screen == staff.PinEntry(0)


@pytest.mark.parametrize("key", "0123456789#")
def test_no_other_key_opens_it(key: str) -> None:
    shop = held(shop_of(), key)
    shop.passes(30.0)
    assert isinstance(shop.screen, screens.Idle)


def test_pressing_the_key_is_not_holding_it() -> None:
    assert isinstance(shop_of().press("*").screen, screens.Idle)


def test_it_opens_where_nothing_is_sold() -> None:
    shop = shop_of(slots={0: SlotRecord(stopped="disabled")})
    assert isinstance(shop.screen, screens.OutOfService)
    assert held(shop).screen == staff.PinEntry(0)


def test_it_speaks_the_language_that_was_chosen() -> None:
    shop = held(shop_of().press("#"))
    assert shop.till.shown
    assert shop.till.shown.language is Language.ENGLISH


def test_it_does_not_open_in_front_of_a_customer() -> None:
    shop = shop_of()
    shop.shows_code("2#")
    shop.happen(on.KeyHeld("*"))
    assert isinstance(shop.screen, screens.PayByCode)


def test_it_does_not_open_over_something_to_read() -> None:
    shop = shop_of(slots={2: SlotRecord(stopped="disabled")}).press("2#")
    shop.happen(on.KeyHeld("*"))
    assert isinstance(shop.screen, screens.SlotStopped)


def test_the_right_pin_lets_in_and_is_written_down() -> None:
    shop = inside()
    assert shop.told("staff.opened")[0].fields["who"] == "staff menu"
    assert shop.logged("K511")


def test_a_wrong_pin_does_not() -> None:
    shop = types(held(shop_of()), WRONG)
    assert seen(shop) == staff.PinEntry(0, wrong=True)
    assert shop.press("1").screen == staff.PinEntry(1)


def test_only_how_many_digits_were_typed_is_shown() -> None:
    assert held(shop_of()).press("271").screen == staff.PinEntry(3)


def test_the_digits_stand_in_nothing_that_could_be_printed() -> None:
    shop = held(shop_of()).press(PIN)
    typing = repr(shop.till)
    shop.press("#")
    assert PIN not in typing + repr(shop.till) + repr(shop.done)


def test_while_the_pin_is_looked_at_the_machine_keeps_no_copy_of_it() -> None:
    shop = held(shop_of()).press(f"{PIN}#")
    assert shop.till.session.stage.page.about.pin == Secret("")  # type: ignore[union-attr]  # the page that waits


def test_back_deletes_a_digit_and_then_leaves() -> None:
    shop = held(shop_of()).press("12*")
    assert seen(shop) == staff.PinEntry(1)
    assert isinstance(shop.press("**").screen, screens.Idle)


@pytest.mark.parametrize("digits", ["", "1", "123"])
def test_what_is_too_short_for_a_pin_is_no_try(digits: str) -> None:
    shop = held(shop_of()).press(f"{digits}#")
    assert seen(shop) == staff.PinEntry(len(digits))
    assert not shop.asked(do.CheckPin)


def test_more_digits_than_any_pin_has_are_not_taken() -> None:
    assert held(shop_of()).press("123456789").screen == staff.PinEntry(8)


def test_the_menu_closes_after_a_minute_without_a_key() -> None:
    shop = inside().passes(59.9)
    assert seen(shop) == staff.StaffMenu(0)
    assert isinstance(shop.passes(0.1).screen, screens.Idle)


def test_a_key_gives_another_minute() -> None:
    assert inside().passes(59.0).press("#").passes(59.0).screen == staff.StaffMenu(1)


def test_nobody_comes_back_in_without_the_pin() -> None:
    assert held(inside().press("*")).screen == staff.PinEntry(0)


def test_the_third_wrong_try_closes_the_door_for_half_a_minute() -> None:
    shop = held(shop_of())
    for _ in range(3):
        types(shop, WRONG)
    assert seen(shop) == staff.PinLocked(30)
    assert shop.told("staff.locked")[0].fields == {"tries": 3, "seconds": 30, "code": "K512"}
    assert held(shop.passes(20.0)).screen == staff.PinLocked(10)
    assert held(shop.passes(10.0)).screen == staff.PinEntry(0)


def test_every_further_wrong_try_doubles_the_wait_up_to_an_hour() -> None:
    shop = held(shop_of())
    waits = []
    for _ in range(14):
        types(shop, WRONG)
        if isinstance(shop.screen, staff.PinLocked):
            waits.append(shop.screen.seconds)
            held(shop.passes(float(shop.screen.seconds)))
    assert waits[:5] == [30, 60, 120, 240, 480]
    assert waits[-2:] == [3600, 3600]


def test_the_right_pin_forgets_the_wrong_tries() -> None:
    shop = held(shop_of())
    types(types(shop, WRONG), WRONG)
    held(types(shop).press("*"))
    types(types(shop, WRONG), WRONG)
    assert seen(shop) == staff.PinEntry(0, wrong=True)


def test_a_try_counts_although_nobody_waits_for_its_answer() -> None:
    """Whoever goes away while the PIN is being looked at has used a try all the same."""
    shop = shop_of()
    for _ in range(3):
        held(shop).press(f"{WRONG}#").passes(60.0)
    assert len(shop.asked(do.CheckPin)) == 3
    assert shop.till.door.wrong == 3


def test_an_answer_that_comes_too_late_opens_nothing() -> None:
    shop = held(shop_of()).press(f"{PIN}#")
    late = shop.take(do.CheckPin)
    held(shop.passes(60.0)).press(f"{WRONG}#")
    shop.happen(on.PinChecked(late.ticket, ok=True))
    assert seen(shop) == staff.StaffWait()


def test_no_key_does_anything_while_the_pin_is_looked_at() -> None:
    shop = held(shop_of()).press(f"{PIN}#").press("0123456789*#")
    assert seen(shop) == staff.StaffWait()
    assert len(shop.asked(do.CheckPin)) == 1


# without a PIN there is one page


def test_without_a_pin_the_menu_says_how_to_set_one_and_shows_the_technicians_page_only() -> None:
    shop = held(shop_of(SETTINGS))
    assert seen(shop) == staff.NoPin()
    assert shop.press("0123456789").screen == staff.NoPin()
    shop.press("#")
    shop.happen(on.LookedAround(shop.take(do.LookAround).ticket, ("eth0 10.0.0.7",)))
    assert seen(shop) == screens.Technician("1.0", "K01", "eth0 10.0.0.7")
    assert shop.press("*").screen == staff.NoPin()
    assert isinstance(shop.press("*").screen, screens.Idle)


# what the technician reads


def around(shop: Shop, *addresses: str) -> list[screens.Screen]:
    """The pages, until the first one comes again."""
    shop.press("6")
    shop.happen(on.LookedAround(shop.take(do.LookAround).ticket, addresses))
    pages = [shop.screen]
    while shop.press("#").screen != pages[0]:
        pages.append(shop.screen)
    return pages


def test_the_technicians_pages_say_version_network_gateways_and_codes() -> None:
    assert around(inside(), "eth0 10.0.0.7", "wlan0 192.168.1.23") == [
        screens.Technician("1.0", "K01", "eth0 10.0.0.7, wlan0 192.168.1.23"),
        staff.GatewaysNow((staff.GatewayLine("midtrans", works=True),)),
        staff.CodesNow(()),
    ]


def test_every_trouble_is_among_the_codes_that_which_stops_selling_first() -> None:
    shop = inside(slots={2: SlotRecord(stopped="cuts")})
    shop.happen(on.PartFailed(on.Part.DOOR, "open"))
    shop.happen(on.PartFailed(on.Part.KEYPAD, "stuck"))
    shop.happen(on.PartFailed(on.Part.OUTPUT, "no coil"))
    assert around(shop)[-1] == staff.CodesNow(("K202", "K204", "K206", "K207"))


def test_a_machine_with_many_addresses_has_a_page_for_each_two() -> None:
    pages = around(inside(), "eth0 10.0.0.7", "eth0 fd00::7", "wlan0 192.168.1.23")
    assert [page.network for page in pages if isinstance(page, screens.Technician)] == [
        "eth0 10.0.0.7, eth0 fd00::7",
        "wlan0 192.168.1.23",
    ]


# orders


def test_the_last_orders_come_one_on_a_page() -> None:
    shop = finds(inside().press("1"), SOLD, CLAIM)
    assert shop.asked(do.LookUp)[-1].name == ""
    first = shop.screen
    assert isinstance(first, staff.OrderFound)
    assert (first.at, first.count, first.claim_code, first.amount, first.state) == (
        1,
        2,
        "123456",
        12_000,
        "DISPENSED",
    )
    second = shop.press("#").screen
    assert isinstance(second, staff.OrderFound)
    assert (second.at, second.state, second.why, second.open_claim) == (
        2,
        "ESCALATED",
        "cut_in_release",
        True,
    )
    assert shop.press("#").screen == first
    assert shop.press("*").screen == staff.StaffMenu(0)


def test_an_order_is_found_by_its_claim_code() -> None:
    shop = inside().press("2").press("123456")
    assert seen(shop) == staff.FindOrder("123456")
    finds(shop.press("#"), CLAIM)
    assert shop.asked(do.LookUp)[-1].name == "123456"
    assert isinstance(shop.screen, staff.OrderFound)


def test_a_code_is_looked_up_when_it_is_whole() -> None:
    shop = inside().press("2").press("12345#")
    assert seen(shop) == staff.FindOrder("12345")
    assert not shop.asked(do.LookUp)


def test_what_nobody_ordered_is_not_found() -> None:
    shop = finds(inside().press("2").press("123456#"))
    assert seen(shop) == staff.NoOrder("123456")
    assert shop.press("#").screen == staff.FindOrder("")


def test_a_journal_that_cannot_be_read_says_so() -> None:
    shop = inside().press("1")
    shop.happen(on.LookedUp(shop.take(do.LookUp).ticket, (), "locked"))
    assert seen(shop) == staff.StaffFailed("K405")
    assert [line.fields for line in shop.logged("K405")] == [{"reason": "locked"}]


def test_an_order_that_goes_on_is_shown_as_it_is_now_and_not_as_it_was_read() -> None:
    shop = shop_of()
    shop.shows_code("2#")
    old = shop.life
    shop.press("**").passes(120.0)
    types(held(shop))
    finds(shop.press("1"), old)
    assert isinstance(shop.screen, staff.OrderFound)
    assert (old.state_name, shop.screen.state) == ("QR_SHOWN", "CLOSING")


# a claim


def settles(key: str, *, found: Life = CLAIM, now: Life | None = None) -> Shop:
    """Somebody looks a claim up, says what was done about it, and confirms; `now` is how it stands then."""
    shop = finds(inside().press("2").press("123456#"), found).press(f"1{key}#")
    return finds(shop, now or found)


@pytest.mark.parametrize(
    ("key", "resolution"), [("1", Resolution.DISPENSED), ("2", Resolution.REFUNDED), ("3", Resolution.VOID)]
)
def test_a_claim_is_settled_after_it_was_asked_once_more(key: str, resolution: Resolution) -> None:
    shop = finds(inside().press("2").press("123456#"), CLAIM).press("1")
    assert seen(shop) == staff.Settle("123456", Rupiah(12_000))
    shop.press(key)
    assert seen(shop) == staff.ReallySettle("123456", Rupiah(12_000), resolution)
    assert saved(shop) == []
    finds(shop.press("#"), CLAIM)
    (life,) = saved(shop)
    assert life.resolved == Resolved(resolution.value, "staff menu", shop.now)
    assert life.state == CLAIM.state
    assert seen(shop) == staff.StaffDone()
    assert answers(shop) == [Answer.DONE]


def test_it_can_be_thought_better_of() -> None:
    shop = finds(inside().press("2").press("123456#"), CLAIM).press("11*")
    assert seen(shop) == staff.Settle("123456", Rupiah(12_000))
    assert isinstance(shop.press("*").screen, staff.OrderFound)
    assert saved(shop) == []


def test_a_claim_that_was_settled_meanwhile_is_not_settled_again() -> None:
    meanwhile = replace(CLAIM, resolved=Resolved("refunded", "budi", ORDER.made_at))
    shop = settles("1", now=meanwhile)
    assert (saved(shop), shop.screen) == ([], staff.StaffRefused("not_escalated"))


def test_a_claim_whose_money_went_back_meanwhile_keeps_its_end() -> None:
    shop = settles("1", now=replace(CLAIM, state=Refunded(Why.BY_HAND, EVIDENCE)))
    assert (saved(shop), shop.screen) == ([], staff.StaffRefused("not_escalated"))


@pytest.mark.parametrize("name", [name for name in STATES if name != "escalated"])
def test_only_a_claim_can_be_settled(name: str) -> None:
    shop = finds(inside().press("1"), life_in(STATES[name])).press("1")
    assert isinstance(shop.screen, staff.OrderFound)
    assert not shop.screen.open_claim


def test_a_settled_claim_says_what_was_done() -> None:
    shop = finds(inside().press("1"), replace(CLAIM, resolved=Resolved("void", "budi", ORDER.made_at)))
    assert isinstance(shop.screen, staff.OrderFound)
    assert (shop.screen.resolved, shop.screen.open_claim) == ("void", False)
    assert shop.press("1").screen == shop.screen


# slots


def test_a_slot_is_filled() -> None:
    shop = inside().press("31#")
    assert seen(shop) == staff.FillSlot(1, "Kopi susu", "", 0)
    shop.press("12#")
    assert shop.till.slots[1].stock == 12
    assert shop.told("slot.filled")[0].fields["who"] == "staff menu"
    assert seen(shop) == staff.StaffDone()
    assert isinstance(shop.press("#").screen, staff.StaffMenu)


def test_nothing_is_filled_with_nothing_typed() -> None:
    shop = inside().press("31##")
    assert (shop.screen, answers(shop)) == (staff.FillSlot(1, "Kopi susu", "", 0), [])


def test_a_slot_that_counts_nothing_cannot_be_filled() -> None:
    shop = inside().press("32#5#")
    assert seen(shop) == staff.StaffRefused("no_stock_counted")


def test_where_nothing_is_counted_there_is_nothing_to_fill() -> None:
    assert inside(GATE).press("3").screen == staff.StaffRefused("no_stock_counted")


def test_a_number_that_is_no_slot_leads_nowhere() -> None:
    assert inside().press("37#").screen == staff.PickSlot("7", "", staff.Purpose.FILL)


@pytest.mark.parametrize(("keys", "number"), [("41#", 1), ("40#", 0)])
def test_a_slot_or_the_machine_is_switched_off_and_on_again(keys: str, number: int) -> None:
    shop = inside().press(keys)
    assert isinstance(shop.screen, staff.SwitchSlot)
    assert (shop.screen.number, shop.screen.sells) == (number, True)
    shop.press("#")
    assert shop.till.slots[number].stopped
    assert shop.told("slot.disabled")[0].fields["who"] == "staff menu"
    shop.press("#").press(keys)
    assert isinstance(shop.screen, staff.SwitchSlot)
    assert not shop.screen.sells
    shop.press("#")
    assert not shop.till.slots[number].stopped


def test_where_an_amount_is_typed_there_is_only_the_machine_to_switch() -> None:
    assert inside(GATE).press("4").screen == staff.SwitchSlot(0, "K01", sells=True)


# tests


def test_the_panels_test_picture_is_shown_until_a_key() -> None:
    shop = inside().press("51")
    assert seen(shop) == screens.TestPicture()
    assert shop.press("7").screen == staff.StaffTests()


def test_every_key_can_be_tried_and_back_twice_leaves() -> None:
    shop = inside().press("52").press("123456789#0*1")
    assert seen(shop) == staff.KeysPressed("23456789#0*1")
    assert shop.press("**").screen == staff.StaffTests()


def test_an_output_moves_once_and_only_after_it_was_asked_once_more() -> None:
    shop = inside().press("532#")
    assert seen(shop) == staff.ReallyTry("spiral2", "Teh tarik")
    assert not shop.waits_for(do.TryOutput)
    shop.press("#")
    assert seen(shop) == staff.StaffWait()
    act = shop.take(do.TryOutput)
    assert act.output == "spiral2"
    assert shop.told("service.output_tested")[0].fields == {"output": "spiral2", "who": "staff menu"}
    shop.press("#")
    assert len(shop.asked(do.TryOutput)) == 1
    shop.happen(on.OutputTried(act.command, ""))
    assert seen(shop) == staff.StaffDone()
    assert answers(shop) == [Answer.ACCEPTED, Answer.DONE]


def test_an_output_that_failed_is_a_code_on_the_panel_and_words_in_the_log() -> None:
    shop = inside().press("531##")
    shop.happen(on.OutputTried(shop.take(do.TryOutput).command, "the coil is open"))
    assert seen(shop) == staff.StaffFailed("K215")
    assert [line.fields for line in shop.logged("K215")] == [{"reason": "the coil is open"}]


def test_an_output_can_be_thought_better_of() -> None:
    shop = inside().press("531#*")
    assert seen(shop) == staff.StaffTests()
    assert not shop.asked(do.TryOutput)


def test_the_gate_of_a_free_amount_is_tried_without_a_number() -> None:
    assert inside(GATE).press("53").screen == staff.ReallyTry("gate", "Parkir")


def test_an_output_is_not_tried_for_ever() -> None:
    shop = inside()
    while shop.press("531##").waits_for(do.TryOutput):
        shop.happen(on.OutputTried(shop.take(do.TryOutput).command, ""))
        shop.passes(1.0).press("#")
    assert seen(shop) == staff.StaffRefused("cap_reached")
    assert len(shop.asked(do.TryOutput)) == 20


def test_an_output_that_ends_after_the_menu_was_left_changes_no_screen() -> None:
    shop = inside().press("531##")
    act = shop.take(do.TryOutput)
    shop.passes(60.0)
    shop.happen(on.OutputTried(act.command, ""))
    assert isinstance(shop.screen, screens.Idle)
    assert answers(shop)[-1] is Answer.DONE


# beside the menu


def charge() -> on.Commanded:
    admitted = admit_locally("charge", "c1", {"reference": "r1", "slot": 2}, "budi")
    assert not isinstance(admitted, Refusal)
    return on.Commanded(command=admitted, minted=on.Minted("K010000000000000000009A", "654321"))


@pytest.mark.parametrize("keys", ["", "1", "53", f"*{PIN}"])
def test_a_controller_is_told_that_the_machine_is_busy(keys: str) -> None:
    shop = inside().press(keys)
    shop.happen(charge())
    (reply,) = [act.reply for act in shop.done if isinstance(act, do.Answer)]
    assert (reply.status, reply.reason) == (Answer.REJECTED, "busy")


def test_an_order_in_the_background_goes_on_and_leaves_the_menu_alone() -> None:
    shop = shop_of()
    shop.shows_code("2#")
    shop.press("**").cancels().passes(120.0)
    types(held(shop)).press("5")
    shop.passes(30.0)
    assert seen(shop) == staff.StaffTests()
    assert shop.waits_for(do.Ask)


def test_a_customer_finds_the_idle_screen_after_the_menu() -> None:
    shop = inside().press("*")
    assert isinstance(shop.screen, screens.Idle)
    assert shop.begins("2#").slot == 2


# whatever is pressed

KEYS = st.text("0123456789#*", max_size=40)
DEEDS = st.sampled_from(["2123456#", "11", "12##", "531##", "40##", "41##", "31#7#", "6##", "#", "*"])
STEPS = st.lists(st.one_of(KEYS, DEEDS, st.just("held"), st.floats(0.1, 70.0)), max_size=30)
HARMLESS = (do.Show, do.Log, do.CheckPin, do.LookAround, do.Mint)


def play(shop: Shop, steps: list[str | float], pin_is: str) -> None:
    """Every question is answered at once, with nothing found."""
    for step in steps:
        if isinstance(step, float):
            shop.passes(step)
        elif step == "held":
            held(shop)
        else:
            for key in step:
                shop.press(key)
                reply(shop, pin_is)


def reply(shop: Shop, pin_is: str) -> None:
    for act in [*shop.waiting]:
        shop.waiting.remove(act)
        match act:
            case do.CheckPin(ticket=ticket, pin=pin):
                shop.happen(on.PinChecked(ticket, ok=pin == Secret(pin_is)))
            case do.LookUp(ticket=ticket):
                shop.happen(on.LookedUp(ticket, (CLAIM, SOLD)))
            case do.LookAround(ticket=ticket):
                shop.happen(on.LookedAround(ticket, ("eth0 10.0.0.7",)))
            case do.TryOutput(command=command):
                shop.happen(on.OutputTried(command, ""))
            case _:
                pass


@given(STEPS)
def test_without_the_pin_no_keys_reach_anything(steps: list[str | float]) -> None:
    """Nothing is saved, told, looked up or moved; at most a customer's order is asked for."""
    shop = shop_of()
    play(shop, ["held", *steps], pin_is="not typed with these keys")
    told = [act for act in shop.done if isinstance(act, do.Tell) and act.what != "staff.locked"]
    others = [act for act in shop.done if not isinstance(act, (*HARMLESS, do.Tell))]
    assert (told, others) == ([], [])


@given(STEPS)
def test_without_a_pin_being_set_no_keys_reach_anything(steps: list[str | float]) -> None:
    shop = shop_of(SETTINGS)
    play(shop, ["held", *steps], pin_is="none")
    assert [act for act in shop.done if not isinstance(act, HARMLESS)] == []
    assert not shop.asked(do.CheckPin)


@given(STEPS)
def test_inside_no_keys_release_goods_pay_out_or_change_how_an_order_ended(steps: list[str | float]) -> None:
    """Only what a person did about a claim is noted; the till never loses its way."""
    shop = inside()
    play(shop, steps, pin_is=PIN)
    assert not [act for act in shop.done if isinstance(act, do.Release | do.Refund | do.Create | do.Cancel)]
    for life in saved(shop):
        assert life.state == CLAIM.state
        assert life.resolved is not None
    tested = [act for act in shop.done if isinstance(act, do.TryOutput)]
    assert len(tested) == len(shop.told("service.output_tested"))


@given(st.lists(st.floats(0.0, 4000.0), max_size=40))
def test_guesses_slow_down(pauses: list[float]) -> None:
    """However somebody times the tries: between one and the next lies the pause that its number asks for."""
    shop = shop_of()
    tries: list[float] = []
    for seconds in pauses:
        held(shop).press(f"{WRONG}#")
        if shop.waits_for(do.CheckPin):
            tries.append(shop.elapsed)
            shop.happen(on.PinChecked(shop.take(do.CheckPin).ticket, ok=False))
        shop.passes(seconds)
    # added up as the door does it: of two sums of floats that are equal the difference may lack a last bit
    assert all(later >= earlier + pause(number) for number, (earlier, later) in enumerate(pairwise(tries), 1))
    assert pause(FREE - 1) == 0.0
    assert pause(99) == LONGEST
