"""Runs the parts of the proof one after the other and writes docs/reliability.md from their figures.

A part is a module with `run(scale) -> Section`; a new one is entered in `PARTS`.
"""

import platform
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from tests.proof.sections import Scale, Section

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reliability.md"
PARTS: dict[str, str] = {
    "world": "tests.proof.stories",
    "disks": "tests.proof.disks",
    "processes": "tests.proof.processes",
    "forged": "tests.proof.forged",
    "planted": "tests.proof.planted",
    "power-cuts": "tests.proof.power_cuts",
    "units": "tests.proof.units",
}
"""Each part's name for `--only`, and its module."""
HEAD = """# What is proven, and how far

Written by `scripts/prove`; do not edit.  Every figure below comes from one run of it, on the commit and
with the versions named here.  The invariants I1 to I18 that it judges by stand in `tests/proof/oracles.py`,
each as a function of its own; any story is told again, in sentences, by `scripts/prove --seed N`.
How fast it is and how its memory grows is measured by `scripts/bench`, and stands in
[performance.md](performance.md).
"""


def prove(scale: Scale, only: str | None, *, writes: bool) -> int:
    """Run every part, or `only` one; 0 where nothing failed.  With `writes` all of them write the page."""
    names = [only] if only else list(PARTS)
    sections = []
    for name in names:
        run: Callable[[Scale], Section] = import_module(PARTS[name]).run
        began = time.monotonic()
        section = run(scale)
        sections.append(section._replace(seconds=section.seconds or time.monotonic() - began))
        sys.stdout.write(_plain(sections[-1]) + "\n")
        sys.stdout.flush()
    if writes and not only:
        PAGE.write_text(page(scale, sections), encoding="utf-8")
    failures = [words for section in sections for words in section.failures]
    sys.stdout.write("prove: FAILED\n" if failures else "prove: nothing is wrong\n")
    return 1 if failures else 0


def page(scale: Scale, sections: list[Section]) -> str:
    """The whole page in Markdown."""
    option = "" if scale is Scale.DEFAULT else f" --{scale.value}"
    about = (
        ("commit", _commit()),
        ("command", f"`scripts/prove{option}`"),
        ("Python", platform.python_version()),
        ("SQLite", sqlite3.sqlite_version),
        ("systemd", _first_line("systemctl", "--version")),
        ("machine", f"{platform.machine()}, {platform.system()} {platform.release()}"),
    )
    return "\n".join((HEAD, _table(about), *(_marked_down(section) for section in sections)))


def _marked_down(section: Section) -> str:
    parts = [f"\n## {section.title}\n"]
    if section.not_run:
        parts.append(f"Not run: {section.not_run}.\n")
    if section.figures:
        parts.append(_table((*section.figures, ("seconds", f"{section.seconds:.0f}"))))
    parts += [f"\n{note}\n" for note in section.notes]
    parts += [f"- FAILED: {words}" for words in section.failures]
    return "\n".join(parts)


def _table(lines: tuple[tuple[str, str], ...]) -> str:
    return "\n".join(
        ("| what | figure |", "|---|---|", *(f"| {what} | {figure} |" for what, figure in lines))
    )


def _plain(section: Section) -> str:
    width = max((len(what) for what, _ in section.figures), default=0)
    lines = [f"{section.title} ({section.seconds:.0f} s)"]
    lines += [f"  not run: {section.not_run}"] if section.not_run else []
    lines += [f"  {what:{width}}  {figure}" for what, figure in section.figures]
    return "\n".join((*lines, *(f"  FAILED: {words}" for words in section.failures)))


def _commit() -> str:
    named = _first_line("git", "-C", str(ROOT), "rev-parse", "--short", "HEAD")
    dirty = _first_line("git", "-C", str(ROOT), "status", "--porcelain", "--", "kiosk", "hardware")
    return f"{named}, with changes" if dirty else named


def _first_line(*program: str) -> str:
    try:
        said = subprocess.run(program, capture_output=True, text=True, timeout=120.0, check=False).stdout
    except OSError:
        return "-"
    return said.partition("\n")[0]
