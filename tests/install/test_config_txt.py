"""What the installer says about config.txt and Debian's packages, from the configured pins and panels."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from hardware import OUTPUTS, PANELS
from hardware.led_output import overlay
from kiosk.drafting import resolved
from kiosk.simulator.wiring import SHELF

ROOT = Path(__file__).parents[2]
PROGRAM = ROOT / "scripts" / "config-txt"
RELAY = '[outputs.a]\ndriver = "relay"\npin = 17\n'
LED = '[outputs.a]\ndriver = "led"\npin = 22\n'


def asked(what: str, text: str, folder: Path) -> list[str]:
    """What the program says of a configuration."""
    file = folder / "kiosk.toml"
    file.write_text(text)
    done = subprocess.run(
        [sys.executable, "-I", PROGRAM, what, file], capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()


def lines(text: str, folder: Path) -> list[str]:
    """The lines without the remarks, none of which may stand behind a value."""
    said = [line for line in asked("lines", text, folder) if not line.startswith("#")]
    assert not [line for line in said if "#" in line or " " in line]
    return said


def panel(driver: str, **settings: Any) -> str:
    """The table of a panel."""
    more = "".join(f"{name} = {value}\n" for name, value in settings.items())
    return f'[panel]\ndriver = "{driver}"\n{more}'


@pytest.mark.parametrize("driver", PANELS)
def test_every_panel_gets_its_bus(driver: str, tmp_path: Path) -> None:
    fields = resolved(PANELS[driver], "Config").__struct_fields__
    expected = "dtparam=spi=on" if "spi" in fields else "dtparam=i2c_arm=on" if "address" in fields else None
    assert lines(panel(driver), tmp_path) == ([expected] if expected else [])


def test_the_second_bus_has_an_overlay_with_as_many_chip_selects(tmp_path: Path) -> None:
    assert lines(panel("ssd1680", spi=1, chip_select=2), tmp_path) == ["dtoverlay=spi1-3cs"]


def test_a_relays_line_is_held_low_by_the_firmware_and_let_go_when_its_program_dies(tmp_path: Path) -> None:
    assert lines(RELAY, tmp_path) == ["gpio=17=op,dl", "dtparam=strict_gpiod"]


def test_an_active_low_relays_line_is_held_high(tmp_path: Path) -> None:
    assert "gpio=17=op,dh" in lines(f"{RELAY}active_high = false\n", tmp_path)


@pytest.mark.parametrize("high", [True, False])
def test_a_line_that_the_kernel_times_gets_the_overlay_its_driver_looks_for(
    high: bool, tmp_path: Path
) -> None:
    said = lines(f"{LED}active_high = {str(high).lower()}\n", tmp_path)
    assert said == [f"gpio=22=op,d{'l' if high else 'h'}", overlay(22, active_high=high)]


@pytest.mark.parametrize(
    ("text", "modules"),
    [
        (panel("ssd1306"), []),
        (panel("ssd1306") + LED, []),
        (panel("ssd1306") + RELAY, ["lgpio python3-lgpio"]),
        (panel("ssd1306") + '[keypad]\ndriver = "matrix"\n', ["lgpio python3-lgpio"]),
        (panel("ssd1306") + '[keypad]\ndriver = "usb"\n', []),
        (panel("ssd1306") + '[inputs.drop]\ndriver = "gpio"\n', ["lgpio python3-lgpio"]),
        (panel("ssd1306_spi"), ["lgpio python3-lgpio", "spidev python3-spidev"]),
    ],
)
def test_only_the_packages_of_configured_parts_are_asked_for(
    text: str, modules: list[str], tmp_path: Path
) -> None:
    assert asked("packages", text, tmp_path) == modules


def test_a_pretended_machine_needs_nothing(tmp_path: Path) -> None:
    text = panel("emulated") + "".join(
        f'[outputs.spiral{one.number}]\ndriver = "emulated"\n' for one in SHELF
    )
    assert (lines(text, tmp_path), asked("packages", text, tmp_path)) == ([], [])


def test_every_output_driver_is_known_here() -> None:
    """A new one must say what it wants of the firmware."""
    assert set(OUTPUTS) == {"emulated", "led", "relay"}
