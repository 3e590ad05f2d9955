"""An old copy of the journal put back: what the machine tells then is none of what the operator knows."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.mqtt.messages import Ack, encode
from kiosk.mqtt.reports import Event, State
from tests.mqtt.broker import Mosquitto
from tests.post.online import TOPICS, Online, Operator


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Mosquitto]:
    (tmp_path / "broker").mkdir()
    with Mosquitto(tmp_path / "broker") as mosquitto:
        yield mosquitto


def told(operator: Operator, times: int) -> list[Event]:
    """Every event up to so many starts."""
    return [event for _ in range(times) for event in operator.events("kiosk.started")]


def test_nothing_that_an_old_copy_tells_bears_the_name_of_another_event(
    tmp_path: Path, mosquitto: Mosquitto
) -> None:
    operator = Operator(mosquitto.port).connects()
    Online(tmp_path / "kiosk", mosquitto.port).start().stop()
    card, copy = tmp_path / "kiosk", tmp_path / "copy"
    shutil.copytree(card / "state", copy)
    shutil.copy(card / "epoch", copy)  # with another marker the next start would know it at once
    kiosk = Online(tmp_path / "kiosk", mosquitto.port).start()
    kiosk.keys.press("1")
    kiosk.keys.press("#")
    kiosk.wait_for("QR_SHOWN")
    kiosk.gateway.status_now = kiosk.gateway.status_now.PAID
    kiosk.wait_for("DISPENSED")
    known = [*told(operator, 2), *operator.events("order.dispensed")]
    kiosk.stop()
    last = known[-1]
    operator.asks(TOPICS.ack, encode(Ack(epoch=last.epoch, seq=last.seq)))
    shutil.rmtree(card / "state")
    shutil.copytree(copy, card / "state")
    (card / "state" / "epoch").replace(card / "epoch")
    assert Online(tmp_path / "kiosk", mosquitto.port).start().ended() == 0
    machine = Online(tmp_path / "kiosk", mosquitto.port).start()
    operator.hears(TOPICS.state, State, lambda state: "K401" in state.codes)
    known += told(operator, 3)  # the copy's own, which it had not forgotten yet, and of two starts
    machine.stop()
    operator.close()
    names = {(event.epoch, event.seq): event.event_id for event in known}
    assert [names[event.epoch, event.seq] for event in known] == [event.event_id for event in known]
    assert {event.epoch for event in known[len(known) - 3 :]} == {2}
