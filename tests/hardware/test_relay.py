"""The relay on mock pins: what its line goes through, whatever happens."""

import subprocess
import sys
from collections.abc import Iterator
from threading import Thread
from typing import Any

import pytest
from gpiozero.pins.mock import MockFactory

from hardware.base import Pulse
from hardware.board import Board
from hardware.errors import DeviceFailed, DeviceMissing
from hardware.relay import Relay
from tests.hardware.boards import board_with_pins, states


@pytest.fixture
def factory() -> MockFactory:
    return MockFactory()


@pytest.fixture
def board(factory: MockFactory) -> Iterator[Board]:
    with board_with_pins(factory) as board:
        yield board


def relay_on(board: Board, pin: int = 17, **more: Any) -> Relay:
    relay = Relay(Relay.Config(pin=pin, milliseconds=500, **more), board)
    relay._switch._grace = 30.0  # no pulse fails because the machine was busy
    return relay


def test_a_relay_is_off_when_made(board: Board, factory: MockFactory) -> None:
    factory.pin(17).drive_high()
    relay = relay_on(board)
    assert factory.pin(17).function == "output"
    assert factory.pin(17).state is False
    relay.close()


def test_a_release_is_exactly_one_pulse(board: Board, factory: MockFactory) -> None:
    relay = relay_on(board)
    relay.release(Pulse(1))
    assert states(factory, 17) == [False, True, False]
    relay.close()
    assert states(factory, 17) == [False, True, False]


def test_a_pulse_longer_than_configured_releases_nothing(board: Board, factory: MockFactory) -> None:
    relay = relay_on(board)
    with pytest.raises(DeviceMissing, match=r"relay on GPIO17 \(header pin 11\) was asked .* 1 to 500 ms"):
        relay.release(Pulse(501))
    assert states(factory, 17) == [False]
    relay.close()


def test_closing_in_mid_pulse_switches_off_first(board: Board, factory: MockFactory) -> None:
    relay = Relay(Relay.Config(pin=17, milliseconds=10_000), board)
    outcomes: list[str] = []

    def release() -> None:
        try:
            relay.release(Pulse(10_000))
        except DeviceFailed as error:
            outcomes.append(str(error))

    pulse = Thread(target=release)
    pulse.start()
    while not factory.pin(17).state:
        assert pulse.is_alive()
    relay.close()
    assert factory.pin(17).state is False
    pulse.join()
    assert states(factory, 17) == [False, True, False]
    assert len(outcomes) == 1
    assert "in the middle of its pulse" in outcomes[0]


def test_a_closed_relay_lets_go_of_its_pin_and_releases_nothing(board: Board, factory: MockFactory) -> None:
    relay = relay_on(board)
    relay.close()
    relay.close()
    with pytest.raises(DeviceMissing, match="is closed: nothing was released"):
        relay.release(Pulse(1))
    relay_on(board).close()
    assert True not in states(factory, 17)


def test_off_after_close_is_no_error(board: Board) -> None:
    relay = relay_on(board)
    relay.close()
    relay.off()


def test_a_pin_that_is_taken_says_by_whom(board: Board) -> None:
    relay = relay_on(board)
    with pytest.raises(
        DeviceMissing, match=r"relay wants GPIO17 \(header pin 11\), which is taken: relay on GPIO17"
    ):
        relay_on(board)
    relay.close()


def test_a_pin_the_board_does_not_have_is_missing(board: Board) -> None:
    with pytest.raises(DeviceMissing, match="relay cannot have GPIO99"):
        relay_on(board, pin=99)


def test_a_line_that_fails_names_the_relay_and_may_have_released(board: Board, factory: MockFactory) -> None:
    relay = relay_on(board)
    pin = factory.pin(17)

    def broken(value: bool) -> None:
        raise OSError("No such device")

    pin._set_state = broken
    with pytest.raises(DeviceFailed, match=r"relay on GPIO17 .* cannot be switched o"):
        relay.release(Pulse(1))
    del pin._set_state
    relay.close()


def test_an_active_low_relay_needs_the_word_that_a_resistor_holds_it_off() -> None:
    with pytest.raises(
        ValueError, match=r"active_high = false .* is on whenever nothing holds the line high"
    ):
        Relay.Config(pin=17, milliseconds=500, active_high=False)


def test_an_active_low_relay_with_a_resistor_rests_high(board: Board, factory: MockFactory) -> None:
    factory.pin(17).drive_high()
    factory.pin(17).clear_states()
    relay = relay_on(board, active_high=False, resistor_holds_it_off=True)
    relay.release(Pulse(1))
    assert states(factory, 17) == [True, False, True]
    relay.close()
    assert states(factory, 17) == [True, False, True]


@pytest.mark.parametrize("pin", [0, 4, 8])
def test_a_pin_that_the_chip_pulls_up_at_power_on_needs_the_word_too(pin: int) -> None:
    with pytest.raises(ValueError, match=r"pulls GPIO\d .* up at every power-on"):
        Relay.Config(pin=pin, milliseconds=500)
    Relay.Config(pin=pin, milliseconds=500, resistor_holds_it_off=True)


@pytest.mark.parametrize("milliseconds", [0, 10_001])
def test_a_pulse_nobody_may_configure_is_refused(milliseconds: int) -> None:
    with pytest.raises(ValueError, match="milliseconds must be 1 to 10000"):
        Relay.Config(pin=17, milliseconds=milliseconds)


def test_switching_off_after_a_killed_process_drives_the_line_low(board: Board, factory: MockFactory) -> None:
    factory.pin(17).drive_high()
    relay_on(board).close()
    assert states(factory, 17)[-1] is False


def test_the_board_switches_off_what_was_left_open(factory: MockFactory) -> None:
    board = board_with_pins(factory)
    relay = relay_on(board)
    pin = factory.pin(17)
    relay._line.turn(True)
    board.close()
    assert [each.state for each in pin.states] == [False, True, False]
    relay.close()


ENDINGS = {
    "returns": "",
    "exits": "sys.exit(3)",
    "raises": "raise RuntimeError('a bug')",
    "is interrupted": "signal.raise_signal(signal.SIGINT)",
    "is told to stop": "signal.signal(signal.SIGTERM, sys.exit); signal.raise_signal(signal.SIGTERM)",
}


@pytest.mark.parametrize("ending", ENDINGS.values(), ids=ENDINGS.keys())
def test_a_process_that_ends_in_mid_pulse_leaves_the_relay_off(ending: str) -> None:
    """The witness registers its exit hook first, so that it speaks last."""
    program = f"""
import atexit, signal, sys
from threading import Thread
from gpiozero.pins.mock import MockFactory
from hardware.base import Pulse
from hardware.relay import Relay
from tests.hardware.boards import board_with_pins, states
factory = MockFactory()
pin = factory.pin(17)
atexit.register(lambda: print(states(factory, 17)))
relay = Relay(Relay.Config(pin=17, milliseconds=10_000), board_with_pins(factory))
Thread(target=relay.release, args=(Pulse(10_000),), daemon=True).start()
while not pin.state:
    pass
{ending}
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stdout == "[False, True, False]\n", done.stderr
