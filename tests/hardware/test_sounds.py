"""What a piezo and a buzzer are driven with, on mock pins."""

from collections.abc import Iterator
from queue import Queue
from time import sleep
from typing import Any, NoReturn

import pytest
from gpiozero.pins.mock import MockFactory, MockPWMPin

from hardware.base import Note, Tune
from hardware.board import Board
from hardware.errors import DeviceFailed
from hardware.sounds import Buzzer, Piezo, Player
from tests.hardware.boards import board_with_pins, states

PIN = 18
DEADLINE = 30
SHORT = Tune("short", (Note(2_000, 1), Note(0, 1), Note(3_000, 1)))
ENDLESS = Tune("endless", (Note(1_000, 3_600_000), Note(1_500, 1)))


class PitchPin(MockPWMPin):  # type: ignore[misc]  # gpiozero has no types
    """A pin that remembers each pitch it was given."""

    def _set_frequency(self, value: float | None) -> None:
        super()._set_frequency(value)
        self.pitches = [*getattr(self, "pitches", []), value]


@pytest.fixture
def factory() -> MockFactory:
    return MockFactory(pin_class=PitchPin)


@pytest.fixture
def board(factory: MockFactory) -> Iterator[Board]:
    with board_with_pins(factory) as board:
        yield board


class Voice:
    """Hears what is sounded; a number in `breaks_at` fails."""

    def __init__(self, breaks_at: int = -1) -> None:
        self.heard = Queue[int]()
        self.breaks_at = breaks_at

    def __call__(self, hertz: int) -> None:
        if hertz == self.breaks_at:
            raise DeviceFailed("piezo on GPIO18 (header pin 12) cannot be made to sound: gone")
        self.heard.put(hertz)

    def hears(self, count: int) -> list[int]:
        return [self.heard.get(timeout=DEADLINE) for _ in range(count)]


def test_a_tune_is_played_note_by_note_and_ends_in_silence() -> None:
    voice = Voice()
    player = Player(voice)
    player.play(SHORT)
    assert voice.hears(4) == [2_000, 0, 3_000, 0]
    player.close()


def test_a_newer_tune_takes_the_place_of_one_under_way() -> None:
    voice = Voice()
    player = Player(voice)
    player.play(ENDLESS)
    assert voice.hears(1) == [1_000]
    player.play(SHORT)
    assert voice.hears(5) == [0, 2_000, 0, 3_000, 0]
    player.close()


def test_closing_silences_in_mid_tune() -> None:
    voice = Voice()
    player = Player(voice)
    player.play(ENDLESS)
    assert voice.hears(1) == [1_000]
    player.close()
    assert voice.hears(1) == [0]
    player.close()


def test_a_tune_that_could_not_be_played_is_told_with_the_next_which_is_played() -> None:
    voice = Voice(breaks_at=1_000)
    player = Player(voice)
    player.play(ENDLESS)
    assert voice.hears(1) == [0]
    while not player._trouble:  # which is noted when it is silent again
        sleep(0.001)
    voice.breaks_at = -1
    with pytest.raises(DeviceFailed, match="cannot be made to sound"):
        player.play(SHORT)
    assert voice.hears(4) == [2_000, 0, 3_000, 0]
    player.play(SHORT)
    player.close()


def test_a_piezo_is_driven_at_half_of_every_period(board: Board, factory: MockFactory) -> None:
    piezo = Piezo(Piezo.Config(pin=PIN), board)
    piezo._line.sound(2_000)
    pin: Any = factory.pin(PIN)
    assert (pin.frequency, pin.state) == (2_000, 0.5)
    piezo._line.sound(3_000)
    assert (pin.frequency, pin.state) == (3_000, 0.5)
    piezo._line.sound(0)
    assert pin.state == 0
    piezo.close()


def test_a_piezo_plays_its_tune_and_rests(board: Board, factory: MockFactory) -> None:
    piezo = Piezo(Piezo.Config(pin=PIN), board)
    pin: Any = factory.pin(PIN)
    ended = Queue[None]()
    _after(piezo._player, ended)
    piezo.play(SHORT)
    ended.get(timeout=DEADLINE)
    assert pin.pitches[-2:] == [2_000, 3_000]
    assert pin.state == 0
    piezo.close()
    piezo.close()
    assert pin.frequency is None


def _after(player: Player, ended: "Queue[None]") -> None:
    """Tell when a tune is over."""
    sound = player._sound

    def telling(tune: Tune) -> None:
        sound(tune)
        ended.put(None)

    player._sound = telling  # type: ignore[method-assign]  # to know when without sleeping


@pytest.mark.parametrize(("active_high", "silent"), [(True, False), (False, True)])
def test_a_buzzer_gives_the_rhythm(active_high: bool, silent: bool) -> None:
    factory, ended = MockFactory(), Queue[None]()
    with board_with_pins(factory) as board:
        buzzer = Buzzer(Buzzer.Config(pin=PIN, active_high=active_high), board)
        before = len(states(factory, PIN))
        _after(buzzer._player, ended)
        buzzer.play(SHORT)
        ended.get(timeout=DEADLINE)
        assert states(factory, PIN)[before:] == [not silent, silent, not silent, silent]
        buzzer.close()
        assert factory.pin(PIN).state is silent


def test_a_pin_that_fails_is_told_by_its_name(board: Board, factory: MockFactory) -> None:
    piezo = Piezo(Piezo.Config(pin=PIN), board)
    factory.pin(PIN)._set_frequency = broken
    with pytest.raises(DeviceFailed, match=r"piezo on GPIO18 \(header pin 12\) cannot be made to sound"):
        piezo._line.sound(2_000)
    del factory.pin(PIN)._set_frequency
    piezo.close()


def broken(value: float) -> NoReturn:
    raise OSError("gone")
