"""What was measured, for a person: on a terminal, and as docs/performance.md, a block for each section.

A run writes the blocks of the sections that it measured and leaves the others, each with its own commit.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from tests.bench.figures import Figure, Row
from tests.bench.sections import SECTIONS

NOTES: Final = tomllib.loads(Path(__file__).with_name("notes.toml").read_text(encoding="utf-8"))
PAGE: Final = Path("docs/performance.md")
BLOCK: Final = re.compile(r"<!-- bench (\w+) -->\n(.*?)<!-- end -->\n", re.DOTALL)


def printed(where: Mapping[str, str], found: Mapping[str, list[Row]]) -> str:
    """For the terminal."""
    parts = ["\n".join(f"{name}: {value}" for name, value in where.items())]
    parts += [f"{SECTIONS[name].title}\n\n{table(rows)}" for name, rows in found.items()]
    return "\n\n".join(parts)


def page(old: str, where: Mapping[str, str], found: Mapping[str, list[Row]]) -> str:
    """The page with these sections measured anew; sections that nobody measured yet are left out."""
    blocks = dict(BLOCK.findall(old)) | {name: _block(name, where, rows) for name, rows in found.items()}
    kept = (f"<!-- bench {name} -->\n{blocks[name]}<!-- end -->\n" for name in SECTIONS if name in blocks)
    return "\n".join([NOTES["head"], *kept, NOTES["tail"]])


def _block(name: str, where: Mapping[str, str], rows: Iterable[Row]) -> str:
    origin = f"`{where['command']}` at commit {where['commit']}, {where['machine']}, load {where['load']}."
    return (
        "\n\n".join([f"## {SECTIONS[name].title}", table(rows), NOTES["sections"][name].strip(), origin])
        + "\n"
    )


def table(rows: Iterable[Row]) -> str:
    """In Markdown."""
    lines = [("what", "unit", "ours", "beside", "share", "target"), ("---",) * 6]
    return "\n".join(f"| {' | '.join(line)} |" for line in [*lines, *map(_line, rows)])


def _line(row: Row) -> tuple[str, ...]:
    return (
        row.what,
        row.unit,
        _said(row.ours),
        f"{_said(row.beside)} {row.peer}" if row.beside else "",
        _said(row.share) if row.share else "",
        f"{row.target} {'met' if row.is_met else '**missed**'}" if row.target else "",
    )


def _said(figure: Figure) -> str:
    middle, low, high = map(_number, (figure.median, figure.low, figure.high))
    return middle if figure.count == 1 else f"{middle} ({low} to {high})"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
