"""`kiosk outputs-off`."""

from pathlib import Path

import pytest

from kiosk.cli import main
from tests.config.files import RIGHT, written


def test_an_output_that_is_not_there_is_said_and_stops_no_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(
        tmp_path,
        RIGHT,
        (
            'driver = "relay"\npin = 17',
            f'driver = "emulated"\nname = "spiral1"\nsocket = "{tmp_path}/nobody"',
        ),
    )
    assert main(["outputs-off", "--config", str(path)]) == 0
    assert f"{path}: outputs.spiral1: not switched off: " in capsys.readouterr().err


def test_a_broken_table_stops_only_its_own_output(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    second = (
        '[outputs.spiral2]\ndriver = "emulated"\nname = "spiral2"\nsocket = "/nobody"\nmilliseconds = 5\n'
    )
    path = written(tmp_path, RIGHT, ("pin = 17", "pin = 99"), ("[[slots]]", f"{second}\n[[slots]]"))
    assert main(["outputs-off", "--config", str(path)]) == 1
    said = capsys.readouterr().err
    assert "outputs.spiral1.pin: must be" in said
    assert "outputs.spiral2: not switched off" in said


def test_neither_secrets_nor_the_rest_of_the_file_are_needed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "kiosk.toml"
    path.write_text(
        'kiosk = 7\n[outputs.a]\ndriver = "emulated"\nname = "a"\nsocket = "/nobody"\nmilliseconds = 5\n'
    )
    assert main(["outputs-off", "--config", str(path)]) == 0
    assert "outputs.a: not switched off" in capsys.readouterr().err
