"""A store of each kind, and the settings of a whole service."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.webhooks.redis_server import KINDS, Store


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with KINDS[request.param](tmp_path / "redis") as each:
        yield each
