"""Spans of numbers against a plain set of them."""

import tracemalloc
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from kiosk.operator.numbers import Gap, Name, Numbers

NAMES = st.lists(st.tuples(st.sampled_from(["K01", "K02"]), st.integers(1, 2), st.integers(0, 12)))


def test_numbers_that_never_came_are_named() -> None:
    names = [("K01", 1, 5), ("K01", 1, 9), ("K01", 1, 6), ("K01", 2, 20), ("K02", 1, 3), ("K02", 1, 1)]
    assert Numbers(names).gaps == [Gap("K01", 1, 7, 8), Gap("K02", 1, 2, 2)]


@given(NAMES)
def test_they_are_those_that_were_added_and_no_others(names: list[Name]) -> None:
    numbers = Numbers(names)
    every = product(["K01", "K02"], [1, 2], range(-1, 14))
    assert {name for name in every if name in numbers} == set(names)


@given(NAMES)
def test_gaps_are_what_is_missing_between_the_lowest_and_the_highest(names: list[Name]) -> None:
    missing = set()
    for kiosk, epoch in {name[:2] for name in names}:
        known = {seq for *of, seq in names if of == [kiosk, epoch]}
        missing |= {(kiosk, epoch, seq) for seq in set(range(min(known), max(known))) - known}
    said = Numbers(names).gaps
    assert {(gap.kiosk, gap.epoch, seq) for gap in said for seq in range(gap.first, gap.last + 1)} == missing
    assert said == sorted(said)


def test_ten_thousand_events_without_a_hole_take_the_room_of_one() -> None:
    numbers = Numbers([("K01", 1, 1)])
    tracemalloc.start()
    for seq in range(2, 10_000):
        numbers.add(("K01", 1, seq))
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 4_000
    assert numbers.gaps == []
