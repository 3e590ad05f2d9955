"""A broker for each test that asks, and links and witnesses that are closed after it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.mqtt.broker import Mosquitto, Witness
from tests.mqtt.inbox import Link, broker_at


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Mosquitto]:
    with Mosquitto(tmp_path) as mosquitto:
        yield mosquitto


@pytest.fixture
def link(request: pytest.FixtureRequest) -> Iterator[Callable[..., Link]]:
    """Makes links; to the test's own broker unless told where."""
    with ExitStack() as links:

        def made(broker: Any = None, *arguments: Any, **options: Any) -> Link:
            where = broker or broker_at(request.getfixturevalue("mosquitto").port)
            made = Link(where, *arguments, **options)
            links.callback(made.close)
            return made

        yield made


@pytest.fixture
def witness(mosquitto: Mosquitto) -> Iterator[Witness]:
    with Witness(mosquitto.port, "kiosk/#") as witness:
        yield witness
