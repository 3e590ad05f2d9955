"""A mosquitto of its own for a test, on loopback, that can be stopped, killed and frozen; and a witness."""

import os
import shutil
import signal
import socket
import ssl
import struct
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import Queue
from threading import Condition, Event, Thread
from types import TracebackType
from typing import Any, Final, NamedTuple, Self

import pytest
from paho.mqtt.client import Client as Paho
from paho.mqtt.client import MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

DEADLINE: Final = 30
"""Seconds after which what was waited for will never come."""
PLAIN: Final = """
listener {port} 127.0.0.1
allow_anonymous true
log_dest stderr
log_type all
persistence true
persistence_location {folder}/
autosave_interval 1
"""
SAVES: Final = "Saving in-memory database"


def program() -> str:
    """Where mosquitto is; skips the test where it is not, and fails it where CI=true."""
    found = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
    if found is None:
        missing = "mosquitto is needed:  sudo apt install mosquitto"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(missing)
    return found


def free_port() -> int:
    """A port of loopback for whoever asks for it by its number within the next minute.

    So long an ended connection stays known there, and the system gives the port to nobody who takes any: a
    program that starts, or starts anew, finds it free.
    """
    with socket.create_server(("127.0.0.1", 0)) as door:
        port: int = door.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as guest:
            host, _ = door.accept()
            host.close()
            guest.recv(1)
    return port


def stop(process: "subprocess.Popen[str]") -> None:
    """Let it do nothing more until it is told to go on, and wait until it does nothing."""
    process.send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)


class Mosquitto:
    """Started when made; keeps its database in the folder over restarts.

    In its configuration {port}, {other_port} and {folder} are filled in.
    """

    def __init__(self, folder: Path, configuration: str = PLAIN) -> None:
        self._program = program()
        self._folder = folder
        self._configuration = configuration
        self._said: list[str] = []
        self._changed = Condition()
        self.port, self.other_port = free_port(), free_port()
        self.start()

    def start(self) -> None:
        """Start it and wait until it listens."""
        path = self._folder / "mosquitto.conf"
        places = {"port": self.port, "other_port": self.other_port, "folder": self._folder}
        # It would change its user where root runs the tests, and not be let into the folder.
        path.write_text("user root\n" + self._configuration.format(**places))
        self._process = subprocess.Popen(
            [self._program, "-c", str(path)], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
        )
        said = len(self._said)
        self._ears = Thread(target=self._listen)
        self._ears.start()
        self.wait_until_it_says("running", said)

    def _listen(self) -> None:
        assert self._process.stderr
        with self._process.stderr as lines:
            for line in lines:
                with self._changed:
                    self._said.append(line)
                    self._changed.notify_all()

    def wait_until_it_says(self, words: str, since: int = 0) -> None:
        """Wait for a line of its log after the first so many."""
        with self._changed:
            found = self._changed.wait_for(
                lambda: any(words in line for line in self._said[since:]), timeout=DEADLINE
            )
        assert found, f"mosquitto never said {words!r}: {''.join(self._said)}"

    @property
    def pid(self) -> int:
        """Its number, while it runs."""
        return self._process.pid

    @property
    def said(self) -> int:
        """So many lines of its log so far."""
        return len(self._said)

    def wait_until_saved(self) -> None:
        """Wait until all it holds now is on disk."""
        said = self.said
        with socket.create_connection(("127.0.0.1", self.port)) as knock:  # what it says after that is of now
            self.wait_until_it_says(f"New connection from 127.0.0.1:{knock.getsockname()[1]} ", said)
        for _ in range(2):  # it says so before it does: when it begins anew, this one is done
            self.wait_until_it_says(SAVES, len(self._said))

    def stop(self) -> None:
        """End it the orderly way; twice is once."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a power cut would, but for what the system keeps of its files."""
        self._end(signal.SIGKILL)

    def forget(self) -> None:
        """Throw away what it had on disk; only while it is down."""
        (self._folder / "mosquitto.db").unlink(missing_ok=True)

    def freeze(self) -> None:
        """Let it neither read nor answer, with all its connections open."""
        stop(self._process)

    def thaw(self) -> None:
        """Let it go on."""
        self._process.send_signal(signal.SIGCONT)

    def _end(self, how: signal.Signals) -> None:
        self._process.send_signal(how)
        self._process.send_signal(signal.SIGCONT)
        self._process.wait(DEADLINE)
        self._ears.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()


class Heard(NamedTuple):
    """What a witness saw."""

    topic: str
    payload: bytes
    retained: bool


class Witness:
    """Another client of the broker, on plain paho: hears what the broker really passes on, and publishes."""

    def __init__(self, port: int, *filters: str, user: str = "", password: str = "", tls: Any = None) -> None:
        self.heard = Queue[Heard]()
        self._subscribed = Event()
        self._filters = filters
        self._paho = Paho(CallbackAPIVersion.VERSION2)
        self._paho.on_connect = self._on_connect
        self._paho.on_subscribe = self._on_subscribe
        self._paho.on_message = self._on_message
        if user:
            self._paho.username_pw_set(user, password)
        if tls:
            self._paho.tls_set_context(tls)
        self._paho.connect("127.0.0.1", port)
        self._paho.loop_start()
        assert self._subscribed.wait(DEADLINE), "the witness is not let in"

    def _on_connect(self, paho: Paho, *_: Any) -> None:
        if self._filters:
            paho.subscribe([(each, 1) for each in self._filters])
        else:
            self._subscribed.set()

    def _on_subscribe(self, *_: Any) -> None:
        self._subscribed.set()

    def _on_message(self, _paho: Paho, _data: Any, message: MQTTMessage) -> None:
        self.heard.put(Heard(message.topic, bytes(message.payload), message.retain))

    def hears(self) -> Heard:
        """The next message."""
        return self.heard.get(timeout=DEADLINE)

    def says(self, topic: str, payload: bytes, qos: int = 1, *, retain: bool = False) -> None:
        """Publish, and wait until the broker has it."""
        sent = self._paho.publish(topic, payload, qos, retain)
        sent.wait_for_publish(DEADLINE)
        assert sent.is_published(), "the broker does not take it"

    def close(self) -> None:
        """Say goodbye."""
        self._paho.disconnect()
        self._paho.loop_stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def stays(line: socket.socket) -> None:
    """Listen until the other side hangs up."""
    while line.recv(4096):
        pass


def hangs_up(line: socket.socket) -> None:
    """End the connection in good order."""
    line.shutdown(socket.SHUT_WR)
    stays(line)


def resets(line: socket.socket) -> None:
    """Break off the way a network does."""
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    line.close()


class Scripted:
    """A broker of a few bytes: to each connection it says the lines, each after it has heard something.

    `then` is what it does after the last one.
    """

    def __init__(
        self,
        *lines: bytes,
        then: Callable[[socket.socket], None] = stays,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._lines = lines
        self._then = then
        self._tls = tls
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._here: list[socket.socket] = []
        self._thread = Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        with suppress(OSError):
            while True:
                line, _ = self._listening.accept()
                line = self._tls.wrap_socket(line, server_side=True) if self._tls else line
                self._here.append(line)
                self._speak(line)

    def _speak(self, line: socket.socket) -> None:
        with suppress(OSError):
            for words in self._lines:
                line.recv(4096)
                line.sendall(words)
            self._then(line)

    def close(self) -> None:
        """Hang up and listen no more."""
        for _ in range(DEADLINE * 10):
            for each in [self._listening, *self._here]:  # more than once, for somebody may just be coming in
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
            self._thread.join(0.1)
            if not self._thread.is_alive():
                break
        for each in [self._listening, *self._here]:
            each.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
