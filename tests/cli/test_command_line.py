"""What all commands share: help, wrong usage, exit codes, a quick start."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk import __version__
from kiosk.cli import COMMANDS, main
from tests.cli.terminal import Terminal
from tests.config.files import written

PYTHON = sys.executable


def kiosk(*words: str, given: str = "") -> "subprocess.CompletedProcess[str]":
    """The program as a person calls it."""
    program = "import sys; from kiosk.cli import main; sys.exit(main())"
    command = [PYTHON, "-c", program, *words]
    return subprocess.run(command, input=given, capture_output=True, text=True, timeout=60, check=False)


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"kiosk {__version__}\n"


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    printed = capsys.readouterr().out
    assert not [name for name in COMMANDS if f"  {name} " not in printed]


def test_no_command_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "usage: kiosk COMMAND" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "advice"),
    [
        (["chek"], "did you mean check?"),
        (["xyz"], "kiosk --help"),
        (["secret", "sett"], "did you mean set?"),
        (["gateway", "midtrnas"], "did you mean midtrans?"),
        (["gateway", "midtrans", "charg"], "did you mean charge?"),
        (["journal", "accept-los"], "did you mean accept-loss?"),
        (["check", "--cofnig"], "kiosk check --help"),
        (["check", "--conf", "x"], "kiosk check --help"),
        (["enable", "1"], "--who"),
        (["enable", "one", "--who", "Sari"], "a slot's number"),
        (["enable", "1", "--who", " "], "a name"),
        (["orders", "--limit", "0"], "above 0"),
        (["orders", "--csv", "--json"], "not allowed with"),
        (["render", "x", "--panel", "128", "--out", "x.png"], "128x64"),
        (["render", "x", "--panel", "128x64", "--amount", "12,5", "--out", "x.png"], "whole rupiah"),
        (["gateway", "midtrans", "status", "../secret"], "letters, digits"),
    ],
)
def test_wrong_usage_is_one_line_with_advice(
    words: list[str], advice: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert said.err.startswith("kiosk")
    assert advice in said.err


@pytest.mark.parametrize("command", [name for name in COMMANDS if name != "simulate"])
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "--help"]) == 0
    assert f"usage: kiosk {command}" in capsys.readouterr().out


def test_exit_codes_leave_the_process() -> None:
    assert [kiosk("--version").returncode, kiosk("chek").returncode] == [0, 2]


def test_a_missing_configuration_fails_in_one_line(tmp_path: Path) -> None:
    done = kiosk("check", "--config", str(tmp_path / "kiosk.toml"))
    assert (done.returncode, done.stdout) == (1, "")
    assert (
        done.stderr
        == f"{tmp_path}/kiosk.toml: is not there; scripts/install brings one, --config names another\n"
    )


def test_naming_the_version_loads_no_library() -> None:
    program = "import sys; from kiosk.cli import main; main(['--version']); print(*sys.modules)"
    loaded = subprocess.run(
        [PYTHON, "-c", program], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"argparse", "msgspec", "PIL", "requests", "sqlite3", "gpiozero"} & set(loaded)


def test_orders_need_neither_drivers_nor_requests() -> None:
    program = "import sys; from kiosk.cli import main; main(['orders', '--help']); print(*sys.modules)"
    loaded = subprocess.run(
        [PYTHON, "-c", program], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"requests", "luma", "gpiozero", "PIL", "qrcode"} & set(loaded)


@pytest.mark.parametrize("buffered", [True, False])
def test_a_reader_who_has_seen_enough_brings_no_traceback(buffered: bool, tmp_path: Path) -> None:
    path = written(tmp_path)
    reading, writing = os.pipe()
    os.close(reading)
    program = f"import sys; from kiosk.cli import main; sys.exit(main(['check', '--config', {str(path)!r}]))"
    environment = {**os.environ, "PYTHONUNBUFFERED": "" if buffered else "1"}
    with os.fdopen(writing, "w") as closed:
        done = subprocess.run(
            [PYTHON, "-c", program],
            stdout=closed,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            env=environment,
        )
    assert done.returncode == 1
    assert "BrokenPipe" not in done.stderr


def test_an_input_that_is_no_text_fails_in_one_line_that_does_not_show_it(tmp_path: Path) -> None:
    words = ["secret", "set", "midtrans.server_key", "--credentials", str(tmp_path)]
    program = f"import sys; from kiosk.cli import main; sys.exit(main({words!r}))"
    done = subprocess.run([PYTHON, "-c", program], input=b"key\xff\xfe", capture_output=True, check=False)
    said = (done.returncode, done.stdout, done.stderr)
    assert said == (1, b"", b"kiosk secret: what was given is no text in UTF-8\n")


def test_an_end_of_input_at_a_question_does_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(""))
    words = ["journal", "accept-loss", "--who", "Sari", "--config", str(written(tmp_path))]
    assert main(words) == 1
    assert capsys.readouterr().err == "kiosk journal: interrupted, nothing was done\n"
