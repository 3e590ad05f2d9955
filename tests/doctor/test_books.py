"""What the kiosk, its journal and its disk say."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from kiosk.config import basics
from kiosk.doctor import books
from kiosk.errors import KioskError
from kiosk.journal import Journal
from kiosk.model import Now
from kiosk.mqtt.reports import SlotNow
from kiosk.states import Resolved
from tests.cli.daemon import STANDING, running
from tests.cli.sales import DELIVERED, STUCK, life, sell

WELL = replace(STANDING, state=replace(STANDING.state, slots=()))


def test_a_kiosk_that_runs_is_asked_through_its_socket(config: Path) -> None:
    with running(config):
        assert books.running(basics(config)).standing == STANDING


def test_a_kiosk_that_does_not_run_is_bad_with_how_to_start_it(config: Path) -> None:
    (finding,) = books.selling(books.running(basics(config)))
    assert (finding.verdict, finding.advice) == ("bad", "sudo systemctl start qris-kiosk")


def test_a_kiosk_that_we_may_not_ask_says_so() -> None:
    (finding,) = books.selling(books.Running(None, KioskError("try it with sudo")))
    assert (finding.verdict, finding.says, finding.advice) == (
        "bad",
        "try it with sudo",
        "try it with sudo, on the Pi itself",
    )


def test_a_kiosk_that_sells_is_well() -> None:
    assert [each.verdict for each in books.selling(books.Running(WELL))] == ["good"]


def test_every_fault_is_a_finding_with_its_step() -> None:
    faults = ("K201 the panel does not work: no code is offered; check the wires", "K999")
    found = list(books.selling(books.Running(replace(WELL, faults=faults))))
    assert [(each.verdict, each.code, each.says, each.advice) for each in found] == [
        ("bad", "K201", "the panel does not work: no code is offered", "check the wires"),
        ("bad", "K999", "K999", ""),
    ]


@pytest.mark.parametrize(
    ("slot", "advice"),
    [
        (SlotNow(number=2, name="Teh", price=1, reason="sold_out", stock=0), "kiosk stock 2 N --who NAME"),
        (SlotNow(number=3, name="Air", price=1, reason="not_dropped", stock=4), "kiosk enable 3 --who NAME"),
    ],
)
def test_a_slot_that_does_not_sell_is_to_be_looked_at(slot: SlotNow, advice: str) -> None:
    standing = replace(WELL, state=replace(WELL.state, slots=(slot,)))
    _, finding = books.selling(books.Running(standing))
    assert (finding.verdict, finding.advice) == ("doubtful", advice)


def test_a_journal_that_can_be_read_is_well_while_the_kiosk_writes_it(config: Path, journal: Journal) -> None:
    sell(journal, DELIVERED)
    assert [(each.verdict, each.says) for each in books.journal(basics(config), None)] == [
        ("good", "can be read; 1 orders")
    ]


def test_orders_that_wait_for_a_person_are_named_until_somebody_settles_them(
    config: Path, journal: Journal
) -> None:
    settled = replace(
        life(4, STUCK.state), resolved=Resolved("void", "Sari", Now("boot", 1.0, 1_800_000_000.0))
    )
    sell(journal, STUCK, settled)
    finding, _ = books.journal(basics(config), None)
    assert (finding.verdict, finding.says) == (
        "doubtful",
        f"1 orders wait for a person: {STUCK.order.claim_code}",
    )


def test_a_journal_that_is_not_there_is_bad(config: Path) -> None:
    assert [each.verdict for each in books.journal(basics(config), None)] == ["bad"]


def test_a_missing_marker_is_bad(config: Path, journal: Journal) -> None:
    (config.parent / "epoch").unlink()
    (finding,) = books.journal(basics(config), None)
    assert (finding.verdict, "epoch marker" in finding.says) == ("bad", True)


def test_a_sound_journal_is_said_to_be_so_and_a_changed_one_is_bad(config: Path, journal: Journal) -> None:
    sell(journal, DELIVERED)
    assert [each.verdict for each in books.soundness(basics(config))] == ["good"]
    journal.close()
    with closing(sqlite3.connect(config.parent / "state" / "journal.db")) as db, db:
        db.execute("UPDATE orders SET life = replace(life, '12000', '1')")
    assert [(each.verdict, each.code) for each in books.soundness(basics(config))] == [("bad", "K404")]


def test_a_journal_of_another_epoch_is_told_before_a_start_finds_out(config: Path, journal: Journal) -> None:
    journal.close()
    marker = config.parent / "epoch"
    marker.write_text(marker.read_text().replace('"epoch":1', '"epoch":7'))
    found = list(books.journal(basics(config), None))
    assert [(each.verdict, each.code) for each in found] == [("bad", "K401")]
    assert "epoch 1, its marker of 7" in found[0].says
