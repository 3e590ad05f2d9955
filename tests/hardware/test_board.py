"""What parts share, and what a technician reads when it cannot be opened."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from gpiozero.pins.mock import MockFactory

from hardware.board import Board
from hardware.errors import DeviceFailed, DeviceMissing
from hardware.i2c import Bus
from hardware.pins import Pins
from tests.hardware.boards import no_bus, no_pins
from tests.hardware.glass import ModelledBus


def test_nothing_is_opened_before_a_part_asks() -> None:
    Board(open_pins=no_pins, open_bus=no_bus).close()


def test_pins_bus_and_scanner_are_opened_once() -> None:
    opened: list[str] = []

    def pins() -> Pins:
        opened.append("pins")
        return Pins(MockFactory())

    def bus(number: int) -> Bus:
        opened.append(f"bus {number}")
        return ModelledBus({})

    with Board(open_pins=pins, open_bus=bus) as board:
        assert board.pins() is board.pins()
        assert board.scanner() is board.scanner()
        for number in (1, 1, 0):
            board.i2c(number, 0x3C)
    assert opened == ["pins", "bus 1", "bus 0"]


def test_the_scanner_ends_before_the_pins_it_reads_are_let_go() -> None:
    scanning: list[bool] = []

    class Factory(MockFactory):  # type: ignore[misc]  # gpiozero has no types
        def close(self) -> None:
            scanning.append(scanner._thread.is_alive())
            super().close()

    board = Board(open_pins=lambda: Pins(Factory()), open_bus=no_bus)
    board.pins()
    scanner = board.scanner()
    board.close()
    assert scanning == [False]


def test_what_could_not_be_opened_is_tried_again() -> None:
    tries: list[int] = []

    def bus(number: int) -> Bus:
        tries.append(number)
        if len(tries) == 1:
            raise FileNotFoundError(2, "No such file or directory")
        return ModelledBus({})

    with Board(open_pins=no_pins, open_bus=bus) as board:
        with pytest.raises(DeviceMissing):
            board.i2c(1, 0x3C)
        board.i2c(1, 0x3C)
    assert tries == [1, 1]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (PermissionError(13, "Permission denied"), "no permission to open /dev/i2c-1: .* group i2c"),
        (OSError(5, "Input/output error"), "/dev/i2c-1 cannot be opened: .*Input/output error"),
    ],
)
def test_a_bus_that_cannot_be_opened_says_what_to_do(error: OSError, words: str) -> None:
    def bus(number: int) -> Bus:
        raise error

    with Board(open_pins=no_pins, open_bus=bus) as board, pytest.raises(DeviceMissing, match=words):
        board.i2c(1, 0x3C)


def test_the_real_bus_of_a_machine_without_i2c_is_missing() -> None:
    with Board() as board, pytest.raises(DeviceMissing, match="no /dev/i2c-99: switch I2C on"):
        board.i2c(99, 0x3C)


def test_a_pin_another_program_holds_is_told_apart() -> None:
    class Busy(Exception):  # stands for lgpio.error
        pass

    class Factory(MockFactory):  # type: ignore[misc]  # gpiozero has no types
        def pin(self, name: object, *_: object) -> object:
            raise Busy("'GPIO busy'")

    with (
        Board(open_pins=lambda: Pins(Factory(), (Busy,)), open_bus=no_bus) as board,
        pytest.raises(DeviceMissing, match=r"relay wants GPIO17 .* which another program holds: `gpioinfo`"),
    ):
        board.pins().output(17, "relay", active_high=True)


def test_outputs_are_switched_off_first_and_a_line_that_fails_keeps_none_on() -> None:
    closed: list[str] = []

    class Factory(MockFactory):  # type: ignore[misc]  # gpiozero has no types
        def release_pins(self, reserver: object, *names: str) -> None:
            closed.extend(names)
            super().release_pins(reserver, *names)
            if closed == ["GPIO17"]:
                raise OSError(5, "Input/output error")

    pins = Pins(Factory())
    pins.output(27, "relay", active_high=True)
    pins.row(5, "keypad row 1")
    pins.output(17, "relay", active_high=True)
    with pytest.raises(DeviceFailed, match=r"relay on GPIO17 .* cannot be let go"):
        pins.close()
    assert closed == ["GPIO17", "GPIO27", "GPIO5"]


MODEL = '''
"""lgpio as far as gpiozero uses it: lines that remember what they were made and driven to."""
class error(Exception): pass
SET_PULL_NONE, SET_PULL_UP, SET_PULL_DOWN = 128, 32, 64
BOTH_EDGES = RISING_EDGE = FALLING_EDGE = 3
modes, log = {}, []
def gpiochip_open(chip): OPEN
def gpiochip_close(handle): log.append("chip closed")
def gpio_claim_input(handle, gpio, flags=0): modes[gpio] = 0; log.append(f"{gpio} in {flags}")
def gpio_claim_output(handle, gpio, level=0): modes[gpio] = 2; log.append(f"{gpio} out {level}")
def gpio_get_mode(handle, gpio): return modes[gpio]
def gpio_write(handle, gpio, level): log.append(f"{gpio} {int(level)}")
def tx_pwm(handle, gpio, hertz, duty): log.append(f"{gpio} at {hertz}: {duty}")
def gpio_read(handle, gpio): return 0
def gpio_free(handle, gpio): pass
'''
WORKS = MODEL.replace("OPEN", "return 1")
REFUSES = MODEL.replace("OPEN", "raise error('can not open gpiochip')")


def on_a_pi(tmp_path: Path, lgpio: str, program: str) -> str:
    """The output of a program that finds this lgpio, on a machine that says it is a Pi 3."""
    (tmp_path / "lgpio.py").write_text(lgpio)
    start = "import gpiozero.pins.local as local; local.get_pi_revision = lambda: 0xA02082\n"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", start + program],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(Path.cwd())])},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout


OPEN_PINS = """
from hardware.board import Board
from hardware.errors import DeviceMissing
try:
    Board().pins()
except DeviceMissing as missing:
    print(missing)
"""


def test_the_empty_stub_of_lgpio_is_recognised(tmp_path: Path) -> None:
    said = on_a_pi(tmp_path, "", OPEN_PINS)
    assert said.startswith("the lgpio installed here is an empty stub that moves no pin: `sudo apt install")


def test_a_missing_lgpio_says_what_to_install(tmp_path: Path) -> None:
    said = on_a_pi(tmp_path, "raise ImportError('No module named lgpio')", OPEN_PINS)
    assert said.startswith("no pin can be moved without the package lgpio")
    assert "--system-site-packages" in said


def test_a_directory_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    said = on_a_pi(tmp_path, "raise FileNotFoundError(2, 'No such file', '.lgd-nfy-3')", OPEN_PINS)
    assert said.startswith(f"lgpio cannot make its pipe in {Path.cwd()}")


@pytest.mark.skipif(any(Path("/dev").glob("gpiochip*")), reason="this machine has a GPIO chip")
def test_a_machine_without_a_gpio_chip_says_so(tmp_path: Path) -> None:
    said = on_a_pi(tmp_path, REFUSES, OPEN_PINS)
    assert said.startswith("there is no /dev/gpiochip*: this is no Raspberry Pi")
    assert "can not open gpiochip" in said


def test_a_relay_on_real_pins_starts_off_and_is_left_driven_off(tmp_path: Path) -> None:
    """Left to gpiozero it would be a floating input, and an active-low relay would start switched on."""
    program = """
import lgpio
from hardware.base import Pulse
from hardware.board import Board
from hardware.relay import Relay
with Board() as board:
    for pin, active_high in ((17, True), (27, False)):
        wiring = dict(pin=pin, milliseconds=5, active_high=active_high, resistor_holds_it_off=True)
        relay = Relay(Relay.Config(**wiring), board)
        relay._switch._grace = 30.0
        relay.release(Pulse(1))
        relay.close()
print("; ".join(lgpio.log))
"""
    assert on_a_pi(tmp_path, WORKS, program).strip() == (
        "17 in 128; 17 out 0; 17 1; 17 0; 17 0; 17 0; "
        "27 in 128; 27 out 1; 27 0; 27 1; 27 1; 27 1; chip closed"
    )


def test_a_keypad_on_real_pins_is_left_floating(tmp_path: Path) -> None:
    program = """
import lgpio
from hardware.board import Board
from hardware.matrix_keypad import MatrixKeypad
with Board() as board:
    MatrixKeypad(MatrixKeypad.Config(rows=(5, 6, 13, 19), columns=(16, 20, 21)), board).close()
print(sorted(lgpio.modes.items()))
"""
    assert on_a_pi(tmp_path, WORKS, program) == (
        "[(5, 0), (6, 0), (13, 0), (16, 0), (19, 0), (20, 0), (21, 0)]\n"
    )


def test_a_piezo_on_real_pins_sounds_at_half_of_every_period_and_is_silent_in_the_end(tmp_path: Path) -> None:
    program = """
import lgpio
from hardware.board import Board
from hardware.sounds import Piezo
with Board() as board:
    piezo = Piezo(Piezo.Config(pin=18), board)
    lgpio.log.clear()
    for hertz in (2000, 0, 3000, 0):
        piezo._line.sound(hertz)
    print(lgpio.log)
    lgpio.log.clear()
    piezo.close()
print(lgpio.log)
"""
    playing, closing = on_a_pi(tmp_path, WORKS, program).splitlines()
    silent, low, high = "'18 at 2000: 0'", "'18 at 2000: 50'", "'18 at 3000: 50'"
    assert playing == f"[{silent}, {low}, {silent}, '18 at 3000: 0', {high}, '18 at 3000: 0']"
    assert "'18 at 0: 0'" in closing


def test_a_contact_on_real_pins_is_pulled_up(tmp_path: Path) -> None:
    program = """
import lgpio
from hardware.board import Board
from hardware.contact import Contact
with Board() as board:
    contact = Contact(Contact.Config(pin=22, active="low"), board)
    print(contact.active(), lgpio.log[-1])
    contact.close()
"""
    assert on_a_pi(tmp_path, WORKS, program) == "True 22 in 32\n"


def test_a_line_that_is_busy_on_real_pins_says_so(tmp_path: Path) -> None:
    busy = WORKS.replace("modes[gpio] = 0;", "raise error('GPIO busy');")
    program = """
from hardware.board import Board
from hardware.errors import DeviceMissing
from hardware.relay import Relay
try:
    Relay(Relay.Config(pin=17, milliseconds=5), Board())
except DeviceMissing as missing:
    print(missing)
"""
    assert "GPIO17 (header pin 11), which another program holds" in on_a_pi(tmp_path, busy, program)
