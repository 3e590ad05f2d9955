"""`kiosk webhooks` as an operator at the shell meets it."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.cli import main
from tests.mqtt.broker import DEADLINE, Mosquitto, Witness, free_port
from tests.webhooks import letters
from tests.webhooks.processes import Program, configuration, is_taken, sent
from tests.webhooks.redis_server import FORGETFUL, RedisServer


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    """Where systemd listens."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as here:
        here.bind(str(tmp_path / "manager"))
        here.settimeout(DEADLINE)
        yield here


def test_all_in_one_takes_a_notification_to_the_machine(tmp_path: Path, manager: socket.socket) -> None:
    systemd = {
        "NOTIFY_SOCKET": manager.getsockname(),
        "WATCHDOG_USEC": "60000000",
    }  # few, for nobody reads meanwhile
    with (
        RedisServer(tmp_path / "redis", *FORGETFUL) as redis,
        Mosquitto(tmp_path) as broker,
        Witness(broker.port, "kiosk/v1/K01/notify/midtrans") as witness,
        Program("serve", configuration(tmp_path, broker.port, redis.port), systemd) as program,
    ):
        assert [manager.recv(99), manager.recv(99)] == [b"READY=1", b"WATCHDOG=1"]
        assert is_taken(program, letters.midtrans())
        assert letters.ID.encode() in witness.hears().payload
        assert program.stop() == 0
        while (said := manager.recv(99)) != b"STOPPING=1":
            assert said == b"WATCHDOG=1"
        assert program.says("gateway=interactive"), "who proves nothing is warned of (K611)"
        assert program.says("forwarded="), "what was done is summed up (K610)"
        assert program.says("kept=1")


def test_a_cluster_that_is_not_there_yet_is_waited_for(tmp_path: Path) -> None:
    """As one Redis is: gateways hear 503 and not silence, and nobody has to start the service again."""
    with (
        Mosquitto(tmp_path) as broker,
        Program("serve", configuration(tmp_path, broker.port, free_port(), free_port())) as program,
    ):
        assert sent(program, letters.midtrans()) == 503
        assert program.interrupt() == 0


def test_check_says_that_there_are_no_problems(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = configuration(tmp_path, 1883, 6379)
    assert main(["webhooks", "check", "--config", str(path)]) == 0
    assert capsys.readouterr().out == f"{path}: no problems\n"


def test_a_wrong_file_is_said_line_by_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "webhooks.toml"
    path.write_text("[midtrans]\nserver_kyes = []\n[redis]\nreplicas = 9\n")
    assert main(["webhooks", "serve", "--config", str(path)]) == 1
    assert capsys.readouterr().err.splitlines() == [
        f"kiosk webhooks: {path}:2: midtrans.server_kyes: no such setting; did you mean server_keys?",
        f"kiosk webhooks: {path}:4: redis.replicas: must be a whole number, at least 0, at most 5",
    ]


def test_a_port_that_is_taken_is_said_and_the_program_ends(tmp_path: Path) -> None:
    with Mosquitto(tmp_path) as taken:
        path = configuration(tmp_path, 1883, free_port())
        words = ["webhooks", "receive", "--config", str(path), "--port", str(taken.port)]
        done = subprocess.run(
            [Path(sys.executable).with_name("kiosk"), *words], capture_output=True, text=True, check=False
        )
    assert done.returncode == 1
    assert "K612" in done.stderr
    assert f"nothing can listen at 127.0.0.1:{taken.port}: Address already in use" in done.stderr


@pytest.mark.parametrize("port", ["0", "65536", "x", "-1", "²"])
def test_what_is_no_port_is_refused(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["webhooks", "receive", "--port", port]) == 2
    assert "a port is 1 to 65535" in capsys.readouterr().err


def test_a_receiver_needs_nothing_of_a_machine() -> None:
    """On a server there is neither gpiozero nor pillow, and no gateway is called."""
    program = (
        "import sys, kiosk.cli.webhooks, kiosk.webhooks.service; "
        "print([name for name in ('gpiozero', 'luma', 'PIL', 'requests', 'sqlite3') "
        "if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
