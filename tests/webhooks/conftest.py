"""A store of each kind, empty; and nobody stays behind."""

from collections.abc import Iterator

import pytest

from tests.mqtt.broker import DEADLINE
from tests.webhooks.redis_server import FORGETFUL, FakeServer, RedisServer, Store
from tests.webhooks.serving import LEAVING


@pytest.fixture(scope="session", autouse=True)
def _everybody_leaves() -> Iterator[None]:
    """Whoever was told to stop did so in the end."""
    yield
    for thread in LEAVING:
        thread.join(DEADLINE)
    assert not any(thread.is_alive() for thread in LEAVING)


@pytest.fixture(scope="session")
def lent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """One real Redis for all tests that neither kill it nor ask what it keeps."""
    with RedisServer(tmp_path_factory.mktemp("redis"), *FORGETFUL) as server:
        yield server


@pytest.fixture(params=["real", "fake"])
def store(request: pytest.FixtureRequest) -> Store:
    if request.param == "fake":
        return FakeServer()
    server: RedisServer = request.getfixturevalue("lent")
    with server.client() as client:
        client.flushall()
    return server
