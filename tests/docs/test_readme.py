"""The README's promises that a machine can check."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]


def links(page: Path) -> list[str]:
    found = re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8"))
    return [link for link in found if "://" not in link]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    assert [link for link in links(page) if not (page.parent / link).exists()] == []


def test_the_readme_has_links_to_check() -> None:
    assert len(links(ROOT / "README.md")) > 4


def test_the_wiring_is_what_the_sample_configuration_says() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "wiring"), "--check"]
    assert subprocess.run(command, check=False).returncode == 0


def test_every_script_that_the_readme_names_exists() -> None:
    named = re.findall(r"scripts/(\w+)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert set(named) <= {path.name for path in (ROOT / "scripts").iterdir()}
    assert named
