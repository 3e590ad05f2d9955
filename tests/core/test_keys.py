"""The keys: what each of them does on each screen, in both modes."""

import pytest
from msgspec.structs import replace

from kiosk import effects as do
from kiosk import events as on
from kiosk.model import Language, Rupiah, Slot, Status
from kiosk.screens import (
    AmountEntry,
    AmountNotAccepted,
    Checking,
    ConfirmGiveUp,
    Idle,
    NoSuchSlot,
    Paid,
    PayByCode,
    PleaseWait,
    Screen,
    SlotChosen,
    TakeItem,
)
from kiosk.settings import Settings
from tests.core.shop import COFFEE, PARKING, SETTINGS, TEA, Shop

FREE = replace(SETTINGS, slots=(), free=PARKING)
MANY = replace(SETTINGS, slots=(COFFEE, Slot(12, "Air", Rupiah(4_000), "spiral12")))


def entry(amount: int) -> AmountEntry:
    return AmountEntry(Rupiah(amount), Rupiah(2_000), Rupiah(50_000), Rupiah(1_000))


def refused(amount: int) -> AmountNotAccepted:
    return AmountNotAccepted(Rupiah(amount), Rupiah(2_000), Rupiah(50_000), Rupiah(1_000))


def pressed(shop: Shop, keys: str) -> Screen:
    shop.happen(on.TimePassed())
    return shop.press(keys).screen


def test_the_idle_screen_lists_slots_and_prices(shop: Shop) -> None:
    assert isinstance(shop.screen, Idle)
    assert [(line.number, line.name, line.price) for line in shop.screen.slots] == [
        (1, "Kopi susu", 12_000),
        (2, "Teh tarik", 8_000),
    ]


def test_the_idle_screen_of_a_free_amount_says_the_limits() -> None:
    assert pressed(Shop(FREE), "") == Idle("Kopi Kita", (), Rupiah(2_000), Rupiah(50_000))


@pytest.mark.parametrize(
    ("keys", "screen"),
    [
        ("1", SlotChosen("1", "Kopi susu", Rupiah(12_000))),
        ("12", SlotChosen("2", "Teh tarik", Rupiah(8_000))),
        ("9", NoSuchSlot("9")),
        ("0", NoSuchSlot("0")),
        ("91", SlotChosen("1", "Kopi susu", Rupiah(12_000))),
        ("9#", NoSuchSlot("9")),
    ],
)
def test_digits_choose_a_slot(shop: Shop, keys: str, screen: Screen) -> None:
    assert shop.press(keys).screen == screen
    assert not shop.asked(do.Mint)


@pytest.mark.parametrize(
    ("keys", "screen"),
    [
        ("1", SlotChosen("1", "Kopi susu", Rupiah(12_000))),
        ("12", SlotChosen("12", "Air", Rupiah(4_000))),
        ("12*", SlotChosen("1", "Kopi susu", Rupiah(12_000))),
        ("121", SlotChosen("1", "Kopi susu", Rupiah(12_000))),
        ("13", NoSuchSlot("13")),
    ],
)
def test_where_a_number_has_two_digits_the_second_one_goes_on(keys: str, screen: Screen) -> None:
    assert pressed(Shop(MANY), keys) == screen


@pytest.mark.parametrize("keys", ["1*", "9*", "2*"])
def test_deleting_the_only_digit_goes_back_to_idle(shop: Shop, keys: str) -> None:
    assert isinstance(shop.press(keys).screen, Idle)


@pytest.mark.parametrize("settings", [SETTINGS, FREE])
def test_nobody_who_types_no_more_goes_back_to_idle_after_twenty_seconds(settings: Settings) -> None:
    shop = Shop(settings)
    typed = pressed(shop, "1")
    shop.passes(19.9)
    assert shop.screen == typed
    shop.passes(0.1)
    assert isinstance(shop.screen, Idle)


def test_every_key_gives_twenty_seconds_more(shop: Shop) -> None:
    shop.press("1").passes(19.0).press("2").passes(19.0)
    assert isinstance(shop.screen, SlotChosen)


def test_the_confirm_key_orders_what_is_on_the_screen(shop: Shop) -> None:
    shop.press("1#")
    assert shop.screen == PleaseWait(Rupiah(12_000))
    assert shop.waits_for(do.Mint)


def test_a_second_confirm_makes_no_second_order(shop: Shop) -> None:
    shop.press("1###")
    assert len(shop.asked(do.Mint)) == 1


@pytest.mark.parametrize(
    ("keys", "amount"),
    [("5", 5), ("5000", 5_000), ("5000*", 500), ("05000", 5_000), ("0", 0), ("123456789", 12_345_678)],
)
def test_digits_make_an_amount(keys: str, amount: int) -> None:
    assert pressed(Shop(FREE), keys) == entry(amount)


def test_deleting_the_last_digit_leaves_nothing_and_then_goes_back() -> None:
    shop = Shop(FREE)
    assert pressed(shop, "5*") == entry(0)
    assert isinstance(pressed(shop, "*"), Idle)


@pytest.mark.parametrize("amount", [0, 1, 1_000, 1_999, 2_500, 50_001, 51_000, 99_999_999])
def test_an_amount_outside_the_rule_is_not_accepted(amount: int) -> None:
    shop = Shop(FREE)
    assert pressed(shop, f"{amount}#") == refused(amount)
    assert not shop.asked(do.Mint)


@pytest.mark.parametrize("amount", [2_000, 3_000, 50_000])
def test_an_amount_within_the_rule_is_ordered(amount: int) -> None:
    order = Shop(FREE).begins(f"{amount}#")
    assert (order.amount, order.slot, order.item, order.output) == (amount, 0, "Parkir", "gate")


@pytest.mark.parametrize("settings", [SETTINGS, FREE])
def test_the_language_key_toggles_the_language(settings: Settings) -> None:
    shop = Shop(settings)
    pressed(shop, "#")
    assert shop.till.shown
    assert shop.till.shown.language is Language.ENGLISH
    shop.press("#")
    assert shop.till.session.language is Language.INDONESIAN


def test_the_language_stays_for_the_whole_session(shop: Shop) -> None:
    shop.press("#").shows_code()
    shop.is_paid().drops()
    assert isinstance(shop.screen, TakeItem)
    assert shop.till.shown
    assert shop.till.shown.language is Language.ENGLISH


@pytest.mark.parametrize("keys", ["#", "#1", "#1*"])
def test_the_next_customer_reads_the_machines_own_language(shop: Shop, keys: str) -> None:
    shop.press(keys).passes(20.0)
    assert shop.till.session.language is Language.INDONESIAN


def test_the_language_key_is_no_language_key_elsewhere(shop: Shop) -> None:
    shop.shows_code()
    shop.press("#")
    assert shop.till.session.language is Language.INDONESIAN


def checking(shop: Shop) -> Shop:
    shop.shows_code()
    return shop.press("**").cancels().passes(2.0).says(Status.PENDING)


def test_leaving_the_wait_asks_once_more_and_shows_the_claim_code(shop: Shop) -> None:
    checking(shop).press("*")
    assert shop.screen == ConfirmGiveUp("000001")


def test_any_other_key_goes_on_waiting(shop: Shop) -> None:
    checking(shop).press("*5")
    assert isinstance(shop.screen, Checking)


@pytest.mark.parametrize("key", "0123456789")
def test_digits_do_nothing_beside_a_code(shop: Shop, key: str) -> None:
    shop.shows_code()
    shop.press(key)
    assert isinstance(shop.screen, PayByCode)


@pytest.mark.parametrize("key", "05#*")
def test_no_key_does_anything_while_the_goods_are_on_their_way(shop: Shop, key: str) -> None:
    shop.shows_code()
    shop.is_paid().press(key * 3)
    assert isinstance(shop.screen, Paid)


@pytest.mark.parametrize("key", "05#*")
def test_any_key_goes_on_from_what_was_read(shop: Shop, key: str) -> None:
    shop.shows_code()
    shop.is_paid().drops().passes(2.0).press(key)
    assert isinstance(shop.screen, Idle)


def test_a_key_too_soon_does_not_take_a_message_away_unread(shop: Shop) -> None:
    shop.shows_code()
    shop.is_paid().drops().press("#").passes(1.0).press("#")
    assert isinstance(shop.screen, TakeItem)


@pytest.mark.parametrize("settings", [SETTINGS, FREE])
@pytest.mark.parametrize(
    "keys", ["A", "1A", "", "1##D", "\N{SUPERSCRIPT TWO}", "1\N{ARABIC-INDIC DIGIT FIVE}"]
)
def test_a_key_that_means_nothing_does_nothing(settings: Settings, keys: str) -> None:
    shop = Shop(settings)
    plain = Shop(settings)
    meant = "".join(key for key in keys if key in "0123456789#*")
    assert pressed(shop, keys) == pressed(plain, meant)


def test_tea_costs_what_the_list_says(shop: Shop) -> None:
    assert shop.begins("2#").amount == TEA.price
