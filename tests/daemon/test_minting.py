"""Ids and claim codes."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as some

from kiosk import minting
from kiosk.secret import Secret

DAY = 86_400


def could_be_minted(code: str) -> bool:
    return code == minting._with_check_digit(code[:5])


def test_an_order_id_is_the_kiosk_and_twenty_symbols_ending_in_a_letter() -> None:
    assert re.fullmatch(r"K01[A-Z0-9]{19}[A-Z]", minting.order_id("K01"))


def test_no_two_order_ids_are_alike() -> None:
    assert len({minting.order_id("K01") for _ in range(1000)}) == 1000


def test_a_claim_code_is_minted_again_until_it_is_free() -> None:
    refused: list[str] = []

    def is_free(code: str, _: float) -> bool:
        refused.append(code)
        return len(refused) == 3

    assert minting.claim_code(is_free) == refused[-1]
    assert could_be_minted(refused[-1])


@pytest.mark.parametrize("days", [60, 5, 1])
def test_where_all_codes_are_in_use_one_is_taken_that_rested_as_long_as_may_be(days: float) -> None:
    asked = list[float]()

    def is_free(_: str, rest: float) -> bool:
        asked.append(rest)
        return days * DAY > rest

    assert could_be_minted(minting.claim_code(is_free))
    assert asked[0] == 90 * DAY
    assert days / 2 <= asked[-1] / DAY < days


def test_a_customer_gets_a_code_even_by_a_clock_that_makes_every_order_one_of_tomorrow() -> None:
    assert could_be_minted(minting.claim_code(lambda _, rest: rest < -DAY))


@given(some.integers(0, 99_999), some.integers(0, 5), some.integers(1, 9))
def test_one_wrong_digit_makes_it_no_other_code(number: int, place: int, shift: int) -> None:
    code = minting._with_check_digit(f"{number:05d}")
    wrong = code[:place] + str((int(code[place]) + shift) % 10) + code[place + 1 :]
    assert could_be_minted(code)
    assert not could_be_minted(wrong)


@given(some.integers(0, 99_999), some.integers(0, 4))
def test_two_swapped_neighbours_make_it_no_other_code(number: int, place: int) -> None:
    code = minting._with_check_digit(f"{number:05d}")
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert could_be_minted(swapped) == (swapped == code)


def test_a_claim_code_is_six_digits_whatever_chance_says() -> None:
    minted = {minting.claim_code(lambda *_: True) for _ in range(1000)}
    assert all(re.fullmatch(r"[0-9]{6}", code) for code in minted)
    assert len(minted) > 900


def test_a_controllers_reference_gives_the_same_id_for_ever() -> None:
    key = Secret("5a" * 32)
    first = minting.order_id_for("K01", "sale-1", 0, key)
    assert first == minting.order_id_for("K01", "sale-1", 0, key) == "K01" + first[3:]
    assert re.fullmatch(r"K01[A-Z0-9]{19}[A-Z]", first)


def test_another_reference_attempt_or_secret_gives_another_id() -> None:
    key, other = Secret("5a" * 32), Secret("5b" * 32)
    ids = {
        minting.order_id_for("K01", "sale-1", 0, key),
        minting.order_id_for("K01", "sale-1", 1, key),
        minting.order_id_for("K01", "sale-2", 0, key),
        minting.order_id_for("K01", "sale-1", 0, other),
    }
    assert len(ids) == 4
