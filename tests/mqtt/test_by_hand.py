"""The lines that the page prints for a shell, with a program in mosquitto_pub's place that only looks."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kiosk.admission import Admitted, Came, admit
from kiosk.mqtt.messages import Ack, Command, Desired, Message, decode
from kiosk.mqtt.topics import AckSent, CommandSent, DesiredSent, Topics
from tests.mqtt.page import shell_lines

LOOKS_ONLY = f"#!{sys.executable}\nimport json, sys\nprint(json.dumps(sys.argv[1:]))\n"
TOPICS = Topics("K01")
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
