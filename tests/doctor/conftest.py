"""The machine on paper that the command line's tests have, and the Pi around it."""

from pathlib import Path

import pytest

from tests.cli.conftest import config, journal
from tests.doctor.place import Place

__all__ = ["config", "journal"]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A healthy Pi."""
    return Place(tmp_path / "pi")
