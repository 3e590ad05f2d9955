"""How long a kiosk waits before it tries the broker again, and when it believes in a second kiosk."""

from hypothesis import assume, given
from hypothesis import strategies as st

from kiosk.mqtt.patience import CLASHES, Ending, Pace, Patience

PACE = Pace()
REFUSED = Ending("nothing listens")
THROWN_OUT = Ending("closed", lasted=1.0, hung_up=True)

chances = st.floats(0, 1)
endings = st.builds(Ending, st.just("why"), st.floats(0, 59), st.booleans())


def patience_after(*endings: Ending, every: float = 10.0) -> Patience:
    patience = Patience()
    for number, ending in enumerate(endings):
        patience = patience.after(ending, number * every, PACE)
    return patience


@given(st.lists(st.just(REFUSED), max_size=2000), chances)
def test_a_pause_lasts_from_one_second_to_two_minutes(failures: list[Ending], chance: float) -> None:
    assert 1 <= patience_after(*failures).pause(chance, PACE) <= 120


@given(st.lists(endings, max_size=30), chances, st.floats(0.01, 5), st.floats(1, 10), st.floats(1, 10))
def test_a_pause_keeps_to_whatever_bounds_it_is_given(
    before: list[Ending], chance: float, least: float, more: float, yet_more: float
) -> None:
    pace = Pace(least=least, most=least * more, contested=least * more * yet_more)
    assert pace.least <= patience_after(*before).pause(chance, pace) <= pace.contested


@given(st.integers(1, 40), chances, chances)
def test_the_whole_window_is_used(failures: int, low: float, high: float) -> None:
    """So that a thousand kiosks do not come back in step."""
    assume(low < high)
    patience = Patience(failures)
    assert patience.pause(0, PACE) == 1
    assert patience.pause(low, PACE) <= patience.pause(high, PACE)
    assert patience.pause(1, PACE) >= 4


@given(st.integers(1, 40))
def test_the_window_doubles_until_it_is_full(failures: int) -> None:
    window = Patience(failures).pause(1, PACE)
    assert Patience(failures + 1).pause(1, PACE) == min(120, 2 * window)


def test_only_a_connection_that_lasted_a_minute_makes_patience_begin_anew() -> None:
    tired = patience_after(*[REFUSED] * 5)
    assert tired.after(Ending("lost", lasted=59), 100, PACE).failures == 6
    assert tired.after(Ending("lost", lasted=60), 100, PACE).failures == 1


def test_three_accepted_connections_ended_by_the_broker_within_a_minute_are_another_machine() -> None:
    assert not patience_after(*[THROWN_OUT] * (CLASHES - 1)).is_contested
    assert patience_after(*[THROWN_OUT] * CLASHES).is_contested


def test_three_over_more_than_a_minute_are_not() -> None:
    assert not patience_after(*[THROWN_OUT] * 9, every=30).is_contested


def test_a_network_that_breaks_is_no_other_machine() -> None:
    assert not patience_after(*[Ending("reset", lasted=1.0)] * 9).is_contested


def test_against_another_machine_the_pause_is_longer_than_any_other() -> None:
    contested = patience_after(*[THROWN_OUT] * CLASHES)
    assert (contested.pause(0, PACE), contested.pause(1, PACE)) == (120, 300)


def test_a_stable_connection_ends_the_quarrel() -> None:
    contested = patience_after(*[THROWN_OUT] * CLASHES)
    assert not contested.after(Ending("lost", lasted=60), 1000, PACE).is_contested


@given(st.lists(endings, max_size=200))
def test_the_memory_of_quarrels_is_short(before: list[Ending]) -> None:
    assert len(patience_after(*before, every=0.001).hung_up_at) <= CLASHES
