"""A machine that is set up, in a directory of its own."""

from pathlib import Path

import pytest

from tests.journal.sale import Machine


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path).set_up()
