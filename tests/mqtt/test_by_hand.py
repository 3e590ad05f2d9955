"""The lines that the page prints for a shell: looked at by a program that only looks, and run as they are."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO

import pytest

from kiosk.admission import Admitted, Came, admit
from kiosk.mqtt.messages import Ack, Command, Desired, Message, decode
from kiosk.mqtt.reports import Answer, Reply, State
from kiosk.mqtt.topics import AckSent, CommandSent, DesiredSent, Topics
from tests.mqtt.broker import PLAIN, Mosquitto
from tests.mqtt.certificates import Authority
from tests.mqtt.page import inline_lines, shell_lines
from tests.mqtt.test_mosquitto import OPERATORS, moved, prepare, sample
from tests.post.online import Online, Operator

LOOKS_ONLY = f"#!{sys.executable}\nimport json, sys\nprint(json.dumps(sys.argv[1:]))\n"
TOPICS = Topics("K01")
Run = Callable[[str], str]
WAITED_IN_VAIN = 27  # how mosquitto_sub ends when its time is over
KINDS: dict[type, type[Message]] = {CommandSent: Command, DesiredSent: Desired, AckSent: Ack}


class Sending:
    """What mosquitto_pub was asked to send."""

    def __init__(self, line: str, directory: Path) -> None:
        program = directory / "mosquitto_pub"
        program.write_text(LOOKS_ONLY)
        program.chmod(0o755)
        path = f"{directory}{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run(
            ["/bin/sh", "-c", line], env={"PATH": path}, check=True, capture_output=True, text=True
        )
        self.words: list[str] = json.loads(done.stdout)
        self.topic = self.after("-t")
        self.payload = self.after("-m").encode()
        self.retained = "-r" in self.words

    def after(self, option: str) -> str:
        return self.words[self.words.index(option) + 1]


def test_the_page_has_lines_for_a_shell() -> None:
    assert len(shell_lines("mosquitto_pub")) >= 5
    assert len(shell_lines("mosquitto_sub")) >= 2


@pytest.mark.parametrize("line", shell_lines("mosquitto_pub"))
def test_what_a_line_of_the_page_sends_is_taken(line: str, tmp_path: Path) -> None:
    sending = Sending(line, tmp_path)
    sent = TOPICS.read(sending.topic)
    message = decode(KINDS[type(sent)], sending.payload)
    assert isinstance(message, KINDS[type(sent)]), message
    assert sending.after("-q") == "1"
    if isinstance(sent, CommandSent) and isinstance(message, Command):
        arrival = Came(topic=sending.topic, retained=sending.retained, wall=time.time(), clock_ok=True)
        assert isinstance(admit("K01", sent.name, message, arrival, (), None), Admitted)
    else:
        assert sending.retained


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    """The sample's door for operators, and beside it one for the machine of this test."""
    authority = Authority(tmp_path, "ca")
    authority.vouches_for("broker", "127.0.0.1")
    prepare(tmp_path)
    _, _, door = moved(sample()).partition("# --- The door of operators")
    with Mosquitto(tmp_path, f"per_listener_settings true\n{PLAIN}\n#{door}") as broker:
        options = f"-h 127.0.0.1\n-p {broker.other_port}\n-u operator\n-P {OPERATORS['operator']}\n"
        (tmp_path / ".config").mkdir()
        for program in ("mosquitto_pub", "mosquitto_sub"):
            (tmp_path / ".config" / program).write_text(f"{options}--cafile {authority.path}\n")
        yield broker


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Of somebody who has mosquitto's programs, and their files in his home."""
    if shutil.which("mosquitto_pub") is None:
        missing = "mosquitto_pub is needed:  sudo apt install mosquitto-clients"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(missing)
    return {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}


@pytest.fixture
def run(broker: Mosquitto, environment: dict[str, str]) -> Run:
    """Runs a line as it stands in a shell of its own; what it printed."""

    def ran(line: str) -> str:
        done = subprocess.run(
            ["/bin/sh", "-c", line], env=environment, check=False, capture_output=True, text=True
        )
        assert done.returncode == (WAITED_IN_VAIN if " -W " in line else 0), done.stderr
        return done.stdout

    def heard(line: str) -> str:
        """As a person would: again, where a busy machine took all the seconds of the line to connect."""
        said = ran(line)
        return said if said or " -W " not in line else ran(line)

    return heard


@pytest.fixture
def machine(broker: Mosquitto, tmp_path: Path) -> Iterator[Online]:
    machine = Online(tmp_path / "kiosk", broker.port)
    machine.start()
    yield machine
    if not machine.exit_code:
        machine.stop()


ANSWERS = {
    "ping": (Answer.DONE, ""),
    "charge": (Answer.ACCEPTED, ""),
    "disable": (Answer.REJECTED, "no_such_slot"),
}
"""Of a machine that has no slot 3."""


def test_the_lines_of_the_page_work_as_they_are_printed(machine: Online, run: Run, broker: Mosquitto) -> None:
    operator = Operator(broker.port, name="witness").connects()
    try:
        operator.hears(TOPICS.state, State, lambda state: state.ready)
        who_is_there, what_it_does = map(run, shell_lines("mosquitto_sub"))
        assert '"online"' in who_is_there
        assert '"phase"' in what_it_does
        for line in shell_lines("mosquitto_pub"):
            run(line)
        told = {name: operator.hears(TOPICS.reply, Reply, partial(answers, name)) for name in ANSWERS}
        assert {name: (reply.status, reply.reason) for name, reply in told.items()} == ANSWERS
        assert machine.ended() == 0  # 120 events were never told: its journal must be an old copy
        assert [desired.version for desired in machine.looked_at] == [1]
    finally:
        operator.close()


@contextmanager
def following(line: str, environment: dict[str, str], broker: Mosquitto) -> Iterator[IO[str]]:
    """What a line that goes on until it is stopped prints, once the broker has it among its listeners."""
    since = broker.said
    words = ["/bin/sh", "-c", f"exec {line}"]
    with subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            broker.wait_until_it_says("Sending SUBACK", since)
            assert process.stdout
            yield process.stdout
        finally:
            process.kill()  # asked to end in mid-packet, mosquitto_sub waits for its own lock for ever


def test_the_lines_that_follow_a_machine_hear_it_and_miss_no_event(
    environment: dict[str, str], broker: Mosquitto, tmp_path: Path
) -> None:
    everything, events = inline_lines("mosquitto_sub")
    with following(events, environment, broker):
        pass  # from now on the broker keeps them
    with following(everything, environment, broker) as said:
        machine = Online(tmp_path / "kiosk", broker.port)
        machine.start()
        heard = {line.split()[0] for line in islice(said, 4)}
        machine.stop()
    assert heard >= {TOPICS.status.topic, TOPICS.state.topic}
    with following(events, environment, broker) as said:
        assert json.loads(next(said))["what"] == "kiosk.started"


def answers(name: str, reply: Reply) -> bool:
    return reply.command == name
