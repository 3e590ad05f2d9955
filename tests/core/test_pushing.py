"""What was pushed: which version counts, when it takes effect, and what a cut leaves."""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from msgspec.structs import replace

from kiosk import effects as do
from kiosk import events as on
from kiosk import session
from kiosk.model import Language, Rupiah, Slot, Status
from kiosk.mqtt.reports import Fault, Taken
from kiosk.mqtt.signatures import digest
from kiosk.pushed import Candidate, Pushed
from kiosk.screens import Idle, PayByCode, TakeItem
from kiosk.session import Session
from kiosk.settings import Settings
from kiosk.till.pushing import apply_waiting, began
from tests.core.shop import COFFEE, SETTINGS, TEA, Shop

DEAR = replace(SETTINGS, slots=(replace(COFFEE, price=Rupiah(15_000)), TEA))
PRICED: dict[str, Any] = {"slots": [{"number": 1, "price": 15_000}]}
FAULT = Fault(path="slots[1].price", reason="bad_value", words="must be at least 1", advice="")


def candidate(
    version: int,
    document: dict[str, Any] = PRICED,
    wanted: Settings | None = DEAR,
    *,
    restarts: bool = False,
) -> Candidate:
    """A document that was looked through; without settings it was refused."""
    good = wanted is not None
    return Candidate(
        version=version,
        hash=digest(document),
        document=document,
        settings=wanted,
        reason="" if good else "not_valid",
        errors=() if good else (FAULT,),
        restarts=restarts,
    )


def bad(version: int) -> Candidate:
    return candidate(version, {"slots": [{"number": 1, "price": 0}]}, None)


def push(shop: Shop, pushed: Candidate) -> list[do.Effect]:
    """Let it come; what was asked for because of it."""
    before = len(shop.done)
    shop.happen(on.Pushed(pushed))
    return shop.done[before:]


def saved(shop: Shop) -> Pushed:
    """What a start would find in the journal."""
    found = [each.pushed for each in shop.done if isinstance(each, do.SavePushed)]
    return found[-1] if found else Pushed()


def prices(shop: Shop) -> list[int]:
    return [slot.price for slot in shop.till.settings.slots]


def ends(shop: Shop) -> None:
    """The customer cancels, the gateway agrees, and the panel is read."""
    shop.press("**").cancels().says(Status.UNPAID_FINAL).passes(60.0)


def test_a_price_holds_for_the_next_customer(shop: Shop) -> None:
    push(shop, candidate(7))
    assert prices(shop) == [15_000, 8_000]
    assert shop.begins().amount == 15_000


def test_it_is_on_disk_in_the_very_decision_that_lets_it_hold(shop: Shop) -> None:
    effects = push(shop, candidate(7))
    durable = [each for each in effects if isinstance(each, do.DURABLE)]
    assert [type(each) for each in durable] == [do.SavePushed, do.Tell]
    assert saved(shop) == Pushed(
        version=7,
        hash=digest(PRICED),
        taken=Taken.APPLIED,
        highest=7,
        highest_hash=digest(PRICED),
        in_effect=7,
        document=PRICED,
    )


def test_the_operator_and_the_technician_are_told(shop: Shop) -> None:
    push(shop, candidate(7))
    assert [told.fields for told in shop.told("config.applied")] == [{"version": 7, "in_effect": 7}]
    assert len(shop.logged("K521")) == 1


def test_the_panel_shows_the_new_price_at_once(shop: Shop) -> None:
    push(shop, candidate(7))
    assert isinstance(shop.screen, Idle)
    assert shop.screen.slots[0].price == 15_000


def test_the_same_again_does_nothing_at_all(shop: Shop) -> None:
    push(shop, candidate(7))
    assert push(shop, candidate(7)) == []


def test_a_lower_version_is_refused_and_said_once(shop: Shop) -> None:
    push(shop, candidate(7))
    push(shop, candidate(6, {}, SETTINGS))
    assert prices(shop) == [15_000, 8_000]
    kept = saved(shop)
    assert (kept.version, kept.taken, kept.reason) == (6, Taken.REJECTED, "lower_version")
    assert (kept.in_effect, kept.document, kept.highest) == (7, PRICED, 7)
    assert push(shop, candidate(6, {}, SETTINGS)) == []


def test_a_version_stands_for_one_document(shop: Shop) -> None:
    push(shop, candidate(7))
    push(shop, candidate(7, {}, SETTINGS))
    assert (saved(shop).reason, saved(shop).hash) == ("version_used", digest({}))
    assert prices(shop) == [15_000, 8_000]


def test_a_version_that_was_refused_is_used_too(shop: Shop) -> None:
    push(shop, bad(7))
    push(shop, candidate(7))
    assert saved(shop).reason == "version_used"
    push(shop, candidate(8))
    assert prices(shop) == [15_000, 8_000]


def test_a_stale_one_in_between_does_not_stop_the_right_one_from_being_told_again(shop: Shop) -> None:
    for each in (candidate(7), candidate(6, {}, SETTINGS), candidate(7)):
        push(shop, each)
    assert (saved(shop).version, saved(shop).taken, saved(shop).in_effect) == (7, Taken.APPLIED, 7)


def test_what_has_a_fault_changes_nothing_and_every_fault_is_kept(shop: Shop) -> None:
    push(shop, candidate(7))
    push(shop, bad(8))
    assert prices(shop) == [15_000, 8_000]
    kept = saved(shop)
    assert (kept.version, kept.taken, kept.reason, kept.errors) == (8, Taken.REJECTED, "not_valid", (FAULT,))
    assert (kept.in_effect, kept.document) == (7, PRICED)
    (told,) = shop.told("config.rejected")
    assert told.fields == {
        "version": 8,
        "in_effect": 7,
        "reason": "not_valid",
        "errors": 1,
        "path": "slots[1].price",
        "words": "must be at least 1",
    }
    assert push(shop, bad(8)) == []


def test_a_refused_one_is_taken_when_what_it_lacked_is_there(shop: Shop) -> None:
    push(shop, candidate(7, PRICED, None))
    push(shop, candidate(7))
    assert prices(shop) == [15_000, 8_000]
    assert (saved(shop).taken, saved(shop).errors) == (Taken.APPLIED, ())


def test_it_waits_while_an_order_is_open(shop: Shop) -> None:
    order = shop.shows_code()
    push(shop, candidate(7))
    assert prices(shop) == [12_000, 8_000]
    assert (saved(shop).taken, saved(shop).in_effect, saved(shop).document) == (Taken.WAITING, 0, {})
    assert isinstance(shop.screen, PayByCode)
    assert shop.screen.amount == order.amount
    ends(shop)
    assert prices(shop) == [15_000, 8_000]
    assert (saved(shop).taken, saved(shop).in_effect) == (Taken.APPLIED, 7)
    assert len(shop.told("config.waiting")) == len(shop.told("config.applied")) == 1


def test_it_waits_for_somebody_who_is_choosing(shop: Shop) -> None:
    shop.press("1")
    push(shop, candidate(7))
    assert prices(shop) == [12_000, 8_000]
    shop.passes(30.0)
    assert prices(shop) == [15_000, 8_000]


def test_it_waits_for_an_order_that_is_about_to_be(shop: Shop) -> None:
    shop.press("1#")
    push(shop, candidate(7))
    assert prices(shop) == [12_000, 8_000]


def test_it_does_not_wait_for_a_notice_to_be_read(shop: Shop) -> None:
    shop.shows_code()
    shop.is_paid().drops()
    assert isinstance(shop.screen, TakeItem)
    push(shop, candidate(7))
    assert prices(shop) == [15_000, 8_000]


@pytest.mark.parametrize("busy", ["trying", "opened"])
def test_it_waits_for_whatever_is_under_way_whatever_the_panel_shows(busy: str, shop: Shop) -> None:
    shop.shows_code()
    till = replace(shop.till, waiting=candidate(7), session=Session(session.Idle(), Language.INDONESIAN))
    still = replace(till, trying="c-1", opened=None) if busy == "trying" else till
    assert apply_waiting(still, shop.now) == (still, ())
    assert apply_waiting(replace(till, opened=None), shop.now)[0].waiting is None


def test_what_waits_already_waits_on_without_a_word(shop: Shop) -> None:
    shop.shows_code()
    push(shop, candidate(7))
    assert push(shop, candidate(7)) == []


def test_the_newest_of_those_that_wait_is_taken(shop: Shop) -> None:
    shop.shows_code()
    push(shop, candidate(7))
    push(shop, candidate(8, {"language": "en"}, replace(SETTINGS, language=Language.ENGLISH)))
    ends(shop)
    assert (prices(shop), saved(shop).in_effect) == ([12_000, 8_000], 8)
    assert len(shop.told("config.applied")) == 1


def test_a_refused_one_does_not_take_the_waiting_one_with_it(shop: Shop) -> None:
    """As if no customer had stood there when the first one came."""
    shop.shows_code()
    push(shop, candidate(7))
    push(shop, bad(8))
    ends(shop)
    kept = saved(shop)
    assert (kept.version, kept.taken, kept.in_effect, kept.document) == (8, Taken.REJECTED, 7, PRICED)
    assert prices(shop) == [15_000, 8_000]


def test_an_order_in_the_background_stops_nothing_and_keeps_its_price(shop: Shop) -> None:
    shop.shows_code()
    shop.press("**").cancels().passes(60.0)
    assert shop.till.background
    push(shop, candidate(7))
    assert prices(shop) == [15_000, 8_000]
    assert shop.till.background[0].order.amount == 12_000


def test_the_panel_speaks_the_pushed_language(shop: Shop) -> None:
    push(shop, candidate(7, {"language": "en"}, replace(SETTINGS, language=Language.ENGLISH)))
    assert shop.till.shown is not None
    assert shop.till.shown.language is Language.ENGLISH


def test_a_language_that_a_customer_chose_is_left_to_them(shop: Shop) -> None:
    shop.press("#")
    push(shop, candidate(7))
    assert shop.till.session.language is Language.ENGLISH


def test_what_needs_a_start_is_kept_told_and_then_the_process_ends(shop: Shop) -> None:
    effects = push(shop, candidate(7, restarts=True))
    assert [type(each) for each in effects] == [do.SavePushed, do.Tell, do.Log, do.Restart]
    assert (saved(shop).taken, saved(shop).in_effect, saved(shop).document) == (Taken.RESTARTING, 7, PRICED)
    assert prices(shop) == [12_000, 8_000]
    assert push(shop, candidate(7, restarts=True)) == []


def test_what_needs_a_start_waits_for_the_open_order(shop: Shop) -> None:
    shop.shows_code()
    push(shop, candidate(7, restarts=True))
    assert not shop.asked(do.Restart)
    ends(shop)
    assert len(shop.asked(do.Restart)) == 1


def test_the_start_that_follows_says_that_it_holds(shop: Shop) -> None:
    push(shop, candidate(7, restarts=True))
    stored = saved(shop)
    till, effects = began(shop.till, replace(stored, taken=Taken.APPLIED), stored)
    assert [type(each) for each in effects] == [do.SavePushed, do.Tell, do.Log]
    assert till.pushed.taken is Taken.APPLIED


def test_a_start_with_nothing_new_says_nothing(shop: Shop) -> None:
    push(shop, candidate(7))
    assert began(shop.till, saved(shop), saved(shop)) == (shop.till, ())


def test_a_start_without_what_was_pushed_says_so_and_leaves_it_in_the_journal(shop: Shop) -> None:
    push(shop, candidate(7))
    stored = saved(shop)
    left_off = replace(
        stored, taken=Taken.REJECTED, reason="not_valid", errors=(FAULT,), in_effect=0, document={}
    )
    till, effects = began(shop.till, left_off, stored)
    assert till.pushed == left_off
    assert [type(each) for each in effects] == [do.Tell, do.Log]
    (line,) = (each for each in effects if isinstance(each, do.Log))
    assert (line.code, line.fields["version"], line.fields["path"]) == ("K525", 7, "slots[1].price")


def test_what_a_power_cut_took_while_it_waited_is_taken_when_it_comes_again() -> None:
    shop = Shop()
    shop.happen(on.TimePassed())
    shop.shows_code()
    push(shop, candidate(7))
    kept = saved(shop)
    shop.restarts(boot="boot-2")
    shop.till = replace(shop.till, pushed=kept)
    push(shop, candidate(7))
    shop.passes(120.0)
    assert (prices(shop), saved(shop).in_effect) == ([15_000, 8_000], 7)


STEPS = some.lists(
    some.one_of(
        some.builds(
            lambda version, price, restarts: candidate(
                version,
                {"slots": [{"number": 1, "price": price}]},
                replace(SETTINGS, slots=(Slot(1, "Kopi susu", Rupiah(price), "spiral1"), TEA)),
                restarts=restarts,
            ),
            some.integers(1, 4),
            some.sampled_from([1_000, 2_000]),
            some.booleans(),
        ),
        some.builds(bad, some.integers(1, 4)),
        some.sampled_from(["1", "#", "*", "time"]),
    ),
    max_size=12,
)


@settings(max_examples=200, deadline=None)
@given(STEPS)
def test_whatever_comes_in_whatever_order_what_is_kept_is_what_holds(steps: list[Candidate | str]) -> None:
    """After every decision: the journal has the till's own word, whole, and versions only rise."""
    shop = Shop()
    shop.happen(on.TimePassed())
    highest, restarted = 0, False
    for step in steps:
        if step == "time":
            shop.passes(30.0)
        elif isinstance(step, str):
            shop.press(step)
        else:
            push(shop, step)
        kept = saved(shop)
        assert shop.till.pushed == kept
        assert kept.highest >= max(highest, kept.in_effect)
        highest, restarted = kept.highest, restarted or bool(shop.asked(do.Restart))
        if kept.in_effect and not restarted:
            assert prices(shop)[0] == kept.document["slots"][0]["price"]
        if not kept.in_effect:
            assert prices(shop) == [12_000, 8_000]
        if shop.till.opened:
            assert shop.till.opened.order.amount in {12_000, 1_000, 2_000}


@pytest.mark.parametrize("restarts", [False, True])
def test_one_decision_is_one_record_and_it_comes_before_every_act(restarts: bool) -> None:
    """The journal writes a decision as one transaction: a cut leaves the old record, or this one."""
    shop = Shop()
    shop.happen(on.TimePassed())
    effects = push(shop, candidate(7, restarts=restarts))
    assert len([each for each in effects if isinstance(each, do.SavePushed)]) == 1
    durable = [isinstance(each, do.DURABLE) for each in effects]
    assert durable == sorted(durable, reverse=True)
    assert msgspec.json.decode(msgspec.json.encode(saved(shop)), type=Pushed) == shop.till.pushed
