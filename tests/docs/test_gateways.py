"""docs/gateways.md against the gateways, their words, and the documents that it goes through."""

import pkgutil
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import fields

from kiosk.drawing.words import rupiah
from kiosk.gateways import GATEWAYS
from kiosk.gateways.contract import Contract, Shows
from kiosk.gateways.doku_indodana_wire import STATUSES as PAYLATER_STATUSES
from kiosk.gateways.doku_wire import STATUSES as DOKU_STATUSES
from kiosk.gateways.indodana_wire import STATUSES as INDODANA_STATUSES
from kiosk.gateways.indodana_wire import By, Reason
from kiosk.gateways.interactive_wire import REASONS
from kiosk.gateways.midtrans_wire import STATUSES as MIDTRANS_STATUSES
from kiosk.model import Terms
from tests.gateways.contract.accents import accent_of
from tests.gateways.contract.case import NOWHERE

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "gateways.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (\S+)\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE))
SHARED = PAGE.partition("## Settings that all have\n")[2].partition("\n## ")[0]
TABLE = PAGE.partition("<!-- capabilities -->\n")[2].partition("<!-- end -->")[0]

FIELDS = {
    "midtrans": """
        acquirer actions callback_url channel_response_code currency custom_expiry customer_details
        enable_callback fraud_status gross_amount issuer item_details merchant_id method name order_id
        payment_type qr_string settlement_time signature_key status_code status_message transaction_details
        transaction_id transaction_status transaction_time transaction_type url Authorization
        X-Override-Notification Accept Content-Type""",
    "doku": """
        additionalInfo amount approvalCode convenienceFee currency customerName feeAmount feeType
        feeTypeDescription issuerId issuerName latestTransactionStatus merchantId merchantName
        originalPartnerReferenceNo originalReferenceNo paidTime partnerReferenceNo partnerRefundNo
        pointOfInitiationMethod pointOfInitiationMethodDescription postalCode qrContent reason referenceNo
        refundAmount refundNo refundTime responseCode responseMessage scanTime serviceCode terminalId
        transactionAmount transactionStatusDesc validityPeriod value Authorization Authorization-Customer
        X-EXTERNAL-ID X-PARTNER-ID X-SIGNATURE X-TIMESTAMP""",
    "doku_indodana": """
        additional_info address amount billing_address callback_url callback_url_cancel category city
        country_code created_date created_date_utc customer email expired_date expired_date_utc expired_time
        first_name id identifier image_url invoice_number last_name line_items merchant_unique_reference name
        order override_notification_url payment peer_to_peer_info phone postal_code price quantity
        shipping_address status type url value Client-Id Request-Id Request-Timestamp Response-Timestamp
        Signature""",
    "interactive": "data qris_content qris_invoiceid qris_nmid qris_request_date qris_status status",
    "indodana": """
        cancellationAmount cancellationDate cancellationReason cancelledBy merchantOrderId refundId
        Authorization""",
}
"""Every name of a field, parameter or header in each provider's document."""

WORDS: dict[str, set[str]] = {
    "midtrans": {*MIDTRANS_STATUSES},
    "doku": {*DOKU_STATUSES},
    "doku_indodana": {*PAYLATER_STATUSES},
    "interactive": {*REASONS} - {"transaction number is empty", "invoice id is empty"},
    "indodana": {*INDODANA_STATUSES, *Reason, *By},
}
"""Every word of each provider that the code knows, but our own spellings of them."""


def config_of(name: str) -> type[Contract]:
    config: type[Contract] = pkgutil.resolve_name(GATEWAYS[name]).Config
    return config


def settings_in(text: str) -> set[str]:
    """The names in the first column of the first table."""
    table = text.partition("| setting |")[2].partition("\n\n")[0]
    rows = [line.split("|")[1] for line in table.splitlines()[2:]]
    return {name for row in rows for name in re.findall(r"`(\w+)`", row)}


def said_in(text: str) -> set[str]:
    """Everything between backticks, taken apart at points, colons and blanks."""
    quoted = re.findall(r"`([^`]+)`", text)
    return {word for each in quoted for word in (each, *re.split(r"[.: =]+", each))}


@pytest.mark.parametrize("name", GATEWAYS)
def test_every_gateway_has_its_section(name: str) -> None:
    assert name in SECTIONS


def test_the_settings_that_all_have_are_those_of_the_code() -> None:
    assert settings_in(SHARED) == {field.name for field in fields(Contract)}


@pytest.mark.parametrize("name", GATEWAYS)
def test_the_settings_and_secrets_of_a_gateway_are_those_of_the_code(name: str) -> None:
    own = {field.name for field in fields(config_of(name))} - {field.name for field in fields(Contract)}
    secrets = set(pkgutil.resolve_name(GATEWAYS[name]).SECRETS)
    assert settings_in(SECTIONS[name]) == own | secrets


@pytest.mark.parametrize("name", FIELDS)
def test_every_field_of_a_providers_document_is_accounted_for(name: str) -> None:
    table = SECTIONS[name].partition("| in the document |")[2]
    assert set(FIELDS[name].split()) - said_in(table) == set()


@pytest.mark.parametrize("name", WORDS)
def test_every_word_that_the_code_knows_is_accounted_for(name: str) -> None:
    section = SECTIONS[name].lower()
    assert [word for word in WORDS[name] if not re.search(rf"\b{re.escape(word.lower())}", section)] == []


def test_every_test_that_the_page_names_exists() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py"))
    there = set(re.findall(r"^def (test_\w+)\(", sources, re.MULTILINE))
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    assert named - there == set()
    assert len(named) > 100


@pytest.mark.parametrize("name", FIELDS)
def test_every_line_of_a_providers_table_is_shown_by_a_test_or_says_why_not(name: str) -> None:
    """What is left out has no test, and a reason."""
    table = SECTIONS[name].partition("| in the document |")[2]
    for row in table.splitlines()[2:]:
        if row.startswith("|"):
            _, document, what, shown_by, _ = row.split("|")
            assert document.strip()
            assert "`test_" in shown_by or len(what.split()) > 4, row


def test_the_table_of_capabilities_is_what_the_code_declares() -> None:
    assert "\n".join(capabilities()) + "\n" == TABLE


def capabilities() -> Iterator[str]:
    """The table as it must be on the page."""
    columns = {name: column(name) for name in GATEWAYS}
    yield "| | " + " | ".join(f"`{name}`" for name in columns) + " |"
    yield "|---" * (len(columns) + 1) + "|"
    for what in column("midtrans"):
        yield f"| {what} | " + " | ".join(cells[what] for cells in columns.values()) + " |"


def column(name: str) -> dict[str, str]:
    least, most = terms_of(name, {}), terms_of(name, dict(accent_of(name).contract))
    config = config_of(name)
    sells = config.shows is not Shows.NOTHING
    defaults = {field.name: field.default for field in fields(config)}
    return {
        "shows": {Shows.QRIS: "a QRIS code", Shows.LINK: "a page's address"}.get(config.shows, "nothing"),
        "cancels": agreed(least.cancels, most.cancels),
        "refunds": agreed(least.refunds, most.refunds),
        "refunds a part": agreed(least.refunds_in_part, most.refunds_in_part),
        "amounts": f"{rupiah(least.minimum)} to {rupiah(least.maximum)}" if sells else "any",
        "an answer carries": ", ".join(sorted(field.value for field in least.carries)) or "nothing of these",
        "can be asked by the order id alone": "no" if least.asks_by_charge else "yes",
        "its clock must be known": "yes" if least.signs_time else "no",
        "unpaid for good": lapse(least.lapses_after),
        "asked every": seconds(*defaults["poll"]) if sells else "by hand",
        "a call may take (code, question)": seconds(defaults["create_deadline"], defaults["status_deadline"]),
        "on the panel": seconds(defaults["on_screen"]) if sells else "",
        "claim window": seconds(defaults["claim_window"]) if sells else "",
        "a customer waits for a code": seconds(defaults["wait_for_code"]) if sells else "",
    }


def terms_of(name: str, contract: dict[str, Any]) -> Terms:
    with closing(accent_of(name).opened(NOWHERE, 1.0, contract)) as gateway:
        return gateway.terms


def agreed(least: bool, most: bool) -> str:
    return "yes" if least else "if agreed" if most else "no"


def lapse(after: float | None) -> str:
    return "it says so" if after is None else f"{after / 60:g} min after the code"


def seconds(*values: float) -> str:
    return ", ".join(f"{value:g} s" for value in values)
