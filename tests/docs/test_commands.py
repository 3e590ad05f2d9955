"""docs/commands.md: its usage lines are the programs' own, its examples what they print and read."""

import re
from pathlib import Path

import pytest

from kiosk.cli import main
from kiosk.cli.status import page
from kiosk.commands import LOCAL
from kiosk.control import server
from kiosk.control.asking import Asking
from kiosk.mqtt.messages import decode
from kiosk.refusals import Refusal
from tests.cli.daemon import STANDING

PAGE = (Path(__file__).parents[2] / "docs" / "commands.md").read_text(encoding="utf-8")
ON_THE_SPOT = (
    "doctor",
    "status",
    "orders",
    "refund",
    "resolve",
    "enable",
    "disable",
    "stock",
    "test",
    "restart",
)


def blocks(kind: str) -> list[str]:
    """What stands in the fences of that name, line by line."""
    found = re.findall(rf"^```{kind}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    return [line for block in found for line in block.splitlines()]


@pytest.mark.parametrize("usage", blocks("usage"))
def test_a_usage_line_is_the_programs_own(
    usage: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "1000")
    words = usage.split()[1:]
    command = words[: 2 if words[0] == "journal" else 1]
    assert main([*command, "--help"]) == 0
    printed = capsys.readouterr().out.splitlines()[0].removeprefix("usage: ")
    assert printed.replace(" [-h]", "") == usage


def test_every_command_for_people_on_the_spot_has_its_line() -> None:
    assert {line.split()[1] for line in blocks("usage")} == {*ON_THE_SPOT, "journal"}


def test_the_status_is_what_is_printed() -> None:
    assert blocks("status") == page(STANDING)


def test_the_request_is_read_and_understood() -> None:
    (line,) = blocks("request")
    asking = decode(Asking, line.encode())
    assert not isinstance(asking, Refusal)
    assert asking.command in LOCAL


def test_the_limits_are_those_of_the_server() -> None:
    assert (server.MOST_VISITS, server.A_SECOND, Asking.largest) == (8, 20, 4096)
    for words in ("Eight connections", "twenty requests a second", "at most 4 KiB"):
        assert words in PAGE
