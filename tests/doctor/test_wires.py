"""What the doctor sees of panel and pins."""

from pathlib import Path

import pytest

from hardware.event_devices import EventDevices
from hardware.i2c import Bus
from kiosk.config import load
from kiosk.configuration import Configuration
from kiosk.doctor import wires
from tests.config.files import RIGHT, written
from tests.hardware.pads import PAD, Sockets


class Glass:
    """A bus with one panel, or none."""

    def __init__(self, address: int) -> None:
        self.address = address
        self.is_closed = False

    def write_i2c_block_data(self, i2c_addr: int, register: int, data: list[int], /) -> None:
        raise AssertionError("a doctor writes nothing")

    def read_byte_data(self, i2c_addr: int, register: int, /) -> int:
        if i2c_addr != self.address:
            raise OSError(121, "Remote I/O error")
        return 0x43

    def close(self) -> None:
        self.is_closed = True


def never(number: int) -> Bus:
    """A bus that must not be touched."""
    raise AssertionError(number)


@pytest.fixture
def devices(tmp_path: Path) -> Path:
    """A /dev with a bus for each kind, and pins."""
    folder = tmp_path / "dev"
    folder.mkdir()
    for name in ("i2c-1", "spidev0.0", "gpiochip0"):
        (folder / name).touch()
    return folder


def with_panel(tmp_path: Path, driver: str) -> Configuration:
    """A machine with that panel."""
    return load(written(tmp_path, RIGHT, ('driver = "ssd1306"', f'driver = "{driver}"')))


@pytest.mark.parametrize(("address", "verdict"), [(0x3C, "ok"), (0x3D, "bad")])
def test_a_panel_on_i2c_is_asked_whether_it_is_there(
    address: int, verdict: str, tmp_path: Path, devices: Path
) -> None:
    glass = Glass(address)
    (finding,) = wires.panel(
        load(written(tmp_path)), is_running=False, open_by=lambda _: glass, devices=devices
    )
    assert (finding.verdict, "0x3C" in finding.says) == (verdict, True)
    assert glass.is_closed


def test_a_panel_that_a_kiosk_draws_on_is_left_alone(tmp_path: Path, devices: Path) -> None:
    (finding,) = wires.panel(load(written(tmp_path)), is_running=True, open_by=never, devices=devices)
    assert finding.verdict == "ok"


def test_a_bus_that_is_switched_off_is_named_with_how_to_switch_it_on(tmp_path: Path, devices: Path) -> None:
    (devices / "i2c-1").unlink()
    (finding,) = wires.panel(load(written(tmp_path)), is_running=False, open_by=never, devices=devices)
    assert (finding.verdict, "raspi-config nonint do_i2c 0" in finding.advice) == ("bad", True)


def test_of_a_panel_on_spi_the_bus_is_looked_at(tmp_path: Path, devices: Path) -> None:
    configuration = with_panel(tmp_path, "ssd1306_spi")
    (finding,) = wires.panel(configuration, is_running=False, devices=devices)
    assert (finding.verdict, "spidev0.0" in finding.says) == ("ok", True)
    (devices / "spidev0.0").unlink()
    (finding,) = wires.panel(configuration, is_running=False, devices=devices)
    assert (finding.verdict, "do_spi 0" in finding.advice) == ("bad", True)


def test_pins_are_there_or_this_is_no_pi(tmp_path: Path, devices: Path) -> None:
    configuration = load(written(tmp_path))
    assert [each.verdict for each in wires.pins(configuration, devices)] == ["ok"]
    (devices / "gpiochip0").unlink()
    assert [each.verdict for each in wires.pins(configuration, devices)] == ["bad"]


USB = ('driver = "matrix"\nrows = [5, 6, 13, 19]\ncolumns = [26, 20, 21]', 'driver = "usb"')


def test_a_usb_pad_is_looked_for_and_let_go_again(tmp_path: Path) -> None:
    sockets = Sockets(event0=PAD)
    configuration = load(written(tmp_path, RIGHT, USB))
    for _ in range(2):
        (finding,) = wires.keypad(configuration, is_running=False, open_by=lambda: sockets)
        assert finding.verdict == "ok"
        assert finding.says == "SIGMACHIP USB Keyboard (1c4f:0002, /dev/input/event0) is plugged in"
    sockets.close()


def test_a_usb_pad_that_is_not_there_is_told_with_where_to_look(tmp_path: Path) -> None:
    configuration = load(written(tmp_path, RIGHT, USB))
    (finding,) = wires.keypad(configuration, is_running=False, open_by=Sockets)
    assert (finding.verdict, "/proc/bus/input/devices" in finding.says) == ("bad", True)


def test_a_pad_that_a_kiosk_reads_is_left_alone(tmp_path: Path) -> None:
    configuration = load(written(tmp_path, RIGHT, USB))
    assert list(wires.keypad(configuration, is_running=True, open_by=nowhere)) == []


def test_a_matrix_is_looked_at_by_its_pins_alone(tmp_path: Path) -> None:
    assert list(wires.keypad(load(written(tmp_path)), is_running=False, open_by=nowhere)) == []


def nowhere() -> EventDevices:
    """No device must be looked at."""
    raise AssertionError


def test_an_input_needs_pins_as_much_as_an_output(tmp_path: Path, devices: Path) -> None:
    (devices / "gpiochip0").unlink()
    door = '\n[inputs.door]\ndriver = "gpio"\nrole = "door"\npin = 22\nactive = "high"\n'
    (finding,) = wires.pins(load(written(tmp_path, RIGHT + door, USB)), devices)
    assert finding.verdict == "bad"
