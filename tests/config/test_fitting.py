"""Whether the configured panel can show what it will have to."""

from pathlib import Path

import pytest

from hardware import PANELS
from kiosk.cli import main
from kiosk.config import load
from kiosk.drawing.shapes import SHAPES
from kiosk.fitting import misfits, size_of, why_no_start
from kiosk.gateways.midtrans_contract import MidtransContract
from tests.config.files import RIGHT, written
from tests.config.test_panels import with_panel

REAL = sorted(PANELS.keys() - {"emulated"})
TALL_GLASSES = ("ssd1680", "ssd1681", "ssd1683", "uc8176")


@pytest.mark.parametrize("driver", REAL)
def test_every_panel_as_it_is_sold_has_its_layout(driver: str, tmp_path: Path) -> None:
    path = with_panel(tmp_path, f'[panel]\ndriver = "{driver}"\n')
    assert size_of(load(path).panel.config) in SHAPES
    assert misfits(path) == []


@pytest.mark.parametrize("driver", TALL_GLASSES)
def test_e_paper_can_stand_upright(driver: str, tmp_path: Path) -> None:
    assert misfits(with_panel(tmp_path, f'[panel]\ndriver = "{driver}"\nrotate = 1\n')) == []


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
    (problem,) = misfits(with_panel(tmp_path, f"[panel]\n{table}\n"))
    assert (problem.line, problem.reason[: len(words)]) == (8, words)


def test_a_panel_too_small_for_a_gateways_codes_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No gateway of today sends codes as long as that."""
    monkeypatch.setattr(MidtransContract, "longest_code", 500)
    (problem,) = misfits(with_panel(tmp_path, '[panel]\ndriver = "ssd1306"\n'))
    assert (problem.line, problem.key) == (8, "panel")
    assert problem.reason.startswith("is too small for midtrans: 128x64 holds codes of 365 characters")


def test_a_panel_that_does_not_fit_is_said_together_with_everything_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A technician mends it in one go, and need not set a secret first to hear of it."""
    monkeypatch.setattr(MidtransContract, "longest_code", 500)
    path = with_panel(tmp_path, '[panel]\ndriver = "ssd1306"\n')
    path.write_text(path.read_text().replace("price = 12000", "price = 0"))
    (tmp_path / "credentials" / "midtrans.server_key").unlink()
    assert main(["check", "--config", str(path)]) == 1
    panel, price, secret = capsys.readouterr().err.splitlines()
    assert panel.startswith(f"{path}:8: panel: is too small for midtrans")
    assert "slots[1].price" in price
    assert "midtrans.server_key: this secret is missing" in secret


def test_what_is_no_table_has_no_panel_that_could_be_too_small(tmp_path: Path) -> None:
    (tmp_path / "kiosk.toml").write_text("[panel")
    assert misfits(tmp_path / "kiosk.toml") == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[panel\n", ":1: "),
        (RIGHT.replace("12000", "0").replace('"matrix"', '"matrox"'), "keypad.driver: no such driver"),
        (RIGHT.replace('driver = "ssd1306"', 'driver = "ssd1306"\nheight = 32'), "no layout for 128x32"),
        (RIGHT + '[mqtt]\nhost = "broker.example"\nca = "/nowhere/ca.pem"\n', "mqtt.ca"),
    ],
)
def test_a_file_that_would_end_a_machine_at_its_next_start_says_why(
    text: str, words: str, tmp_path: Path
) -> None:
    assert words in why_no_start(written(tmp_path, text))


def test_a_file_is_right_whatever_secrets_the_process_was_handed(tmp_path: Path) -> None:
    """A technician sets one and asks for a start: the process that runs cannot see it yet."""
    path = with_panel(tmp_path, '[panel]\ndriver = "ssd1306"\n')
    (tmp_path / "credentials" / "midtrans.server_key").unlink()
    assert why_no_start(path) == ""


def test_a_long_list_of_problems_is_one_line_with_their_number(tmp_path: Path) -> None:
    text = RIGHT.replace("12000", "0").replace('"matrix"', '"matrox"')
    assert why_no_start(written(tmp_path, text)).endswith(" (and 1 more)")
