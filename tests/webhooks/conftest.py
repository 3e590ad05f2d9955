"""A store of each kind, empty; nobody is hurried, and nobody stays behind."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Final

import pytest

from kiosk.webhooks.stream.inlet import PATIENCE
from tests.mqtt.broker import DEADLINE
from tests.webhooks.redis_server import FORGETFUL, FakeServer, RedisServer, Store
from tests.webhooks.serving import LEAVING

WAITS: Final = (
    "kiosk.webhooks.stream.inlet.PATIENCE",
    "kiosk.webhooks.stream.clients.PATIENCE",
    "kiosk.webhooks.stream.masters.ASKING",
)
"""How long Redis may take: in production less than a busy machine, or its disk, may stop everybody."""


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    for each in WAITS:
        monkeypatch.setattr(each, float(DEADLINE))


@pytest.fixture
def in_haste(monkeypatch: pytest.MonkeyPatch) -> Callable[[], AbstractContextManager[None]]:
    """For who finds Redis frozen: he waits no longer than in production."""

    @contextmanager
    def hurried() -> Iterator[None]:
        with monkeypatch.context() as for_once:
            for_once.setattr("kiosk.webhooks.stream.inlet.PATIENCE", PATIENCE)
            yield

    return hurried


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
