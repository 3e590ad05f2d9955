"""A provider on loopback for each test, and calls to it."""

from collections.abc import Iterator

import pytest

from kiosk.gateways.http import Http
from kiosk.model import Environment
from tests.gateways.provider import Provider

NOON = 1_785_553_200.0  # 2026-08-01 10:00:00 in Jakarta


@pytest.fixture
def provider() -> Iterator[Provider]:
    provider = Provider()
    yield provider
    provider.close()


@pytest.fixture
def http(provider: Provider) -> Iterator[Http]:
    http = Http("midtrans", provider.url, Environment.SIMULATOR, lambda: NOON)
    yield http
    http.close()
