"""`kiosk gateway` with the providers that are asked in their own way."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from kiosk.cli import main
from tests.cli.conftest import PATIENT
from tests.config.files import store_secret, written
from tests.config.test_configuration import SIMULATED
from tests.gateways.indodana_papers import KEY, LENDERS_ID, LINK, checked, page, signed, standing
from tests.gateways.interactive_papers import INVOICE, PAID, REQUESTED, invoice
from tests.gateways.papers import ID
from tests.gateways.provider import Provider, answer_json

Call = Callable[..., tuple[int, dict[str, Any], str]]
TABLES = f"""
[gateway.interactive]
merchant_id = "195255685725"
base_url = "URL"
{PATIENT}
[gateway.indodana]
base_url = "URL"
{PATIENT}
[gateway.doku_indodana]
client_id = "MCH-0001-10791114622547"
base_url = "URL"
{PATIENT}link_hosts = ["sandbox01.indodana.com"]
webhook_service = "https://hooks.example"
expiry_minutes = 60

[gateway.doku_indodana.customer]
first_name = "Kopi"
email = "operator@kopikita.example"
phone = "6281939815480"

[gateway.doku_indodana.billing_address]
first_name = "Kopi"
address = "Jalan Teknologi Indonesia No. 25"
city = "Jakarta"
postal_code = "12960"
phone = "6281513114262"
"""
SECRETS = {
    "doku_indodana.secret_key": KEY,
    "interactive.api_key": "canary-api-key",
    "indodana.api_key": "canary-api-key",
    "indodana.secret_key": "canary-secret",
}


@pytest.fixture
def provider() -> Iterator[Provider]:
    provider = Provider()
    yield provider
    provider.close()


@pytest.fixture
def call(provider: Provider, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    path = written(tmp_path, SIMULATED + TABLES.replace("URL", provider.url))
    for name, secret in SECRETS.items():
        store_secret(tmp_path / "credentials", secret, name)

    def call(*words: str) -> tuple[int, dict[str, Any], str]:
        code = main(["gateway", *words, "--config", str(path)])
        said = capsys.readouterr()
        assert "canary" not in said.out + said.err
        return code, json.loads(said.out), said.err

    return call


def test_an_invoice_is_made_and_its_answer_says_how_to_ask_about_it(provider: Provider, call: Call) -> None:
    provider.says(answer_json(invoice()))
    code, made, _ = call("interactive", "charge", "--amount", "25578")
    assert (code, made["reference"], made["details"]["qris_request_date"]) == (0, INVOICE, REQUESTED)


def test_an_invoice_is_asked_about_by_what_its_answer_said(provider: Provider, call: Call) -> None:
    provider.says(answer_json(PAID))
    known = ["--amount", "25.578", "--reference", INVOICE, "--detail", f"qris_request_date={REQUESTED}"]
    code, said, _ = call("interactive", "status", ID, *known)
    assert (code, said["status"]) == (0, "paid")
    query = parse_qs(urlsplit(provider.asked[0].target).query)
    assert (query["invid"], query["trxvalue"], query["trxdate"]) == ([INVOICE], ["25578"], ["2020-08-07"])


def test_an_invoice_nobody_names_is_not_asked_about(provider: Provider, call: Call) -> None:
    code, said, line = call("interactive", "status", ID)
    assert (code, said["error"]["kind"]) == (1, "unsupported")
    assert "by its own id and its qris_request_date" in line
    assert provider.asked == []


def test_a_page_is_made_and_asked_about(provider: Provider, call: Call) -> None:
    provider.says(
        signed(provider, page(order__amount=12_000, order__invoice_number=ID)),
        signed(provider, standing("SUCCESS", order__amount=12_000)),
    )
    code, made, _ = call("doku_indodana", "charge", "--amount", "12000", "--order-id", ID)
    assert (code, made["code"]["url"], made["reference"]) == (0, LINK, LENDERS_ID)
    code, said, _ = call("doku_indodana", "status", ID)
    assert (code, said["status"], said["amount"]) == (0, "paid", 12_000)


def test_a_purchase_is_asked_about(provider: Provider, call: Call) -> None:
    provider.says(answer_json(checked()))
    code, said, _ = call("indodana", "status", ID)
    assert (code, said["status"], said["evidence"]["issuer"]) == (0, "paid", "Indodana")


def test_a_purchase_is_given_back_for_a_reason(provider: Provider, call: Call) -> None:
    provider.says(answer_json({"status": "OK"}))
    given = ["--amount", "50000", "--reason", "out-of-stock", "--by", "customer"]
    code, said, _ = call("indodana", "refund", ID, *given)
    assert (code, said["amount"], said["key"]) == (0, 50_000, f"{ID}-R1")
    sent = provider.asked[0].json
    assert (sent["cancellationReason"], sent["cancelledBy"]) == ("Out of Stock", "CUSTOMER")


def test_what_makes_no_codes_says_what_does(provider: Provider, call: Call) -> None:
    code, said, line = call("indodana", "charge", "--amount", "12000")
    assert (code, said["error"]["kind"]) == (1, "unsupported")
    assert "sell through doku_indodana" in line
    assert provider.asked == []


@pytest.mark.parametrize("gateway", ["interactive", "doku_indodana", "indodana"])
def test_what_a_provider_has_no_call_for_is_not_sent(provider: Provider, call: Call, gateway: str) -> None:
    code, said, _ = call(gateway, "cancel", ID)
    assert (code, said["error"]["kind"]) == (1, "unsupported")
    assert provider.asked == []


def test_a_detail_has_a_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["gateway", "interactive", "status", ID, "--detail", "nothing"]) == 2
    assert "a detail is NAME=TEXT" in capsys.readouterr().err


def test_only_midtrans_can_be_asked_to_expire(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["gateway", "interactive", "expire", ID]) == 2
    assert "no such choice: expire" in capsys.readouterr().err
