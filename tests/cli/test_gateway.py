"""`kiosk gateway`: a provider by hand, against one that listens on this machine."""

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from kiosk.cli import main
from kiosk.simulator.merchant import Merchant, qris
from tests.cli.conftest import PATIENT
from tests.config.files import CANARY, store_secret, written
from tests.config.test_configuration import SIMULATED

QRIS = qris(Merchant(), 12_000, "A01")
ORDER = "SIM0123456789ABCDEFGHIJ"


class Bank:
    """A provider that answers every call with the same words, and remembers what it was asked."""

    def __init__(self) -> None:
        self.answer: dict[str, Any] = {}
        self.asked: list[tuple[str, str, dict[str, Any]]] = []
        bank = self

        class Counter(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                bank.serve(self)

            def do_POST(self) -> None:
                bank.serve(self)

            def log_message(self, *_: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Counter)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    def serve(self, request: BaseHTTPRequestHandler) -> None:
        """Answer one call; what it says of the order is what it was asked."""
        body = json.loads(request.rfile.read(int(request.headers.get("Content-Length", 0))) or b"{}")
        self.asked.append((request.command, request.path, body))
        ordered = body.get("transaction_details", {"order_id": ORDER, "gross_amount": 12_000})
        amount = {"gross_amount": f"{ordered['gross_amount']}.00"}
        text = json.dumps({"order_id": ordered["order_id"], **amount, **self.answer}).encode()
        request.send_response(200)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(text)))
        request.end_headers()
        request.wfile.write(text)

    def close(self) -> None:
        """Stop listening."""
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def bank() -> Iterator[Bank]:
    """A provider on a port of loopback."""
    opened = Bank()
    yield opened
    opened.close()


@pytest.fixture
def simulated(bank: Bank, tmp_path: Path) -> Path:
    """A configuration that talks to it."""
    path = written(tmp_path, SIMULATED + PATIENT, ("8080", str(bank.server.server_port)))
    store_secret(tmp_path / "credentials", CANARY)
    return path


CHARGED = {
    "status_code": "201",
    "status_message": "QRIS transaction is created",
    "transaction_id": "0d8178e1-c6c7-4ab4-81a6-893be9d924ab",
    "merchant_id": "G1",
    "currency": "IDR",
    "payment_type": "qris",
    "transaction_status": "pending",
    "fraud_status": "accept",
    "qr_string": QRIS,
}


def test_a_charge_makes_an_order_id_of_this_kiosk(
    bank: Bank, simulated: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bank.answer = CHARGED
    assert main(["gateway", "midtrans", "charge", "--amount", "12.000", "--config", str(simulated)]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert re.fullmatch("SIM[A-Z0-9]{19}[A-Z]", answer["order_id"])
    assert (answer["amount"], answer["code"]["payload"]) == (12_000, QRIS)
    assert bank.asked[0][2]["transaction_details"] == {"order_id": answer["order_id"], "gross_amount": 12_000}


def test_the_code_of_a_charge_becomes_a_picture(bank: Bank, simulated: Path, tmp_path: Path) -> None:
    bank.answer = CHARGED
    out = tmp_path / "code.png"
    words = ["--amount", "12000", "--out", str(out), "--config", str(simulated)]
    assert main(["gateway", "midtrans", "charge", *words]) == 0
    with Image.open(out) as picture:
        assert picture.size == (128, 64)


def test_a_charge_that_was_made_is_told_though_its_picture_fails(
    bank: Bank, simulated: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bank.answer = CHARGED
    words = ["--amount", "12000", "--out", str(tmp_path / "none" / "x.png"), "--config", str(simulated)]
    assert main(["gateway", "midtrans", "charge", *words]) == 1
    said = capsys.readouterr()
    assert json.loads(said.out)["code"]["payload"] == QRIS
    assert "cannot be written" in said.err


def test_a_status_is_printed_with_its_evidence(
    bank: Bank, simulated: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bank.answer = {**CHARGED, "status_code": "200", "transaction_status": "settlement", "issuer": "gopay"}
    assert main(["gateway", "midtrans", "status", ORDER, "--config", str(simulated)]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["status"], answer["amount"], answer["evidence"]["issuer"]) == ("paid", 12_000, "gopay")
    assert bank.asked[0][:2] == ("GET", f"/v2/{ORDER}/status")


@pytest.mark.parametrize("operation", ["cancel", "expire"])
def test_a_cancel_promises_nothing(
    operation: str, bank: Bank, simulated: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bank.answer = {**CHARGED, "status_code": "200", "transaction_status": operation}
    assert main(["gateway", "midtrans", operation, ORDER, "--config", str(simulated)]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["asked"], answer["next"]) == (operation, "only its status says what that came to")
    assert bank.asked[0][:2] == ("POST", f"/v2/{ORDER}/{operation}")


@pytest.mark.parametrize(
    ("words", "answer", "kind"),
    [
        (["cancel", ORDER], {"status_code": "412", "status_message": "cannot be changed"}, "refused"),
        (["status", ORDER], {"status_code": "401", "status_message": f"no key {CANARY}"}, "misconfigured"),
        (["status", ORDER], {"status_code": "500"}, "unreachable"),
        (["status", ORDER], {"status_code": "what"}, "unreadable"),
        (["refund", ORDER, "--amount", "12000"], {}, "unsupported"),
    ],
)
def test_a_call_without_a_result_is_told_as_json_and_in_one_line(
    words: list[str],
    answer: dict[str, Any],
    kind: str,
    bank: Bank,
    simulated: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    bank.answer = answer
    assert main(["gateway", "midtrans", *words, "--config", str(simulated)]) == 1
    said = capsys.readouterr()
    error = json.loads(said.out)["error"]
    assert (error["kind"], error["operation"]) == (kind, words[0])
    assert said.err.startswith(f"kiosk gateway: {kind}: midtrans {words[0]}: ")
    assert said.err.count("\n") == 1
    assert CANARY not in said.out + said.err


def test_a_refund_goes_under_a_key_that_is_the_same_next_time(
    bank: Bank, simulated: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    simulated.write_text(simulated.read_text() + "refunds = true\n")
    bank.answer = {
        **CHARGED,
        "status_code": "200",
        "transaction_status": "refund",
        "refund_key": f"{ORDER}-R1",
        "refund_amount": "12000.00",
    }
    words = ["gateway", "midtrans", "refund", ORDER, "--amount", "12000", "--config", str(simulated)]
    assert main(words) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["key"], answer["amount"]) == (f"{ORDER}-R1", 12_000)
    assert bank.asked[-1][2]["refund_key"] == f"{ORDER}-R1"
