"""The commands that ask a running kiosk: what reaches it, what a person reads, and the exit code."""

import getpass
import json
from pathlib import Path
from typing import Any, Self

import pytest
from msgspec import to_builtins

from kiosk.cli import asking, main
from kiosk.mqtt.reports import Answer, Reply
from tests.cli.daemon import ACCEPTED, DONE, Says, running

ORDER = "K013FQ8Z0W5N1T7C2M9R4XA"
SARI = f"{getpass.getuser()}: Sari"
BACK = {"order_id": ORDER, "amount": 12_000, "refunded": 5_000}


@pytest.mark.parametrize(
    ("words", "name", "args", "said"),
    [
        (["enable", "1"], "enable", {"slot": 1}, "slot 1: in service"),
        (["enable", "all"], "enable", {"slot": "all"}, "the machine: in service"),
        (["disable", "12"], "disable", {"slot": 12}, "slot 12: out of service, until somebody enables it"),
        (["stock", "1", "0"], "stock", {"slot": 1, "count": 0}, "slot 1: 0 in it"),
        (
            ["resolve", "048217", "--as", "void"],
            "resolve",
            {"claim_code": "048217", "as": "void"},
            "048217: noted as void",
        ),
        (
            ["resolve", ORDER, "--as", "dispensed"],
            "resolve",
            {"order_id": ORDER, "as": "dispensed"},
            f"{ORDER}: noted as dispensed",
        ),
        (
            ["resolve", "sale-1", "--as", "refunded"],
            "resolve",
            {"reference": "sale-1", "as": "refunded"},
            "sale-1: noted as refunded",
        ),
        (
            ["test", "relay", "--output", "spiral2"],
            "test_output",
            {"output": "spiral2"},
            "output spiral2: moved once",
        ),
        (["test", "relay"], "test_output", {"output": "spiral1"}, "output spiral1: moved once"),
    ],
)
def test_a_command_reaches_the_machine_with_who_asks(
    words: list[str],
    name: str,
    args: dict[str, Any],
    said: str,
    config: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with running(config, DONE) as kiosk:
        assert main([*words, "--who", "Sari", "--config", str(config)]) == 0
    command = kiosk.commands[0]
    assert (command.name, to_builtins(command.args)) == (name, {**args, "who": SARI})
    assert capsys.readouterr() == (f"{said}\n", "")


@pytest.mark.parametrize("part", ["panel", "keypad", "inputs", "buzzer"])
def test_a_part_is_tried_without_a_name(part: str, config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with running(config, DONE) as kiosk:
        assert main(["test", part, "--config", str(config)]) == 0
    assert (kiosk.commands[0].name, to_builtins(kiosk.commands[0].args)) == ("test", {"part": part})
    assert capsys.readouterr().out.startswith(f"{part}: ")


def test_what_every_input_says_is_printed(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    levels = {"bin": "clear", "cabinet": "open"}
    with running(config, Says(Answer.DONE, data={"inputs": levels})):
        assert main(["test", "inputs", "--config", str(config)]) == 0
    assert capsys.readouterr().out == ("inputs: bin clear, cabinet open\n")


def test_a_refund_says_that_it_waits_and_how_it_ended(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["refund", "048217", "--amount", "5.000", "--goodwill", "--who", "Sari", "--config", str(config)]
    with running(config, ACCEPTED, Says(Answer.DONE, data=BACK)) as kiosk:
        assert main(words) == 0
    assert to_builtins(kiosk.commands[0].args) == {
        "claim_code": "048217",
        "amount": 5_000,
        "goodwill": True,
        "who": SARI,
    }
    said = capsys.readouterr()
    assert "the gateway is being asked" in said.err
    assert said.out == f"the gateway confirms: of order {ORDER} Rp 5.000 of Rp 12.000 went back\n"


def test_without_an_amount_all_that_is_left_goes_back(config: Path) -> None:
    with running(config, ACCEPTED, Says(Answer.DONE, data=BACK)) as kiosk:
        main(["refund", "048217", "--who", "Sari", "--config", str(config)])
    assert to_builtins(kiosk.commands[0].args) == {"claim_code": "048217", "who": SARI}


def test_a_refund_that_failed_is_said_in_words_and_fails(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with running(config, ACCEPTED, Says(Answer.FAILED, "refund_refused", "refund refused")):
        assert main(["refund", "048217", "--who", "Sari", "--config", str(config)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines()[-1] == (
        "kiosk refund: it failed: the gateway refused the refund; pay it out by hand"
    )


def test_who_stops_waiting_reads_that_the_refund_goes_on(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(asking, "Call", Impatient)
    assert main(["refund", "048217", "--who", "Sari", "--config", str(config)]) == 1
    assert capsys.readouterr().err.splitlines()[-1] == (
        "kiosk refund: interrupted; the refund goes on in the machine: kiosk orders 048217 tells how it ended"
    )


def test_who_stops_before_the_first_answer_is_not_told_that_nothing_was_done(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(asking, "Call", Hasty)
    assert main(["enable", "1", "--who", "Sari", "--config", str(config)]) == 1
    said = capsys.readouterr().err
    assert "it may have been done all the same" in said
    assert "nothing was done" not in said


class Hasty:
    """A call that is interrupted before the first answer."""

    before: tuple[Reply, ...] = ()

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def ask(self, name: str, args: dict[str, Any]) -> Any:
        yield from self.before
        raise KeyboardInterrupt


class Impatient(Hasty):
    """A call that is interrupted after it was taken."""

    before = (Reply(id="local.1", command="refund", status=Answer.ACCEPTED),)


@pytest.mark.parametrize(
    ("words", "reason", "advice"),
    [
        (["refund", "048217"], "goodwill_needed", "--goodwill"),
        (["refund", "048217"], "no_refunds", "kiosk resolve ORDER --as refunded"),
        (["resolve", "048217", "--as", "void"], "no_such_order", "kiosk orders"),
        (["enable", "9"], "no_such_slot", "kiosk status"),
        (["stock", "1", "5"], "no_stock_counted", "counts_stock"),
        (["test", "relay"], "busy", "once nobody stands at the panel"),
        (["test", "relay"], "cap_reached", "tomorrow"),
    ],
)
def test_a_refusal_is_one_line_with_what_to_do(
    words: list[str], reason: str, advice: str, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with running(config, Says(Answer.REJECTED, reason, "it says why")):
        assert main([*words, "--who", "Sari", "--config", str(config)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"kiosk {words[0]}: it says why; ")
    assert advice in said.err
    assert said.err.count("\n") == 1


def test_what_the_machine_refuses_before_its_till_is_said_too(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with running(config, DONE) as kiosk:
        words = ["test", "relay", "--output", "no good", "--who", "Sari", "--config", str(config)]
        assert main(words) == 1
    assert kiosk.commands == []
    assert "args.output" in capsys.readouterr().err


@pytest.mark.parametrize(("says", "code"), [(DONE, 0), (Says(Answer.REJECTED, "no_such_slot", "no"), 1)])
def test_for_programs_the_last_answer_is_printed_whole(
    says: Says, code: int, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with running(config, says) as kiosk:
        assert main(["enable", "1", "--who", "Sari", "--json", "--config", str(config)]) == code
    said = capsys.readouterr()
    told = json.loads(said.out)
    assert (told["id"], told["status"], told["reason"]) == (kiosk.commands[0].id, says.status, says.reason)
    assert said.err == ""


def test_to_end_is_the_answer_to_a_restart(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with running(config, ACCEPTED) as kiosk:
        assert main(["restart", "--config", str(config)]) == 0
    assert [command.name for command in kiosk.commands] == ["restart"]
    said = capsys.readouterr()
    assert "once no order is open" in said.err
    assert "systemd starts it anew" in said.out


def test_a_refused_restart_says_what_to_do(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with running(config, Says(Answer.REJECTED, "would_not_start", "it would not come back")):
        assert main(["restart", "--config", str(config)]) == 1
    assert "it would not come back; mend the file" in capsys.readouterr().err


def test_a_restart_for_programs_ends_with_done(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with running(config, ACCEPTED):
        assert main(["restart", "--json", "--config", str(config)]) == 0
    assert json.loads(capsys.readouterr().out)["status"] == "done"


def test_a_kiosk_that_ends_in_the_middle_of_a_refund_is_an_error(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with running(config, ACCEPTED):
        assert main(["refund", "048217", "--who", "Sari", "--config", str(config)]) == 1
    assert "kiosk orders 048217 tells how it ended" in capsys.readouterr().err


def test_an_output_is_never_chosen_for_a_person_among_several(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = '\n[outputs.spiral2]\ndriver = "relay"\npin = 27\nmilliseconds = 500\n'
    config.write_text(config.read_text() + more)
    with running(config, DONE) as kiosk:
        assert main(["test", "relay", "--who", "Sari", "--config", str(config)]) == 1
    assert kiosk.commands == []
    assert "--output; there are: spiral1, spiral2" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "advice"),
    [
        (["resolve", "048217", "--who", "Sari"], "--as"),
        (["resolve", "048217", "--as", "viod", "--who", "Sari"], "did you mean void?"),
        (["resolve", "048 217", "--as", "void", "--who", "Sari"], "a claim code of six digits"),
        (["resolve", "048217", "--as", "void"], "--who"),
        (["refund", "048217", "--amount", "0", "--who", "Sari"], "whole rupiah"),
        (["stock", "1", "10000", "--who", "Sari"], "a count from 0 to 9999"),
        (["stock", "all", "1", "--who", "Sari"], "a slot's number"),
        (["disable", "0", "--who", "Sari"], "a slot's number"),
        (["test", "rellay"], "did you mean relay?"),
        (["test", "relay"], "--who"),
        (["status", "now"], "unrecognized"),
    ],
)
def test_wrong_usage_ends_with_2_and_reaches_nobody(
    words: list[str], advice: str, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with running(config, DONE) as kiosk:
        assert main([*words, "--config", str(config)]) == 2
    assert kiosk.commands == []
    assert advice in capsys.readouterr().err
