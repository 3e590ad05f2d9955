"""The real daemon and journal among recording parts."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Lock

import pytest
from msgspec.structs import replace

from hardware.errors import DeviceFailed, DeviceMissing
from kiosk import journal as journals
from kiosk.model import Status, Terms
from kiosk.notify import Notifier
from kiosk.qris import crc
from kiosk.states import Closing
from tests.daemon.lines import Lines
from tests.daemon.machine import PAYLOAD, SOON, TERMS, Machine
from tests.operator.waiting import until


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


class Manager(Notifier):
    """Stands for a systemd that does not read now and then, so that whoever tells it something is held up."""

    def __init__(self) -> None:
        super().__init__(None, "20000")
        self._door, self._somebody_waits = Lock(), Event()

    def tell(self, message: str) -> None:
        self._somebody_waits.set()
        with self._door:
            self._somebody_waits.clear()

    @contextmanager
    def holding_up(self, machine: Machine) -> Iterator[None]:
        """Within it the machine decides nothing."""
        with self._door:
            machine.keys.press("#")
            assert self._somebody_waits.wait(SOON)
            yield


def buy(machine: Machine) -> None:
    for key in "1#":
        machine.keys.press(key)
    machine.wait_for("QR_SHOWN")


def pay(machine: Machine) -> None:
    machine.gateway.status_now = Status.PAID


def test_a_paid_order_is_released_once_and_written_down(folder: Path) -> None:
    machine = Machine(folder).start()
    buy(machine)
    pay(machine)
    life = machine.wait_for("DISPENSED")
    assert machine.stop() == 0
    assert [step.state for step in life.history] == ["INTENT", "QR_SHOWN", "SETTLED", "ARMED", "DISPENSED"]
    assert machine.happened() == ["on", "off", "closed"]


def test_armed_is_on_disk_before_the_output_moves(folder: Path) -> None:
    machine = Machine(folder).start()
    machine.lamp.hold.clear()
    buy(machine)
    pay(machine)
    assert machine.diary.get(timeout=SOON) == "on"
    with journals.Ledger(machine.path) as ledger:
        assert ledger.recent(1)[0].state_name == "ARMED"
    machine.lamp.hold.set()
    machine.wait_for("DISPENSED")
    assert machine.stop() == 0


def test_stopping_takes_a_payable_code_away_and_writes_it_down(folder: Path) -> None:
    machine = Machine(folder).start()
    buy(machine)
    assert machine.stop() == 0
    assert isinstance(machine.wait_for("CLOSING").state, Closing)
    assert machine.glass.closed


def test_stopping_lets_a_running_release_finish_and_writes_its_outcome(folder: Path) -> None:
    machine = Machine(folder).start()
    machine.lamp.hold.clear()
    buy(machine)
    pay(machine)
    assert machine.diary.get(timeout=SOON) == "on"
    from kiosk.daemon import Stop

    machine.daemon.put(Stop())
    machine.lamp.hold.set()
    assert machine.ended() == 0
    assert machine.wait_for("DISPENSED")
    assert machine.happened() == ["off", "closed"]


def test_a_cut_in_mid_release_is_given_to_a_person_and_not_repeated(folder: Path) -> None:
    machine = Machine(folder).start()
    machine.lamp.fails_with = SystemExit("the power is gone")
    buy(machine)
    pay(machine)
    assert machine.ended() == 1
    after = Machine(folder, boot="second").start()
    assert after.wait_for("ESCALATED").history[-1].why == "cut_in_release"
    assert after.stop() == 0
    assert after.happened() == ["closed"]


def test_an_order_open_at_a_cut_is_closed_by_the_gateway_after_the_next_start(folder: Path) -> None:
    machine = Machine(folder).start()
    buy(machine)
    machine.gateway.answering.clear()
    machine.lamp.fails_with = SystemExit("never reached")
    from kiosk.lanes import Died

    machine.daemon.put(Died("scanner", RuntimeError("the power is gone")))
    assert machine.ended() == 1
    machine.gateway.answering.set()
    after = Machine(folder, boot="second").start()
    assert after.wait_for("CLOSED").history[-1].why == "power_cut"
    assert after.stop() == 0


def test_an_order_open_at_a_mere_restart_is_still_released_when_paid(folder: Path) -> None:
    machine = Machine(folder).start()
    buy(machine)
    assert machine.stop() == 0
    after = Machine(folder, boot="first")
    after.boot._began = machine.boot._began
    after.gateway.status_now = Status.PAID
    after.start()
    assert after.wait_for("DISPENSED")
    assert after.stop() == 0


def test_a_journal_that_cannot_be_written_switches_outputs_off_and_ends_the_process(folder: Path) -> None:
    machine = Machine(folder)
    machine.daemon._linger = lambda: None  # type: ignore[method-assign]
    machine.start()
    buy(machine)
    machine.journal.failure = "the disk is full"
    pay(machine)
    assert machine.ended() == 1
    assert machine.happened() == ["closed"]


def test_stopping_without_a_writable_journal_ends_the_process_all_the_same(folder: Path) -> None:
    machine = Machine(folder)
    machine.daemon._linger = lambda: None  # type: ignore[method-assign]
    machine.start()
    buy(machine)
    machine.journal.failure = "the disk is full"
    assert machine.stop() == 1
    assert machine.happened() == ["closed"]


def test_an_order_of_another_merchant_is_not_asked_about(folder: Path) -> None:
    machine = Machine(folder).start()
    buy(machine)
    assert machine.stop() == 0
    after = Machine(folder, boot="second")
    after.gateway.terms = replace(after.gateway.terms, merchant="M2")
    after.start()
    assert after.stop() == 0
    assert after.gateway.asked.empty()
    same = Machine(folder, boot="third").start()
    assert same.gateway.asked.get(timeout=SOON) == "cancel"
    assert same.stop() == 0


def test_a_dead_thread_ends_the_process_with_outputs_off(folder: Path) -> None:
    machine = Machine(folder).start()
    from kiosk.lanes import Died

    machine.daemon.put(Died("scanner", RuntimeError("boom")))
    assert machine.ended() == 1
    assert machine.happened() == ["closed"]


def test_a_broken_panel_closes_the_order_and_a_mended_one_sells_again(folder: Path) -> None:
    machine = Machine(folder).start()
    buy(machine)
    with Lines() as lines:
        machine.glass.broken = True
        assert machine.wait_for("CLOSED").history[-1].why == "panel_failed"
        machine.glass.broken = False
        machine.boot.sleep(60.0)
        machine.keys.press("#")
        lines.until("K208")  # the try that shows that it works again, at this key or by itself before it
    buy(machine)
    assert machine.stop() == 0


@pytest.mark.parametrize(
    ("error", "state", "why"),
    [
        (DeviceMissing("GPIO17 is taken"), "REFUNDED", "output_failed"),
        (DeviceFailed("GPIO17 did not answer"), "ESCALATED", "release_uncertain"),
    ],
)
def test_an_output_that_fails_gives_the_money_or_the_case_back(
    folder: Path, error: Exception, state: str, why: str
) -> None:
    machine = Machine(folder).start()
    machine.lamp.fails_with = error
    buy(machine)
    pay(machine)
    assert machine.wait_for(state).history[-1].why == why
    assert machine.stop() == 0


def test_a_stuck_call_is_given_up_once_and_the_second_ends_the_process(folder: Path) -> None:
    impatient: Terms = replace(TERMS, create_deadline=-1.95, status_deadline=-1.95)
    machine = Machine(folder, terms=impatient)
    machine.gateway.answering.clear()
    with Lines() as lines:
        machine.start()
        for key in "1#":
            machine.keys.press(key)
        lines.until("K506")
        assert lines.until("K503")[1] == "the gateway bench lane is stuck past its deadline"
    assert machine.ended() == 1
    machine.gateway.answering.set()
    assert machine.happened() == ["closed"]


def test_a_stuck_release_ends_the_process_and_is_a_persons_business(folder: Path) -> None:
    machine = Machine(folder)
    machine.lamp.hold.clear()
    with Lines() as lines:
        machine.start()
        buy(machine)
        pay(machine)
        assert machine.diary.get(timeout=SOON) == "on"
        machine.boot.sleep(60.0)
        machine.keys.press("#")
        assert lines.until("K503")[1] == "the release lane is stuck past its deadline"
    assert machine.ended() == 1
    machine.lamp.hold.set()
    after = Machine(folder).start()
    assert after.wait_for("ESCALATED").history[-1].why == "cut_in_release"
    assert after.stop() == 0


def test_a_release_that_ended_while_nobody_could_decide_is_not_taken_for_stuck(folder: Path) -> None:
    manager = Manager()
    machine = Machine(folder, notifier=manager)
    machine.lamp.hold.clear()
    machine.start()
    buy(machine)
    pay(machine)
    assert machine.diary.get(timeout=SOON) == "on"
    with manager.holding_up(machine):
        machine.keys.press("#")
        machine.lamp.hold.set()
        until(lambda: machine.inbox.qsize() == 2)
        machine.boot.sleep(60.0)
    machine.wait_for("DISPENSED")
    assert machine.stop() == 0


def test_a_code_that_does_not_fit_the_panel_closes_its_order(folder: Path) -> None:
    machine = Machine(folder, terms=replace(TERMS, longest_code=1000))
    machine.gateway.payload = lengthened(PAYLOAD)
    machine.start()
    for key in "1#":
        machine.keys.press(key)
    assert machine.wait_for("CLOSED").history[-1].why == "bad_code"
    assert machine.stop() == 0


def lengthened(payload: str) -> str:
    body = payload[:-8] + "".join(f"{tag}99{'x' * 99}" for tag in range(80, 85)) + "6304"
    return body + crc(body)


def test_a_keypad_that_fails_is_told(folder: Path) -> None:
    machine = Machine(folder)
    with Lines() as lines:
        machine.start()
        machine.keys.fail("row 2 does not answer")
        assert lines.until("K206")[1] == "row 2 does not answer"
    assert machine.stop() == 0
