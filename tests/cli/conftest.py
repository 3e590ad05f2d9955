"""A machine on paper: a configuration, its secrets, and a journal in which something was sold."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.journal import Journal, create
from tests.config.files import RIGHT, written

PATIENT = "create_deadline = 60\nstatus_deadline = 60\n"
"""Of a gateway's table: no call fails because the computer was busy."""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A right configuration whose state lies beside it."""
    places = f'state = "{tmp_path}/state"\nmarker = "{tmp_path}/epoch"\ncontrol = "{tmp_path}/control"\n'
    return written(tmp_path, RIGHT, ("\n[panel]", f"{places}\n[panel]"))


@pytest.fixture
def journal(config: Path) -> Iterator[Journal]:
    """The journal of that machine, open for writing as the daemon has it."""
    path, marker = config.parent / "state" / "journal.db", config.parent / "epoch"
    create(path, marker)
    with Journal(path, marker) as opened:
        yield opened
