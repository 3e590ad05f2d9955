"""`kiosk status`."""

import json
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from kiosk.cli import main
from kiosk.cli.status import page
from kiosk.control import Standing
from kiosk.mqtt.reports import Phase, State
from tests.cli.daemon import STANDING, running


def of(state: State, **facts: object) -> Standing:
    """A standing with another state, and other facts."""
    return replace(STANDING, state=state, **facts)


AT_REST = replace(STANDING.state, order=None, phase=Phase.IDLE, ready=True, background=0)


def test_the_page_says_everything_a_technician_asks_first(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with running(config):
        assert main(["status", "--config", str(config)]) == 0
    assert (
        capsys.readouterr().out
        == """\
K01: sells
  panel      awaiting payment
  order      048217  Kopi susu  Rp 12.000  QR_SHOWN  K013FQ8Z0W5N1T7C2M9R4XA
  slot 1     Kopi susu  Rp 12.000  7 left
  slot 2     Teh manis  Rp 8.000  0 left  sold out
  slot 3     Air  Rp 5.000
  waiting    1 old orders for their gateway's answer
  broker     broker.example:8883, NOT connected, 2 events wait
  journal    well, epoch 1
  running    for 1 d 2 h, start number 41
  version    0.1.0, production
"""
    )


def test_for_programs_everything_is_json(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with running(config):
        assert main(["status", "--json", "--config", str(config)]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads(msgspec.json.encode(STANDING))


def test_what_is_wrong_stands_at_the_end_in_words() -> None:
    closed = replace(AT_REST, ready=False, codes=("K201", "K404"))
    lines = page(of(closed, faults=("K201 the panel does not work: check it",)))
    assert lines[0] == "K01: sells nothing (K201, K404)"
    assert lines[-2:] == ["what is wrong:", "  K201 the panel does not work: check it"]


@pytest.mark.parametrize(
    ("state", "verdict"),
    [
        (AT_REST, "K01: sells"),
        (replace(AT_REST, ready=False, phase=Phase.CHOOSING), "K01: busy (choosing)"),
    ],
)
def test_the_first_line_is_the_verdict(state: State, verdict: str) -> None:
    assert page(of(state))[0] == verdict


@pytest.mark.parametrize(
    ("facts", "line"),
    [
        ({"broker": ""}, "  broker     none configured"),
        ({"connected": True, "outbox": 0}, "  broker     broker.example:8883, connected"),
        ({"recovery": "it is an old copy"}, "  journal    it is an old copy"),
        ({"up": 0}, "  running    for 0 s, start number 41"),
        ({"up": 3_661}, "  running    for 1 h 1 min, start number 41"),
    ],
)
def test_each_fact_is_said_as_people_say_it(facts: dict[str, object], line: str) -> None:
    assert line in page(of(AT_REST, **facts))


def test_what_an_operator_named_cannot_move_the_cursor(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with running(config, standing=replace(STANDING, recovery="lost\x1b[2J")):
        main(["status", "--config", str(config)])
    assert "\x1b" not in capsys.readouterr().out
