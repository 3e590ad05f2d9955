"""Runs the kiosk of a configuration with its ports wrapped: at a marked one something befalls the process.

What befalls it lies beside the configuration in `fates.json`, one fate for one life; each port that is passed
is written down in `passed.txt`.  The daemon in between is the one that is shipped.

`python -m tests.proof.mortal CONFIGURATION`
"""

import os
import resource
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any, Final, TypeVar
from unittest.mock import patch

import msgspec
from msgspec import Struct

from hardware.lines import Lamp, Picture, ToBox
from hardware.link import Link
from kiosk import assembly
from kiosk.cli import main
from kiosk.configuration import Configuration
from kiosk.effects import Durable
from kiosk.gateways.base import Gateway
from kiosk.journal import Journal
from kiosk.keyring import opened
from kiosk.model import Now
from kiosk.mqtt.client import Client
from kiosk.mqtt.news import Arrived, Receipt

CALLS: Final = ("create", "status", "cancel", "refund")
BEFORE, AFTER = "before", "after"
HEAD_START: Final = 0.1
"""Seconds that other threads have before an edge: what was begun too early is done by then."""
T = TypeVar("T")


class Point(Struct, frozen=True, order=True):
    """The so-manieth passing of a port in a life, just before its effect or just after."""

    port: str
    edge: str
    count: int


class Fate(Struct, frozen=True):
    """What befalls the process where: one of `DEEDS`."""

    point: Point
    deed: str


def die(folder: Path) -> None:
    """As at a power cut."""
    os.kill(os.getpid(), signal.SIGKILL)


def stop(folder: Path) -> None:
    """Until somebody lets it go on."""
    os.kill(os.getpid(), signal.SIGSTOP)


def run_out_of_memory(folder: Path) -> None:
    """From now on there is no more than it has."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize(), resource.RLIM_INFINITY))


def fill_the_disk(folder: Path) -> None:
    """From now on no file grows beyond what the log has."""
    size = (folder / "state" / "journal.db-wal").stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


DEEDS: Final[dict[str, Callable[[Path], None]]] = {
    "killed": die,
    "stopped": stop,
    "out of memory": run_out_of_memory,
    "disk full": fill_the_disk,
}


class Ports:
    """Counts the passings of this life, and lets its fate come."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._fates = fates_in(folder)
        self._passed: Counter[tuple[str, str]] = Counter()
        self._log = os.open(passed_in(folder), os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self._lock = Lock()

    def pass_through(self, port: str, work: Callable[[], T]) -> T:
        """Do it, with its two edges."""
        self._edge(port, BEFORE)
        done = work()
        self._edge(port, AFTER)
        return done

    def _edge(self, port: str, edge: str) -> None:
        with self._lock:
            self._passed[port, edge] += 1
            point = Point(port, edge, self._passed[port, edge])
            os.write(self._log, msgspec.json.encode(point) + b"\n")
            fate = self._fates.pop(0) if self._fates and self._fates[0].point == point else None
        if fate is None:
            return
        if edge == BEFORE:
            time.sleep(HEAD_START)
        write_fates(self._folder, self._fates)
        DEEDS[fate.deed](self._folder)


def passed_in(folder: Path) -> Path:
    """Where the passings are written down."""
    return folder / "passed.txt"


def fates_in(folder: Path) -> list[Fate]:
    """What is still to come."""
    file = folder / "fates.json"
    return msgspec.json.decode(file.read_bytes(), type=list[Fate]) if file.exists() else []


def write_fates(folder: Path, fates: Sequence[Fate]) -> None:
    """Lay down what is to come, the next one first; whoever looks sees all of it."""
    new = folder / "fates.new"
    new.write_bytes(msgspec.json.encode(fates))
    new.replace(folder / "fates.json")


def mortal(ports: Ports) -> None:
    """Wrap every port of the daemon that is assembled from now on."""
    for name, kind in (("Journal", _journal(ports)), ("opened", partial(_gateway, ports))):
        patch.object(assembly, name, kind).start()
    patch.object(Link, "send", _send(ports)).start()
    for each, wrapped in (("publish", _publish(ports)), ("acknowledge", _acknowledge(ports))):
        patch.object(Client, each, wrapped).start()


def _journal(ports: Ports) -> type[Journal]:
    class Mortal(Journal):
        def commit(self, durable: Sequence[Durable], now: Now, *, time_ok: bool = True) -> None:
            if durable:
                commit = partial(super().commit, durable, now, time_ok=time_ok)
                ports.pass_through("journal", commit)

    return Mortal


def _gateway(ports: Ports, configuration: Configuration, name: str) -> Gateway:
    gateway = opened(configuration, name)
    for call in CALLS:
        setattr(gateway, call, _call(ports, f"gateway {call}", getattr(gateway, call)))
    return gateway


def _call(ports: Ports, port: str, call: Callable[..., T]) -> Callable[..., T]:
    return lambda *given: ports.pass_through(port, partial(call, *given))


def _send(ports: Ports) -> Callable[[Link, ToBox], None]:
    send = Link.send

    def sent(link: Link, line: ToBox) -> None:
        ports.pass_through(_wire(line), partial(send, link, line))

    return sent


def _wire(line: ToBox) -> str:
    match line:
        case Lamp():
            return f"relay {'on' if line.on else 'off'}"
        case Picture():
            return "panel"
    return "other wires"


def _publish(ports: Ports) -> Callable[..., Receipt]:
    publish = Client.publish

    def published(client: Client, topic: str, payload: bytes, *given: Any, **named: Any) -> Receipt:
        port = f"publish {topic.split('/')[3]}"
        return ports.pass_through(port, partial(publish, client, topic, payload, *given, **named))

    return published


def _acknowledge(ports: Ports) -> Callable[[Client, Arrived], None]:
    acknowledge = Client.acknowledge

    def acknowledged(client: Client, arrived: Arrived) -> None:
        ports.pass_through("acknowledge", partial(acknowledge, client, arrived))

    return acknowledged


if __name__ == "__main__":
    mortal(Ports(Path(sys.argv[1]).parent))
    sys.exit(main(["run", "--config", sys.argv[1]]))
