"""Pulses through the real lane, journal and relay: as many as were paid for, each on disk before it."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from gpiozero.pins.mock import MockFactory
from msgspec.structs import replace

from hardware.base import Pulse
from hardware.board import Board
from hardware.errors import DeviceFailed, DeviceMissing
from hardware.relay import Relay
from kiosk import calls
from kiosk import effects as do
from kiosk import events as on
from kiosk import journal as journals
from kiosk.daemon import Stop
from kiosk.model import Drop, Rupiah, Status
from kiosk.states import Armed, Escalated, Life
from kiosk.trains import Train
from tests.core.lives import ORDER
from tests.daemon.machine import PRICE, SOON, Machine
from tests.hardware.boards import board_with_pins, states

COINS = replace(ORDER, pulses=3)
TRAIN = Train(Rupiah(PRICE // 3 + 1), 10, rounds_down=True, counted=True)
PULLED = KeyboardInterrupt("somebody pulled the plug")


@pytest.fixture
def factory() -> MockFactory:
    return MockFactory()


@pytest.fixture
def board(factory: MockFactory) -> Iterator[Board]:
    with board_with_pins(factory) as board:
        yield board


class Worn:
    """A relay that does so many pulses and then fails."""

    def __init__(self, relay: Relay, pulses: int, error: Exception) -> None:
        self._relay, self._left, self._error = relay, pulses, error

    def release(self, plan: Pulse) -> None:
        self._left -= 1
        if self._left < 0:
            raise self._error
        self._relay.release(plan)

    def off(self) -> None:
        self._relay.off()

    def close(self) -> None:
        self._relay.close()


def relay_on(board: Board) -> Relay:
    """A relay that believes in its pulse however long a busy computer held it up."""
    relay = Relay(Relay.Config(pin=17, milliseconds=50), board)
    relay._switch._grace = SOON
    return relay


def test_a_fast_train_is_so_many_pulses_of_the_line(board: Board, factory: MockFactory) -> None:
    job = calls.release(do.Release(COINS, 1, 3), relay_on(board), Pulse(1, 1))
    assert job.work() == on.Released(COINS.id, Drop.NO_SENSOR, 3)
    assert states(factory, 17) == [False, *[True, False] * 3]


def test_one_pulse_of_a_slow_train_is_one_pulse_of_the_line(board: Board, factory: MockFactory) -> None:
    job = calls.release(do.Release(COINS, 2, 2), relay_on(board), Pulse(1, 1))
    assert job.work() == on.Released(COINS.id, Drop.NO_SENSOR, 2)
    assert states(factory, 17) == [False, True, False]


def test_the_line_rests_between_two_pulses_and_not_after_the_last(
    board: Board, factory: MockFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[tuple[float, int]] = []
    sleeps = SimpleNamespace(sleep=lambda s: slept.append((s, len(states(factory, 17)))))
    monkeypatch.setattr("kiosk.calls.time", sleeps)  # and not the one clock of all threads
    calls.release(do.Release(COINS, 1, 3), relay_on(board), Pulse(1, 250)).work()
    assert slept == [(0.25, 3), (0.25, 5)]


def test_a_release_that_is_no_train_is_one_pulse(board: Board, factory: MockFactory) -> None:
    job = calls.release(do.Release(ORDER), relay_on(board), Pulse(1))
    assert job.work() == on.Released(ORDER.id, Drop.NO_SENSOR, 0)
    assert states(factory, 17) == [False, True, False]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (DeviceMissing("gone"), on.ReleaseFailed(COINS.id, False, "gone", given=2, begun=2)),
        (DeviceFailed("stuck"), on.ReleaseFailed(COINS.id, True, "stuck", given=2, begun=3)),
    ],
)
def test_a_train_that_fails_says_how_many_pulses_there_were(
    board: Board, factory: MockFactory, error: Exception, told: on.ReleaseFailed
) -> None:
    worn = Worn(relay_on(board), 2, error)
    assert calls.release(do.Release(COINS, 1, 3), worn, Pulse(1, 1)).work() == told
    assert states(factory, 17) == [False, *[True, False] * 2]


def test_a_job_may_take_as_long_as_its_pulses_and_no_longer() -> None:
    """The lane that is stuck past it ends the process."""
    relay = Worn.__new__(Worn)
    assert calls.release(do.Release(COINS, 1, 3), relay, Pulse(100, 300)).seconds == 1.2 + calls.SLACK
    assert calls.release(do.Release(COINS, 2, 2), relay, Pulse(100, 300)).seconds == 0.4 + calls.SLACK
    assert calls.release(do.Release(ORDER), relay, Pulse(500)).seconds == 0.5 + calls.SLACK


def test_a_train_whose_lane_is_stuck_may_have_been_given_whole() -> None:
    lost = calls.release(do.Release(COINS, 1, 3), Worn.__new__(Worn), Pulse(1, 1)).lost
    assert lost == on.ReleaseFailed(COINS.id, True, "the output is stuck", given=0, begun=3)


def laundry(folder: Path) -> Machine:
    """A machine whose only output gives two pulses for what its slot costs."""
    machine = Machine(folder)
    till = machine.daemon._till
    machine.daemon._till = replace(till, settings=replace(till.settings, trains={"spiral1": TRAIN}))
    return machine.start()


def bought(machine: Machine) -> None:
    machine.lamp.hold.clear()
    for key in "1#":
        machine.keys.press(key)
    machine.wait_for("QR_SHOWN")
    machine.gateway.status_now = Status.PAID
    assert machine.diary.get(timeout=SOON) == "on"


def on_disk(machine: Machine) -> Life:
    with journals.Ledger(machine.path) as ledger:
        return ledger.recent(1)[0]


def begun(machine: Machine) -> int:
    state = on_disk(machine).state
    assert isinstance(state, Armed)
    return state.begun


def test_every_pulse_is_on_disk_before_the_output_moves(tmp_path: Path) -> None:
    machine = laundry(tmp_path)
    bought(machine)
    assert begun(machine) == 1
    machine.lamp.hold.set()
    machine.wait_for("DISPENSED")
    assert machine.stop() == 0
    assert machine.happened() == ["off", "on", "off", "closed"]


def test_stopping_lets_a_train_finish(tmp_path: Path) -> None:
    machine = laundry(tmp_path)
    bought(machine)
    machine.daemon.put(Stop())
    machine.lamp.hold.set()
    assert machine.ended() == 0
    assert on_disk(machine).state_name == "DISPENSED"
    assert machine.happened() == ["off", "on", "off", "closed"]


def test_a_process_that_dies_at_its_second_pulse_says_so_when_it_is_back(tmp_path: Path) -> None:
    machine = laundry(tmp_path)
    bought(machine)
    machine.lamp.fails_with = PULLED
    machine.lamp.hold.set()
    assert machine.ended() == 1
    assert begun(machine) == 2
    again = laundry(tmp_path)
    life = again.wait_for("ESCALATED")
    assert isinstance(life.state, Escalated)
    assert (life.state.why.value, life.state.detail) == ("cut_in_release", "1 or 2 of 2 pulses")
    assert again.stop() == 0
    assert "on" not in again.happened()
