"""`kiosk simulate` as a program: what it prints, and that Ctrl-C ends all of it."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from kiosk.cli import main
from kiosk.simulator.start import plan_of, start

SIMULATE = "import sys; from kiosk.cli import main; sys.exit(main(['simulate', *sys.argv[1:]]))"
ENDS_WITHIN = 60


@contextmanager
def simulator(*words: str, **environment: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The running program, and the welcome it printed."""
    with subprocess.Popen(
        [sys.executable, "-P", "-c", SIMULATE, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, **environment},
    ) as process:
        assert process.stdout is not None
        welcome = ""
        while "Ctrl-C" not in welcome:
            line = process.stdout.readline()
            assert line, welcome
            welcome += line
        try:
            yield process, welcome
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(ENDS_WITHIN)


def children(process: subprocess.Popen[str]) -> list[int]:
    text = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    return [int(word) for word in text.split()]


def until_connected(url: str) -> None:
    """Read the page's states until the kiosk is there."""
    with requests.get(f"{url}/events", stream=True, timeout=ENDS_WITHIN) as stream:
        states = (json.loads(line.removeprefix(b"data: ")) for line in stream.iter_lines() if line)
        assert any(state["connected"] for state in states)


def test_ctrl_c_ends_the_machine_too_and_leaves_nothing(tmp_path: Path) -> None:
    with simulator(SSH_CONNECTION="", TMPDIR=str(tmp_path)) as (process, welcome):
        url = re.search(r"http://127\.0\.0\.1:\d+", welcome)
        assert url is not None
        until_connected(url[0])
        kiosks = children(process)
        assert kiosks
    assert process.returncode == 0
    assert not any(Path(f"/proc/{pid}").exists() for pid in kiosks)
    assert list(tmp_path.iterdir()) == []


def test_over_ssh_it_says_how_to_reach_the_page() -> None:
    with simulator(SSH_CONNECTION="10.0.0.2 50000 10.0.0.1 22") as (_, welcome):
        port = re.search(r"http://127\.0\.0\.1:(\d+)", welcome)
        assert port is not None
        assert f"ssh -L {port[1]}:127.0.0.1:{port[1]} 10.0.0.1" in welcome


def test_a_person_asks_indodana_about_an_order_made_elsewhere_and_takes_it_back(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with simulator("--gateway", "midtrans,indodana") as (_, welcome):
        asked = re.search(r"kiosk (gateway indodana status (\w+) --config (\S+))", welcome)
        assert asked is not None
        assert main(asked[1].split()) == 0
        assert json.loads(capsys.readouterr().out)["status"] == "paid"
        refund = ["gateway", "indodana", "refund", asked[2], "--amount", "100000", "--config", asked[3]]
        assert [main(refund), main(refund)] == [0, 0]


@pytest.mark.parametrize(
    "words",
    [
        ["--port", "0"],
        ["--port", "99999"],
        ["--language", "fr"],
        ["--coffee"],
        ["--gateway", "paypal"],
        ["--gateway", "doku,"],
        ["--story", "romance"],
    ],
)
def test_words_that_make_no_sense_are_wrong_usage(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        start(words)
    assert ended.value.code == 2
    assert "usage: kiosk simulate" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "sell", "beside"),
    [
        ([], ("midtrans",), ()),
        (["--gateway", "doku"], ("doku",), ()),
        (["--gateway", "interactive,midtrans"], ("interactive", "midtrans"), ()),
        (["--gateway", "doku", "--gateway", "midtrans", "--gateway", "doku"], ("doku", "midtrans"), ()),
        (["--gateway", "indodana"], ("midtrans",), ("indodana",)),
        (["--gateway", "indodana,doku"], ("doku",), ("indodana",)),
    ],
)
def test_gateways_are_named_once_in_the_order_of_preference(
    words: list[str], sell: tuple[str, ...], beside: tuple[str, ...]
) -> None:
    plan = plan_of(words)
    assert (plan.gateways, plan.beside) == (sell, beside)
