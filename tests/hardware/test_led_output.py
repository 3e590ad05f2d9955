"""The output that the kernel times, over a model of the kernel's LED and over a tree of files."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from queue import Queue
from threading import Thread, Timer

import pytest

from hardware.base import Pulse
from hardware.board import Board
from hardware.errors import DeviceFailed, DeviceMissing
from hardware.led_output import LedOutput, overlay
from hardware.leds import KernelLed, Led
from tests.hardware.boards import board_with_led
from tests.hardware.leds import ModelledLed

DEADLINE = 30
PIN = 17


@pytest.fixture
def led() -> ModelledLed:
    return ModelledLed()


def output_on(led: Led, milliseconds: int = 10_000) -> LedOutput:
    return LedOutput(LedOutput.Config(pin=PIN, milliseconds=milliseconds), board_with_led(led))


def in_a_thread(output: LedOutput, milliseconds: int) -> "Queue[str]":
    """Release beside us; the queue gets what it raised, or an empty string."""
    outcome: Queue[str] = Queue()

    def run() -> None:
        try:
            output.release(Pulse(milliseconds))
        except (DeviceMissing, DeviceFailed) as error:
            outcome.put(f"{type(error).__name__}: {error}")
        else:
            outcome.put("")

    Thread(target=run, daemon=True).start()
    return outcome


def test_a_release_is_exactly_one_pulse_and_over_when_it_returns(led: ModelledLed) -> None:
    output = output_on(led)
    output.release(Pulse(20))
    assert led.edges == [True, False]
    output.close()
    assert led.edges == [True, False]


def test_the_length_is_the_kernels_before_the_pulse_begins(led: ModelledLed) -> None:
    output = output_on(led)
    seen: list[tuple[str, str]] = []
    led.on_shot = lambda: seen.append((led.read("delay_on"), led.read("delay_off")))
    output.release(Pulse(25))
    assert seen == [("25", "1")]
    output.close()


def test_pulses_in_a_row_are_all_given(led: ModelledLed) -> None:
    """The kernel forgets a shot that comes while it still counts the pulse before."""
    output = output_on(led)
    for _ in range(5):
        output.release(Pulse(20))
    assert led.edges == [True, False] * 5
    output.close()


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = time.monotonic()

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_a_shot_that_the_kernel_forgot_is_not_taken_for_a_release_nor_repeated(
    led: ModelledLed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hardware.led_output.time", Clock())
    output = output_on(led)
    led.deaf = True
    with pytest.raises(
        DeviceFailed, match=r"LED output on GPIO17 \(header pin 11\) took a pulse and was never"
    ):
        output.release(Pulse(500))
    assert [name for name, _ in led.written].count("shot") == 1
    output.close()


@pytest.mark.parametrize("milliseconds", [0, 501])
def test_a_pulse_outside_its_bounds_never_begins(led: ModelledLed, milliseconds: int) -> None:
    output = output_on(led, 500)
    with pytest.raises(DeviceMissing, match="does 1 to 500 ms: nothing was released"):
        output.release(Pulse(milliseconds))
    assert led.edges == []
    output.close()


def test_a_second_pulse_during_the_first_is_refused(led: ModelledLed) -> None:
    output = output_on(led)
    outcome = in_a_thread(output, 10_000)
    assert led.lit.wait(DEADLINE)
    with pytest.raises(DeviceMissing, match="in the middle of a pulse"):
        output.release(Pulse(20))
    output.off()
    assert "in the middle of its pulse" in outcome.get(timeout=DEADLINE)
    assert led.edges == [True, False]
    output.close()


def test_closing_in_mid_pulse_switches_off_and_the_pulse_says_so(led: ModelledLed) -> None:
    output = output_on(led)
    outcome = in_a_thread(output, 10_000)
    assert led.lit.wait(DEADLINE)
    output.close()
    assert led.edges == [True, False]
    assert outcome.get(timeout=DEADLINE).startswith("DeviceFailed")


def test_after_it_was_switched_off_the_next_pulse_is_whole_again(led: ModelledLed) -> None:
    """Switching off takes the trigger away, with all that was set."""
    output = output_on(led)
    outcome = in_a_thread(output, 10_000)
    assert led.lit.wait(DEADLINE)
    output.off()
    outcome.get(timeout=DEADLINE)
    output.release(Pulse(20))
    assert led.edges == [True, False] * 2
    output.close()


def test_off_at_rest_leaves_the_trigger_where_it_is(led: ModelledLed) -> None:
    output = output_on(led)
    output.off()
    assert "[oneshot]" in led.read("trigger")
    output.close()


def test_a_closed_output_releases_nothing(led: ModelledLed) -> None:
    output = output_on(led)
    output.close()
    output.close()
    with pytest.raises(DeviceMissing, match="is closed: nothing was released"):
        output.release(Pulse(20))
    assert led.edges == []


def test_switched_off_between_the_decision_and_the_pulse_it_never_begins(led: ModelledLed) -> None:
    output = output_on(led)

    class Slow(ModelledLed):
        def write(self, name: str, text: str) -> None:
            super().write(name, text)
            if name == "delay_on":
                self.write = lambda name, text: ModelledLed.write(self, name, text)  # type: ignore[method-assign]
                output._cut.set()

    output._led = Slow()
    with pytest.raises(DeviceMissing, match="was switched off before its pulse: nothing was released"):
        output.release(Pulse(20))
    output.close()


def test_what_a_killed_process_left_on_is_switched_off(led: ModelledLed) -> None:
    led.leave_on(10_000)
    output = output_on(led)
    assert led.edges == [True, False]
    output.release(Pulse(20))
    assert led.edges == [True, False] * 2
    output.close()


def test_a_pulse_that_the_kernel_does_not_end_is_ended_and_told(led: ModelledLed) -> None:
    output = output_on(led)
    led.hangs = True
    with pytest.raises(DeviceFailed, match="stayed on longer than its limit"):
        output.release(Pulse(20))
    assert led.edges == [True, False]
    output.close()


def test_an_led_with_another_trigger_is_taken_over() -> None:
    led = ModelledLed(trigger="none")
    output = output_on(led)
    output.release(Pulse(20))
    assert led.edges == [True, False]
    output.close()


def test_a_line_that_was_inverted_by_hand_is_put_right(led: ModelledLed) -> None:
    led.write("invert", "1")
    output = output_on(led)
    assert led.read("invert") == "0"
    assert led.edges[-1] is False
    output.release(Pulse(20))
    assert led.edges[-2:] == [True, False]
    output.close()


def test_a_line_that_is_inverted_and_dark_at_this_moment_is_put_right_too(led: ModelledLed) -> None:
    """So it reads in the middle of an inverted pulse."""
    led._invert = 1
    output = output_on(led)
    assert led.read("invert") == "0"
    output.release(Pulse(20))
    assert led.edges == [True, False]
    output.close()


def test_files_that_udev_gives_us_a_moment_later_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hardware.led_output.UDEV_TAKES", DEADLINE)
    led = ModelledLed(trigger="none")
    led.refuses = {"delay_on"}
    rule = Timer(0.05, led.refuses.clear)
    led.udev = rule.start
    output = output_on(led)
    rule.join()
    output.release(Pulse(20))
    assert led.edges == [True, False]
    output.close()


def test_files_that_are_never_ours_name_the_rule(led: ModelledLed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hardware.led_output.UDEV_TAKES", 0.0)
    led.refuses = {"delay_on"}
    with pytest.raises(DeviceMissing, match=r"GPIO17 .* cannot be used: .*60-qris-kiosk\.rules"):
        output_on(led)


def test_an_led_that_is_not_there_names_the_line_of_config_txt(tmp_path: Path) -> None:
    with pytest.raises(DeviceMissing, match="dtoverlay=gpio-led,gpio=17,label=kiosk-gpio17,trigger=oneshot"):
        output_on(KernelLed("kiosk-gpio17", tmp_path))


def test_a_kernel_without_the_trigger_names_the_module() -> None:
    led = ModelledLed(trigger="none")
    led.oneshot = False
    with pytest.raises(DeviceMissing, match="modprobe ledtrig-oneshot"):
        output_on(led)


def test_an_led_that_goes_away_before_the_pulse_released_nothing(led: ModelledLed) -> None:
    output = output_on(led)
    led.gone = True
    with pytest.raises(DeviceMissing, match="cannot be used"):
        output.release(Pulse(20))
    led.gone = False
    output.close()


def test_an_led_that_goes_away_with_the_shot_may_have_released(led: ModelledLed) -> None:
    output = output_on(led)
    led.on_shot = lambda: setattr(led, "gone", True)
    with pytest.raises(DeviceFailed, match="does not obey any more"):
        output.release(Pulse(20))
    led.gone = False
    output.close()


def test_what_cannot_be_switched_off_is_said_as_an_error_of_hardware(led: ModelledLed) -> None:
    output = output_on(led)
    led.gone = True
    with pytest.raises(DeviceFailed, match="does not obey"):
        output.close()
    led.gone = False
    output.close()


def test_the_traps_of_a_relay_hold_for_it_too() -> None:
    with pytest.raises(ValueError, match="active_high = false"):
        LedOutput.Config(pin=PIN, milliseconds=500, active_high=False)
    with pytest.raises(ValueError, match="pulls GPIO4"):
        LedOutput.Config(pin=4, milliseconds=500)
    with pytest.raises(ValueError, match="no pulse below 20 ms"):
        LedOutput.Config(pin=PIN, milliseconds=19)
    with pytest.raises(ValueError, match="milliseconds must be 1 to 10000"):
        LedOutput.Config(pin=PIN, milliseconds=10_001)


def test_the_overlay_turns_an_active_low_line_round_for_the_kernel() -> None:
    assert overlay(17, active_high=False).endswith(",trigger=oneshot,active_low=1")


FILES = {"brightness": "0\n", "trigger": "none [oneshot]\n", "delay_on": "100\n", "delay_off": "100\n"}


class Tree:
    """A folder like the kernel's, in which `shot` is a pipe whose other end times the pulse like the kernel.

    `edges` are the times at which it went on and off, of a clock that a process cannot stop by dying.
    """

    def __init__(self, leds: Path) -> None:
        self.folder = leds / f"kiosk-gpio{PIN}"
        self.folder.mkdir()
        for name, text in (FILES | {"invert": "0\n"}).items():
            (self.folder / name).write_text(text)
        os.mkfifo(self.folder / "shot")
        self.edges: Queue[tuple[bool, float]] = Queue()
        self._pipe = os.open(self.folder / "shot", os.O_RDWR)
        self._timer = Thread(target=self._count, daemon=True)
        self._timer.start()

    def close(self) -> None:
        """End the kernel."""
        os.write(self._pipe, b"x")
        self._timer.join()
        os.close(self._pipe)

    def _count(self) -> None:
        while os.read(self._pipe, 1) != b"x":
            seconds = int((self.folder / "delay_on").read_text()) / 1000
            self._turn(on=True)
            time.sleep(seconds)
            self._turn(on=False)

    def _turn(self, *, on: bool) -> None:
        replaced = self.folder / "brightness.new"
        replaced.write_text(f"{on:d}\n")
        replaced.replace(self.folder / "brightness")
        self.edges.put((on, time.monotonic()))


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tree]:
    """With patience for its kernel, which is a thread like any other here."""
    monkeypatch.setattr("hardware.led_output.GRACE", DEADLINE)
    made = Tree(tmp_path)
    yield made
    made.close()


def test_the_files_are_written_as_the_kernel_reads_them(tree: Tree) -> None:
    output = output_on(KernelLed(tree.folder.name, tree.folder.parent))
    output.release(Pulse(30))
    assert [tree.edges.get(timeout=DEADLINE)[0] for _ in range(2)] == [True, False]
    assert (tree.folder / "delay_on").read_text() == "30"
    assert (tree.folder / "delay_off").read_text() == "1"
    output.close()


PROGRAM = """
import sys
from pathlib import Path
from threading import Thread
from hardware.base import Pulse
from hardware.board import Board
from hardware.led_output import LedOutput
from hardware.leds import KernelLed
board = Board(open_led=lambda name: KernelLed(name, Path(sys.argv[1])))
output = LedOutput(LedOutput.Config(pin=17, milliseconds=10_000), board)
Thread(target=output.release, args=(Pulse(400),), daemon=True).start()
sys.stdin.read()
"""
"""Stays until it is killed, however long that takes on a busy machine."""


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGSTOP])
def test_the_pulse_of_a_process_that_is_killed_or_stopped_ends_in_time(
    tree: Tree, blow: signal.Signals
) -> None:
    """Nothing of the process is needed any more once the shot is fired."""
    program = [sys.executable, "-c", PROGRAM, str(tree.folder.parent)]
    with subprocess.Popen(program, stdin=subprocess.PIPE) as process:
        on, began = tree.edges.get(timeout=DEADLINE)
        process.send_signal(blow)
        off, ended = tree.edges.get(timeout=DEADLINE)
        assert (on, off) == (True, False)
        assert ended - began >= 0.4
        assert process.poll() in {None, -blow}
        process.kill()
    assert tree.edges.empty()


LEAVES = """
import atexit
from threading import Thread
from hardware.base import Pulse
from tests.hardware.leds import ModelledLed
from tests.hardware.test_led_output import output_on
led = ModelledLed()
atexit.register(lambda: print(led.edges))
output = output_on(led)
Thread(target=output.release, args=(Pulse(10_000),), daemon=True).start()
assert led.lit.wait(30)
"""


def test_a_process_that_ends_in_mid_pulse_leaves_it_off() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LEAVES], stdout=subprocess.PIPE, text=True, check=True, timeout=60
    )
    assert done.stdout == "[True, False]\n"


def test_a_board_finds_the_leds_of_this_machine() -> None:
    with Board() as board, pytest.raises(FileNotFoundError):
        board.led("kiosk-gpio99").read("brightness")
