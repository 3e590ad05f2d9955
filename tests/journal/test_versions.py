"""Files of older versions are read, files of newer ones are refused."""

import sqlite3
from contextlib import closing
from zlib import crc32

import pytest

from kiosk.errors import JournalError
from kiosk.journal import database, schema
from kiosk.journal.records import LIVES
from tests.journal.sale import Machine, at, dispensed, intent, sale

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


def test_a_newer_program_takes_an_older_file_with_all_its_orders(machine: Machine) -> None:
    with machine.start() as journal:
        journal.commit(sale(1)[0], at())
    with closing(database.writable(machine.path)) as db:
        schema.migrate(db, NEXT)
        assert schema.version_of(db) == NEWEST + 1
        assert db.execute("SELECT order_id, note FROM orders").fetchall() == [(intent(1).order.id, "")]
        schema.migrate(db, NEXT)


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
