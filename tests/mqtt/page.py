"""What stands in docs/mqtt.md: its examples, its worked signatures, its lines for a shell."""

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

from kiosk.commands import COMMANDS
from kiosk.mqtt.messages import Ack, Command, Desired, Hint, Message
from kiosk.mqtt.reports import Event, Reply, Reported, State, Status, Telemetry

TEXT = (Path(__file__).parents[2] / "docs" / "mqtt.md").read_text(encoding="utf-8")
KINDS: dict[str, type[Message]] = {
    "status": Status,
    "state": State,
    "event": Event,
    "telemetry": Telemetry,
    "config/desired": Desired,
    "config/reported": Reported,
    "reply": Reply,
    "event/ack": Ack,
    "notify/midtrans": Hint,
    **{f"cmd/{name}": Command for name in COMMANDS},
}


class Example(NamedTuple):
    """A message as the page prints it, and the end of the topic it goes to."""

    topic: str
    text: str

    @property
    def fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = json.loads(self.text)
        return fields


class Signed(NamedTuple):
    """A message with its signature, and the bytes that the page says were signed."""

    content: str
    example: Example


def fenced(label: str) -> list[str]:
    return re.findall(rf"^```{label}\n(.*?)\n```$", TEXT, re.DOTALL | re.MULTILINE)


def examples() -> list[Example]:
    found = re.findall(r"^```json (\S+)\n(.*?)\n```$", TEXT, re.DOTALL | re.MULTILINE)
    return [Example(topic, text) for topic, text in found]


def signed() -> list[Signed]:
    pairs = r"^```text signed\n(.*?)\n```\n\n```json (\S+)\n(.*?)\n```$"
    found = re.findall(pairs, TEXT, re.DOTALL | re.MULTILINE)
    return [Signed(content, Example(topic, text)) for content, topic, text in found]


def key() -> str:
    (text,) = fenced("text key")
    return text


def inline_lines(program: str) -> list[str]:
    """Those that stand within a sentence."""
    return re.findall(rf"`({program} [^`]+)`", TEXT)


def shell_lines(program: str) -> list[str]:
    return [line for block in fenced("sh") for line in block.splitlines() if line.startswith(program)]
