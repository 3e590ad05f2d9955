"""The shape of the sources: short functions, short modules, names that say something."""

import ast
import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import kiosk

ROOT = Path(__file__).parents[1]
DRAWERS = {"utils", "util", "helpers", "helper", "manager", "handler", "common", "misc", "base_utils"}


class Function(NamedTuple):
    """Where a function is, and how many lines it has from `def` to its end."""

    where: str
    lines: int


def modules() -> list[Path]:
    return sorted([*ROOT.glob("kiosk/**/*.py"), *ROOT.glob("hardware/**/*.py")])


def functions(path: Path, source: str) -> Iterator[Function]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
            yield Function(f"{path}:{node.lineno} {node.name}", node.end_lineno - node.lineno + 1)


def all_functions() -> list[Function]:
    return [
        each
        for path in modules()
        for each in functions(path.relative_to(ROOT), path.read_text(encoding="utf-8"))
    ]


def drawer_names(path: Path) -> list[str]:
    return [part for part in path.with_suffix("").parts if part.strip("_") in DRAWERS]


def named_on_the_map(text: str) -> list[str]:
    """The words before the gap of each indented line."""
    lines = [line.strip() for line in text.splitlines() if line.startswith("    ")]
    return [name for line in lines for name in line.partition("  ")[0].split()]


def test_no_module_is_longer_than_three_hundred_lines() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in modules()}
    assert {name: lines for name, lines in lengths.items() if lines > 300} == {}


def test_no_function_is_longer_than_forty_lines() -> None:
    assert [each for each in all_functions() if each.lines > 40] == []


def test_half_of_the_functions_have_at_most_eight_lines() -> None:
    assert statistics.median(each.lines for each in all_functions()) <= 8


def test_the_map_of_the_house_names_every_room_once() -> None:
    rooms = [path.stem for path in ROOT.glob("kiosk/*.py") if path.stem != "__init__"]
    rooms += [path.parent.name for path in ROOT.glob("kiosk/*/__init__.py")]
    assert sorted(named_on_the_map(kiosk.__doc__ or "")) == sorted(rooms)


def test_no_module_is_a_drawer_for_leftovers() -> None:
    assert [path for path in modules() if drawer_names(path.relative_to(ROOT))] == []


def test_the_length_of_a_function_counts_its_docstring_and_what_is_nested() -> None:
    source = 'async def outer():\n    """Say."""\n    def inner():\n        return 1\n    return inner\n'
    assert [(each.where, each.lines) for each in functions(Path("x.py"), source)] == [
        ("x.py:1 outer", 5),
        ("x.py:3 inner", 2),
    ]


def test_a_drawer_is_found_in_every_part_of_a_path() -> None:
    assert drawer_names(Path("kiosk/_utils/desk.py")) == ["_utils"]
    assert drawer_names(Path("kiosk/order/helpers.py")) == ["helpers"]
    assert drawer_names(Path("kiosk/order/desk.py")) == []
