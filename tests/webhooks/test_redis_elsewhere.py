"""A Redis on another machine: over TLS, with somebody we know vouching for it."""

import asyncio
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from kiosk.webhooks.config import File, Redis, Settings
from kiosk.webhooks.layout import Noted
from kiosk.webhooks.stream import Inlet, Outlet, StreamAway, connect, connect_awaiting
from tests.mqtt.broker import free_port
from tests.mqtt.certificates import Authority
from tests.webhooks.redis_server import FORGETFUL, RedisServer

NOTED = Noted("midtrans", "K01", "x", 1)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path, "ca")


@pytest.fixture
def port(tmp_path: Path, authority: Authority) -> Iterator[int]:
    """Where a Redis listens that speaks nothing but TLS."""
    pair, port = authority.vouches_for("redis", "127.0.0.1"), free_port()
    words = ("--port", "0", "--tls-port", str(port), "--tls-auth-clients", "no")
    files = (
        "--tls-cert-file",
        pair.certificate,
        "--tls-key-file",
        pair.key,
        "--tls-ca-cert-file",
        authority.path,
    )
    with RedisServer(tmp_path / "redis", *FORGETFUL, *words, *map(str, files)):
        yield port


def settings(port: int, *, tls: bool, ca: Path | None = None) -> Settings:
    table = Redis(nodes=(f"127.0.0.1:{port}",), tls=tls, ca=ca)
    return Settings(file=File(redis=table), keys={}, secrets={})


def kept(where: Settings) -> None:
    """A receiver's hint; raises StreamAway."""

    async def append() -> None:
        inlet = Inlet(connect_awaiting(where))
        try:
            await inlet.append(NOTED)
        finally:
            await inlet.close()

    asyncio.run(append())


def read(where: Settings) -> list[Noted | None]:
    """What a forwarder finds; raises StreamAway."""
    with closing(connect(where)) as client:
        outlet = Outlet(client, 0, "one")
        outlet.found()
        return [entry.noted for entry in outlet.fresh(10, 0.01)]


def test_hints_go_over_tls_to_a_redis_that_is_vouched_for(port: int, authority: Authority) -> None:
    known = settings(port, tls=True, ca=authority.path)
    kept(known)
    assert read(known) == [NOTED]


def test_who_is_not_vouched_for_or_speaks_in_the_clear_gets_no_hint(port: int, tmp_path: Path) -> None:
    other = Authority(tmp_path, "other")
    for stranger in (
        settings(port, tls=True, ca=other.path),
        settings(port, tls=True),
        settings(port, tls=False),
    ):
        for act in (kept, read):
            with pytest.raises(StreamAway, match="Redis: "):
                act(stranger)
