"""`kiosk check`."""

import json
from pathlib import Path

import pytest

from kiosk.cli import main
from kiosk.effects import SavePushed
from kiosk.journal import Journal
from kiosk.model import Charge, Drop, Now, QrisCode
from kiosk.pushed import Pushed
from kiosk.qris import nmid_of
from kiosk.states import Dispensed
from tests.cli.sales import EVIDENCE, life, sell
from tests.config.files import CANARY, RIGHT, store_secret, written

SHOWN_CODE = (
    "00020101021226620014COM.GO-JEK.WWW011993600914349052630340210G4905263030303UKE51440014ID.CO.QRIS.WWW"
    "0215AID0607336128660303UKE5204341453033605802ID5904Test6007BANDUNG6105402845409789000.00"
    "62475036c032f87c-f773-4619-aefa-675e1f06f9210703A016304A623"
)

SAMPLE = Path(__file__).parents[2] / "systemd" / "kiosk.toml"


def test_the_values_in_effect_are_printed_with_their_origins(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "--config", str(config)]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["kiosk", "=", '"K01"', "file"] in lines
    assert ["language", "=", '"id"', "default"] in lines
    assert ["slots[1].price", "=", "12000", "file"] in lines
    assert ["limits.unpaid_orders", "=", "6", "default"] in lines
    assert ["secret", "midtrans.server_key", "=", '"•••"', "credential"] in lines


def test_problems_are_one_line_each(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, RIGHT, ("12000", "0"), ('"ssd1306"', '"ssd1307"'))
    assert main(["check", "--config", str(path)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert [line.split(": ")[1] for line in said.err.splitlines()] == ["panel.driver", "slots[1].price"]


def test_a_program_gets_problems_with_their_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, RIGHT, ("12000", "0"))
    assert main(["check", "--json", "--config", str(path)]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert (answer["ok"], answer["problems"][0]["line"], answer["problems"][0]["key"]) == (
        False,
        24,
        "slots[1].price",
    )


def test_a_program_gets_values_with_their_origins(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--json", "--config", str(config)]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert {"key": "outputs.spiral1.pin", "value": 17, "origin": "file"} in answer["settings"]


@pytest.mark.parametrize("shape", [[], ["--json"]])
def test_a_secret_is_never_printed(
    shape: list[str], config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["check", "--config", str(config), *shape])
    said = capsys.readouterr()
    assert CANARY not in said.out + said.err


def test_a_missing_nmid_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, RIGHT, ('nmid = "ID1020021181745"', ""))
    assert main(["check", "--config", str(path)]) == 0
    assert "gateway.midtrans.nmid: not set" in capsys.readouterr().err


def test_the_nmid_of_the_first_code_is_printed_but_never_taken_over(
    config: Path, journal: Journal, capsys: pytest.CaptureFixture[str]
) -> None:
    config.write_text(config.read_text().replace('nmid = "ID1020021181745"', ""))
    code = QrisCode(SHOWN_CODE)
    sell(journal, life(1, Dispensed(Charge(code, "A1", "G1"), EVIDENCE, Drop.NO_SENSOR)))
    assert main(["check", "--config", str(config)]) == 0
    said = capsys.readouterr()
    assert f'write nmid = "{nmid_of(code)}"' in said.err
    assert 'gateway.midtrans.nmid = ""' in said.out


def test_a_free_amount_on_a_single_pulse_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    slot = RIGHT[RIGHT.index("[[slots]]") : RIGHT.index("[gateway.midtrans]")]
    free = '[free_amount]\nname = "Cuci"\nminimum = 1000\nmaximum = 5000\nstep = 1000\noutput = "spiral1"\n'
    assert main(["check", "--config", str(written(tmp_path, RIGHT, (slot, free)))]) == 0
    assert "the customer chooses the price" in capsys.readouterr().err


def test_a_sandbox_that_moves_outputs_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(
        tmp_path, RIGHT, ('"production"', '"sandbox"'), ("\n[panel]", "sandbox_moves_outputs = true\n[panel]")
    )
    store_secret(tmp_path / "credentials", "SB-Mid-server-x")
    assert main(["check", "--config", str(path)]) == 0
    assert "pretended money" in capsys.readouterr().err


def test_the_sample_configuration_is_right(tmp_path: Path) -> None:
    store_secret(tmp_path)
    assert main(["check", "--config", str(SAMPLE), "--credentials", str(tmp_path)]) == 0


def push(journal: Journal, document: dict[str, object]) -> None:
    """As if the daemon had taken it."""
    pushed = Pushed(version=7, in_effect=7, document=document)
    journal.commit([SavePushed(pushed)], Now("boot-1", 1.0, 1_800_000_000.0))


def test_what_was_pushed_is_in_effect_and_says_so(
    config: Path, journal: Journal, capsys: pytest.CaptureFixture[str]
) -> None:
    push(journal, {"slots": [{"number": 1, "price": 13_000}]})
    assert main(["check", "--config", str(config)]) == 0
    said = capsys.readouterr()
    assert ["slots[1].price", "=", "13000", "pushed"] in [line.split() for line in said.out.splitlines()]
    assert "was pushed" not in said.err


def test_what_was_pushed_and_fits_no_more_is_a_warning_for_each_fault(
    config: Path, journal: Journal, capsys: pytest.CaptureFixture[str]
) -> None:
    push(journal, {"slots": [{"number": 4, "price": 13_000}], "language": "en"})
    assert main(["check", "--config", str(config)]) == 0
    said = capsys.readouterr()
    assert ["language", "=", '"id"', "default"] in [line.split() for line in said.out.splitlines()]
    assert "version 7 was pushed and does not fit this file, which holds alone: slots[1].number" in said.err


def test_a_journal_that_cannot_tell_what_was_pushed_is_a_warning(
    config: Path, journal: Journal, capsys: pytest.CaptureFixture[str]
) -> None:
    journal.close()
    (config.parent / "state" / "journal.db").write_bytes(b"no journal" * 1000)
    assert main(["check", "--config", str(config)]) == 0
    assert "what was pushed cannot be read" in capsys.readouterr().err
