"""A machine for the bench: its files, and `kiosk run` as a process that says when it is ready."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Final

from kiosk import journal
from tests.config.files import store_secret

PATIENCE: Final = 60.0
"""Seconds for a start, on a machine that has a lot else to do."""
UNIT: Final = Path(__file__).parents[2] / "systemd/qris-kiosk.service"
WATCHDOG: Final = "10000000"
"""As the unit file has it, in microseconds."""
HEAD: Final = """
kiosk = "K01"
environment = "{environment}"
merchant = "Kopi Kita"
contact = "WA 0812-3456-7890"
gateways = ["midtrans"]
credentials = "{folder}/credentials"
state = "{folder}/state"
marker = "{folder}/epoch"
control = "{folder}/control"

[panel]
driver = "ssd1306"

[[slots]]
number = 1
name = "Kopi susu"
price = 12000
output = "spiral1"
"""
GATEWAY: Final = """
[gateway.midtrans]
merchant_id = "G123456789"
nmid = "ID1020021181745"
"""
PAD: Final = """
[keypad]
driver = "usb"
"""
MATRIX: Final = """
[keypad]
driver = "matrix"
rows = [5, 6, 13, 19]
columns = [12, 16, 20]
"""
LED: Final = """
[outputs.spiral1]
driver = "led"
pin = 17
milliseconds = 500
"""
RELAY: Final = """
[outputs.spiral1]
driver = "relay"
pin = 17
milliseconds = 500
"""
SCANNED: Final = """
[inputs.bin]
driver = "gpio"
role = "drop"
pin = 22
active = "low"

[inputs.cabinet]
driver = "gpio"
role = "door"
pin = 23
active = "low"
"""


def furnished(folder: Path, *tables: str, environment: str = "production", broker: int = 0) -> Path:
    """A configuration with its secret and an empty journal; without a broker it has no operator's side."""
    store_secret(folder / "credentials")
    mqtt = f'\n[mqtt]\nhost = "127.0.0.1"\nport = {broker}\ntls = false\n' if broker else ""
    config = folder / "kiosk.toml"
    config.write_text(HEAD.format(folder=folder, environment=environment) + "".join(tables) + mqtt)
    if not (folder / "state").exists():
        journal.create(folder / "state" / "journal.db", folder / "epoch")
    return config


def compiled() -> dict[str, str]:
    """An environment in which Python keeps what it has compiled, as an installed machine has it."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(Path(sys.prefix) / "bytecode")}


def modelled(config: Path, *words: str) -> list[str]:
    """The command that runs it over modelled parts."""
    return [sys.executable, "-m", "tests.bench.modelled", str(config), *words]


def as_installed() -> dict[str, str]:
    """What the unit file sets in its environment."""
    lines = UNIT.read_text(encoding="utf-8").splitlines()
    settings = [line.removeprefix("Environment=") for line in lines if line.startswith("Environment=")]
    return dict(setting.split("=", 1) for setting in settings)


class Manager:
    """What systemd is to a service: hears that it is ready, and reads on, or it would be held up."""

    def __init__(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        self.ready = Event()
        self.ready_at = 0.0
        self._closed = Event()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self._socket.settimeout(0.2)
        self._thread = Thread(target=self._listen)
        self._thread.start()

    def _listen(self) -> None:
        while not self._closed.is_set():
            try:
                said = self._socket.recv(4096)
            except TimeoutError:
                continue
            if said == b"READY=1":
                self.ready_at = time.monotonic()
                self.ready.set()

    def close(self) -> None:
        """Hear nothing more."""
        self._closed.set()
        self._thread.join()
        self._socket.close()


@contextmanager
def running(folder: Path, command: Sequence[str]) -> Iterator[tuple[int, float]]:
    """The process id and the seconds to READY; told to stop in the end, and what it said lies in `said`."""
    with closing(Manager(folder / "notify")) as manager, (folder / "said").open("wb") as said:
        told = {
            **compiled(),
            **as_installed(),
            "NOTIFY_SOCKET": str(folder / "notify"),
            "WATCHDOG_USEC": WATCHDOG,
        }
        begun = time.monotonic()
        with subprocess.Popen(command, env=told, stderr=said, stdin=subprocess.DEVNULL) as process:
            try:
                assert manager.ready.wait(PATIENCE), f"it is not ready: {(folder / 'said').read_text()}"
                yield process.pid, manager.ready_at - begun
            finally:
                process.terminate()
                process.wait(PATIENCE)
