"""The service as its programs, each a process that can be killed; a gateway that sends until it is heard."""

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Condition, Event, Lock, Thread
from types import TracebackType
from typing import Any, Final, Self

from paho.mqtt.client import Client as Paho
from paho.mqtt.client import MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from tests.mqtt.broker import DEADLINE, free_port
from tests.webhooks import letters
from tests.webhooks.serving import call

FILE: Final = """
credentials = "{folder}/credentials"
[receiver]
kiosks = ["K*"]
[redis]
nodes = [{nodes}]
cluster = {cluster}
partitions = {partitions}
replicas = {replicas}
[forwarder]
take_over_seconds = 1
[mqtt]
host = "127.0.0.1"
port = {broker}
tls = false
[midtrans]
server_keys = ["midtrans.server_key"]
[interactive]
"""
MANY_QUEUED: Final = "\nmax_queued_messages 0\n"
"""For the broker, so that it keeps all for a witness that is away."""


def configuration(folder: Path, broker: int, *nodes: int, partitions: int = 1, replicas: int = 0) -> Path:
    """A file of the service's, and its secret."""
    secrets = folder / "credentials"
    secrets.mkdir(mode=0o700)
    (secrets / "midtrans.server_key").touch(0o600)
    (secrets / "midtrans.server_key").write_text(letters.SERVER_KEY.reveal())
    words: dict[str, Any] = {
        "folder": folder,
        "nodes": ", ".join(f'"127.0.0.1:{port}"' for port in nodes),
        "cluster": str(len(nodes) > 1).lower(),
        "partitions": partitions,
        "replicas": replicas,
        "broker": broker,
    }
    path = folder / "webhooks.toml"
    path.write_text(FILE.format(**words))
    return path


class Program:
    """`kiosk webhooks ...` as a process; `surroundings` are variables that it finds besides ours."""

    def __init__(self, act: str, file: Path, surroundings: Mapping[str, str] | None = None) -> None:
        self._environment = {**os.environ, **(surroundings or {})}
        self._words = [str(Path(sys.executable).with_name("kiosk")), "webhooks", act, "--config", str(file)]
        self.port = 0
        if act != "forward":
            self.port = free_port()
            self._words += ["--port", str(self.port)]
        self.start()

    def start(self) -> None:
        """Start it and wait until it says so."""
        self._process = subprocess.Popen(
            self._words, stderr=subprocess.PIPE, text=True, env=self._environment
        )
        self._said: list[str] = []
        assert self._process.stderr
        for line in self._process.stderr:
            self._said.append(line)
            if "K601" in line:
                break
        else:
            raise AssertionError("".join(self._said))
        self._ears = Thread(target=self._listen, args=(self._process.stderr,))
        self._ears.start()

    @property
    def pid(self) -> int:
        """Its number, while it runs."""
        return self._process.pid

    def _listen(self, lines: Any) -> None:
        with lines:
            self._said.extend(lines)

    def says(self, word: str) -> bool:
        """Whether a line with the word comes in time."""
        until = time.monotonic() + DEADLINE
        while not any(word in line for line in self._said) and time.monotonic() < until:
            Event().wait(0.05)
        return any(word in line for line in self._said)

    def summed_up(self, kind: str) -> int:
        """How often it says in the end that something of a kind happened."""
        return max((int(count) for count in re.findall(rf" {kind}=(\d+)", "".join(self._said))), default=0)

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """End it the orderly way; returns its exit code."""
        return self._end(signal.SIGTERM)

    def interrupt(self) -> int:
        """End it as Ctrl-C does; returns its exit code."""
        return self._end(signal.SIGINT)

    def _end(self, how: signal.Signals) -> int:
        self._process.send_signal(how)
        code = self._process.wait(DEADLINE)
        self._ears.join()
        return code

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self.kill()
        if kind:
            sys.stderr.writelines(self._said)


class Sender:
    """A gateway with many notifications: each goes to the next receiver until one answers 2xx."""

    def __init__(self, ports: list[int], order_ids: list[str], lanes: int = 4) -> None:
        self._ports = ports
        self._lock = Lock()
        self._left = list(reversed(order_ids))
        self._is_over = False
        self._changed = Condition()
        self.answered: set[str] = set()
        self.answers = Counter[str]()
        self._threads = [Thread(target=self._send, args=(lane,)) for lane in range(lanes)]
        for thread in self._threads:
            thread.start()

    def _send(self, lane: int) -> None:
        turn = lane
        lines: dict[int, http.client.HTTPConnection] = {}
        while order_id := self._next():
            letter = letters.midtrans(order_id)
            while (answer := self._tried(lines, self._ports[turn % len(self._ports)], letter)) != "200":
                if self._is_over:
                    break
                turn += 1
                with self._changed:  # as patient as a gateway, in small
                    self._changed.wait(0.05)
                self._count(answer)
            self._count(answer, order_id if answer == "200" else "")
        for line in lines.values():
            line.close()

    def _next(self) -> str:
        with self._lock:
            return self._left.pop() if self._left and not self._is_over else ""

    def _tried(self, lines: dict[int, http.client.HTTPConnection], port: int, letter: letters.Letter) -> str:
        line = lines.setdefault(port, http.client.HTTPConnection("127.0.0.1", port, timeout=DEADLINE))
        try:
            line.request("POST", letter.path, letter.body, letter.headers)
            answer = line.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as error:
            line.close()
            return type(error).__name__
        return str(answer.status)

    def _count(self, answer: str, order_id: str = "") -> None:
        with self._changed:
            self.answers[answer] += 1
            if order_id:
                self.answered.add(order_id)
                self._changed.notify_all()

    def wait_for(self, number: int) -> None:
        """Wait until so many are answered 2xx."""
        with self._changed:
            enough = self._changed.wait_for(lambda: len(self.answered) >= number, 3 * DEADLINE)
        assert enough, f"{len(self.answered)} of {number} were answered: {self.answers}"

    def join(self) -> None:
        """Wait until all are answered."""
        for thread in self._threads:
            thread.join(3 * DEADLINE)
            assert not thread.is_alive()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over = True
        self.join()


class DurableWitness:
    """Hears all hints, over restarts of the broker, which keeps for it what it missed."""

    def __init__(self, port: int) -> None:
        self._changed = Condition()
        self.heard = Counter[str]()
        self._paho = Paho(CallbackAPIVersion.VERSION2, "witness", clean_session=False)
        self._paho.on_connect = lambda paho, *_: paho.subscribe("kiosk/v1/+/notify/+", 1)
        self._paho.on_subscribe = lambda *_: self._note(lambda: setattr(self, "_is_subscribed", True))
        self._paho.on_message = self._on_message
        self._paho.reconnect_delay_set(1, 1)
        self._is_subscribed = False
        self._paho.connect("127.0.0.1", port)
        self._paho.loop_start()
        assert self._wait(lambda: self._is_subscribed), "the witness is not let in"

    def _on_message(self, _paho: Paho, _data: Any, message: MQTTMessage) -> None:
        hint = json.loads(message.payload)
        self._note(lambda: self.heard.update([hint["reference"]]))

    def _note(self, change: Callable[[], None]) -> None:
        with self._changed:
            change()
            self._changed.notify_all()

    def _wait(self, fits: Callable[[], bool]) -> bool:
        with self._changed:
            return self._changed.wait_for(fits, 2 * DEADLINE)

    def hears_all(self, references: set[str]) -> set[str]:
        """Wait for all of them; what never came."""
        self._wait(lambda: references <= self.heard.keys())
        return references - self.heard.keys()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._paho.disconnect()
        self._paho.loop_stop()


def is_taken(receiver: Program, letter: letters.Letter) -> bool:
    """Whether it is answered 200 in time, when it is sent again and again as a gateway does."""
    until = time.monotonic() + DEADLINE
    while (status := sent(receiver, letter)) == 503 and time.monotonic() < until:
        Event().wait(0.1)
    return status == 200


def sent(receiver: Program, letter: letters.Letter) -> int:
    return call(receiver.port, "POST", letter.path, letter.body, letter.headers).status
