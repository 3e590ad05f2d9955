"""The sample configurations a technician begins with."""

import re
from pathlib import Path

import pytest

from kiosk.cautions import FROM_SAMPLES, cautions
from kiosk.config import examine, load
from kiosk.configuration import Configuration
from kiosk.fitting import misfits
from kiosk.model import Environment
from kiosk.roles import Role

SYSTEMD = Path(__file__).parents[2] / "systemd"
SAMPLE = SYSTEMD / "kiosk.toml"
PROFILES = SYSTEMD / "profiles"
SAMPLES = [SAMPLE, *sorted(PROFILES.glob("*.toml"))]
COMMENTED = re.compile(r"^#(?=\[|[a-z_]+ = )")
every_sample = pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)


@pytest.fixture
def credentials(tmp_path: Path) -> Path:
    secret = tmp_path / "midtrans.server_key"
    secret.write_text("Mid-server-invented-for-a-test\n")
    secret.chmod(0o600)
    return tmp_path


def uncommented(sample: Path, folder: Path) -> Path:
    path = folder / "kiosk.toml"
    path.write_text("\n".join(COMMENTED.sub("", line) for line in sample.read_text().splitlines()))
    return path


def profile(name: str, credentials: Path) -> Configuration:
    return load(PROFILES / f"{name}.toml", credentials)


@every_sample
def test_the_sample_is_valid_once_the_secret_is_set(sample: Path, credentials: Path) -> None:
    configuration = load(sample, credentials)
    assert configuration.environment is Environment.PRODUCTION
    assert misfits(sample) == []


@every_sample
def test_the_sample_lacks_nothing_but_the_secret(sample: Path, tmp_path: Path) -> None:
    problems = examine(sample, tmp_path)[1]
    assert [problem.where for problem in problems] == [str(tmp_path / "midtrans.server_key")]


@every_sample
def test_what_is_left_of_the_sample_is_said_with_its_place(sample: Path, credentials: Path) -> None:
    """It is nobody's: a machine that goes to work with it is found out by the first customer."""
    left = [line for line in cautions(load(sample, credentials)) if "still the sample's" in line]
    assert [line.partition(":")[0] for line in left] == ["contact", "gateway.midtrans.merchant_id"]


def test_the_broker_of_the_sample_is_said_where_it_is_not_changed(credentials: Path, tmp_path: Path) -> None:
    said = cautions(load(uncommented(SAMPLE, tmp_path), credentials))
    assert [line for line in said if line.startswith('mqtt.host: "broker.example.com" is still')]


def test_every_value_that_is_taken_for_a_sample_stands_in_one() -> None:
    text = SAMPLE.read_text()
    assert [value for value in FROM_SAMPLES if f'"{value}"' not in text] == []


@every_sample
def test_every_line_of_the_sample_is_explained(sample: Path) -> None:
    lines = [line for line in sample.read_text().splitlines() if line and not line.startswith("#")]
    assert [line for line in lines if " # " not in line] == []


def test_the_broker_of_the_sample_is_valid_once_it_is_uncommented(credentials: Path, tmp_path: Path) -> None:
    mqtt = load(uncommented(SAMPLE, tmp_path), credentials).mqtt
    assert mqtt is not None
    assert (mqtt.host, mqtt.home_assistant) == ("broker.example.com", "homeassistant")


def test_there_is_a_sample_for_each_kind_of_machine() -> None:
    assert [path.stem for path in SAMPLES[1:]] == ["coin", "gate", "vending"]


@pytest.mark.parametrize("name", ["coin", "vending"])
def test_what_is_commented_out_in_a_profile_is_valid_too(
    name: str, credentials: Path, tmp_path: Path
) -> None:
    assert load(uncommented(PROFILES / f"{name}.toml", tmp_path), credentials).mqtt is not None


def test_a_gate_whose_drivers_type_the_amount_is_valid_too(credentials: Path, tmp_path: Path) -> None:
    path = uncommented(PROFILES / "gate.toml", tmp_path)
    fixed = re.compile(r"^\[\[slots\]\].*?(?=^$)", re.MULTILINE | re.DOTALL)
    path.write_text(fixed.sub("", path.read_text()))
    free = load(path, credentials).free_amount
    assert free is not None
    assert free.output == "gate"


def test_the_vending_machine_sees_goods_fall_from_every_spiral(credentials: Path) -> None:
    machine = profile("vending", credentials)
    drop = next(sense for sense in machine.inputs.values() if sense.role is Role.DROP)
    assert drop.slots == ()
    assert {slot.output for slot in machine.slots} == machine.outputs.keys()


def test_the_coin_machine_gives_its_highest_amount_and_counts_each_pulse(credentials: Path) -> None:
    machine = profile("coin", credentials)
    assert machine.free_amount is not None
    train = machine.settings.trains[machine.free_amount.output]
    assert train.counted
    assert train.refusal(machine.free_amount.maximum) == ""
    assert train.refusal(machine.free_amount.maximum + machine.free_amount.step) != ""


def test_the_gate_sells_only_to_a_car_and_takes_a_higher_charge_over_mqtt(credentials: Path) -> None:
    machine = profile("gate", credentials)
    assert Role.LOOP in {sense.role for sense in machine.inputs.values()}
    assert machine.limits.highest_charge > max(slot.price for slot in machine.slots)
