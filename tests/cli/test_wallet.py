"""`kiosk gateway doku decode` and `pay`: a wallet's calls by hand, against a DOKU that listens here."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.cli import main
from tests.cli.conftest import PATIENT
from tests.config.files import store_secret, written
from tests.config.test_configuration import SIMULATED
from tests.gateways import doku_papers as papers
from tests.gateways.conftest import NOON
from tests.gateways.doku_papers import CLIENT, MALL, PAYLOAD, SECRET, granted, pem, refusal, vectors
from tests.gateways.provider import answer_json

GUIDE = vectors("doku_guide")
PAID = GUIDE["pay"]["answer"]
CUSTOMER = "canary.customer.token"


@pytest.fixture
def provider() -> Iterator[papers.Doku]:
    provider = papers.Doku()
    yield provider
    provider.close()


@pytest.fixture
def config(provider: papers.Doku, tmp_path: Path) -> Path:
    table = (
        f'[gateway.doku]\nclient_id = "{CLIENT}"\nmerchant_id = "{MALL}"\npostal_code = "13120"\n'
        f'base_url = "{provider.url}"\n{PATIENT}'
    )
    path = written(tmp_path, SIMULATED + table)
    store_secret(tmp_path / "credentials", SECRET, "doku.secret_key")
    store_secret(tmp_path / "credentials", pem(), "doku.private_key")
    return path


def called(config: Path, *words: str) -> int:
    return main(["gateway", "doku", *words, "--config", str(config)])


def test_a_code_is_read_to_a_person(
    provider: papers.Doku, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    provider.says(answer_json(GUIDE["decode"]["answer"]))
    assert called(config, "decode", PAYLOAD, "--order-id", "TRY-1") == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["order_id"], said["merchant"], said["amount"]) == ("TRY-1", "Green Pages", 1200)
    assert provider.calls[0].json["qrContent"] == PAYLOAD


def test_a_code_is_paid_with_a_token_out_of_a_file(
    provider: papers.Doku, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    token = store_secret(config.parent, f"{CUSTOMER}\n", "token")
    provider.says(answer_json(PAID))
    words = ["pay", PAYLOAD, "--amount", "1.200", "--fee", "500", "--token", str(token)]
    assert called(config, *words, "--order-id", PAID["partnerReferenceNo"]) == 0
    assert json.loads(capsys.readouterr().out)["approval_code"] == "328580"
    (asked,) = provider.calls
    assert asked.headers["authorization-customer"] == f"Bearer {CUSTOMER}"
    assert (asked.json["amount"]["value"], asked.json["feeAmount"]["value"]) == ("1200.00", "500.00")


def test_a_code_is_paid_with_what_a_customer_allowed_by_standard_input(
    provider: papers.Doku,
    config: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("canary-auth-code\n"))
    exchanged = {**granted(), "responseCode": "2007400", "accessToken": CUSTOMER}
    provider.says(answer_json(exchanged, date=NOON), answer_json(PAID))
    words = ["pay", PAYLOAD, "--amount", "1200", "--auth-code", "-"]
    assert called(config, *words, "--order-id", PAID["partnerReferenceNo"]) == 0
    exchange, payment = provider.calls
    assert exchange.json["authCode"] == "canary-auth-code"
    assert payment.headers["authorization-customer"] == f"Bearer {CUSTOMER}"


def test_a_payment_that_is_refused_tells_neither_token_nor_key(
    provider: papers.Doku, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    token = store_secret(config.parent, CUSTOMER, "token")
    provider.says(refusal("4015002", f"Invalid Customer Token {CUSTOMER} {SECRET}"))
    assert called(config, "pay", PAYLOAD, "--amount", "1200", "--token", str(token)) == 1
    told = capsys.readouterr()
    assert json.loads(told.out)["error"]["kind"] == "refused"
    assert told.err.startswith("kiosk gateway: refused: doku pay: Invalid Customer Token")
    assert not [secret for secret in (CUSTOMER, SECRET) if secret in told.out + told.err]


@pytest.mark.parametrize(
    ("text", "said"), [("", "holds nothing"), (" \n", "holds nothing"), ("a" * 8193, "more than 8192")]
)
def test_a_file_that_holds_no_token_is_told(
    provider: papers.Doku, config: Path, capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    token = store_secret(config.parent, text, "token")
    assert called(config, "pay", PAYLOAD, "--amount", "1200", "--token", str(token)) == 1
    assert said in capsys.readouterr().err
    assert provider.asked == []


def test_a_file_that_is_not_there_is_told(
    provider: papers.Doku, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = config.parent / "none"
    assert called(config, "pay", PAYLOAD, "--amount", "1200", "--token", str(missing)) == 1
    assert str(missing) in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ["pay", PAYLOAD, "--amount", "1200"],
        ["pay", PAYLOAD, "--token", "a"],
        ["pay", PAYLOAD, "--amount", "1200", "--token", "a", "--auth-code", "b"],
        ["pay", PAYLOAD, "--amount", "1200.50", "--token", "a"],
        ["decode"],
    ],
    ids=" ".join,
)
def test_a_payment_without_amount_or_leave_is_no_payment(config: Path, words: list[str]) -> None:
    assert called(config, *words) == 2


@pytest.mark.parametrize("verb", ["decode", "pay"])
def test_another_gateway_has_no_such_call(config: Path, verb: str) -> None:
    assert main(["gateway", "midtrans", verb, PAYLOAD, "--config", str(config)]) == 2


def test_a_broken_key_is_told_by_check(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store_secret(tmp_path / "credentials", papers.public_pem(), "doku.private_key")
    assert main(["check", "--config", str(config)]) == 1
    told = capsys.readouterr().err
    assert "doku.private_key: it holds a public key" in told
    assert "-----BEGIN PRIVATE KEY-----" in told
