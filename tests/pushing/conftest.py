"""Machines on paper."""

from pathlib import Path

import pytest

from kiosk.pushing import Own
from tests.pushing.machine import FREE, own


@pytest.fixture
def machine(tmp_path: Path) -> Own:
    """It sells by slots, through two gateways."""
    return own(tmp_path)


@pytest.fixture
def free(tmp_path: Path) -> Own:
    """It sells a free amount."""
    return own(tmp_path, FREE)
