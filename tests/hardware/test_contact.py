"""A contact on mock pins, looked at by the real scanner."""

from collections.abc import Iterator
from queue import Queue
from typing import Any, NoReturn

import pytest
from gpiozero.pins.mock import MockFactory

from hardware.board import Board
from hardware.contact import CLOSE, Contact
from hardware.errors import DeviceFailed, DeviceMissing
from hardware.scanner import PERIOD
from hardware.steady import Steady
from tests.hardware.boards import board_with_pins

PIN = 22
DEADLINE = 30


@pytest.fixture
def factory() -> MockFactory:
    return MockFactory()


@pytest.fixture
def board(factory: MockFactory) -> Iterator[Board]:
    with board_with_pins(factory) as board:
        yield board


def contact_on(board: Board, active: Any = "low", **more: Any) -> Contact:
    return Contact(Contact.Config(pin=PIN, active=active, **more), board)


def unexpected(reason: str) -> NoReturn:
    raise AssertionError(reason)


def looked(board: Board) -> None:
    """Wait until every watch has looked at its line since this was asked."""
    looks = Queue[float]()
    board.scanner().add(looks.put, unexpected, CLOSE)
    for _ in range(3):
        looks.get(timeout=DEADLINE)
    board.scanner().remove(looks.put)


def test_a_level_counts_once_it_has_stood_long_enough() -> None:
    steady = Steady(level=False, settle=0.1)
    looks = [(1.0, True), (1.09, True), (1.1, True), (1.2, True)]
    assert [steady.changed(now, level) for now, level in looks] == [False, False, True, False]
    assert steady.level


def test_a_level_that_jumps_back_counts_from_the_beginning() -> None:
    steady = Steady(level=False, settle=0.1)
    looks = [(1.0, True), (1.05, False), (1.08, True), (1.12, True), (1.19, True)]
    assert [steady.changed(now, level) for now, level in looks] == [False, False, False, False, True]


def test_without_a_pause_to_settle_a_single_look_counts() -> None:
    steady = Steady(level=False, settle=0.0)
    assert steady.changed(1.0, level=True)


@pytest.mark.parametrize(("active", "at_rest"), [("low", False), ("high", True)])
def test_an_open_wire_reads_as_it_is_pulled_up(board: Board, active: str, at_rest: bool) -> None:
    contact = contact_on(board, active)
    assert contact.active() is at_rest
    contact.close()


def test_an_open_wire_can_be_pulled_down(board: Board, factory: MockFactory) -> None:
    contact = contact_on(board, "high", pull="down")
    assert factory.pin(PIN).pull == "down"
    assert not contact.active()
    contact.close()


def test_every_change_is_told_and_what_it_is_at_first(board: Board, factory: MockFactory) -> None:
    contact, told = contact_on(board, debounce=0), Queue[bool]()
    assert contact.listen(told.put, unexpected) is False
    factory.pin(PIN).drive_low()
    assert told.get(timeout=DEADLINE) is True
    factory.pin(PIN).drive_high()
    assert told.get(timeout=DEADLINE) is False
    contact.close()


def test_a_watch_sees_what_passes_while_it_lasts(board: Board, factory: MockFactory) -> None:
    contact = contact_on(board, debounce=4)
    with contact.watch() as watch:
        factory.pin(PIN).drive_low()
        assert watch.seen(DEADLINE)
    contact.close()


def test_what_is_shorter_than_the_debounce_time_is_not_seen(board: Board, factory: MockFactory) -> None:
    contact, told = contact_on(board, debounce=5_000), Queue[bool]()
    contact.listen(told.put, unexpected)
    with contact.watch() as watch:
        factory.pin(PIN).drive_low()
        assert not watch.seen(0.1)
    assert told.empty()
    contact.close()


def test_a_watch_that_begins_in_an_interrupted_beam_sees_only_what_comes_after(
    board: Board, factory: MockFactory
) -> None:
    contact = contact_on(board, debounce=0)
    factory.pin(PIN).drive_low()
    with contact.watch() as watch:
        looked(board)
        assert not watch.seen(0)
        factory.pin(PIN).drive_high()
        looked(board)
        assert not watch.seen(0)
        factory.pin(PIN).drive_low()
        assert watch.seen(DEADLINE)
    contact.close()


def test_a_watch_looks_closely(board: Board) -> None:
    contact = contact_on(board)
    contact.listen(lambda _: None, unexpected)
    with contact.watch():
        assert [job.every for job in board.scanner()._jobs] == [PERIOD, CLOSE]
    contact.close()


def test_a_watch_that_is_over_leaves_the_scanner_alone(board: Board) -> None:
    contact = contact_on(board)
    with contact.watch():
        assert len(board.scanner()._jobs) == 1
    assert board.scanner()._jobs == ()
    contact.close()


def test_a_sensor_that_cannot_be_read_has_not_seen_nothing(board: Board, factory: MockFactory) -> None:
    """Nobody knows whether goods fell, so nobody may say that none did."""
    contact, told = contact_on(board), Queue[str]()
    contact.listen(lambda _: None, told.put)
    with contact.watch() as watch:
        factory.pin(PIN)._get_state = broken
        with pytest.raises(DeviceFailed, match=r"input on GPIO22 \(header pin 15\) cannot be read"):
            watch.seen(DEADLINE)
    assert "input on GPIO22 (header pin 15) cannot be read: gone" in told.get(timeout=DEADLINE)
    contact.close()


def broken() -> NoReturn:
    raise OSError("gone")


def test_a_pin_that_is_taken_is_told(board: Board) -> None:
    contact = contact_on(board)
    with pytest.raises(DeviceMissing, match=r"input wants GPIO22 \(header pin 15\), which is taken"):
        contact_on(board)
    contact.close()
    contact.close()
