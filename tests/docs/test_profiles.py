"""The page about the three machines: what it says of wires is what the samples say."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "profiles.md").read_text()
PROFILES = sorted((ROOT / "systemd" / "profiles").glob("*.toml"))


def pins(tables: dict[str, Any]) -> Iterator[int]:
    """Every BCM number in a configuration."""
    for name, value in tables.items():
        if isinstance(value, dict):
            yield from pins(value)
        elif name == "pin" or name.endswith("_pin"):
            yield value
        elif name in {"rows", "columns"}:
            yield from value


@pytest.mark.parametrize("profile", PROFILES, ids=lambda path: path.stem)
def test_every_pin_of_a_machine_is_in_its_table_once(profile: Path) -> None:
    table = re.search(rf"<!-- wiring {profile.stem} -->(.*?)<!-- end -->", PAGE, re.DOTALL)
    assert table
    listed = [int(pin) for pin in re.findall(r"\(GPIO(\d+)\)", table[1])]
    assert set(pins(tomllib.loads(profile.read_text()))) <= set(listed)
    assert len(listed) == len(set(listed))


@pytest.mark.parametrize("profile", PROFILES, ids=lambda path: path.stem)
def test_every_machine_has_a_picture_with_a_line_for_each_wire(profile: Path) -> None:
    table = re.search(rf"<!-- wiring {profile.stem} -->(.*?)<!-- end -->", PAGE, re.DOTALL)
    assert table
    wires = re.findall(r"\| \d+(?: \(GPIO\d+\))? \|$", table[1], re.MULTILINE)
    picture = (ROOT / "docs" / f"wiring-{profile.stem}.svg").read_text()
    assert picture.count("<path ") == len(wires)
