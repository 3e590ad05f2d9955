"""The sample configuration a technician begins with."""

import re
from pathlib import Path

import pytest

from kiosk.config import examine, load
from kiosk.model import Environment

SAMPLE = Path(__file__).parents[2] / "systemd" / "kiosk.toml"


@pytest.fixture
def credentials(tmp_path: Path) -> Path:
    secret = tmp_path / "midtrans.server_key"
    secret.write_text("Mid-server-invented-for-a-test\n")
    secret.chmod(0o600)
    return tmp_path


def test_the_sample_is_valid_once_the_secret_is_set(credentials: Path) -> None:
    assert load(SAMPLE, credentials).environment is Environment.PRODUCTION


def test_the_sample_lacks_nothing_but_the_secret(tmp_path: Path) -> None:
    problems = examine(SAMPLE, tmp_path)[1]
    assert [problem.where for problem in problems] == [str(tmp_path / "midtrans.server_key")]


def test_every_line_of_the_sample_is_explained() -> None:
    lines = [line for line in SAMPLE.read_text().splitlines() if line and not line.startswith("#")]
    assert [line for line in lines if " # " not in line] == []


def test_the_broker_of_the_sample_is_valid_once_it_is_uncommented(credentials: Path, tmp_path: Path) -> None:
    path = tmp_path / "kiosk.toml"
    lines = SAMPLE.read_text().splitlines()
    path.write_text("\n".join(re.sub(r"^#(?=\[|[a-z_]+ = )", "", line) for line in lines))
    mqtt = load(path, credentials).mqtt
    assert mqtt is not None
    assert (mqtt.host, mqtt.home_assistant) == ("broker.example.com", "homeassistant")
