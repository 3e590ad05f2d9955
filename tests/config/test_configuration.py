"""Right files: what they come to, where secrets come from, what each environment allows."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from hardware.relay import Relay
from kiosk.config import basics, effective, examine, load
from kiosk.errors import ConfigError
from kiosk.gateways.midtrans import Midtrans
from kiosk.model import Environment, FreeAmount, Language, Rupiah, Slot
from kiosk.secret import Secret
from kiosk.settings import Limits
from tests.config.files import CANARY, RIGHT, store_secret, written

SIMULATED = """\
kiosk = "SIM"
environment = "simulator"
merchant = "Kopi Kita"
gateways = ["midtrans"]
credentials = "CREDENTIALS"
[panel]
driver = "emulated"
socket = "/tmp/box"
[keypad]
driver = "emulated"
socket = "/tmp/box"
[clock]
driver = "emulated"
socket = "/tmp/box"
[outputs.spiral1]
driver = "emulated"
name = "spiral1"
socket = "/tmp/box"
milliseconds = 500
[[slots]]
number = 1
name = "Kopi susu"
price = 12000
output = "spiral1"
[gateway.midtrans]
merchant_id = "G1"
base_url = "http://127.0.0.1:8080"
on_screen = 30.0
claim_window = 8.0
poll = [1]
"""


def test_a_file_becomes_typed_values_with_defaults(tmp_path: Path) -> None:
    configuration = load(written(tmp_path))
    assert configuration.environment is Environment.PRODUCTION
    assert configuration.language is Language.INDONESIAN
    assert configuration.state == Path("/var/lib/qris-kiosk")
    assert configuration.slots == (Slot(1, "Kopi susu", Rupiah(12_000), "spiral1"),)
    assert configuration.free_amount is None
    assert configuration.limits == Limits()
    assert configuration.clock.driver == "kernel"


def test_each_part_gets_the_settings_of_its_own_driver(tmp_path: Path) -> None:
    configuration = load(written(tmp_path))
    assert configuration.outputs["spiral1"].config == Relay.Config(pin=17, milliseconds=500)
    assert isinstance(configuration.gateway["midtrans"], Midtrans.Config)


def test_a_free_amount_stands_in_place_of_slots(tmp_path: Path) -> None:
    slot = RIGHT[RIGHT.index("[[slots]]") : RIGHT.index("[gateway.midtrans]")]
    free = '[free_amount]\nname = "Cuci"\nminimum = 1000\nmaximum = 5000\nstep = 500\noutput = "spiral1"\n'
    configuration = load(written(tmp_path, RIGHT, (slot, free)))
    assert configuration.free_amount == FreeAmount("Cuci", Rupiah(1000), Rupiah(5000), Rupiah(500), "spiral1")
    assert configuration.slots == ()


def test_a_secret_comes_from_its_file_and_shows_nowhere(tmp_path: Path) -> None:
    configuration = load(written(tmp_path))
    assert configuration.secrets_of("midtrans") == {"server_key": Secret(CANARY)}
    assert CANARY not in repr(configuration) + str(effective(configuration))


def test_another_directory_of_secrets_can_be_named(tmp_path: Path) -> None:
    path = written(tmp_path, RIGHT, ('credentials = "CREDENTIALS"', ""))
    store_secret(tmp_path / "elsewhere", "Mid-server-other")
    assert load(path, tmp_path / "elsewhere").secrets["midtrans.server_key"].reveal() == "Mid-server-other"


def test_secrets_that_systemd_hands_over_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, RIGHT, ('credentials = "CREDENTIALS"', ""))
    store_secret(tmp_path / "handed", "Mid-server-handed", mode=0o440)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "handed"))
    assert load(path).secrets["midtrans.server_key"].reveal() == "Mid-server-handed"


@pytest.mark.parametrize(
    ("content", "mode", "reason"),
    [
        (None, 0o600, "this secret is missing; set it with: kiosk secret set midtrans.server_key"),
        ("", 0o600, "is empty"),
        ("\n", 0o600, "is empty"),
        ("x" * 20_000, 0o600, "is larger than"),
        (CANARY, 0o604, "everybody on this machine can read this secret; chmod 600"),
        (CANARY, 0o602, "everybody on this machine can read this secret"),
    ],
)
def test_a_secret_that_cannot_be_used_is_a_problem_with_its_place(
    content: str | None, mode: int, reason: str, tmp_path: Path
) -> None:
    path = written(tmp_path)
    place = tmp_path / "credentials" / "midtrans.server_key"
    if content is None:
        place.unlink()
    else:
        store_secret(place.parent, content, mode=mode)
    with pytest.raises(ConfigError) as raised:
        load(path)
    (problem,) = raised.value.problems
    assert problem.startswith(f"{place}: ")
    assert reason in problem
    assert CANARY not in problem


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo])
def test_a_secret_is_a_file_and_not_a_pipe_that_blocks(make: Callable[[Path], None], tmp_path: Path) -> None:
    path = written(tmp_path)
    place = tmp_path / "credentials" / "midtrans.server_key"
    place.unlink()
    make(place)
    assert examine(path)[1][0].reason == "is not a file"


@pytest.mark.parametrize(("environment", "key"), [("production", f"SB-{CANARY}"), ("sandbox", CANARY)])
def test_a_key_of_another_environment_is_refused_unseen(environment: str, key: str, tmp_path: Path) -> None:
    path = written(
        tmp_path,
        RIGHT,
        ('"production"', f'"{environment}"'),
        ("\n[panel]", "sandbox_moves_outputs = true\n[panel]"),
    )
    store_secret(tmp_path / "credentials", key)
    (problem,) = examine(path)[1]
    assert (problem.key, f"not one for {environment}" in problem.reason) == ("gateway.midtrans", True)
    assert CANARY not in str(problem)


def test_problems_of_the_file_and_of_its_secrets_are_said_together(tmp_path: Path) -> None:
    path = written(tmp_path, RIGHT, ("12000", "0"))
    (tmp_path / "credentials" / "midtrans.server_key").unlink()
    assert len(examine(path)[1]) == 2


def test_the_simulator_may_be_quicker_than_production(tmp_path: Path) -> None:
    configuration = load(written(tmp_path, SIMULATED))
    gateway = configuration.gateway["midtrans"]
    assert isinstance(gateway, Midtrans.Config)
    assert (gateway.poll, gateway.claim_window) == ((1.0,), 8.0)


@pytest.mark.parametrize(
    ("field", "value", "least"),
    [
        ("claim_window", "19.9", "20"),
        ("poll", "[9.9]", "10"),
        ("poll", "[30, 5]", "10"),
        ("create_deadline", "9", "10"),
        ("status_deadline", "4.5", "5"),
    ],
)
def test_production_may_not_go_below_the_numbers_of_the_design(
    field: str, value: str, least: str, tmp_path: Path
) -> None:
    path = written(tmp_path, RIGHT, ("nmid =", f"{field} = {value}\nnmid ="))
    problems = examine(path)[1]
    assert [(problem.line, problem.key) for problem in problems] == [(29, f"gateway.midtrans.{field}")]
    assert least in problems[0].reason


@pytest.mark.parametrize(
    "address",
    ["https://api.midtrans.com", "http://127.0.0.1.evil.id", "http://10.0.0.1:80", "http://127.0.0.1/x"],
)
def test_the_simulator_talks_to_this_machine_only(address: str, tmp_path: Path) -> None:
    path = written(tmp_path, SIMULATED, ("http://127.0.0.1:8080", address))
    assert [problem.key for problem in examine(path)[1]] == ["gateway.midtrans.base_url"]


def test_plain_http_is_for_the_simulator_only(tmp_path: Path) -> None:
    path = written(tmp_path, RIGHT, ("nmid =", 'base_url = "http://127.0.0.1:80"\nnmid ='))
    assert [problem.key for problem in examine(path)[1]] == ["gateway.midtrans.base_url"]


def test_the_sandbox_moves_outputs_where_somebody_says_so(tmp_path: Path) -> None:
    path = written(
        tmp_path, RIGHT, ('"production"', '"sandbox"'), ("\n[panel]", "sandbox_moves_outputs = true\n[panel]")
    )
    store_secret(tmp_path / "credentials", "SB-Mid-server-x")
    assert load(path).environment is Environment.SANDBOX


def test_every_value_in_effect_says_where_it_came_from(tmp_path: Path) -> None:
    origins = {key: (value, origin) for key, value, origin in effective(load(written(tmp_path)))}
    assert origins["outputs.spiral1.pin"] == (17, "file")
    assert origins["outputs.spiral1.active_high"] == (True, "default")
    assert origins["keypad.rows"] == ([5, 6, 13, 19], "file")
    assert origins["secret midtrans.server_key"] == ("•••", "credential")


def test_the_top_of_a_file_is_read_whatever_follows(tmp_path: Path) -> None:
    assert basics(written(tmp_path, RIGHT, ('"ssd1306"', "7"))).kiosk == "K01"


def test_the_top_of_a_file_has_problems_of_its_own(tmp_path: Path) -> None:
    path = written(tmp_path, RIGHT, ('"K01"', "7"), ('"ssd1306"', "7"))
    with pytest.raises(ConfigError) as raised:
        basics(path)
    assert [problem.split(": ")[:2] for problem in raised.value.problems] == [[f"{path}:1", "kiosk"]]
