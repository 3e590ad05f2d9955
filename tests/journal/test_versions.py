"""Files of older versions are read, files of newer ones are refused."""

import sqlite3
from contextlib import closing
from zlib import crc32

import pytest

from kiosk.errors import JournalError
from kiosk.journal import Ledger, database, files, schema
from kiosk.journal.records import LIVES
from kiosk.pushed import Pushed
from tests.journal.sale import Machine, at, controlled_sale, dispensed, intent, sale

NEWEST = max(schema.MIGRATIONS)
NEXT = {
    **schema.MIGRATIONS,
    NEWEST + 1: (
        "CREATE TABLE songs (name TEXT PRIMARY KEY)",
        "ALTER TABLE orders ADD COLUMN note TEXT NOT NULL DEFAULT ''",
    ),
}
BROKEN_NEXT = {
    **schema.MIGRATIONS,
    NEWEST + 1: ("CREATE TABLE songs (name TEXT)", "CREATE TABLE orders (x)"),
}

WRITTEN_BY_VERSION_1 = (
    '{"order":{"id":"K01AAAAAAAAAAAAAAAAAAAZ","claim_code":"123456","slot":1,"item":"Kopi","amount":12000,'
    '"output":"spiral1","gateway":"midtrans","environment":"simulator","merchant":"G1",'
    '"made_at":{"boot":"b","elapsed":1.0,"wall":2.0}},"state":{"type":"QR_SHOWN","charge":{"code":{"type":"qris",'
    '"payload":"00020101"},"reference":"r"},"expires_at":3.0,"inquiry":{"next_at":4.0}},'
    '"history":[{"state":"INTENT","at":{"boot":"b","elapsed":1.0,"wall":2.0}}]}'
)

TOLD_BY_VERSION_1 = (
    '{"epoch":1,"seq":9,"event_id":"9f86d081884c7d65","what":"order.qr_shown","order_id":"K01AAAAAAAAAAAAAAAAAAAZ",'
    '"fields":{"amount":12000},"time":2.0,"time_ok":true}'
)


def test_a_newer_program_takes_an_older_file_with_all_its_orders(machine: Machine) -> None:
    with machine.start() as journal:
        journal.commit(sale(1)[0], at())
    with closing(database.writable(machine.path)) as db:
        schema.migrate(db, NEXT)
        assert schema.version_of(db) == NEWEST + 1
        assert db.execute("SELECT order_id, note FROM orders").fetchall() == [(intent(1).order.id, "")]
        schema.migrate(db, NEXT)


def as_version_1_left_it(machine: Machine) -> None:
    """The file of a machine that has sold under the first version, with an open order and a message."""
    machine.path.unlink()
    with closing(sqlite3.connect(machine.path)) as db:
        for statement in schema.MIGRATIONS[1]:
            db.execute(statement)
        db.execute("PRAGMA user_version = 1")
        db.execute("INSERT INTO journal VALUES (1, 1, '', 8, 'b', 3)")
        order = ("K01AAAAAAAAAAAAAAAAAAAZ", "123456", 12_000, 2.0, 0, 8)
        sealed = (WRITTEN_BY_VERSION_1, crc32(WRITTEN_BY_VERSION_1.encode()))
        db.execute("INSERT INTO orders VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?)", (*order, *sealed))
        db.execute("INSERT INTO claim_codes VALUES ('123456', 1)")
        told = (TOLD_BY_VERSION_1, crc32(TOLD_BY_VERSION_1.encode()))
        db.execute("INSERT INTO outbox VALUES (9, ?, ?)", told)
        db.commit()


def test_a_file_of_version_1_is_gone_on_with(machine: Machine) -> None:
    as_version_1_left_it(machine)
    with machine.start() as journal:
        assert (journal.recovery, journal.session) == ("", 4)
        assert [life.state_name for life in journal.open_lives()] == ["QR_SHOWN"]
        assert [(row.seq, row.reference) for row in journal.unsent(9)] == [(9, "")]
        assert (journal.pushed(), journal.unfinished(), journal.unsent_answers(9)) == (Pushed(), [], [])
        for durable in controlled_sale(1):
            journal.commit(durable, at())
        assert journal.check() == ""
    with machine.start() as journal:
        assert journal.sale("sale-000001")


def test_a_file_of_version_1_that_is_suspected_is_looked_through_as_it_is(machine: Machine) -> None:
    as_version_1_left_it(machine)
    files.suspect(machine.path)
    with machine.start() as journal:
        assert journal.recovery == ""


def test_what_is_sound_of_a_broken_file_of_version_1_is_carried_over(machine: Machine) -> None:
    as_version_1_left_it(machine)
    with closing(sqlite3.connect(machine.path)) as db:
        db.execute("INSERT INTO slots VALUES (1, '', 0)")
        db.commit()
    with machine.start() as journal:
        assert "set aside" in journal.recovery
        assert [life.state_name for life in journal.open_lives()] == ["QR_SHOWN"]


def test_a_file_of_version_1_is_read_without_being_changed(machine: Machine) -> None:
    as_version_1_left_it(machine)
    with Ledger(machine.path) as ledger:
        assert ledger.pushed() == Pushed()
        assert len(ledger.recent(9)) == 1
        assert ledger.by_client_reference("sale-7") == []
    with closing(sqlite3.connect(machine.path)) as db:
        assert schema.version_of(db) == 1


def test_an_older_program_refuses_a_newer_file_in_words(machine: Machine) -> None:
    with closing(database.writable(machine.path)) as db:
        schema.migrate(db, NEXT)
        with pytest.raises(JournalError, match="install the newer version again"):
            schema.expect_known(db)
    with pytest.raises(JournalError, match="newer version"):
        machine.start()


def test_a_migration_that_fails_changes_nothing(machine: Machine) -> None:
    with closing(database.writable(machine.path)) as db:
        with pytest.raises(sqlite3.Error):
            schema.migrate(db, BROKEN_NEXT)
        assert schema.version_of(db) == NEWEST
        assert not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'songs'").fetchall()


def test_an_order_written_by_version_1_is_read_for_ever() -> None:
    life = LIVES.unseal(WRITTEN_BY_VERSION_1, crc32(WRITTEN_BY_VERSION_1.encode()))
    assert (life.order.amount, life.state_name) == (12_000, "QR_SHOWN")


def test_a_finished_order_reads_back_as_it_was_written() -> None:
    assert LIVES.unseal(*LIVES.seal(dispensed(1))) == dispensed(1)
