"""Plants one bug at a time into a copy of the tree, and sees that it is found.

The list is `planted_bugs.toml`.  A bug in what decides is found by the stories of the sweep; one at an edge
by the tests that guard it, which it names.  A survivor fails the run, and so does a bug that is found before
it is planted.  `python -m tests.proof.planted [--only WORDS]`
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import Final

from msgspec import Struct, convert, structs

from tests.proof.sections import Scale, Section
from tests.proof.work import Bar

LIST: Final = Path(__file__).with_name("planted_bugs.toml")
ROOT: Final = Path(__file__).parents[2]
TREE: Final = ("kiosk", "hardware", "tests", "docs", "systemd", "scripts", "pyproject.toml")
STORIES: Final = ("--scenes", "--seeds", "20000:24000", "--cuts", "40")
PATIENCE: Final = 240.0
"""Seconds within which a bug must show."""
KILLED: Final = re.compile(r"^KILLED after (\d+) runs by (\S+)", re.MULTILINE)
FAILED: Final = 1
"""What pytest and the sweep end with where something was found; anything else is no verdict."""


class Bug(Struct, frozen=True, kw_only=True):
    """An edit, and who must notice; without `by` the stories must."""

    name: str
    file: str
    old: str
    new: str
    by: tuple[str, ...] = ()


class Death(Struct, frozen=True):
    """How a bug ended: `by` is empty where it survived; `runs` are the stories told until then."""

    bug: Bug
    by: str
    runs: int = 0
    words: str = ""


def bugs() -> list[Bug]:
    """The list."""
    return convert(tomllib.loads(LIST.read_text())["bug"], list[Bug])


def planted(bug: Bug, source: str) -> str:
    """The source with the bug in it; raises ValueError where the place is not there, or not alone."""
    places = source.count(bug.old)
    if places != 1:
        raise ValueError(f"{bug.file}: the place of {bug.name!r} is there {places} times, not once")
    return source.replace(bug.old, bug.new)


def hunt(bug: Bug, tree: Path) -> Death:
    """Plant it into `tree`, hunt it, and take it out again."""
    file = tree / bug.file
    whole = file.read_text()
    file.write_text(planted(bug, whole))
    try:
        return _seen(bug, tree)
    finally:
        file.write_text(whole)


def _seen(bug: Bug, tree: Path) -> Death:
    tests = ("pytest", "-x", "-q", "-p", "no:cacheprovider", *bug.by)
    what = tests if bug.by else ("tests.proof.sweep", *STORIES)
    surroundings = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(tree)}
    try:
        ended = subprocess.run(
            [sys.executable, "-m", *what],
            cwd=tree,
            env=surroundings,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Death(bug, "", words=f"nothing was found in {PATIENCE:g} s")
    return _judged(bug, ended)


def _judged(bug: Bug, ended: "subprocess.CompletedProcess[str]") -> Death:
    if ended.returncode != FAILED:
        return Death(bug, "", words=_last(ended.stdout + ended.stderr))
    if bug.by:
        return Death(bug, bug.by[0], words=_last(ended.stdout))
    if found := KILLED.search(ended.stdout):
        return Death(bug, found[2], int(found[1]), _last(ended.stdout))
    return Death(bug, "a crash", 1, _last(ended.stderr))


def _last(printed: str) -> str:
    return (printed.strip().splitlines() or [""])[-1]


def copied(into: Path) -> Path:
    """A tree of one's own to plant bugs into."""
    for name in TREE:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, into / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, into / name)
    return into


def hunted(those: list[Bug], hunters: int) -> Iterator[Death]:
    """Each of them, `hunters` at a time, as they are found."""
    trees: SimpleQueue[Path] = SimpleQueue()
    with tempfile.TemporaryDirectory(prefix="planted-") as scratch, ThreadPoolExecutor(hunters) as pool:
        for number in range(hunters):
            trees.put(copied(Path(scratch) / str(number)))

        def one(bug: Bug) -> Death:
            tree = trees.get()
            try:
                return hunt(bug, tree)
            finally:
                trees.put(tree)

        yield from pool.map(one, those)


def run(scale: Scale) -> Section:
    """Every bug of the list, after the tree without any was found to be well."""
    title = "Planted bugs"
    if scale is Scale.QUICK:
        return Section(title, (), not_run="the whole run plants them")
    those, bar = bugs(), Bar()
    if ill := _ill_before(those):
        return Section(title, (), failures=(f"without any bug planted: {ill}",))
    deaths: list[Death] = []
    for death in hunted(those, os.cpu_count() or 1):
        deaths.append(death)
        bar(f"planted bugs: {len(deaths)} of {len(those)}")
    bar.clear()
    return section(title, deaths)


def section(title: str, deaths: list[Death]) -> Section:
    """What the hunt came to; whoever survived is a failure."""
    killed = [death for death in deaths if death.by]
    longest = max(killed, key=lambda death: death.runs)
    figures = (
        ("killed", f"{len(killed)} of {len(deaths)}"),
        ("by stories, and by the tests of the edges", "{} and {}".format(*_shares(killed))),
        ("the one that lived longest", f"{longest.bug.name}: {longest.runs:,} stories"),
    )
    alive = tuple(f"{death.bug.name} survived: {death.words}" for death in deaths if not death.by)
    lines = [f"| {death.bug.name} | {death.by} | {death.runs or ''} |" for death in killed]
    note = "\n".join(("| planted | found by | after stories |", "|---|---|---|", *lines))
    return Section(title, figures, alive, (note,))


def _shares(killed: list[Death]) -> tuple[int, int]:
    by_stories = sum(not death.bug.by for death in killed)
    return by_stories, len(killed) - by_stories


def _ill_before(those: list[Bug]) -> str:
    """What is found where nothing is planted, empty where all is well."""
    guards = tuple(sorted({test for bug in those for test in bug.by}))
    none = Bug(name="none", file="", old="", new="")
    with tempfile.TemporaryDirectory(prefix="planted-") as scratch, ThreadPoolExecutor(2) as pool:
        tree = copied(Path(scratch))
        found = pool.map(lambda bug: _seen(bug, tree), (none, structs.replace(none, by=guards)))
        return "; ".join(death.words for death in found if death.by)


def main() -> int:
    """0 where every bug with these words in its name was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", metavar="WORDS", help="those with these words in their name")
    words = parser.parse_args().only
    alive = 0
    for death in hunted([bug for bug in bugs() if words in bug.name], os.cpu_count() or 1):
        alive += not death.by
        sys.stdout.write(f"{death.bug.name}: {death.by or 'SURVIVED'} {death.runs or ''} {death.words}\n")
        sys.stdout.flush()
    return 1 if alive else 0


if __name__ == "__main__":
    sys.exit(main())
