"""The commands while the kiosk is not running: the same rules, the real journal, and nothing performed."""

import getpass
import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from kiosk.cli import main
from kiosk.effects import SavePushed, SaveSlot
from kiosk.journal import Journal, Ledger
from kiosk.model import Now, SlotRecord
from kiosk.pushed import Pushed
from kiosk.states import CancelStep, Closing, Escalated, Inquiry, Intent, Why
from tests.cli.sales import DELIVERED, STUCK, life, sell

SARI = f"{getpass.getuser()}: Sari"
COUNTED = ('number = 1\nname = "Kopi susu"', 'number = 1\ncounts_stock = true\nname = "Kopi susu"')


@pytest.fixture
def counting(config: Path) -> Path:
    """A machine whose slot counts its stock."""
    old, new = COUNTED
    config.write_text(config.read_text().replace(old, new))
    return config


def left_by(*words: str, config: Path) -> tuple[int, Journal]:
    """The exit code of a command, and the journal as the next start finds it."""
    code = main([*words, "--who", "Sari", "--config", str(config)])
    return code, Journal(config.parent / "state" / "journal.db", config.parent / "epoch")


def told(journal: Journal) -> list[tuple[str, str | int]]:
    """What the operator will be told, and who did it."""
    return [(row.what, row.fields["who"]) for row in journal.unsent(10)]


def test_a_slot_is_taken_out_of_service_for_the_next_start(
    config: Path, journal: Journal, capsys: pytest.CaptureFixture[str]
) -> None:
    journal.close()
    code, after = left_by("disable", "1", config=config)
    with after:
        assert (code, after.slots()[1].stopped) == (0, "disabled")
        assert told(after) == [("slot.disabled", SARI)]
    assert capsys.readouterr().out == "slot 1: out of service, until somebody enables it\n"


def test_the_whole_machine_can_be_taken_out_of_service(config: Path, journal: Journal) -> None:
    journal.close()
    code, after = left_by("disable", "all", config=config)
    with after:
        assert (code, after.slots()[0].stopped) == (0, "disabled")


def test_the_stock_is_counted_and_the_rest_of_the_slot_kept(counting: Path, journal: Journal) -> None:
    journal.commit([SaveSlot(1, SlotRecord(stock=1, failed_vends=1))], Now("boot", 1.0, 1_800_000_000.0))
    journal.close()
    code, after = left_by("stock", "1", "12", config=counting)
    with after:
        assert (code, after.slots()[1]) == (0, SlotRecord(stock=12, failed_vends=1))
        assert told(after)[-1] == ("slot.filled", SARI)


def test_a_slot_without_a_count_cannot_be_counted(
    config: Path, journal: Journal, capsys: pytest.CaptureFixture[str]
) -> None:
    journal.close()
    code, after = left_by("stock", "1", "12", config=config)
    with after:
        assert (code, after.slots()) == (1, {})
    assert "counts_stock = true" in capsys.readouterr().err


def test_what_a_person_did_about_an_order_is_noted_with_who_and_when(
    config: Path, journal: Journal, capsys: pytest.CaptureFixture[str]
) -> None:
    sell(journal, STUCK)
    journal.close()
    code, after = left_by("resolve", STUCK.order.claim_code, "--as", "refunded", config=config)
    with after:
        assert code == 0
    with Ledger(config.parent / "state" / "journal.db") as ledger:
        life = ledger.find(STUCK.order.id)[0]
    assert isinstance(life.state, Escalated)
    assert life.resolved
    assert (life.resolved.as_, life.resolved.who) == ("refunded", SARI)
    assert life.resolved.at.wall > STUCK.order.made_at.wall - 1e9
    assert capsys.readouterr().out == f"{STUCK.order.claim_code}: noted as refunded\n"


def test_it_is_noted_once(config: Path, journal: Journal, capsys: pytest.CaptureFixture[str]) -> None:
    sell(journal, STUCK)
    journal.close()
    words = ["resolve", STUCK.order.id, "--who", "Sari", "--config", str(config), "--as"]
    assert [main([*words, "refunded"]), main([*words, "void"])] == [0, 1]
    assert "does not wait for a person's decision" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["999999", DELIVERED.order.claim_code, DELIVERED.order.id, "sale-1"])
def test_an_order_that_waits_for_nobody_is_left_alone(
    name: str, config: Path, journal: Journal, capsys: pytest.CaptureFixture[str]
) -> None:
    sell(journal, DELIVERED)
    journal.close()
    code, after = left_by("resolve", name, "--as", "void", config=config)
    with after:
        assert code == 1
        assert told(after) == []
    said = capsys.readouterr().err
    assert "kiosk orders" in said
    assert said.count("\n") == 1


def test_an_order_under_way_waits_for_the_next_start_and_for_no_person(
    config: Path, journal: Journal, capsys: pytest.CaptureFixture[str]
) -> None:
    sell(journal, life(7, Intent(give_up_at=1.0, retry_at=1.0)))
    journal.close()
    code, after = left_by("resolve", "700007", "--as", "void", config=config)
    after.close()
    assert code == 1
    assert "does not wait for a person's decision" in capsys.readouterr().err


def test_a_reference_names_its_newest_order_though_an_earlier_one_is_still_watched(
    config: Path, journal: Journal
) -> None:
    watched = Closing(Why.NEVER_SHOWN, None, 1.0, 1.0, CancelStep.OVER, 1.0, Inquiry(1.0))
    first, second = (
        replace(each, order=replace(each.order, reference="sale-9"))
        for each in (life(8, watched), life(9, STUCK.state))
    )
    sell(journal, first, second)
    journal.close()
    code, after = left_by("resolve", "sale-9", "--as", "void", config=config)
    after.close()
    with Ledger(config.parent / "state" / "journal.db") as ledger:
        found = {each.order.id: each.resolved is not None for each in ledger.recent(2)}
    assert (code, found) == (0, {first.order.id: False, second.order.id: True})


def test_what_the_operator_pushed_holds_here_too(config: Path, journal: Journal) -> None:
    document = {"slots": [{"number": 1, "counts_stock": True}]}
    pushed = Pushed(version=3, hash="h", in_effect=3, document=document)
    journal.commit([SavePushed(pushed)], Now("boot", 1.0, 1_800_000_000.0))
    journal.close()
    code, after = left_by("stock", "1", "4", config=config)
    with after:
        assert (code, after.slots()[1].stock) == (0, 4)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["refund", "048217", "--who", "Sari"], "only the running kiosk asks a gateway for money"),
        (["test", "relay", "--who", "Sari"], "only the running kiosk moves its parts"),
        (["test", "panel"], "only the running kiosk moves its parts"),
        (["restart"], "so there is nothing to end"),
        (["status"], "kiosk doctor looks further"),
    ],
)
def test_what_needs_the_running_kiosk_says_so_and_how_to_start_it(
    words: list[str], why: str, config: Path, journal: Journal, capsys: pytest.CaptureFixture[str]
) -> None:
    journal.close()
    assert main([*words, "--config", str(config)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert why in said.err
    assert "the kiosk is not running" in said.err
    assert "sudo systemctl start qris-kiosk" in said.err
    assert said.err.count("\n") == 1


def test_a_kiosk_that_runs_without_its_socket_is_not_disturbed(
    config: Path, journal: Journal, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["disable", "1", "--who", "Sari", "--config", str(config)]) == 1
    assert "stop the kiosk first" in capsys.readouterr().err
    assert journal.slots() == {}


def test_the_answer_for_programs_is_the_machines_own(
    config: Path, journal: Journal, capsys: pytest.CaptureFixture[str]
) -> None:
    journal.close()
    assert main(["disable", "1", "--who", "Sari", "--json", "--config", str(config)]) == 0
    told_ = json.loads(capsys.readouterr().out)
    assert (told_["command"], told_["status"]) == ("disable", "done")


def test_to_accept_a_loss_is_refused_while_the_kiosk_runs(
    config: Path, journal: Journal, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["journal", "accept-loss", "--who", "Sari", "--yes", "--config", str(config)]
    assert main(words) == 1
    assert "stop the kiosk first" in capsys.readouterr().err
