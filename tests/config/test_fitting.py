"""Whether the configured panel can show what it will have to."""

from pathlib import Path

import pytest

from hardware import PANELS
from kiosk import fitting
from kiosk.cli import main
from kiosk.config import load
from kiosk.configuration import Configuration
from kiosk.drawing.shapes import SHAPES
from kiosk.fitting import misfits, size_of
from kiosk.gateways.base import Gateway
from kiosk.keyring import opened
from tests.config.test_panels import with_panel

REAL = sorted(PANELS.keys() - {"emulated"})
TALL_GLASSES = ("ssd1680", "ssd1681", "ssd1683", "uc8176")


@pytest.mark.parametrize("driver", REAL)
def test_every_panel_as_it_is_sold_has_its_layout(driver: str, tmp_path: Path) -> None:
    configuration = load(with_panel(tmp_path, f'[panel]\ndriver = "{driver}"\n'))
    assert size_of(configuration.panel.config) in SHAPES
    assert misfits(configuration) == []


@pytest.mark.parametrize("driver", TALL_GLASSES)
def test_e_paper_can_stand_upright(driver: str, tmp_path: Path) -> None:
    assert misfits(load(with_panel(tmp_path, f'[panel]\ndriver = "{driver}"\nrotate = 1\n'))) == []


@pytest.mark.parametrize(
    ("table", "size"),
    [
        ('driver = "ssd1306"\nheight = 32', "128x32"),
        ('driver = "ssd1306"\nrotate = 3', "64x128"),
        ('driver = "ssd1362"\nrotate = 1', "64x256"),
    ],
)
def test_a_panel_without_a_layout_is_refused_in_its_line(
    table: str, size: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = with_panel(tmp_path, f"[panel]\n{table}\n")
    assert main(["check", "--config", str(path)]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"{path}:8: panel: there is no layout for {size}: use a panel of 128x64, 128x128")


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (
            'driver = "ssd1680"\nwidth = 200\nheight = 200',
            "ssd1680 has no panel of 200x200 pixels: choose from",
        ),
        ('driver = "ssd1309"\nheight = 128', "ssd1309 has no panel of 128x128 pixels: choose from 128x64"),
    ],
)
def test_a_size_that_its_controller_does_not_come_in_is_refused_before_the_start(
    table: str, words: str, tmp_path: Path
) -> None:
    """There is a layout for it, so nothing else would say so but the panel's driver."""
    (problem,) = misfits(load(with_panel(tmp_path, f"[panel]\n{table}\n")))
    assert (problem.line, problem.reason[: len(words)]) == (8, words)


def test_a_panel_too_small_for_a_gateways_codes_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No gateway of today sends codes as long as that."""

    def long_winded(configuration: Configuration, name: str) -> Gateway:
        gateway = opened(configuration, name)
        gateway.terms = type(gateway.terms)(longest_code=500)
        return gateway

    monkeypatch.setattr(fitting, "opened", long_winded)
    configuration = load(with_panel(tmp_path, '[panel]\ndriver = "ssd1306"\n'))
    (problem,) = misfits(configuration)
    assert (problem.line, problem.key) == (8, "panel")
    assert problem.reason.startswith("is too small for midtrans: 128x64 holds codes of 365 characters")
