"""Emulated parts against a small box over a real UNIX socket."""

import base64
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from queue import Queue
from threading import Event, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from hardware.base import Pulse
from hardware.board import Board
from hardware.emulated import EmulatedBoot, EmulatedKeypad, EmulatedOutput, EmulatedPanel
from hardware.errors import DeviceFailed, DeviceMissing
from hardware.lines import LONGEST_LINE, Lines, Picture
from hardware.link import Link
from tests.hardware.box import BOOT, DEADLINE, Box
from tests.hardware.glass import noise


@pytest.fixture
def box() -> Iterator[Box]:
    with Box() as box:
        yield box


@pytest.fixture
def board() -> Iterator[Board]:
    with Board() as board:
        yield board


def panel_of(box: Box, board: Board) -> EmulatedPanel:
    return EmulatedPanel(EmulatedPanel.Config(socket=box.path), board)


def output_of(box: Box, board: Board) -> EmulatedOutput:
    made = EmulatedOutput(EmulatedOutput.Config(socket=box.path, name="spiral1", milliseconds=500), board)
    since = time.monotonic()
    line = box.next()
    assert line.pop("at") <= since
    assert line == {"t": "output", "name": "spiral1", "on": False}
    return made


def lost(link: Link) -> None:
    """Wait until the link knows that it is lost."""
    told = Queue[str]()
    link.on_trouble("anything", told.put)
    told.get(timeout=DEADLINE)


def test_a_picture_is_on_the_glass_when_show_returns(box: Box, board: Board) -> None:
    panel = panel_of(box, board)
    picture = noise((128, 64))
    panel.show(picture)
    line = box.next()
    assert base64.b64decode(line.pop("pixels")) == picture.tobytes()
    assert line == {"t": "panel", "n": 1, "size": [128, 64], "mode": "1"}
    panel.show(picture)
    assert box.next()["n"] == 2


def test_show_waits_for_its_own_picture_not_for_an_older_one(board: Board) -> None:
    with Box(acknowledges=False) as box:
        panel = panel_of(box, board)
        shown = Event()

        def show() -> None:
            for _ in range(2):
                panel.show(Image.new("1", panel.size))
            shown.set()

        showing = Thread(target=show)
        showing.start()
        assert box.next()["n"] == 1
        box.say(t="shown", n=1)
        assert box.next()["n"] == 2
        box.say(t="shown", n=1)
        assert not shown.is_set()
        box.say(t="shown", n=2)
        assert shown.wait(DEADLINE)
        showing.join()


def impatient(box: Box) -> Link:
    """A link that has patience until the box has said its boot, and hardly any from then on."""
    link = Link(box.path, patience=DEADLINE)
    link._patience = 0.05
    link._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", 0, 50_000))
    return link


def test_a_box_that_never_acknowledges_fails_the_panel() -> None:
    with Box(acknowledges=False) as box:
        link = impatient(box)
        with pytest.raises(DeviceFailed, match=r"did not show a picture within 0\.05 s"):
            link.wait_shown(1, "panel")
        link.close()


def test_a_closed_panel_goes_dark_and_shows_nothing(box: Box, board: Board) -> None:
    panel = panel_of(box, board)
    panel.close()
    panel.close()
    assert box.next() == {"t": "panel_off"}
    with pytest.raises(DeviceFailed, match="closed"):
        panel.show(Image.new("1", panel.size))
    assert box.heard.empty()


def test_a_picture_for_another_panel_is_refused(box: Box, board: Board) -> None:
    with pytest.raises(DeviceFailed, match="64x128 in mode 1 is not for this panel of 128x64 in mode 1"):
        panel_of(box, board).show(Image.new("1", (64, 128)))


def test_a_panel_too_large_for_a_line_is_refused_when_configured() -> None:
    with pytest.raises(ValueError, match="400x300 in mode L is too large to emulate"):
        EmulatedPanel.Config(socket="/run/box", width=400, height=300, mode="L")


@pytest.mark.parametrize(("width", "height", "mode"), [(400, 300, "1"), (256, 64, "L"), (128, 120, "RGB")])
def test_the_largest_panels_fit_a_line(box: Box, board: Board, width: int, height: int, mode: str) -> None:
    config = {"socket": box.path, "width": width, "height": height, "mode": mode}
    panel = EmulatedPanel(EmulatedPanel.Config(**config), board)  # type: ignore[arg-type]  # a table of three kinds
    panel.show(Image.new(mode, (width, height)))
    assert box.next()["size"] == [width, height]


def test_trouble_with_the_panel_fails_it_until_it_heals(box: Box, board: Board) -> None:
    panel = panel_of(box, board)
    troubled = Queue[str]()
    board.link(box.path).on_trouble("panel", troubled.put)
    box.say(t="trouble", part="panel", reason="the ribbon is loose")
    troubled.get(timeout=DEADLINE)
    with pytest.raises(DeviceFailed, match="the ribbon is loose"):
        panel.show(Image.new("1", panel.size))
    box.say(t="heal", part="panel")
    heard_after(box, board)
    panel.show(Image.new("1", panel.size))


def test_trouble_while_a_picture_is_on_its_way_fails_that_picture(board: Board) -> None:
    with Box(acknowledges=False) as box:
        panel = panel_of(box, board)
        failures = Queue[str]()

        def show() -> None:
            try:
                panel.show(Image.new("1", panel.size))
            except DeviceFailed as error:
                failures.put(str(error))

        showing = Thread(target=show)
        showing.start()
        box.next()
        box.say(t="trouble", part="panel", reason="the ribbon is loose")
        assert failures.get(timeout=DEADLINE) == "the ribbon is loose"
        showing.join()


def heard_after(box: Box, board: Board) -> None:
    """Wait until the kiosk has taken everything the box said."""
    passed = Queue[str]()
    board.link(box.path).on_key(passed.put)
    box.say(t="key", key="0")
    passed.get(timeout=DEADLINE)


def test_keys_arrive_in_order(box: Box, board: Board) -> None:
    pressed, failed = Queue[str](), Queue[str]()
    keypad = EmulatedKeypad(EmulatedKeypad.Config(socket=box.path), board)
    keypad.listen(pressed.put, failed.put)
    for key in "12#*":
        box.say(t="key", key=key)
    assert "".join(pressed.get(timeout=DEADLINE) for _ in range(4)) == "12#*"
    assert failed.empty()


def test_a_keypad_in_trouble_says_so_and_is_deaf_until_it_heals(box: Box, board: Board) -> None:
    pressed, failed, healed = Queue[str](), Queue[str](), Queue[str]()
    keypad = EmulatedKeypad(EmulatedKeypad.Config(socket=box.path), board)
    keypad.listen(pressed.put, failed.put, lambda: healed.put("healed"))
    box.say(t="heal", part="keypad")
    box.say(t="trouble", part="keypad", reason="a cable is cut")
    box.say(t="key", key="1")
    box.say(t="heal", part="keypad")
    box.say(t="key", key="2")
    assert failed.get(timeout=DEADLINE) == "a cable is cut"
    assert pressed.get(timeout=DEADLINE) == "2"
    assert healed.qsize() == 1


def test_a_held_key_is_told_after_its_press(box: Box, board: Board) -> None:
    told = Queue[str]()
    keypad = EmulatedKeypad(EmulatedKeypad.Config(socket=box.path), board)
    keypad.listen(told.put, told.put, held=lambda key: told.put(f"held {key}"))
    box.say(t="key", key="*")
    box.say(t="held", key="*")
    assert [told.get(timeout=DEADLINE) for _ in range(2)] == ["*", "held *"]


def test_holding_a_key_of_a_keypad_in_trouble_is_not_told(box: Box, board: Board) -> None:
    held, failed = Queue[str](), Queue[str]()
    keypad = EmulatedKeypad(EmulatedKeypad.Config(socket=box.path), board)
    keypad.listen(held.put, failed.put, held=held.put)
    box.say(t="trouble", part="keypad", reason="a cable is cut")
    box.say(t="held", key="*")
    box.say(t="heal", part="keypad")
    heard_after(box, board)
    assert held.get(timeout=DEADLINE) == "0"


def test_a_closed_keypad_is_deaf(box: Box, board: Board) -> None:
    pressed, failed = Queue[str](), Queue[str]()
    keypad = EmulatedKeypad(EmulatedKeypad.Config(socket=box.path), board)
    keypad.listen(pressed.put, failed.put, held=pressed.put)
    keypad.close()
    box.say(t="key", key="1")
    box.say(t="held", key="1")
    heard_after(box, board)
    assert pressed.empty()


def test_an_output_is_off_first_and_then_pulses_once(box: Box, board: Board) -> None:
    output = output_of(box, board)
    output.release(Pulse(1))
    assert [box.next()["on"] for _ in range(2)] == [True, False]
    output.close()
    assert box.next()["on"] is False
    with pytest.raises(DeviceMissing, match="output spiral1 is closed"):
        output.release(Pulse(1))


def test_a_process_that_ends_in_mid_pulse_switches_its_lamp_off(box: Box) -> None:
    program = """
import sys
from threading import Thread
from hardware.base import Pulse
from hardware.board import Board
from hardware.emulated import EmulatedOutput
config = EmulatedOutput.Config(socket=sys.argv[1], name="spiral1", milliseconds=10_000)
output = EmulatedOutput(config, Board())
Thread(target=output.release, args=(Pulse(10_000),), daemon=True).start()
sys.stdin.readline()
"""
    with subprocess.Popen([sys.executable, "-c", program, box.path], stdin=subprocess.PIPE) as process:
        assert [box.next()["on"] for _ in range(2)] == [False, True]
        process.communicate(b"end\n", timeout=DEADLINE)
    assert box.next()["on"] is False


def test_an_output_in_trouble_surely_never_moved(box: Box, board: Board) -> None:
    output = output_of(box, board)
    box.say(t="trouble", part="output:spiral1", reason="the coil is open")
    heard_after(box, board)
    with pytest.raises(DeviceMissing, match="output spiral1 was not switched on: the coil is open"):
        output.release(Pulse(1))
    output.close()
    assert box.next()["on"] is False


def test_another_outputs_trouble_is_not_ours(box: Box, board: Board) -> None:
    output = output_of(box, board)
    box.say(t="trouble", part="output:spiral2", reason="the coil is open")
    heard_after(box, board)
    output.release(Pulse(1))
    output.close()


def test_the_boot_is_the_boxs_and_its_time_goes_on(box: Box, board: Board) -> None:
    before = time.monotonic()
    boot = EmulatedBoot(EmulatedBoot.Config(socket=box.path), board)
    assert boot.id == BOOT["id"]
    first = boot.elapsed()
    assert BOOT["elapsed"] <= first <= BOOT["elapsed"] + time.monotonic() - before
    assert boot.elapsed() >= first


def test_all_parts_share_one_connection(box: Box, board: Board) -> None:
    panel_of(box, board).show(Image.new("1", (128, 64)))
    EmulatedKeypad(EmulatedKeypad.Config(socket=box.path), board)
    EmulatedBoot(EmulatedBoot.Config(socket=box.path), board)
    assert box.connections == 1


def test_a_lost_box_fails_every_part_and_tells_the_keypad(box: Box, board: Board) -> None:
    panel, output, failed = panel_of(box, board), output_of(box, board), Queue[str]()
    boot = EmulatedBoot(EmulatedBoot.Config(socket=box.path), board)
    keypad = EmulatedKeypad(EmulatedKeypad.Config(socket=box.path), board)
    keypad.listen(Queue[str]().put, failed.put)
    box.vanish()
    assert failed.get(timeout=DEADLINE) == (
        f"the simulator's box at {box.path} is gone (it hung up): start scripts/simulate again"
    )
    with pytest.raises(DeviceFailed, match="is gone"):
        panel.show(Image.new("1", panel.size))
    with pytest.raises(DeviceMissing, match="is gone"):
        output.release(Pulse(1))
    assert boot.id == BOOT["id"]
    for part in (panel, output, keypad):
        part.close()


def test_a_keypad_that_begins_to_listen_to_a_lost_box_is_told(box: Box, board: Board) -> None:
    link = board.link(box.path)
    box.vanish()
    lost(link)
    failed = Queue[str]()
    EmulatedKeypad(EmulatedKeypad.Config(socket=box.path), board).listen(Queue[str]().put, failed.put)
    assert "is gone" in failed.get_nowait()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"x" * (LONGEST_LINE + 1), "a line is longer than 65536 bytes"),
        (b"not json\n", "malformed"),
        (b'{"t":"open_sesame"}\n', "open_sesame"),
        (b'{"t":"shown","n":"1"}\n', "Expected `int`"),
        (b'{"t":"key","key":"12"}\n', "matching regex"),
        (b'{"t":"boot","id":"boot-2","elapsed":0}\n', "said its boot twice"),
        (b"[" * 60_000 + b"\n", ""),
        (b'{"":' * 10_000 + b"\n", "too deep"),
    ],
    ids=["too long", "no json", "unknown", "wrong type", "no key", "second boot", "list", "too deep"],
)
def test_a_line_we_do_not_understand_ends_the_link(box: Box, board: Board, data: bytes, words: str) -> None:
    failed = Queue[str]()
    board.link(box.path).on_trouble("keypad", failed.put)
    with suppress(OSError):  # it may hang up before the end
        box.send(data)
    said = failed.get(timeout=DEADLINE)
    assert "is gone" in said
    assert words in said
    assert box.hung_up.wait(DEADLINE)


def flood(link: Link) -> None:
    """Send more than any buffer holds."""
    for number in range(1000):
        link.send(Picture(n=number, size=(600, 400), mode="1", pixels=bytes(30_000)))


def test_a_box_that_reads_nothing_loses_the_link() -> None:
    with Box(reads=False) as box:
        link, told = impatient(box), Queue[str]()
        link.on_trouble("keypad", told.put)
        with pytest.raises(DeviceFailed, match="takes nothing any more"):
            flood(link)
        assert "is gone" in told.get(timeout=DEADLINE)
        link.close()


def test_a_part_that_is_closed_last_hangs_up(box: Box) -> None:
    with Board() as board:
        panel_of(box, board)
    assert box.hung_up.wait(DEADLINE)


def test_without_a_box_the_parts_are_missing(board: Board) -> None:
    with pytest.raises(
        DeviceMissing, match=r"no simulator's box listens at /nowhere .* start scripts/simulate"
    ):
        EmulatedBoot(EmulatedBoot.Config(socket="/nowhere"), board)


def test_a_path_too_long_for_a_socket_is_missing(board: Board) -> None:
    with pytest.raises(DeviceMissing, match="too long"):
        board.link("/" + "x" * 200)


@pytest.mark.parametrize(
    ("greeting", "patience", "words"),
    [
        (b"", 0.2, "timed out"),
        (b"hello\n", DEADLINE, "malformed"),
        (b'{"t":"key","key":"1"}\n', DEADLINE, "its first line is another"),
    ],
    ids=["silent", "no json", "another line"],
)
def test_a_box_that_does_not_say_its_boot_is_missing(greeting: bytes, patience: float, words: str) -> None:
    with Box(greeting) as box, pytest.raises(DeviceMissing, match=f"does not say its boot: .*{words}"):
        Link(box.path, patience)


def test_keys_that_come_with_the_greeting_are_not_lost_trouble() -> None:
    """What follows the first line in the same packet is read before anything else."""
    greeting = b'{"t":"boot","id":"b","elapsed":0}\n{"t":"trouble","part":"panel","reason":"dark"}\n'
    with Box(greeting) as box:
        link, told = Link(box.path), Queue[str]()
        link.on_trouble("panel", told.put)
        assert told.get(timeout=DEADLINE) == "dark"
        link.close()


@given(st.lists(st.binary(max_size=40).filter(lambda line: b"\n" not in line)), st.integers(1, 50))
def test_lines_come_whole_however_they_are_cut(lines: list[bytes], step: int) -> None:
    data = b"".join(line + b"\n" for line in lines)
    whole = Lines()
    found = [line for n in range(0, len(data), step) for line in whole.feed(data[n : n + step])]
    assert found == lines
