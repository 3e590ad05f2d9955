"""What the doctor sees of every part, with its bus and its pins."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from hardware.line_info import Line
from kiosk.config import load
from kiosk.configuration import Configuration
from kiosk.control import Standing
from kiosk.doctor import wires
from kiosk.doctor.findings import Finding
from kiosk.doctor.surroundings import library
from tests.cli.daemon import STANDING
from tests.config.files import RIGHT, written
from tests.doctor.place import Place, never
from tests.hardware.pads import PAD, Sockets

USB = ('driver = "matrix"\nrows = [5, 6, 13, 19]\ncolumns = [26, 20, 21]', 'driver = "usb"')
DOOR = '\n[inputs.door]\ndriver = "gpio"\nrole = "door"\npin = 22\nactive = "high"\n'


def site(configuration: Configuration, place: Place, standing: Standing | None = None) -> wires.Site:
    """That machine in that place."""
    return wires.Site(configuration, place.around, standing)


def with_panel(tmp_path: Path, driver: str) -> Configuration:
    """A machine with that panel."""
    return load(written(tmp_path, RIGHT, ('driver = "ssd1306"', f'driver = "{driver}"')))


def judged(findings: Iterable[Finding]) -> list[tuple[str, str, str]]:
    """What was found on what, and its code."""
    return [(each.what, each.verdict.value, each.code) for each in findings]


GOOD = [("panel", "good", "")]
DEAD = [("panel", "bad", "K201")]


@pytest.mark.parametrize(("address", "found"), [(0x3C, GOOD), (0x3D, DEAD)])
def test_a_panel_on_i2c_is_asked_whether_it_is_there(
    address: int, found: list[tuple[str, str, str]], tmp_path: Path, place: Place
) -> None:
    place.glass.address = address
    (finding,) = wires.panel(site(load(written(tmp_path)), place))
    assert judged([finding]) == found
    assert "0x3C" in finding.says
    assert place.glass.is_closed


def test_a_panel_that_a_kiosk_draws_on_is_left_alone_and_the_kiosk_is_believed(
    tmp_path: Path, place: Place
) -> None:
    configuration, around = load(written(tmp_path)), place.around._replace(bus=never)
    assert judged(wires.panel(wires.Site(configuration, around, STANDING))) == GOOD
    dark = replace(STANDING, faults=("K201 the panel does not work: no code is offered",))
    assert judged(wires.panel(wires.Site(configuration, around, dark))) == DEAD


def test_a_bus_that_is_switched_off_is_named_with_how_to_switch_it_on(tmp_path: Path, place: Place) -> None:
    (place.folder / "dev" / "i2c-1").unlink()
    (finding,) = wires.panel(site(load(written(tmp_path)), place))
    assert (finding.verdict, "raspi-config nonint do_i2c 0" in finding.advice) == ("bad", True)


def test_of_a_panel_on_spi_the_bus_and_its_pins_are_looked_at(tmp_path: Path, place: Place) -> None:
    configuration = with_panel(tmp_path, "ssd1306_spi")
    bus, pins = wires.panel(site(configuration, place))
    assert (bus.verdict, "spidev0.0" in bus.says) == ("good", True)
    assert pins.says == "GPIO24 (header pin 18), GPIO25 (header pin 22): free for the kiosk"
    (place.folder / "dev" / "spidev0.0").unlink()
    bus, _ = wires.panel(site(configuration, place))
    assert (bus.verdict, "do_spi 0" in bus.advice) == ("bad", True)


def test_every_part_is_told_with_its_pins(tmp_path: Path, place: Place) -> None:
    configuration = load(written(tmp_path, RIGHT + DOOR))
    assert [(each.what, each.says.partition(":")[0]) for each in parts(site(configuration, place))] == [
        ("keypad", "GPIO5, GPIO6, GPIO13, GPIO19, GPIO26, GPIO20, GPIO21"),
        ("output spiral1", "GPIO17 (header pin 11)"),
        ("input door", "GPIO22 (header pin 15)"),
    ]


@pytest.mark.parametrize(
    ("standing", "holder", "verdict"),
    [
        (None, "", "good"),
        (None, "spi0 CS0", "bad"),
        (STANDING, "lg", "good"),
        (STANDING, "", "bad"),
        (STANDING, "spi0 CS0", "bad"),
    ],
)
def test_a_pin_is_held_by_the_kiosk_exactly_if_it_runs(
    standing: Standing | None, holder: str, verdict: str, tmp_path: Path, place: Place
) -> None:
    place.lines[17] = Line(holder, is_output=True)
    (finding,) = wires.outputs(site(load(written(tmp_path)), place, standing))
    assert (finding.what, finding.verdict) == ("output spiral1", verdict)
    assert "GPIO17 (header pin 11)" in finding.says


def test_a_machine_without_pins_is_no_pi(tmp_path: Path, place: Place) -> None:
    (place.folder / "dev" / "gpiochip0").unlink()
    found = list(parts(site(load(written(tmp_path, RIGHT + DOOR)), place)))
    assert [(each.verdict, "no Raspberry Pi" in each.says) for each in found] == [("bad", True)] * 3
    assert {each.advice for each in found} == {
        "the parts are looked at on the machine itself; elsewhere  scripts/simulate  draws them"
    }


def test_a_missing_library_is_told_before_the_kiosk_fails_for_it(tmp_path: Path, place: Place) -> None:
    place.lacking = "it is not installed"
    (finding,) = wires.outputs(site(load(written(tmp_path)), place))
    assert (finding.verdict, finding.says) == (
        "bad",
        "no pin can be moved without lgpio: it is not installed",
    )
    assert finding.advice == "sudo apt install python3-lgpio"


@pytest.mark.parametrize(
    ("text", "lacking"),
    [
        (None, "it is not installed"),
        ("", "what is installed is an empty stub"),
        ("def gpiochip_open(gpiochip): ...\n", ""),
    ],
)
def test_a_library_is_known_without_being_started(
    text: str | None, lacking: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.path", [str(tmp_path)])
    monkeypatch.delitem(sys.modules, "lgpio", raising=False)
    if text is not None:
        (tmp_path / "lgpio.py").write_text(text)
    assert library() == lacking


@pytest.mark.parametrize(
    ("trigger", "verdict", "piece"),
    [
        ("none [oneshot] timer", "good", "timed by the kernel, off now"),
        ("none timer", "bad", "no oneshot trigger"),
        ("", "bad", "the kernel has no LED kiosk-gpio17"),
    ],
)
def test_an_output_of_the_kernels_own_is_looked_for_in_its_files(
    trigger: str, verdict: str, piece: str, tmp_path: Path, place: Place
) -> None:
    if trigger:
        place.says("sys/class/leds/kiosk-gpio17/trigger", trigger)
        place.says("sys/class/leds/kiosk-gpio17/brightness", "0")
    led = load(written(tmp_path, RIGHT, ('driver = "relay"', 'driver = "led"')))
    (finding,) = wires.outputs(site(led, place))
    assert (finding.verdict, piece in finding.says) == (verdict, True)


def test_a_usb_pad_is_looked_for_and_let_go_again(tmp_path: Path, place: Place) -> None:
    sockets = Sockets(event0=PAD)
    configuration = load(written(tmp_path, RIGHT, USB))
    for _ in range(2):
        (finding,) = wires.keypad(with_pads(configuration, place, sockets))
        assert finding.verdict == "good"
        assert finding.says == "SIGMACHIP USB Keyboard (1c4f:0002, /dev/input/event0) is plugged in"
    sockets.close()


def test_a_usb_pad_that_is_not_there_is_told_with_where_to_look(tmp_path: Path, place: Place) -> None:
    (finding,) = wires.keypad(with_pads(load(written(tmp_path, RIGHT, USB)), place, Sockets()))
    assert (finding.verdict, "/proc/bus/input/devices" in finding.says) == ("bad", True)


def test_a_pad_that_a_kiosk_reads_is_left_alone_and_a_stuck_key_is_told(tmp_path: Path, place: Place) -> None:
    configuration = load(written(tmp_path, RIGHT, USB))
    assert judged(wires.keypad(site(configuration, place, STANDING))) == [("keypad", "good", "")]
    stuck = replace(STANDING, faults=("K206 the keypad (key 5 is stuck): the key is ignored",))
    first, _ = wires.keypad(site(configuration, place, stuck))
    assert (first.verdict, first.says) == ("doubtful", "the keypad (key 5 is stuck)")


def parts(where: wires.Site) -> Iterator[Finding]:
    """All but the panel."""
    for look in (wires.keypad, wires.outputs, wires.inputs):
        yield from look(where)


def with_pads(configuration: Configuration, place: Place, sockets: Sockets) -> wires.Site:
    """A place with these sockets."""
    return wires.Site(configuration, place.around._replace(pads=lambda: sockets), None)
