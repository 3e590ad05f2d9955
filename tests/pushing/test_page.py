"""docs/mqtt.md against the table of what may be pushed."""

import re
from pathlib import Path

from kiosk.pushing.allowed import ALLOWED, Takes

PAGE = (Path(__file__).parents[2] / "docs" / "mqtt.md").read_text(encoding="utf-8")
SECTION = PAGE[PAGE.index("## Configuration") : PAGE.index("## Hints")]
WORDS = {"with the next order": Takes.NOW, "after a restart": Takes.RESTART}


def test_the_page_names_what_may_be_pushed_and_when_it_counts() -> None:
    rows = [line.split(" | ") for line in SECTION.splitlines() if line.startswith("| `")]
    said = {name: WORDS[row[1]] for row in rows for name in re.findall(r"`([^`]+)`", row[0])}
    assert said == ALLOWED
