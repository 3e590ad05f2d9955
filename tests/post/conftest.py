"""A bench for each test."""

from pathlib import Path

import pytest

from tests.post.bench import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """The operator's side of a shop that is open; no broker was reached yet."""
    return Bench(tmp_path)
