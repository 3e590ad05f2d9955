"""The floor of the way from a hint to the relay: a callback, one GET, two synced writes, and the pin.

No till, no journal, no check of any kind.  `python -m tests.bench.bare_hint BROKER GATEWAY FILE PIN`
"""

import os
import socket
import sys
import time
from pathlib import Path
from typing import Any, Final

import requests
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from kiosk.simulator.wiring import SERVER_KEY

TOPIC: Final = "bare/hint"
PAGE: Final = bytes(4096)


class Bare:
    """Releases whatever the gateway calls settled; the pin is a line on a UNIX socket that says when.

    The kiosk's says so as well: what the listener takes to hear of it belongs to neither.
    """

    def __init__(self, gateway: str, file: Path, pin: str) -> None:
        self._gateway = gateway
        self._session = requests.Session()
        self._session.auth = (SERVER_KEY, "")
        self._file = os.open(file, os.O_WRONLY | os.O_CREAT)
        self._pin = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._pin.connect(pin)

    def hinted(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        """All there is to it."""
        answer = self._session.get(f"{self._gateway}/v2/{message.payload.decode()}/status", timeout=10).json()
        assert answer["transaction_status"] == "settlement", answer
        for place in range(2):
            os.pwrite(self._file, PAGE, place * len(PAGE))
            os.fdatasync(self._file)
        self._pin.sendall(f"{time.monotonic()}\n".encode())


def _connected(client: Client, *_: Any) -> None:
    client.subscribe(TOPIC, 1)


def hurry(_client: Client, _data: Any, line: Any) -> None:
    """What is measured is not how long a small packet waits for the one before."""
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def main(broker: str, gateway: str, file: str, pin: str) -> None:
    """Listen until killed."""
    client = Client(CallbackAPIVersion.VERSION2)
    client.on_connect = _connected
    client.on_subscribe = lambda *_: print("listening", flush=True)
    client.on_message = Bare(gateway, Path(file), pin).hinted
    client.on_socket_open = hurry
    client.connect("127.0.0.1", int(broker))
    client.loop_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
