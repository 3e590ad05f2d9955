"""The page about outputs: what it shows is what the kiosk takes, prints and says."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from hardware.header import must_rest_off
from kiosk.config import load
from kiosk.model import Rupiah
from kiosk.trains import given
from tests.config.files import RIGHT, written

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "outputs.md").read_text()
TABLES = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
HEAD, TAIL = RIGHT[: RIGHT.index("[outputs.")], RIGHT[RIGHT.index("[gateway.") :]


def test_the_train_of_the_page_sells_as_it_says(tmp_path: Path) -> None:
    (train,) = (table for table in TABLES if "[free_amount]" in table)
    configuration = load(written(tmp_path, f"{HEAD}{train}\n{TAIL}"))
    assert configuration.settings.pulses("coin", Rupiah(12_000)) == 12
    assert configuration.settings.trains["coin"].counted


def test_the_output_of_the_page_that_the_kernel_times_is_taken(tmp_path: Path) -> None:
    (gate,) = (table for table in TABLES if "[outputs.gate]" in table)
    slot = '[[slots]]\nnumber = 1\nname = "Palang"\nprice = 5000\noutput = "gate"\n'
    assert load(written(tmp_path, f"{HEAD}{gate}\n{slot}\n{TAIL}")).outputs["gate"].driver == "led"


def test_the_lines_of_config_txt_are_those_that_are_printed(tmp_path: Path) -> None:
    file = tmp_path / "kiosk.toml"
    file.write_text(
        '[outputs.spiral1]\ndriver = "relay"\npin = 17\n[outputs.gate]\ndriver = "led"\npin = 27\n'
    )
    program = [sys.executable, "-I", str(ROOT / "scripts" / "config-txt"), "lines", str(file)]
    said = subprocess.run(program, capture_output=True, text=True, check=True).stdout
    assert f"```text\n{said}```" in PAGE


def test_the_trap_is_told_in_the_words_that_the_kiosk_says() -> None:
    with pytest.raises(ValueError, match="resistor") as told:
        must_rest_off(17, active_high=False, resistor_holds_it_off=False)
    first, last = str(told.value).partition(": ")[0], str(told.value).rpartition("; ")[2]
    flat = re.sub(r"\s+", " ", PAGE)
    assert first in flat
    assert last in flat


@pytest.mark.parametrize(("surely", "begun"), [(4, 4), (4, 5), (0, 10)])
def test_what_is_known_of_a_broken_train_is_said_as_on_the_page(surely: int, begun: int) -> None:
    assert f"| `{given(surely, begun, 10)}" in PAGE
