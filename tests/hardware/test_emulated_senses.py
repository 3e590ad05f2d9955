"""Emulated inputs and sounds against a small box over a real UNIX socket."""

import json
from collections.abc import Iterator
from queue import Queue

import pytest

from hardware.base import Note, Tune
from hardware.board import Board
from hardware.emulated_senses import EmulatedInput, EmulatedSounder
from hardware.errors import DeviceFailed
from tests.hardware.box import BOOT, DEADLINE, Box

GREETING = json.dumps({**BOOT, "inputs": {"loop": True}}).encode() + b"\n"


@pytest.fixture
def box() -> Iterator[Box]:
    with Box(GREETING) as box:
        yield box


@pytest.fixture
def board() -> Iterator[Board]:
    with Board() as board:
        yield board


class Ear:
    """Listens to one input."""

    def __init__(self, box: Box, board: Board, name: str) -> None:
        self.input = EmulatedInput(EmulatedInput.Config(socket=box.path, name=name), board)
        self.told, self.failed, self.healed = Queue[bool](), Queue[str](), Queue[None]()
        self.first = self.input.listen(self.told.put, self.failed.put, lambda: self.healed.put(None))


def test_what_an_input_is_at_first_comes_with_the_boot(box: Box, board: Board) -> None:
    assert Ear(box, board, "loop").first is True
    assert Ear(box, board, "door").first is False


def test_every_touch_is_told_to_the_input_it_is_of(box: Box, board: Board) -> None:
    door, loop = Ear(box, board, "door"), Ear(box, board, "loop")
    box.say(t="input", name="door", active=True)
    assert door.told.get(timeout=DEADLINE) is True
    assert door.input.active()
    box.say(t="input", name="door", active=False)
    assert door.told.get(timeout=DEADLINE) is False
    assert loop.told.empty()


def test_a_watch_sees_a_touch_and_no_end_of_one(box: Box, board: Board) -> None:
    ear = Ear(box, board, "loop")
    with ear.input.watch() as watch:
        box.say(t="input", name="loop", active=False)
        ear.told.get(timeout=DEADLINE)
        assert not watch.seen(0)
        box.say(t="input", name="loop", active=True)
        assert watch.seen(DEADLINE)
    box.say(t="input", name="loop", active=False)
    ear.told.get(timeout=DEADLINE)


def test_a_watch_that_is_over_is_forgotten(box: Box, board: Board) -> None:
    ear = Ear(box, board, "loop")
    for _ in range(3):
        with ear.input.watch():
            pass
    assert ear.input._watches == []


def test_an_input_that_was_pulled_out_fails_and_heals(box: Box, board: Board) -> None:
    ear = Ear(box, board, "drop")
    with ear.input.watch() as watch:
        box.say(t="trouble", part="input:drop", reason="its plug is out")
        assert ear.failed.get(timeout=DEADLINE) == "its plug is out"
        with pytest.raises(DeviceFailed, match="its plug is out"):
            ear.input.active()
        with pytest.raises(DeviceFailed, match="its plug is out"):
            watch.seen(DEADLINE)
    with ear.input.watch() as watch, pytest.raises(DeviceFailed, match="its plug is out"):
        watch.seen(DEADLINE)
    box.say(t="heal", part="input:drop")
    ear.healed.get(timeout=DEADLINE)
    assert not ear.input.active()


def test_what_was_seen_stays_seen_though_the_sensor_fails_afterwards(box: Box, board: Board) -> None:
    ear = Ear(box, board, "drop")
    with ear.input.watch() as watch:
        box.say(t="input", name="drop", active=True)
        box.say(t="trouble", part="input:drop", reason="its plug is out")
        ear.failed.get(timeout=DEADLINE)
        assert watch.seen(DEADLINE)


def test_a_box_that_is_gone_fails_every_input(box: Box, board: Board) -> None:
    ear = Ear(box, board, "drop")
    box.vanish()
    assert "is gone" in ear.failed.get(timeout=DEADLINE)


def test_a_closed_input_tells_nothing_more(box: Box, board: Board) -> None:
    closed, other = Ear(box, board, "drop"), Ear(box, board, "drop")
    closed.input.close()
    box.say(t="input", name="drop", active=True)
    other.told.get(timeout=DEADLINE)
    assert closed.told.empty()


def test_a_tune_is_sent_with_its_name_and_notes(box: Box, board: Board) -> None:
    sounder = EmulatedSounder(EmulatedSounder.Config(socket=box.path), board)
    sounder.play(Tune("paid", (Note(2_000, 80), Note(0, 20))))
    assert box.next() == {"t": "sound", "name": "paid", "notes": [[2_000, 80], [0, 20]]}
    sounder.close()


def test_a_sounder_that_was_pulled_out_says_so(box: Box, board: Board) -> None:
    sounder, told = EmulatedSounder(EmulatedSounder.Config(socket=box.path), board), Queue[str]()
    board.link(box.path).on_trouble("buzzer", told.put)
    box.say(t="trouble", part="buzzer", reason="its plug is out")
    told.get(timeout=DEADLINE)
    with pytest.raises(DeviceFailed, match="its plug is out"):
        sounder.play(Tune("paid", ()))
