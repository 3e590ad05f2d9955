"""The daemon with its journal and its operator, over a real mosquitto that is restarted and killed."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kiosk.journal import Ledger
from kiosk.mqtt.reports import Answer, Event, Phase, Presence, Reply, State, Status
from kiosk.states import Life
from tests.daemon.lines import Lines
from tests.mqtt.broker import DEADLINE, Mosquitto, Witness
from tests.post.online import TOPICS, Online, Operator

ROOT = Path(__file__).parents[2]
CHARGE = TOPICS.command("charge")
PING = TOPICS.command("ping")
Machines = Callable[..., Online]


def command(id_: str = "c-1", **args: Any) -> bytes:
    return msgspec.json.encode({"id": id_, "exp": int(time.time()) + 60, "args": args})


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Mosquitto]:
    (tmp_path / "broker").mkdir()
    with Mosquitto(tmp_path / "broker") as mosquitto:
        yield mosquitto


@pytest.fixture
def operator(mosquitto: Mosquitto) -> Iterator[Operator]:
    operator = Operator(mosquitto.port).connects()
    yield operator
    operator.close()


@pytest.fixture
def machine(tmp_path: Path, mosquitto: Mosquitto) -> Iterator[Machines]:
    """Makes machines that sell; one folder is one machine, over its restarts."""
    with ExitStack() as machines:

        def made(folder: str = "kiosk", **options: Any) -> Online:
            made = Online(tmp_path / folder, mosquitto.port, **options)
            machines.callback(lambda: made.exit_code or made.stop())
            made.start()
            return made

        yield made


@pytest.fixture
def killed(tmp_path: Path, mosquitto: Mosquitto) -> Iterator[Callable[[str], "subprocess.Popen[bytes]"]]:
    """Starts a machine in a process of its own."""
    with ExitStack() as processes:

        def started(when: str) -> "subprocess.Popen[bytes]":
            words = [str(tmp_path / "kiosk"), str(mosquitto.port), when]
            process = subprocess.Popen([sys.executable, "-m", "tests.post.process", *words], cwd=ROOT)
            processes.callback(process.wait)
            processes.callback(process.kill)
            return process

        yield started


def orders(folder: Path) -> list[Life]:
    with Ledger(folder / "kiosk" / "state" / "journal.db") as ledger:
        return ledger.recent(100)


def is_online(status: Status) -> bool:
    return status.status is Presence.ONLINE


def test_a_controller_charges_and_learns_the_outcome(
    machine: Machines, operator: Operator, tmp_path: Path
) -> None:
    kiosk = machine()
    kiosk.gateway.status_now = kiosk.gateway.status_now.PAID
    operator.hears(TOPICS.status, Status, is_online)
    operator.asks(CHARGE, command(reference="sale-1", slot=1))
    accepted = operator.reply("c-1")
    done = operator.reply("c-1", Answer.DONE)
    assert (accepted.status, accepted.data["order_id"]) == (Answer.ACCEPTED, done.data["order_id"])
    told = [event.what for event in operator.events("order.dispensed") if event.reference == "sale-1"]
    assert told == [f"order.{name}" for name in ("intent", "qr_shown", "settled", "armed", "dispensed")]
    assert [life.order.reference for life in orders(tmp_path)] == ["sale-1"]


def test_the_operator_sees_the_phases_of_a_sale(machine: Machines, operator: Operator) -> None:
    machine()
    operator.hears(TOPICS.state, State, lambda state: state.phase is Phase.IDLE)
    operator.asks(CHARGE, command(reference="sale-1", slot=1))
    state = operator.hears(TOPICS.state, State, lambda state: state.phase is Phase.AWAITING_PAYMENT)
    assert state.order is not None
    assert (state.order.reference, state.order.amount) == ("sale-1", 25_000)


def test_a_second_charge_is_busy_and_nothing_is_queued(
    machine: Machines, operator: Operator, tmp_path: Path
) -> None:
    machine()
    operator.hears(TOPICS.status, Status, is_online)
    for number in (1, 2):
        operator.asks(CHARGE, command(f"c-{number}", reference=f"sale-{number}", slot=1))
    assert operator.reply("c-2").reason == "busy"
    assert [life.order.reference for life in orders(tmp_path)] == ["sale-1"]


def test_of_charges_that_arrive_together_one_is_taken_and_the_others_are_busy(
    machine: Machines, operator: Operator, mosquitto: Mosquitto, tmp_path: Path
) -> None:
    machine()
    operator.hears(TOPICS.state, State, lambda state: state.ready)
    with Witness(mosquitto.port) as somebody:
        for number in (1, 2, 3):
            somebody.says(CHARGE.topic, command(f"c-{number}", reference=f"sale-{number}", slot=1), qos=0)
        replies = [operator.reply(f"c-{number}") for number in (1, 2, 3)]
    assert [reply.reason for reply in replies] == ["", "busy", "busy"]
    assert [life.order.reference for life in orders(tmp_path)] == ["sale-1"]


def test_a_retained_charge_is_refused_at_every_connection_and_never_done(
    machine: Machines, operator: Operator, mosquitto: Mosquitto, tmp_path: Path
) -> None:
    with Witness(mosquitto.port) as somebody:
        somebody.says(CHARGE.topic, command(reference="sale-1", slot=1), retain=True)
    kiosk = machine()
    kiosk.gateway.status_now = kiosk.gateway.status_now.PAID
    assert operator.reply("c-1").reason == "retained"
    mosquitto.wait_until_saved()
    for ends in (mosquitto.stop, mosquitto.kill):
        ends()
        mosquitto.start()
        operator.connects()
        assert operator.reply("c-1").reason == "retained"
    operator.asks(PING, command("c-2"))
    assert operator.reply("c-2").status is Answer.DONE
    assert orders(tmp_path) == []


def test_what_is_late_too_large_or_another_under_a_known_id_is_refused(
    machine: Machines, operator: Operator, tmp_path: Path
) -> None:
    machine()
    operator.hears(TOPICS.state, State, lambda state: state.ready)
    operator.asks(CHARGE, command(reference="sale-1", slot=1))
    assert operator.reply("c-1").status is Answer.ACCEPTED
    operator.asks(CHARGE, command(reference="sale-2", slot=1))
    assert operator.reply("c-1", Answer.REJECTED).reason == "id_used"
    late = msgspec.json.encode({"id": "c-2", "exp": int(time.time()) - 60, "args": {}})
    operator.asks(PING, late)
    assert operator.reply("c-2").reason == "expired"
    operator.asks(PING, command("c-3").ljust(5_000))
    operator.hears(TOPICS.reply, Reply, lambda reply: reply.reason == "oversized")
    operator.asks(PING, command("c-4"))
    assert operator.reply("c-4").status is Answer.DONE
    assert [life.order.reference for life in orders(tmp_path)] == ["sale-1"]


def test_the_same_command_twice_is_one_order_and_one_answer(
    machine: Machines, operator: Operator, tmp_path: Path
) -> None:
    machine()
    operator.hears(TOPICS.status, Status, is_online)
    asked = command(reference="sale-1", slot=1)
    for _ in range(2):
        operator.asks(CHARGE, asked)
    first, second = operator.reply("c-1"), operator.reply("c-1")
    assert (first.status, first.data) == (second.status, second.data)
    assert len(orders(tmp_path)) == 1


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_command_is_done_once_though_the_power_fails_around_its_commit(
    when: str,
    killed: Callable[[str], "subprocess.Popen[bytes]"],
    machine: Machines,
    operator: Operator,
    tmp_path: Path,
) -> None:
    process = killed(when)
    operator.hears(TOPICS.status, Status, is_online)
    operator.asks(CHARGE, command(reference="sale-1", slot=1))
    process.wait(DEADLINE)
    assert len(orders(tmp_path)) == (1 if when == "after" else 0)
    machine(boot="second")
    answers = {operator.reply("c-1").status}
    if when == "after":
        answers.add(operator.reply("c-1", Answer.FAILED).status)
    operator.asks(PING, command("c-2"))
    operator.reply("c-2")
    assert len(orders(tmp_path)) == 1
    assert Answer.ACCEPTED in answers or Answer.FAILED in answers


def test_a_command_that_the_broker_kept_is_refused(
    machine: Machines, operator: Operator, mosquitto: Mosquitto, tmp_path: Path
) -> None:
    with Witness(mosquitto.port) as somebody:
        somebody.says(CHARGE.topic, command(reference="sale-1", slot=1), retain=True)
    machine()
    assert operator.reply("c-1").reason == "retained"
    assert orders(tmp_path) == []


def test_selling_goes_on_while_the_broker_is_away_and_is_told_later(
    machine: Machines, operator: Operator, mosquitto: Mosquitto
) -> None:
    kiosk = machine()
    kiosk.gateway.status_now = kiosk.gateway.status_now.PAID
    events = operator.events("kiosk.started")
    mosquitto.wait_until_saved()
    mosquitto.kill()
    kiosk.keys.press("1")
    kiosk.keys.press("#")
    kiosk.wait_for("DISPENSED")
    mosquitto.start()
    # a broker that is killed brings again what it was not sure of
    events += operator.events("order.dispensed")
    told = sorted({event.seq for event in events})
    assert told == list(range(1, len(told) + 1))
    operator.asks(PING, command("c-2"))
    assert operator.reply("c-2").status is Answer.DONE


def test_a_broker_that_is_restarted_learns_everything_that_it_keeps(
    machine: Machines, operator: Operator, mosquitto: Mosquitto
) -> None:
    machine()
    operator.hears(TOPICS.state, State)
    mosquitto.stop()
    mosquitto.forget()
    mosquitto.start()
    with Witness(mosquitto.port, "kiosk/v1/K01/#") as witness:
        kept = {TOPICS.status.topic, TOPICS.state.topic, TOPICS.reported.topic}
        while kept:
            kept.discard(witness.hears().topic)


def test_events_outlive_the_process_that_could_not_tell_them(
    machine: Machines, operator: Operator, mosquitto: Mosquitto
) -> None:
    mosquitto.wait_until_saved()
    mosquitto.stop()
    kiosk = machine()
    kiosk.gateway.status_now = kiosk.gateway.status_now.PAID
    kiosk.keys.press("1")
    kiosk.keys.press("#")
    kiosk.wait_for("DISPENSED")
    kiosk.stop()
    mosquitto.start()
    machine(boot="second")
    first = operator.events("order.dispensed")
    assert [event.seq for event in first] == list(range(1, len(first) + 1))
    (started,) = operator.events("kiosk.started")
    assert started.seq > first[-1].seq


def test_the_answers_that_a_dead_process_owed_are_given_by_the_next(
    killed: Callable[[str], "subprocess.Popen[bytes]"],
    machine: Machines,
    operator: Operator,
    tmp_path: Path,
) -> None:
    process = killed("never")
    operator.hears(TOPICS.status, Status, is_online)
    operator.asks(CHARGE, command(reference="sale-1", slot=1))
    operator.reply("c-1", Answer.ACCEPTED)
    process.kill()
    process.wait(DEADLINE)
    machine(boot="second")
    failed = operator.reply("c-1", Answer.FAILED)
    (life,) = orders(tmp_path)
    assert failed.data["order_id"] == life.order.id


def test_a_machine_that_dies_is_lost_and_its_next_start_is_a_new_session(
    killed: Callable[[str], "subprocess.Popen[bytes]"], machine: Machines, operator: Operator
) -> None:
    process = killed("never")
    first = operator.hears(TOPICS.status, Status, is_online)
    process.kill()
    lost = operator.hears(TOPICS.status, Status, lambda status: status.status is Presence.LOST)
    process.wait(DEADLINE)
    machine(boot="second")
    second = operator.hears(TOPICS.status, Status, is_online)
    assert (lost.session, second.session) == (first.session, first.session + 1)


def test_a_machine_that_stops_in_good_order_is_offline(machine: Machines, operator: Operator) -> None:
    kiosk = machine()
    operator.hears(TOPICS.status, Status, is_online)
    assert kiosk.stop() == 0
    assert operator.hears(TOPICS.status, Status).status is Presence.OFFLINE


def test_a_late_will_is_put_right(machine: Machines, operator: Operator) -> None:
    machine()
    online = operator.hears(TOPICS.status, Status, is_online)
    late = msgspec.structs.replace(online, status=Presence.LOST, session=online.session - 1)
    operator.asks(TOPICS.status, msgspec.json.encode(late))
    assert operator.hears(TOPICS.status, Status, is_online) == online


def test_two_machines_with_one_id_are_noticed(machine: Machines) -> None:
    with Lines() as lines:
        machine("kiosk")
        machine("another")
        lines.until("K703")


def test_no_event_is_told_twice_under_two_numbers(machine: Machines, operator: Operator) -> None:
    kiosk = machine()
    operator.hears(TOPICS.status, Status, is_online)
    kiosk.stop()
    machine(boot="second")
    told: list[Event] = []
    while [event.what for event in told].count("kiosk.started") < 2:
        told.append(operator.hears(TOPICS.event, Event))
    assert len({event.event_id for event in told}) == len({(event.epoch, event.seq) for event in told})


def test_a_journal_that_is_shown_to_be_an_old_copy_ends_the_process_and_sells_nothing_after(
    machine: Machines, operator: Operator
) -> None:
    kiosk = machine()
    operator.hears(TOPICS.state, State, lambda state: state.ready)
    operator.asks(TOPICS.ack, b'{"epoch":1,"seq":1000000}')
    assert kiosk.ended() == 0
    machine()
    late = operator.hears(TOPICS.state, State, lambda state: "K401" in state.codes)
    assert not late.ready
    operator.asks(CHARGE, command(reference="sale-1", slot=1))
    assert operator.reply("c-1").reason == "out_of_service"
