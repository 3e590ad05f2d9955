"""The tool at the sample of a broker's configuration: passwords, TLS, and no more rights than it needs."""

from pathlib import Path

import pytest

from kiosk.mqtt.patience import Pace
from kiosk.operator import rollcall
from kiosk.operator.line import Line
from kiosk.operator.rollcall import QUIET
from kiosk.secret import Secret
from kiosk.simulator.fleet import Fleet
from tests.mqtt.broker import Mosquitto
from tests.mqtt.certificates import Authority
from tests.mqtt.inbox import broker_at
from tests.mqtt.test_mosquitto import KIOSKS, OPERATORS, moved, prepare, sample
from tests.operator.conftest import Tool, acknowledged, settled

PASSWORDS = {kiosk: Secret(password) for kiosk, password in KIOSKS.items()}


@pytest.fixture
def mosquitto(tmp_path: Path) -> Mosquitto:
    """Not the plain one."""
    Authority(tmp_path, "ca").vouches_for("broker", "127.0.0.1")
    prepare(tmp_path)
    return Mosquitto(tmp_path, moved(sample()))


def written(folder: Path, port: int, user: str, password: str) -> Path:
    secret, path = folder / f"{user}.password", folder / "operator.toml"
    secret.write_text(password)
    secret.chmod(0o600)
    path.write_text(
        f'user = "{user}"\npassword = "{secret}"\n'
        f'[mqtt]\nhost = "127.0.0.1"\nport = {port}\nca = "{folder}/ca.crt"\n'
    )
    return path


def test_the_tool_does_all_its_work_as_the_samples_operator(
    mosquitto: Mosquitto, tool: Tool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # a line that says nothing that it may not say, and guesses
    monkeypatch.setattr("kiosk.cli.operator_fleet.Line", Line)
    monkeypatch.setattr(rollcall, "QUIET", QUIET)
    prices = tmp_path / "prices.toml"
    prices.write_text("[[slots]]\nnumber = 1\nprice = 13000\n")
    there = broker_at(mosquitto.port, tls=True, ca=tmp_path / "ca.crt")
    with mosquitto, Fleet(there, KIOSKS, pace=Pace(least=0.05, most=1), passwords=PASSWORDS) as fleet:
        settled(fleet)
        known = written(tmp_path, mosquitto.other_port, "operator", OPERATORS["operator"])
        books = ("events", "--all", "--name", "books", "--ack", "--quiet", 1, "--broker", known)
        assert tool("ping", "--all", "--broker", known, port=None).code == 0
        assert tool("config", "push", prices, "--all", "--broker", known, port=None).code == 0
        tool(*books, port=None)
        fleet.sell()
        settled(fleet)
        assert tool(*books, port=None).out.count("order.dispensed  Rp 13.000") == len(KIOSKS)
        acknowledged(fleet, 5)


def test_a_wrong_password_is_said_in_one_line(mosquitto: Mosquitto, tool: Tool, tmp_path: Path) -> None:
    with mosquitto:
        known = written(tmp_path, mosquitto.other_port, "operator", "guessed")
        done = tool("ping", "--all", "--broker", known, port=None)
    assert (done.code, done.err.count("\n")) == (1, 1)
    assert "does not let this user in: wrong user" in done.err
    assert "secret set" not in done.err
    assert "guessed" not in done.err
