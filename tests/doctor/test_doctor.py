"""All looks together, and what `kiosk doctor` prints of them."""

import json
from pathlib import Path

import pytest

from kiosk import doctor
from kiosk.cli import main
from kiosk.cli.doctor import line_of
from kiosk.codes import CODES
from kiosk.doctor import Finding, Verdict, examined
from kiosk.doctor.findings import good
from kiosk.journal import Journal
from tests.cli.daemon import running
from tests.config.files import CANARY, RIGHT, written
from tests.doctor.place import Place
from tests.doctor.system import System


@pytest.fixture(autouse=True)
def nobody_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests leave the gateways and this machine's own services in peace."""
    monkeypatch.setattr(doctor.network, "gateway", lambda *_: iter([good("gateway midtrans", "answers")]))
    monkeypatch.setattr("kiosk.doctor.surroundings.shell", System())


def verdicts(findings: list[Finding]) -> dict[str, str]:
    """The last verdict on each thing."""
    return {finding.what: finding.verdict.value for finding in findings}


def test_everything_is_looked_at(config: Path, journal: Journal, place: Place) -> None:
    with running(config):
        found = verdicts(list(examined(config, place.around)))
    assert list(found) == [
        *("configuration", "credentials", "pushed", "power", "warmth", "clock", "disk", "card", "journal"),
        *("panel", "keypad", "output spiral1", "gateway midtrans", "broker", "service", "kiosk", "versions"),
        "last faults",
    ]
    well = ("credentials", "pushed", "service", "gateway midtrans", "broker", "clock", "journal")
    assert {found[what] for what in well} == {"good"}


def test_a_wrong_configuration_is_named_and_the_rest_is_looked_at(tmp_path: Path, place: Place) -> None:
    config = written(tmp_path, RIGHT, ("12000", "0"))
    found = list(examined(config, place.around))
    assert (found[0].verdict, "slots[1].price" in found[0].says) == ("bad", True)
    assert {"kiosk", "service", "clock", "journal", "disk"} <= verdicts(found).keys()


def test_no_configuration_at_all_is_named_first(tmp_path: Path, place: Place) -> None:
    found = list(examined(tmp_path / "none.toml", place.around))
    assert [(each.what, each.verdict) for each in found] == [
        ("configuration", "bad"),
        ("service", "good"),
    ]


def test_a_secret_that_is_missing_is_named_and_none_is_told(config: Path, place: Place) -> None:
    found = [*examined(config, place.around)]
    assert not [each for each in found if CANARY in each.says + each.advice]
    (config.parent / "credentials" / "midtrans.server_key").unlink()
    found = [each for each in examined(config, place.around) if each.what == "credentials"]
    assert [(each.verdict, "kiosk secret set midtrans.server_key" in each.advice) for each in found] == [
        ("bad", True)
    ]


def test_the_page_has_a_line_for_each_and_fails_where_something_is_bad(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["doctor", "--config", str(config)]) == 1
    printed = capsys.readouterr().out
    assert f"good           configuration      {config} is right\n" in printed
    assert "BAD      K801  kiosk              the kiosk is not running" in printed
    assert "-> sudo systemctl start qris-kiosk\n" in printed
    assert "bad; begin with the first" in printed


def test_for_programs_it_is_json(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--json", "--config", str(config)]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["ok"] is False
    assert document["findings"][0] == {
        "what": "configuration",
        "verdict": "good",
        "says": f"{config} is right",
        "code": "",
        "advice": "",
    }


def test_where_nothing_is_bad_it_ends_with_0(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("kiosk.cli.doctor.examined", lambda *_: iter([good("kiosk", "sells")]))
    assert main(["doctor", "--config", str(config)]) == 0
    assert capsys.readouterr().out == "good           kiosk              sells\n\nall well\n"


def test_what_a_stranger_wrote_cannot_move_the_cursor() -> None:
    line = line_of(Finding("last faults", Verdict.DOUBTFUL, "K101 \x1b[2J", "K1\x9b", "see \x07"))
    assert "\x1b" not in line
    assert "\x07" not in line


def test_everything_that_is_not_good_has_a_code_of_the_handbook_and_a_step(
    config: Path, place: Place
) -> None:
    found = [each for each in examined(config, place.around) if each.verdict is not Verdict.GOOD]
    assert len(found) > 3
    assert [each for each in found if each.code not in CODES or not each.advice] == []
