"""Whether gateways and broker can be reached: real sockets on this machine."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest

from kiosk.config import load
from kiosk.configuration import Configuration
from kiosk.doctor import network
from tests.cli.daemon import STANDING
from tests.config.files import RIGHT, written

SIMULATED = (
    ('environment = "production"', 'environment = "simulator"'),
    ('driver = "ssd1306"', 'driver = "emulated"\nsocket = "/run/box"'),
    (
        'driver = "matrix"\nrows = [5, 6, 13, 19]\ncolumns = [26, 20, 21]',
        'driver = "emulated"\nsocket = "/x"',
    ),
    (
        'driver = "relay"\npin = 17\nmilliseconds = 500',
        'driver = "emulated"\nsocket = "/x"\nname = "spiral1"\nmilliseconds = 500',
    ),
)


@contextmanager
def answering(*lines: str) -> Iterator[tuple[int, list[bytes]]]:
    """A host that answers one call with these lines: its port, and what it was asked."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                asked.append(connection.recv(4096))
                connection.sendall("".join(f"{line}\r\n" for line in (*lines, "")).encode())

        thread = Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1], asked
        thread.join(10)


@pytest.fixture
def closed_port() -> int:
    """A port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def at(port: int, tmp_path: Path) -> Configuration:
    """A machine whose gateway listens on that port."""
    old = 'merchant_id = "G123456789"'
    return load(written(tmp_path, RIGHT, *SIMULATED, (old, f'{old}\nbase_url = "http://127.0.0.1:{port}"')))


@pytest.mark.parametrize("status", ["200 OK", "404 Not Found", "302 Found"])
def test_a_gateway_that_says_anything_is_there_and_is_asked_for_no_order(status: str, tmp_path: Path) -> None:
    with answering(f"HTTP/1.1 {status}", "Content-Length: 0", "Connection: close") as (port, asked):
        (finding,) = network.gateways(at(port, tmp_path))
    assert (finding.what, finding.verdict) == ("gateway midtrans", "ok")
    assert asked[0].startswith(b"GET / HTTP/1.1\r\n")
    assert b"Authorization" not in asked[0]


def test_a_gateway_that_is_not_reached_is_bad_and_says_why(tmp_path: Path, closed_port: int) -> None:
    (finding,) = network.gateways(at(closed_port, tmp_path))
    assert (finding.verdict, "no connection" in finding.says) == ("bad", True)


def test_a_gateway_in_trouble_is_bad(tmp_path: Path) -> None:
    lines = ("HTTP/1.1 503 Service Unavailable", "Content-Length: 0", "Connection: close")
    with answering(*lines) as (port, _):
        (finding,) = network.gateways(at(port, tmp_path))
    assert finding.verdict == "bad"


def test_a_clock_that_is_apart_from_the_gateways_is_told(tmp_path: Path) -> None:
    lines = ("HTTP/1.1 200 OK", "Date: Fri, 01 Jan 2027 00:00:00 GMT", "Content-Length: 0")
    with answering(*lines, "Connection: close") as (port, _):
        (finding,) = network.gateways(at(port, tmp_path))
    assert (finding.verdict, "ours" in finding.says) == ("warn", True)


def with_broker(tmp_path: Path, port: int) -> Configuration:
    """A machine with a broker on this machine, without TLS."""
    broker = f'\n[mqtt]\nhost = "127.0.0.1"\nport = {port}\ntls = false\n'
    return load(written(tmp_path, RIGHT + broker))


def test_without_a_broker_nothing_is_missing(tmp_path: Path) -> None:
    assert [each.verdict for each in network.broker(load(written(tmp_path)), None)] == ["ok"]


def test_a_kiosk_that_is_connected_knows_best(tmp_path: Path, closed_port: int) -> None:
    from msgspec.structs import replace

    standing = replace(STANDING, connected=True)
    (finding,) = network.broker(with_broker(tmp_path, closed_port), standing)
    assert (finding.verdict, "connected" in finding.says) == ("ok", True)


def test_a_broker_that_is_not_there_is_bad_whether_the_kiosk_runs_or_not(
    tmp_path: Path, closed_port: int
) -> None:
    configuration = with_broker(tmp_path, closed_port)
    found = [*network.broker(configuration, None), *network.broker(configuration, STANDING)]
    assert [each.verdict for each in found] == ["bad", "bad"]
    assert "refused" in found[0].says


def test_a_broker_that_answers_and_has_not_let_the_kiosk_in_is_told_apart(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        configuration = with_broker(tmp_path, listener.getsockname()[1])
        found = [*network.broker(configuration, None), *network.broker(configuration, STANDING)]
    assert [each.verdict for each in found] == ["ok", "bad"]
    assert "mqtt.password" in found[1].advice
