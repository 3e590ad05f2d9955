"""The page of the messages names every event that a machine can tell."""

import re
from pathlib import Path

from kiosk.mqtt.reports import Taken
from kiosk.telling import STEP_CODES

HOME = Path(__file__).parents[2]
PAGE = (HOME / "docs" / "mqtt.md").read_text(encoding="utf-8")
NAME = r"(?:kiosk|slot|part|gateway|broker|service|staff|journal)\.[a-z_]+"
"""Of an event about the machine."""


def told() -> set[str]:
    """What the code tells about the machine: every text of that shape where something is told."""
    parts = [HOME / "kiosk" / part for part in ("till", "journal/writer.py", "daemon.py")]
    sources = [path for part in parts for path in ([part] if part.is_file() else sorted(part.glob("*.py")))]
    return {name for path in sources for name in re.findall(f'"({NAME})"', path.read_text(encoding="utf-8"))}


def test_every_event_about_the_machine_is_in_the_table_and_no_other() -> None:
    rows = re.findall(r"^\| (`[^|]+) \|", PAGE[: PAGE.index("```json event/ack")], re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`([a-z_]+\.[a-z_]+)`", row)}
    assert named == told() | {f"config.{taken.value}" for taken in Taken}


def test_every_event_about_an_order_is_named() -> None:
    assert {name.lower() for name in STEP_CODES} == set(re.findall(r"`order\.([a-z_]+)`", PAGE))


def test_every_counter_is_named() -> None:
    sources = [path.read_text(encoding="utf-8") for path in (HOME / "kiosk" / "post").glob("*.py")]
    counted = {name for text in sources for name in re.findall(r'\bcount(?:s\[|\()"([a-z_.]+)"', text)}
    rows = re.findall(r"^\| (`[a-z_.]+`[^|]*) \|", PAGE, re.MULTILINE)
    assert len(counted) >= 7
    assert counted <= {name for row in rows for name in re.findall(r"`([a-z_.]+)`", row)}
