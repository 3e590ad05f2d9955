"""The panels of the handbook, in a configuration."""

import re
from pathlib import Path

import pytest

from hardware import PANELS
from kiosk.assembly import SLOW_TICK
from kiosk.cautions import cautions
from kiosk.config import examine, load
from tests.config.files import RIGHT, written

PAGE = Path(__file__).parents[2] / "docs" / "panels.md"
SAMPLES = re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
REAL = sorted(PANELS.keys() - {"emulated"})


def with_panel(folder: Path, table: str) -> Path:
    """The right configuration with another panel, and its relay out of the way."""
    return written(folder, RIGHT, ('[panel]\ndriver = "ssd1306"\n', table), ("pin = 17", "pin = 27"))


def said(folder: Path, driver: str) -> list[str]:
    path = with_panel(folder, f'[panel]\ndriver = "{driver}"\n')
    return [line for line in cautions(load(path)) if line.startswith("panel")]


@pytest.mark.parametrize("table", SAMPLES, ids=lambda table: re.findall('driver = "(.*)"', table)[0])
def test_every_sample_of_the_handbook_is_a_configuration(table: str, tmp_path: Path) -> None:
    assert examine(with_panel(tmp_path, table))[1] == []


def test_there_are_samples() -> None:
    assert len(SAMPLES) > 3


@pytest.mark.parametrize("driver", REAL)
def test_every_panel_is_in_the_handbook_and_needs_no_more_than_its_name(driver: str, tmp_path: Path) -> None:
    assert f"`{driver}`" in PAGE.read_text(encoding="utf-8")
    assert examine(with_panel(tmp_path, f'[panel]\ndriver = "{driver}"\n'))[1] == []


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("dc_pin = 28", "panel.dc_pin: must be a whole number, at least 0, at most 27"),
        ("rotate = 4", "panel.rotate: must be a whole number, at least 0, at most 3"),
        ("hertz = 99", "panel.hertz: must be a whole number, at least 100000"),
        ("address = 0x3C", "panel.address: no such setting"),
        ("full_every = 0", "panel.full_every: must be a whole number, at least 1"),
        ("power_pin = 99", "panel.power_pin: must be"),
        ("busy_pin = 25", "panel.busy_pin: pin 25 is taken by panel.dc_pin"),
        ("busy_pin = 10", "panel.busy_pin: pin 10 is taken by the panel's SPI"),
    ],
)
def test_a_setting_out_of_its_bounds_is_refused(setting: str, words: str, tmp_path: Path) -> None:
    problems = examine(with_panel(tmp_path, f'[panel]\ndriver = "ssd1680"\n{setting}\n'))[1]
    assert [words in str(problem) for problem in problems] == [True]


@pytest.mark.parametrize("setting", ["dim_after", "dark_after"])
@pytest.mark.parametrize("driver", ["ssd1306", "ssd1327", "ssd1351"])
def test_no_code_is_dimmed_before_its_next_picture_comes(driver: str, setting: str, tmp_path: Path) -> None:
    table = f'[panel]\ndriver = "{driver}"\n{setting} = '
    (problem,) = examine(with_panel(tmp_path, f"{table}59"))[1]
    assert f"{setting} must be 0, for never, or at least 60 seconds, not 59" in str(problem)
    for right in (0, 60):
        assert examine(with_panel(tmp_path, f"{table}{right}"))[1] == []
    assert SLOW_TICK < 60


@pytest.mark.parametrize("driver", ["ssd1306", "sh1106", "ssd1309", "ssd1362"])
def test_a_panel_of_64_rows_is_cautioned(driver: str, tmp_path: Path) -> None:
    assert ["one pixel a module" in line for line in said(tmp_path, driver)] == [True]


@pytest.mark.parametrize("driver", ["sh1107_spi", "ssd1327_spi", "ssd1351"])
def test_a_panel_that_nobody_hears_is_cautioned(driver: str, tmp_path: Path) -> None:
    assert ["nobody hears whether this panel is there" in line for line in said(tmp_path, driver)] == [True]


@pytest.mark.parametrize("driver", ["sh1107", "ssd1327", "ssd1680", "ssd1681", "ssd1683", "uc8176"])
def test_a_good_panel_needs_no_caution(driver: str, tmp_path: Path) -> None:
    assert said(tmp_path, driver) == []
