"""`kiosk orders`."""

import csv
import io
import json
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from kiosk.cli import main
from kiosk.cli.accounts import REASONS, STATES, as_csv
from kiosk.effects import SavePushed
from kiosk.journal import Journal
from kiosk.model import Evidence, Now, Rupiah
from kiosk.pushed import Pushed
from kiosk.states import Escalated, Life, PartRefund, Resolved, State, Step, Why
from tests.cli.sales import CHARGE, DELIVERED, MONDAY, STUCK, UNPAID, life, sell


def test_the_newest_orders_are_a_table_a_person_can_read(
    config: Path, journal: Journal, capsys: pytest.CaptureFixture[str]
) -> None:
    """While the daemon holds the journal."""
    sell(journal, DELIVERED, UNPAID)
    assert main(["orders", "--config", str(config)]) == 0
    assert capsys.readouterr().out == (
        "time                 claim   item       amount     state             why\n"
        "2027-01-15 15:02:00  700002  Teh        Rp 8.000   not paid, closed  not paid in time\n"
        "2027-01-15 15:01:00  700001  Kopi susu  Rp 12.000  delivered\n"
    )


def test_times_are_of_the_zone_that_was_pushed(
    config: Path, journal: Journal, capsys: pytest.CaptureFixture[str]
) -> None:
    pushed = Pushed(version=1, in_effect=1, document={"timezone": "Asia/Jayapura"})
    journal.commit([SavePushed(pushed)], Now("boot-1", 1.0, MONDAY))
    sell(journal, DELIVERED)
    assert main(["orders", "--config", str(config)]) == 0
    assert "2027-01-15 17:01:00  700001" in capsys.readouterr().out


def test_a_machine_that_sold_nothing_says_so(
    config: Path, journal: Journal, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["orders", "--config", str(config)]) == 0
    assert capsys.readouterr().out == "no orders yet\n"


@pytest.mark.parametrize(
    "word",
    [
        DELIVERED.order.id,
        DELIVERED.order.claim_code,
        "12000",
        "12.000",
        "Rp 12.000",
        CHARGE.reference,
        "A120251121",
        "512345678901",
    ],
)
def test_an_order_is_found_by_what_people_have_in_hand(
    word: str, config: Path, journal: Journal, capsys: pytest.CaptureFixture[str]
) -> None:
    sell(journal, DELIVERED, UNPAID)
    assert main(["orders", word, "--config", str(config)]) == 0
    printed = capsys.readouterr().out
    assert DELIVERED.order.id in printed
    assert UNPAID.order.id not in printed


def test_one_order_is_told_in_full_with_what_support_asks_for(
    config: Path, journal: Journal, capsys: pytest.CaptureFixture[str]
) -> None:
    sell(journal, DELIVERED)
    assert main(["orders", "700001", "--config", str(config)]) == 0
    printed = capsys.readouterr().out
    for line in (
        "claim code: 700001",
        "amount:     Rp 12.000",
        "state:      delivered",
        "  2027-01-15 15:01:20  delivered",
        "for the support of midtrans:",
        f"  order id:       {DELIVERED.order.id}",
        "  date:           2027-01-15 15:01:00 +0700",
        "  gross amount:   12000.00",
        f"  transaction id: {CHARGE.reference}",
        "  RRN:            512345678901",
    ):
        assert line in printed.splitlines()


def test_what_the_gateway_wrote_cannot_move_the_terminal(
    config: Path, journal: Journal, capsys: pytest.CaptureFixture[str]
) -> None:
    sell(journal, STUCK)
    assert main(["orders", STUCK.order.id, "--config", str(config)]) == 0
    printed = capsys.readouterr().out
    assert "\x1b" not in printed
    assert "a person must decide: cut off in the middle of the release" in printed


def test_several_orders_of_one_amount_are_a_table(
    config: Path, journal: Journal, capsys: pytest.CaptureFixture[str]
) -> None:
    sell(journal, DELIVERED, STUCK)
    assert main(["orders", "12000", "--config", str(config)]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 3


def test_an_order_nobody_knows_fails(
    config: Path, journal: Journal, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["orders", "999999", "--config", str(config)]) == 1
    assert capsys.readouterr().err.startswith("kiosk orders: no order is named '999999'")


def test_no_journal_fails_with_its_path(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["orders", "--config", str(config)]) == 1
    assert str(config.parent / "state" / "journal.db") in capsys.readouterr().err


def test_orders_are_read_whatever_else_the_configuration_holds(
    config: Path, journal: Journal, capsys: pytest.CaptureFixture[str]
) -> None:
    sell(journal, DELIVERED)
    config.write_text(config.read_text().replace('"ssd1306"', '"no such panel"').replace("12000", "0"))
    assert main(["orders", "--config", str(config)]) == 0
    assert "delivered" in capsys.readouterr().out


def test_a_limit_keeps_the_newest(config: Path, journal: Journal, capsys: pytest.CaptureFixture[str]) -> None:
    sell(journal, DELIVERED, UNPAID)
    assert main(["orders", "--limit", "1", "--json", "--config", str(config)]) == 0
    assert [order["order_id"] for order in json.loads(capsys.readouterr().out)] == [UNPAID.order.id]


def test_a_program_gets_every_order_with_its_history(
    config: Path, journal: Journal, capsys: pytest.CaptureFixture[str]
) -> None:
    sell(journal, DELIVERED)
    assert main(["orders", "--json", "--config", str(config)]) == 0
    (order,) = json.loads(capsys.readouterr().out)
    assert (order["amount"], order["state"], order["rrn"]) == (12_000, "DISPENSED", "512345678901")
    assert [step["state"] for step in order["history"]] == ["INTENT", "QR_SHOWN", "DISPENSED"]
    assert order["history"][0]["wall"] == MONDAY + 60


def test_a_spreadsheet_gets_a_line_for_each_order(
    config: Path, journal: Journal, capsys: pytest.CaptureFixture[str]
) -> None:
    sell(journal, DELIVERED, UNPAID)
    assert main(["orders", "--csv", "--config", str(config)]) == 0
    unpaid, delivered = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert (delivered["order_id"], delivered["amount"]) == (DELIVERED.order.id, "12000")
    assert (unpaid["state"], unpaid["why"]) == ("CLOSED", "expired")


@pytest.mark.parametrize(
    ("issuer", "cell"),
    [("=HYPERLINK(1)", "'=HYPERLINK(1)"), ("+62", "'+62"), ("'=1", "''=1"), ("BCA = 1", "BCA = 1")],
)
def test_a_spreadsheet_gets_no_formulas(issuer: str, cell: str) -> None:
    wild = life(4, Escalated(Why.UNRESOLVED, Evidence(issuer=issuer)))
    (row,) = csv.DictReader(io.StringIO(as_csv([wild], ZoneInfo("Asia/Jakarta"))))
    assert row["issuer"] == cell


def sold_to_a_controller() -> Life:
    """An escalated sale of a vending controller, of which a part went back and which a person settled."""
    at = Now("boot", 500.0, MONDAY + 600)
    return replace(
        STUCK,
        order=replace(STUCK.order, reference="sale-000123"),
        parts=(PartRefund(1, Rupiah(5_000), "root: Sari", "R-77", at),),
        resolved=Resolved("refunded", "root: Budi", at),
        history=(*STUCK.history, Step("RESOLVED", at, "refunded")),
    )


def test_a_controllers_sale_is_found_by_its_reference_and_says_what_people_did(
    config: Path, journal: Journal, capsys: pytest.CaptureFixture[str]
) -> None:
    sell(journal, sold_to_a_controller(), UNPAID)
    assert main(["orders", "sale-000123", "--config", str(config)]) == 0
    printed = capsys.readouterr().out.splitlines()
    for line in (
        "reference:  sale-000123",
        "refunded:   Rp 5.000",
        "part 1:     Rp 5.000, 2027-01-15 15:10:00, asked for by root: Sari, R-77",
        "settled:    refunded, 2027-01-15 15:10:00, by root: Budi",
        "  2027-01-15 15:10:00  a person settled it: refunded",
    ):
        assert line in printed


def test_an_order_that_a_person_settled_waits_for_nobody_in_the_table_and_the_spreadsheet(
    config: Path, journal: Journal, capsys: pytest.CaptureFixture[str]
) -> None:
    sell(journal, sold_to_a_controller())
    main(["orders", "--config", str(config)])
    assert "settled by hand: refunded" in capsys.readouterr().out
    main(["orders", "--csv", "--config", str(config)])
    (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert (row["reference"], row["resolved"], row["resolved_by"]) == (
        "sale-000123",
        "refunded",
        "root: Budi",
    )


def test_every_state_and_reason_has_plain_words() -> None:
    states = {str(kind.__struct_config__.tag) for kind in State.__args__}
    assert (states ^ STATES.keys(), set(Why) ^ REASONS.keys()) == (set(), set())
