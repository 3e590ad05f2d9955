"""The real daemon with contacts, a sensor and something to be heard."""

from pathlib import Path

import pytest

from kiosk import events as on
from kiosk.admission import Admitted, admit_locally
from kiosk.journal import Journal
from kiosk.model import Drop, Status
from kiosk.roles import Role
from kiosk.states import Dispensed
from tests.daemon.contacts import Wire
from tests.daemon.lines import Lines
from tests.daemon.machine import SOON, TERMS, Machine, drain
from tests.daemon.test_daemon import buy, pay
from tests.daemon.test_senses import sense


def machine_with(folder: Path, boot: str = "first", **inputs: tuple[Role, Wire]) -> Machine:
    return Machine(folder, boot, inputs={name: (sense(role), wire) for name, (role, wire) in inputs.items()})


def test_goods_that_the_sensor_saw_are_written_down_as_seen(tmp_path: Path) -> None:
    beam = Wire()
    machine = machine_with(tmp_path, beam=(Role.DROP, beam)).start()
    machine.lamp.hold.clear()
    buy(machine)
    pay(machine)
    assert machine.diary.get(timeout=SOON) == "on"
    beam.fall()
    machine.lamp.hold.set()
    state = machine.wait_for("DISPENSED").state
    assert machine.stop() == 0
    assert isinstance(state, Dispensed)
    assert state.drop is Drop.SEEN


def test_a_beam_that_is_interrupted_moves_nothing_and_the_money_goes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.watching.PATIENCE", 0.05)
    beam = Wire()
    machine = machine_with(tmp_path, beam=(Role.DROP, beam)).start()
    buy(machine)
    beam.touch(True)
    pay(machine)
    life = machine.wait_for("REFUNDED")
    assert machine.stop() == 0
    assert machine.happened() == ["closed"]
    assert next(step.why for step in life.history if step.state == "REFUNDING") == "output_failed"


def test_a_door_that_opens_takes_the_code_away(tmp_path: Path) -> None:
    door = Wire()
    machine = machine_with(tmp_path, cabinet=(Role.DOOR, door)).start()
    buy(machine)
    door.touch(True)
    life = machine.wait_for("CLOSED")
    assert machine.stop() == 0
    assert next(step.why for step in life.history if step.state == "CLOSING") == "inhibited"


def paid_when_the_car_had_left(folder: Path) -> None:
    """Paid within the claim window; then the daemon stops."""
    car = Wire(active=True)
    machine = machine_with(folder, car=(Role.LOOP, car)).start()
    buy_until_asked(machine)
    car.touch(False)
    machine.wait_for("CLOSING")
    pay(machine)
    machine.gateway.answering.set()
    machine.wait_for("SETTLED")
    assert machine.stop() == 0
    assert machine.happened() == ["closed"]


def buy_until_asked(machine: Machine) -> None:
    """A code is on the panel, and the gateway thinks about its answer."""
    buy(machine)
    machine.gateway.answering.clear()
    while machine.gateway.asked.get(timeout=SOON) != "status":
        pass


def started_again(folder: Path, car: Wire) -> Machine:
    """The daemon alone, a few seconds later and ready; the newest answer is fresh enough still."""
    again = machine_with(folder, car=(Role.LOOP, car))
    again.gateway.status_now = Status.PAID
    again.boot.sleep(4.0)
    with Lines() as lines:
        again.start()
        lines.until("K501")
    return again


def test_what_the_inputs_say_at_a_start_counts_before_a_paid_order_goes_on(tmp_path: Path) -> None:
    """Else the gate would open for a car that left while the daemon started again."""
    paid_when_the_car_had_left(tmp_path)
    again = started_again(tmp_path, Wire())
    again.boot.sleep(TERMS.claim_window)
    again.keys.press("1")
    again.wait_for("REFUNDED")
    assert again.stop() == 0
    assert again.happened() == ["closed"]


def test_a_car_that_came_back_meanwhile_is_let_in(tmp_path: Path) -> None:
    paid_when_the_car_had_left(tmp_path)
    again = started_again(tmp_path, Wire(active=True))
    again.wait_for("DISPENSED")
    assert again.stop() == 0
    assert again.happened() == ["on", "off", "closed"]


def test_a_sale_is_heard(tmp_path: Path) -> None:
    machine = Machine(tmp_path).start()
    buy(machine)
    pay(machine)
    machine.wait_for("DISPENSED")
    assert machine.stop() == 0
    assert list(drain(machine.ear.heard)) == ["accepted", "paid"]


def test_a_buzzer_that_fails_sells_on_in_silence_and_says_so(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.ear.broken = True
    with Lines() as lines:
        machine.start()
        buy(machine)
        pay(machine)
        assert lines.until("K214") == ("", "the buzzer's wire is off")
        machine.wait_for("DISPENSED")
        assert machine.stop() == 0


def test_inputs_are_closed_with_the_rest(tmp_path: Path) -> None:
    door = Wire()
    machine = machine_with(tmp_path, cabinet=(Role.DOOR, door)).start()
    assert machine.stop() == 0
    assert door.is_closed


def test_a_contact_that_cannot_be_read_says_which(tmp_path: Path) -> None:
    with Lines() as lines:
        machine = machine_with(tmp_path, cabinet=(Role.DOOR, Wire(trouble="its wire is off"))).start()
        assert lines.until("K204") == ("", "cabinet: its wire is off")
        assert machine.stop() == 0


def test_a_technician_hears_what_every_input_says(tmp_path: Path) -> None:
    machine = machine_with(tmp_path, cabinet=(Role.DOOR, Wire()), bin=(Role.DROP, Wire())).start()
    command = admit_locally("test", "c1", {"part": "inputs"}, "sari")
    assert isinstance(command, Admitted)
    machine.daemon.put(on.Commanded(command=command))
    assert machine.stop() == 0
    with Journal(machine.path, machine.marker, room=0) as journal:
        known = journal.command("c1")
    assert known
    assert known.answer.data == {"inputs": {"cabinet": "closed", "bin": "clear"}}
