"""Whether gateways and broker can be reached: real sockets on this machine."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from threading import Thread

import pytest
from paho.mqtt.client import Client as Paho
from paho.mqtt.enums import CallbackAPIVersion

from kiosk.config import load
from kiosk.configuration import Configuration
from kiosk.doctor import network
from kiosk.doctor.findings import Finding
from tests.cli.daemon import STANDING
from tests.config.files import RIGHT, written
from tests.mqtt.broker import DEADLINE, Mosquitto, Scripted, Witness
from tests.ports import deaf_port

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
        thread.join(DEADLINE)


@contextmanager
def replying(status: str, body: bytes) -> Iterator[int]:
    """A host that answers everything so, until it is left: its port."""
    lines = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            for _ in range(2):
                connection, _ = listener.accept()
                with connection:
                    connection.recv(4096)
                    connection.sendall(lines.encode() + body)

        thread = Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(DEADLINE)


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port at which nobody listens, nor can anybody else begin to."""
    with deaf_port() as port:
        yield port


def at(port: int, tmp_path: Path) -> Configuration:
    """A machine whose gateway listens on that port."""
    old = 'merchant_id = "G123456789"'
    return load(written(tmp_path, RIGHT, *SIMULATED, (old, f'{old}\nbase_url = "http://127.0.0.1:{port}"')))


def called(port: int, tmp_path: Path) -> Finding:
    """The first finding on the gateway at that port."""
    return next(network.gateway(at(port, tmp_path), "midtrans"))


@pytest.mark.parametrize("status", ["200 OK", "404 Not Found", "302 Found"])
def test_a_gateway_that_says_anything_is_there_and_is_asked_for_no_order(status: str, tmp_path: Path) -> None:
    with answering(f"HTTP/1.1 {status}", "Content-Length: 0", "Connection: close") as (port, asked):
        finding = called(port, tmp_path)
    assert (finding.what, finding.verdict) == ("gateway midtrans", "good")
    assert asked[0].startswith(b"GET / HTTP/1.1\r\n")
    assert b"Authorization" not in asked[0]


def test_a_gateway_that_is_not_reached_is_bad_and_says_why(tmp_path: Path, closed_port: int) -> None:
    finding = called(closed_port, tmp_path)
    assert (finding.verdict, "no connection" in finding.says) == ("bad", True)


def test_a_gateway_in_trouble_is_bad(tmp_path: Path) -> None:
    lines = ("HTTP/1.1 503 Service Unavailable", "Content-Length: 0", "Connection: close")
    with answering(*lines) as (port, _):
        finding = called(port, tmp_path)
    assert finding.verdict == "bad"


def test_a_clock_that_is_apart_from_the_gateways_is_told(tmp_path: Path) -> None:
    lines = ("HTTP/1.1 200 OK", "Date: Sat, 01 Jan 2000 00:00:00 GMT", "Content-Length: 0")
    with answering(*lines, "Connection: close") as (port, _):
        finding = called(port, tmp_path)
    assert (finding.verdict, "ours" in finding.says) == ("doubtful", True)


def with_broker(tmp_path: Path, port: int) -> Configuration:
    """A machine with a broker on this machine, without TLS."""
    broker = f'\n[mqtt]\nhost = "127.0.0.1"\nport = {port}\ntls = false\n'
    return load(written(tmp_path, RIGHT + broker))


def test_without_a_broker_nothing_is_missing(tmp_path: Path) -> None:
    assert [each.verdict for each in network.broker(load(written(tmp_path)), None)] == ["good"]


def test_a_kiosk_that_is_connected_knows_best(tmp_path: Path, closed_port: int) -> None:
    from msgspec.structs import replace

    standing = replace(STANDING, connected=True)
    (finding,) = network.broker(with_broker(tmp_path, closed_port), standing)
    assert (finding.verdict, "connected" in finding.says) == ("good", True)


def test_a_broker_that_is_not_there_is_bad_whether_the_kiosk_runs_or_not(
    tmp_path: Path, closed_port: int
) -> None:
    configuration = with_broker(tmp_path, closed_port)
    found = [*network.broker(configuration, None), *network.broker(configuration, STANDING)]
    assert [(each.verdict, each.code) for each in found] == [("bad", "K702")] * 2
    assert "nothing listens" in found[0].says


WELCOME = b"\x20\x02\x00\x00"
WRONG_PASSWORD = b"\x20\x02\x00\x04"
GRANTED = b"\x90\x07\x00\x01\x01\x01\x01\x01\x01"
DENIED = b"\x90\x07\x00\x01\x80\x80\x80\x80\x80"


@pytest.mark.parametrize(
    ("lines", "patience", "verdict", "code", "piece"),
    [
        ((WELCOME, GRANTED), 0.05, "good", "", "lets this kiosk in and lets it listen"),
        ((WRONG_PASSWORD,), 0.05, "bad", "K702", "wrong user or password"),
        ((WELCOME, DENIED), DEADLINE, "bad", "K704", "not listen to kiosk/v1/K01/cmd/+"),
    ],
)
def test_a_broker_is_asked_whether_it_lets_us_in_and_listen(
    lines: tuple[bytes, ...],
    patience: float,
    verdict: str,
    code: str,
    piece: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(network, "LISTENS", patience)
    with Scripted(*lines) as broker:
        (finding,) = network.broker(with_broker(tmp_path, broker.port), None)
    assert (finding.verdict, finding.code, piece in finding.says) == (verdict, code, True)


def test_what_waits_for_the_kiosk_at_the_broker_still_waits_after_the_doctor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network, "LISTENS", 0.5)
    (tmp_path / "broker").mkdir()
    with Mosquitto(tmp_path / "broker") as mosquitto:
        configuration = with_broker(tmp_path, mosquitto.port)
        for _ in range(2):  # the first one makes the session
            (finding,) = network.broker(configuration, None)
            with Witness(mosquitto.port) as controller:
                controller.says("kiosk/v1/K01/cmd/ping", b"{}")
        assert finding.verdict == "good"
        kiosk = Paho(CallbackAPIVersion.VERSION2, "K01", clean_session=False)
        heard: SimpleQueue[bytes] = SimpleQueue()
        kiosk.on_message = lambda _paho, _data, message: heard.put(bytes(message.payload))
        kiosk.connect("127.0.0.1", mosquitto.port)
        kiosk.loop_start()
        assert [heard.get(timeout=DEADLINE) for _ in range(2)] == [b"{}", b"{}"]
        kiosk.disconnect()
        kiosk.loop_stop()


@pytest.mark.parametrize(("key", "codes"), [("right", ["", ""]), ("wrong", ["", "K105"])])
def test_a_gateway_says_whether_it_takes_our_key(key: str, codes: list[str], tmp_path: Path) -> None:
    body = {"right": b'{"status_code":"404"}', "wrong": b'{"status_code":"401"}'}[key]
    status = {"right": "404 Not Found", "wrong": "401 Unauthorized"}[key]
    with replying(status, body) as port:
        found = list(network.gateway(at(port, tmp_path), "midtrans"))
    assert [each.code for each in found] == codes
