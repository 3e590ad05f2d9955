"""A broker, a tool that is called as a person calls it, and light machines that go home afterwards."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from threading import Event
from typing import Any, NamedTuple

import pytest

from kiosk.cli import main
from kiosk.mqtt.messages import Ack
from kiosk.mqtt.patience import Pace
from kiosk.operator import rollcall
from kiosk.simulator.fleet import Fleet
from tests.mqtt.broker import PLAIN, Mosquitto
from tests.mqtt.inbox import broker_at
from tests.operator.lines import Known, Whole
from tests.operator.waiting import PATIENCE, until

ROOMY = PLAIN + "max_queued_messages 0\n"
"""A broker that throws nothing away: the follower may be slower than two hundred machines."""


class Done(NamedTuple):
    """What a call of the tool came to."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Tool = Callable[..., Done]
Machines = Callable[..., Fleet]


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Mosquitto]:
    with Mosquitto(tmp_path, ROOMY) as mosquitto:
        yield mosquitto


@pytest.fixture
def tool(
    capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Tool:
    """Calls `kiosk operator`; at the test's own broker unless `port` is None.

    Its lines have all that the broker kept before anybody listens for quiet, and who is asked has a minute to
    answer: nothing is passed over because the computer was busy.
    """
    monkeypatch.setattr("kiosk.cli.operator_books.Line", Whole)
    monkeypatch.setattr("kiosk.cli.operator_fleet.Line", Known)
    monkeypatch.setattr("kiosk.cli.operator_fleet.WAITS", PATIENCE)
    monkeypatch.setattr(rollcall, "QUIET", 0.1)

    def called(*words: object, port: int | None = 0) -> Done:
        if port == 0:
            port = request.getfixturevalue("mosquitto").port
        place = ["--port", str(port)] if port else []
        capsys.readouterr()
        code = main(["operator", *map(str, words), *place])
        return Done(code, *capsys.readouterr())

    return called


@pytest.fixture
def machines(mosquitto: Mosquitto) -> Iterator[Machines]:
    """Starts light machines and waits until the broker knows them."""
    with ExitStack() as fleets:

        def started(
            *kiosks: str, limits: Mapping[str, Mapping[str, int]] | None = None, most: float = 1.0
        ) -> Fleet:
            pace = Pace(least=0.05, most=most, farewell=PATIENCE)
            fleet = fleets.enter_context(Fleet(broker_at(mosquitto.port), kiosks, pace=pace, limits=limits))
            settled(fleet)
            return fleet

        yield started


def acknowledged(fleet: Fleet, seq: int) -> None:
    """Wait until all of them were told that the books go so far."""
    machines = [berth.machine for berth in fleet.berths.values()]
    until(lambda: all(machine.acknowledged == Ack(epoch=1, seq=seq) for machine in machines))


def settled(fleet: Fleet, connections: int = 1, kiosks: Iterable[str] | None = None) -> None:
    """Wait until all of them were connected so often and the broker has all they were asked to say."""
    asked = Event()
    fleet.do(lambda _: asked.set(), [next(iter(fleet.berths))])
    assert asked.wait(PATIENCE)
    berths = [fleet.berths[kiosk] for kiosk in kiosks or fleet.berths]
    until(lambda: all(berth.connections >= connections and berth.is_quiet for berth in berths))
