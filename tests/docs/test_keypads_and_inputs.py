"""docs/keypads.md and docs/inputs.md: what they show can be configured, and what they say is so."""

import re
import tomllib
from pathlib import Path

import pytest

from hardware import INPUTS, KEYPADS, SOUNDERS
from hardware.usb_keypad import MEANING
from kiosk.config import examine
from kiosk.model import Tune
from kiosk.readiness import PART_CODES
from kiosk.roles import HABITS, Role
from kiosk.tunes import TUNES
from tests.config.files import RIGHT, written

DOCS = Path(__file__).parents[2] / "docs"
KEYPADS_PAGE = (DOCS / "keypads.md").read_text(encoding="utf-8")
INPUTS_PAGE = (DOCS / "inputs.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```toml\n(.*?)```", KEYPADS_PAGE + INPUTS_PAGE, re.DOTALL)
SLOTS = "".join(
    f'\n[[slots]]\nnumber = {number}\nname = "Teh"\nprice = 6000\noutput = "spiral1"\n' for number in (2, 3)
)


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: str(block).partition("\n")[0])
def test_every_table_that_is_shown_can_be_configured(block: str, tmp_path: Path) -> None:
    keypad = RIGHT[RIGHT.index("[keypad]") : RIGHT.index("[outputs")]
    text = RIGHT.replace(keypad, "") if "keypad" in tomllib.loads(block) else RIGHT
    assert examine(written(tmp_path, text + SLOTS + block))[1] == []


def test_every_driver_is_explained() -> None:
    shown = {name for block in BLOCKS for table in tomllib.loads(block).values() for name in _drivers(table)}
    described = set(re.findall(r"^\| `(\w+)` \| ", KEYPADS_PAGE, re.MULTILINE))
    assert {*INPUTS, *KEYPADS, *SOUNDERS} - {"emulated"} <= shown | described


def _drivers(table: dict[str, object]) -> list[object]:
    return [table["driver"]] if "driver" in table else [_drivers_of(each) for each in table.values()]


def _drivers_of(table: object) -> object:
    return table["driver"] if isinstance(table, dict) else ""


@pytest.mark.parametrize("role", list(Role))
def test_the_habits_of_every_role_are_as_the_page_says(role: Role) -> None:
    habit = HABITS[role]
    row = next(line for line in INPUTS_PAGE.splitlines() if line.startswith(f"| `{role}` |"))
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells[3:] == [f"{habit.debounce} ms", f"{habit.timeout:g} s" if habit.timeout else ""]
    assert habit.is_waited_for or cells[2].endswith(PART_CODES[habit.part])


def test_the_keys_that_take_back_are_those_of_the_page() -> None:
    assert sorted(code for code, key in MEANING.items() if key == "*") == [1, 14, 55, 83, 111]
    assert sorted(code for code, key in MEANING.items() if key == "#") == [28, 96]


def test_tunes_are_told_apart_by_their_rhythm_alone() -> None:
    rhythms = {tuple((bool(note.hertz), note.milliseconds) for note in tune.notes) for tune in TUNES.values()}
    assert len(rhythms) == len(TUNES) == len(Tune)


def test_no_tune_keeps_anybody_waiting() -> None:
    assert max(sum(note.milliseconds for note in tune.notes) for tune in TUNES.values()) < 2_000
