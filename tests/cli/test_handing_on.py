"""`kiosk run` and `kiosk simulate` hand their words on."""

from pathlib import Path

import pytest

from kiosk.cli import main
from tests.config.files import RIGHT, written


def test_run_ends_where_its_configuration_is_wrong(tmp_path: Path) -> None:
    assert main(["run", "--config", str(written(tmp_path, RIGHT, ("12000", "0")))]) == 1


def test_simulate_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "--help"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("usage: kiosk simulate")
    assert "--tour" in printed


def test_simulate_refuses_words_it_does_not_know(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "--no-such-word"]) == 2
    assert "--no-such-word" in capsys.readouterr().err
