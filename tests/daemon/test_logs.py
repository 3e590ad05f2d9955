"""Where lines go and what stands in them."""

import logging
import socket
from pathlib import Path

from kiosk import logs
from kiosk.codes import CODES
from kiosk.logs import Plain, ToJournald, log
from kiosk.notify import Notifier


class Keeper(logging.Handler):
    """Keeps what it is given."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


def one_record(code: str, order_id: str, fields: logs.Fields) -> logging.LogRecord:
    keeper = Keeper()
    level = log.level
    log.addHandler(keeper)
    log.setLevel(logging.INFO)
    try:
        logs.write(code, order_id, fields)
    finally:
        log.removeHandler(keeper)
        log.setLevel(level)
    return keeper.records[0]


def test_a_terminal_line_has_code_consequence_and_fields() -> None:
    line = Plain().format(one_record("K303", "K01X", {"amount": 12000}))
    assert line.split(" ", 1)[1] == (
        "K303 the payment is confirmed by the gateway: the goods are owed order_id=K01X amount=12000"
    )


def test_a_stranger_s_words_cannot_begin_a_line_of_their_own() -> None:
    line = Plain().format(one_record("K102", "", {"reason": "no\n12:00:00 K303 paid"}))
    assert "\n" not in line


def test_journald_gets_fields_in_one_datagram(tmp_path: Path) -> None:
    address = str(tmp_path / "journal.sock")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as journald:
        journald.bind(address)
        handler = ToJournald(address)
        handler.handle(one_record("K311", "K01X", {"why": "no_refund\nPRIORITY=0"}))
        handler.close()
        lines = journald.recv(65536).decode().splitlines()
    assert "PRIORITY=3" in lines
    assert "CODE=K311" in lines
    assert "ORDER_ID=K01X" in lines
    assert "WHY=no_refund PRIORITY=0" in lines
    assert [line for line in lines if line.startswith("PRIORITY=")] == ["PRIORITY=3"]


def test_a_journald_that_is_away_loses_lines_and_nothing_else(tmp_path: Path) -> None:
    handler = ToJournald(str(tmp_path / "nobody.sock"))
    handler.handle(one_record("K501", "", {}))
    handler.close()


def test_every_code_says_a_consequence() -> None:
    assert all(code.text and code.consequence and code.step for code in CODES.values())


def test_systemd_is_told_on_its_socket(tmp_path: Path) -> None:
    address = str(tmp_path / "notify.sock")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(address)
        notifier = Notifier(address, "10000000")
        notifier.tell("READY=1")
        assert manager.recv(64) == b"READY=1"
    assert notifier.beat == 5.0


def test_without_a_manager_nothing_is_told_and_nothing_breaks(tmp_path: Path) -> None:
    Notifier(None, None).tell("READY=1")
    Notifier(str(tmp_path / "gone"), None).tell("READY=1")
