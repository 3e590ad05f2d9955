"""The handbook as a whole: its links, pictures, codes, and every command that it prints."""

import argparse
import re
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import pytest

from kiosk.cli import accounts, main
from kiosk.codes import CODES
from kiosk.states import Why
from tests.docs import customers_pictures
from tests.docs.printed import Printed, advised, printed

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "SECURITY.md", *sorted(DOCS.glob("*.md"))]
CONTENTS = (DOCS / "README.md").read_text(encoding="utf-8")
MADE_BY = re.findall(r"^\| `(scripts/[a-z-]+)` \| (.*) \|$", CONTENTS, re.MULTILINE)
PICTURES = {".png", ".svg"}
COMMANDS = [each for page in PAGES for each in printed(page) if each.words[0] == "kiosk"]
SOURCES = [path for package in ("kiosk", "hardware") for path in (ROOT / package).rglob("*.py")]
ADVICE = [each for source in SOURCES for each in advised(source) if len(each.words) > 2]
SCRIPTS = [each for page in PAGES for each in printed(page) if each.words[0].startswith("scripts/")]


def targets(page: Path) -> Iterator[str]:
    """Where a page leads to, and what it shows, but not the world outside."""
    text = page.read_text(encoding="utf-8")
    found = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r"<img src=\"([^\"]+)\"", text)
    yield from (target for target in found if "://" not in target)


@cache
def anchors(page: Path) -> frozenset[str]:
    """The names that a forge gives to the headings of a page."""
    text = re.sub(r"^(```.*?^```)$", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return frozenset(re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings)


def leads_nowhere(page: Path, target: str) -> bool:
    name, _, anchor = target.partition("#")
    other = (page.parent / name).resolve() if name else page
    return not other.exists() or bool(anchor and anchor not in anchors(other))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_and_its_heading_is_there(page: Path) -> None:
    assert [target for target in targets(page) if leads_nowhere(page, target)] == []


def test_a_link_to_a_heading_that_is_not_there_is_noticed() -> None:
    assert not leads_nowhere(DOCS / "codes.md", "#the-codes")
    assert leads_nowhere(DOCS / "codes.md", "#the-cods")


def test_every_page_is_found_from_the_readme() -> None:
    found, ways = set[Path](), [ROOT / "README.md"]
    while ways:
        page = ways.pop()
        if page.suffix == ".md" and page not in found:
            found.add(page)
            linked = (target.partition("#")[0] for target in targets(page))
            ways += [(page.parent / name).resolve() for name in linked if name]
    assert set(DOCS.glob("*.md")) - found == set(), "give it a line in docs/README.md"


def test_every_picture_is_made_by_one_script_that_is_there() -> None:
    pictures = [path.relative_to(DOCS) for path in DOCS.rglob("*") if path.suffix in PICTURES]
    forms = [(script, form) for script, what in MADE_BY for form in re.findall(r"`([^`]+)`", what)]
    makers = {str(each): [s for s, form in forms if fnmatch(str(each), form)] for each in pictures}
    unmade = [name for name, scripts in makers.items() if len(scripts) != 1]
    assert unmade == [], "say in docs/README.md which script makes it"
    assert [script for script, _ in MADE_BY if not (ROOT / script).exists()] == []


def test_every_picture_is_on_a_page() -> None:
    shown = {(page.parent / target).resolve() for page in PAGES for target in targets(page)}
    assert {path for path in DOCS.rglob("*") if path.suffix in PICTURES} - shown == set()


def test_the_drawing_of_a_payment_is_what_its_script_draws() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "payment"), "--check"]
    assert subprocess.run(command, check=False).returncode == 0


def test_the_drawing_of_a_payment_names_states_as_they_are() -> None:
    drawn = set(re.findall(r">([A-Z_]{5,})</text>", (DOCS / "payment.svg").read_text(encoding="utf-8")))
    assert len(drawn) == 5
    assert drawn <= accounts.STATES.keys()


def test_the_customers_page_shows_what_the_panel_shows() -> None:
    names = customers_pictures.named()
    assert sorted(names) == sorted(path.stem for path in customers_pictures.FOLDER.glob("*.png"))
    for name in names:
        with customers_pictures.opened(name) as kept:
            assert kept.tobytes() == customers_pictures.picture(name).tobytes(), f"{name}: run scripts/golden"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_code_that_is_named_exists(page: Path) -> None:
    named = set(re.findall(r"\bK[1-9]\d\d\b", page.read_text(encoding="utf-8")))
    assert named - CODES.keys() == set()


def test_codes_explains_states_and_reasons_in_the_words_that_are_printed() -> None:
    text = (DOCS / "codes.md").read_text(encoding="utf-8")
    for state in ("DISPENSED", "REFUNDED", "REFUNDING", "CLOSING", "CLOSED", "ESCALATED"):
        assert f"| {accounts.STATES[state]} | `{state}` |" in text
    explained = re.findall(r"^\| `([a-z_]+)` \| ([^|]+) \|", text, re.MULTILINE)
    assert Why.CUT_IN_RELEASE in dict(explained)
    assert [why for why, words in explained if accounts.REASONS.get(why) != words] == []


class Understood(Exception):
    """The words of a command were read, and nothing was done."""


@pytest.fixture
def _only_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands end as soon as they know what is wanted; a command that is only mentioned may lack words."""
    real = argparse.ArgumentParser.parse_args

    def read(parser: argparse.ArgumentParser, words: Any = None, known: Any = None) -> NoReturn:
        real(parser, words, known)
        raise Understood

    monkeypatch.setattr(argparse.ArgumentParser, "parse_args", read)


@pytest.mark.usefixtures("_only_reads")
@pytest.mark.parametrize("each", [*COMMANDS, *ADVICE], ids=str)
def test_every_command_that_handbook_and_program_print_is_understood(
    each: Printed, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        code = main(each.words[1:])
    except Understood:
        return
    said = capsys.readouterr().err
    assert code in (0, 2)
    assert code == 0 or (each.is_mention and "the following arguments are required" in said), said


@pytest.mark.usefixtures("_only_reads")
def test_a_command_that_nobody_knows_is_noticed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["restart", "--who", "Sari"]) == 2
    assert "unrecognized arguments" in capsys.readouterr().err


@pytest.mark.parametrize("each", SCRIPTS, ids=str)
def test_every_script_that_is_printed_knows_its_words(each: Printed) -> None:
    script = ROOT / each.words[0]
    assert script.is_file()
    source = script.read_text(encoding="utf-8")
    for package in re.findall(r"-m (tests[.\w]+)|(kiosk)\" simulate", source):
        place = ROOT / (package[0] or "kiosk.simulator").replace(".", "/")
        files = [place.with_suffix(".py")] if place.with_suffix(".py").exists() else place.glob("*.py")
        source += "".join(file.read_text(encoding="utf-8") for file in files)
    assert [word for word in each.words[1:] if word.startswith("--") and word not in source] == []


def test_there_are_commands_to_read() -> None:
    assert len(COMMANDS) > 60
    assert len(ADVICE) > 10
    assert len(SCRIPTS) > 20
