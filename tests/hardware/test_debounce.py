"""The debouncing, fed by hand: no pins, no clock."""

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from hardware.debounce import Debouncer, Finding, Place, Seen, ghosted

TICK = 0.02
FIVE, SIX, EIGHT, NINE = Place(1, 1), Place(1, 2), Place(2, 1), Place(2, 2)
NOTHING: frozenset[Place] = frozenset()
places = st.builds(Place, st.integers(0, 3), st.integers(0, 3))


class Pad:
    """A debouncer scanned every 20 ms; it has seen the pad at rest."""

    def __init__(self) -> None:
        self.debouncer = Debouncer()
        self.now = 100.0
        self.presses: list[Place] = []
        self.findings: list[Finding] = []
        self.holds: list[Place] = []
        self.hold(NOTHING, 0.1)

    def scan(self, down: Iterable[Place], later: float = TICK) -> Seen:
        self.now += later
        seen = self.debouncer.feed(self.now, frozenset(down))
        self.presses += seen.presses
        self.findings += seen.findings
        self.holds += seen.holds
        return seen

    def hold(self, down: Iterable[Place], seconds: float) -> None:
        down = frozenset(down)
        for _ in range(round(seconds / TICK)):
            self.scan(down)


def test_a_press_is_one_press_however_long_it_is_held() -> None:
    pad = Pad()
    pad.hold({FIVE}, 9.9)
    pad.hold(NOTHING, 0.1)
    assert pad.presses == [FIVE]
    assert pad.findings == []


def test_one_scan_is_not_enough_for_a_press() -> None:
    pad = Pad()
    pad.scan({FIVE})
    pad.hold(NOTHING, 0.1)
    assert pad.presses == []


def test_two_scans_are_enough_for_a_press() -> None:
    pad = Pad()
    assert pad.scan({FIVE}).presses == ()
    assert pad.scan({FIVE}).presses == (FIVE,)


def test_a_contact_that_bounces_at_both_ends_is_one_press() -> None:
    pad = Pad()
    for down in ({FIVE}, NOTHING, {FIVE}, {FIVE}, {FIVE}, NOTHING, {FIVE}, NOTHING, NOTHING, NOTHING):
        pad.scan(down)
    assert pad.presses == [FIVE]


def test_a_short_break_in_a_long_press_is_no_second_press() -> None:
    pad = Pad()
    pad.hold({FIVE}, 0.2)
    pad.scan(NOTHING)
    pad.hold({FIVE}, 0.2)
    assert pad.presses == [FIVE]


def test_pressing_again_is_a_second_press() -> None:
    pad = Pad()
    for _ in range(2):
        pad.hold({FIVE}, 0.1)
        pad.hold(NOTHING, 0.1)
    assert pad.presses == [FIVE, FIVE]


def test_two_keys_at_once_are_two_presses() -> None:
    pad = Pad()
    pad.hold({FIVE, NINE}, 0.1)
    assert pad.presses == [FIVE, NINE]


def test_a_key_held_longer_than_ten_seconds_is_told_once_and_ignored_until_released() -> None:
    pad = Pad()
    pad.hold({FIVE}, 30)
    assert pad.presses == [FIVE]
    assert pad.findings == [Finding(FIVE, "stuck")]
    assert pad.debouncer.doubts
    pad.hold(NOTHING, 0.1)
    assert not pad.debouncer.doubts
    pad.hold({FIVE}, 0.1)
    assert pad.presses == [FIVE, FIVE]


def test_a_key_that_is_down_for_three_seconds_is_held_once() -> None:
    pad = Pad()
    pad.hold({FIVE}, 2.9)
    assert pad.holds == []
    pad.hold({FIVE}, 0.2)
    assert pad.holds == [FIVE]
    pad.hold({FIVE}, 20)
    assert pad.holds == [FIVE]


def test_a_key_is_held_again_only_after_another_press() -> None:
    pad = Pad()
    for _ in range(2):
        pad.hold({FIVE}, 4)
        pad.hold(NOTHING, 0.1)
    assert (pad.presses, pad.holds) == ([FIVE, FIVE], [FIVE, FIVE])


def test_holding_is_without_a_break_however_short() -> None:
    pad = Pad()
    pad.hold({FIVE}, 2.0)
    pad.scan(NOTHING)
    pad.hold({FIVE}, 2.0)
    assert pad.holds == []


def test_a_key_that_is_down_at_the_start_is_not_held() -> None:
    pad = Pad()
    pad.debouncer = Debouncer()
    pad.hold({FIVE}, 9)
    assert pad.holds == []


def test_what_is_no_press_is_not_held_either() -> None:
    pad = Pad()
    pad.hold({FIVE, SIX, EIGHT, NINE}, 9)
    pad.hold({FIVE}, 9)
    assert pad.holds == []


def test_a_stuck_key_does_not_silence_the_others() -> None:
    pad = Pad()
    pad.hold({FIVE}, 11)
    pad.hold({FIVE, NINE}, 0.1)
    assert pad.presses == [FIVE, NINE]


def test_a_key_that_is_down_at_the_start_was_not_pressed() -> None:
    pad = Pad()
    pad.debouncer = Debouncer()
    pad.hold({FIVE}, 1)
    assert pad.presses == []
    pad.hold(NOTHING, 0.1)
    pad.hold({FIVE}, 0.1)
    assert pad.presses == [FIVE]


def test_a_key_stuck_since_the_start_is_told() -> None:
    pad = Pad()
    pad.debouncer = Debouncer()
    pad.hold({FIVE}, 11)
    assert pad.findings == [Finding(FIVE, "stuck")]


def test_a_flickering_key_is_told_once_and_ignored_until_it_has_been_quiet() -> None:
    pad = Pad()
    for _ in range(100):
        pad.scan({FIVE})
        pad.scan(NOTHING)
    assert pad.findings == [Finding(FIVE, "bounces")]
    pad.hold(NOTHING, 0.8)
    pad.hold({FIVE}, 0.1)
    assert pad.presses == []
    assert pad.debouncer.doubts
    pad.hold(NOTHING, 1.1)
    assert not pad.debouncer.doubts
    pad.hold({FIVE}, 0.1)
    assert pad.presses == [FIVE]


def test_the_fastest_finger_does_not_flicker() -> None:
    pad = Pad()
    for _ in range(24):
        pad.hold({FIVE}, 0.06)
        pad.hold(NOTHING, 0.06)
    assert pad.presses == [FIVE] * 24
    assert pad.findings == []


def test_four_corners_of_a_rectangle_are_nobodys_press() -> None:
    pad = Pad()
    pad.hold({FIVE, SIX, EIGHT, NINE}, 1)
    assert pad.presses == []
    assert pad.findings == [Finding(place, "ghost") for place in (FIVE, SIX, EIGHT, NINE)]


def test_keys_left_over_from_a_ghost_are_ignored_until_released() -> None:
    pad = Pad()
    pad.hold({FIVE, SIX, EIGHT, NINE}, 0.1)
    pad.hold({FIVE, NINE}, 1)
    assert pad.presses == []
    pad.hold(NOTHING, 0.1)
    pad.hold({NINE}, 0.1)
    assert pad.presses == [NINE]


def test_three_keys_in_a_row_are_no_ghost() -> None:
    assert ghosted(frozenset({Place(0, 0), Place(0, 1), Place(0, 2), Place(3, 0)})) == NOTHING


def test_a_rectangle_of_distant_rows_is_a_ghost() -> None:
    corners = frozenset({Place(0, 0), Place(0, 2), Place(3, 0), Place(3, 2)})
    assert ghosted(corners | {Place(1, 1)}) == corners


@given(
    st.lists(
        st.tuples(places, st.integers(3, 60), st.integers(3, 60), st.lists(st.booleans(), max_size=2)),
        max_size=8,
    ),
    st.floats(0.016, 0.024),
)
def test_every_clean_press_is_seen_once(
    presses: list[tuple[Place, int, int, list[bool]]], tick: float
) -> None:
    """Whatever the key, the length of press and pause, the scanner's jitter, and a bounce at either end."""
    pad = Pad()
    for place, held, let_go, bounce in presses:
        for down in [*bounce, *[True] * held, *bounce[::-1], *[False] * let_go]:
            pad.scan({place} if down else NOTHING, tick)
        pad.hold(NOTHING, 1)
    assert pad.presses == [place for place, *_ in presses]
    assert pad.findings == []


@given(st.lists(st.frozensets(places, max_size=6), max_size=80), st.floats(0.001, 0.05))
def test_nothing_is_pressed_that_is_not_down_and_never_twice_in_one_holding(
    scans: list[frozenset[Place]], tick: float
) -> None:
    """Under any noise: a press is of a key that is down now, and between two of them the key was up."""
    pad = Pad()
    up_since_its_press: dict[Place, bool] = {}
    for down in scans:
        for place in up_since_its_press:
            up_since_its_press[place] |= place not in down
        for place in pad.scan(down, tick).presses:
            assert place in down
            assert place not in ghosted(down)
            assert up_since_its_press.get(place, True)
            up_since_its_press[place] = False


@given(st.lists(st.tuples(st.frozensets(places, max_size=3), st.integers(1, 5)), max_size=20))
def test_every_hold_follows_a_press_of_its_own(
    scans: list[tuple[frozenset[Place], int]],
) -> None:
    pad = Pad()
    pressed: set[Place] = set()
    for down, seconds in scans:
        for _ in range(seconds):
            seen = pad.scan(down, 1.0)
            pressed |= {*seen.presses}
            assert {*seen.holds} <= pressed
            pressed -= {*seen.holds}


@given(st.lists(st.frozensets(places, max_size=6), max_size=80))
def test_a_pad_left_alone_recovers_from_anything(scans: list[frozenset[Place]]) -> None:
    pad = Pad()
    for down in scans:
        pad.scan(down)
    pad.hold(NOTHING, 1.2)
    pad.presses.clear()
    pad.hold({FIVE}, 0.1)
    assert pad.presses == [FIVE]
