"""docs/security.md: every attacker has an answer, and every test that it names is there."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.splitlines()
    if line.startswith("|") and not line.startswith(("| who |", "|---"))
]


@cache
def names_of_tests() -> set[str]:
    """The name of every test of the project."""
    return {
        node.name
        for path in (ROOT / "tests").rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    }


def test_every_attacker_is_there() -> None:
    assert len(ROWS) == 18
    assert len({who for who, *_ in ROWS}) >= 15


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}: {row[1]}")
def test_a_row_is_answered_and_the_tests_that_it_names_are_there(row: list[str]) -> None:
    who, way, stops, shown, left = row
    assert all((who, way, stops, left))
    named = re.findall(r"`(test_\w+)`", shown)
    assert named
    assert set(named) - names_of_tests() == set()


def test_the_thresholds_are_those_of_the_checks() -> None:
    check = (ROOT / "scripts" / "check").read_text(encoding="utf-8")
    daemon, webhooks = (
        re.search(r"limit=(\d+)$", check, re.MULTILINE),
        re.search(r"qris-kiosk-webhooks\*\) limit=(\d+)", check),
    )
    assert daemon
    assert webhooks
    assert (int(daemon[1]) / 10, int(webhooks[1]) / 10) == (1.3, 1.5)
    assert "more than 1.3," in PAGE
    assert "service more than 1.5" in PAGE
