"""The tables of the providers in a file: right, wrong, and what stands beside what."""

from pathlib import Path

import pytest

from kiosk.cautions import cautions
from kiosk.config import effective, examine, load
from kiosk.errors import ConfigError
from tests.config.files import RIGHT, store_secret, written

PAGES = """
[gateway.doku_indodana]
client_id = "MCH-0001-10791114622547"
link_hosts = ["sandbox01.indodana.com"]
category = "food-and-beverage"
webhook_service = "https://hooks.example"

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
INVOICES = """
[gateway.interactive]
merchant_id = "195255685725"
nmid = "ID1020021181745"
"""
PURCHASES = """
[gateway.indodana]
"""
SECRETS = {
    "doku_indodana.secret_key": "SK-0000",
    "interactive.api_key": "139139000000",
    "indodana.api_key": "kopikita",
    "indodana.secret_key": "0000",
}
ALL = 'gateways = ["midtrans", "doku_indodana", "interactive"]'


def file(folder: Path, text: str, *changes: tuple[str, str]) -> Path:
    path = written(folder, text, *changes)
    for name, secret in SECRETS.items():
        store_secret(folder / "credentials", secret, name)
    return path


def problems(folder: Path, text: str, *changes: tuple[str, str]) -> list[str]:
    _, found = examine(file(folder, text, *changes))
    return [str(problem).removeprefix(str(folder)) for problem in found]


def test_all_of_them_stand_in_one_file(tmp_path: Path) -> None:
    path = file(tmp_path, RIGHT + PAGES + INVOICES + PURCHASES, ('gateways = ["midtrans"]', ALL))
    configuration = load(path)
    assert configuration.gateways == ("midtrans", "doku_indodana", "interactive")
    assert list(configuration.gateway) == ["midtrans", "doku_indodana", "interactive", "indodana"]


def test_a_table_in_a_table_is_read_and_shown(tmp_path: Path) -> None:
    shipped = PAGES.replace("billing_address", "shipping_address").partition("customer]")[2]
    path = file(tmp_path, RIGHT + PAGES + shipped.partition("phone")[2].partition("\n")[2])
    shown = {setting.key: setting.value for setting in effective(load(path))}
    assert shown["gateway.doku_indodana.billing_address.city"] == "Jakarta"
    assert shown["gateway.doku_indodana.shipping_address.city"] == "Jakarta"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (
            ('first_name = "Kopi"', 'first_name = "Kopi kita semuanya"'),
            "customer.first_name: must be 1 to 16",
        ),
        (('"6281939815480"', '"081939815480"'), "customer.phone: must be digits that begin with the calling"),
        (('city = "Jakarta"\n', ""), "billing_address.city: is missing"),
        (("city =", "cty ="), "billing_address.city: is missing"),
        (('"12960"', "12960"), "billing_address.postal_code: must be five digits"),
        (('"food-and-beverage"', '"food"'), "category: must be one of airlines"),
        (
            ('webhook_service = "https://hooks.example"', ""),
            "callback_url_cancel: is missing; name a page for who gives up, or your webhook_service",
        ),
        (('["sandbox01.indodana.com"]', "[]"), "link_hosts: must be a list"),
    ],
)
def test_a_wrong_field_is_told_with_its_line(tmp_path: Path, change: tuple[str, str], problem: str) -> None:
    told = problems(tmp_path, RIGHT + PAGES, change)
    assert any(f": gateway.doku_indodana.{problem}" in line for line in told)
    assert all(line.startswith("/kiosk.toml:") for line in told)


def test_a_table_that_is_missing_is_asked_for(tmp_path: Path) -> None:
    before, _, _ = PAGES.partition("[gateway.doku_indodana.billing_address]")
    (told,) = problems(tmp_path, RIGHT + before)
    assert "gateway.doku_indodana.billing_address: is missing: a table" in told


def test_what_makes_no_codes_sells_nothing(tmp_path: Path) -> None:
    (told,) = problems(tmp_path, RIGHT + PURCHASES, ('"midtrans"]', '"midtrans", "indodana"]'))
    assert "gateways[2]: indodana makes no codes; take it out" in told


@pytest.mark.parametrize(
    ("name", "text"),
    [("doku_indodana.secret_key", "two words"), ("interactive.api_key", "-----BEGIN PRIVATE KEY-----")],
)
def test_a_secret_of_the_wrong_form_names_its_file(tmp_path: Path, name: str, text: str) -> None:
    path = file(tmp_path, RIGHT + PAGES + INVOICES)
    store_secret(tmp_path / "credentials", text, name)
    with pytest.raises(ConfigError, match=f"kiosk secret set {name}") as caught:
        load(path)
    assert text not in str(caught.value)


def test_interactive_has_no_sandbox(tmp_path: Path) -> None:
    changes = ('"production"', '"sandbox"'), ("[gateway.midtrans]", "[gateway.interactive]")
    text = RIGHT.replace('"midtrans"]', '"interactive"]').replace("G123456789", "195255685725")
    told = problems(tmp_path, f"sandbox_moves_outputs = true\n{text}", *changes)
    assert any("InterActive has no sandbox" in line for line in told)


def test_a_page_has_no_nmid_and_an_answerer_sells_nothing_anyway(tmp_path: Path) -> None:
    """Neither is a caution: there is nothing to add."""
    path = file(tmp_path, RIGHT + PAGES + PURCHASES, ('"midtrans"]', '"midtrans", "doku_indodana"]'))
    assert not [line for line in cautions(load(path)) if "indodana" in line]


def test_a_qris_gateway_without_nmid_is_cautioned(tmp_path: Path) -> None:
    text = RIGHT + INVOICES.replace('nmid = "ID1020021181745"\n', "")
    path = file(tmp_path, text, ('"midtrans"]', '"midtrans", "interactive"]'))
    assert [line for line in cautions(load(path)) if line.startswith("gateway.interactive.nmid: not set")]
