"""docs/adding-a-gateway.md: its example is taken from the page and held to the whole contract."""

import ast
import importlib.util
import re
import sys
import tomllib
from pathlib import Path

import pytest

from kiosk.gateways import GATEWAYS
from tests.cli.test_check_credentials import check
from tests.config.files import RIGHT, store_secret
from tests.gateways.contract import test_capabilities, test_money
from tests.gateways.contract.accent import Call, Standing
from tests.gateways.contract.accents import ACCENTS, accent_of
from tests.gateways.contract.table import TABLE, Misfortune

PAGE = (Path(__file__).parents[2] / "docs" / "adding-a-gateway.md").read_text(encoding="utf-8")
BLOCKS = dict(re.findall(r"^```\w+\n# (\S+)\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE))
NAME = "warung"


def entry(path: str) -> dict[str, str]:
    """The line of a registry that the page shows."""
    found: dict[str, str] = ast.literal_eval("{" + BLOCKS[path] + "}")
    return found


@pytest.fixture(autouse=True)
def _joined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The example, as if its two files and its two lines were there."""
    for path in ("kiosk/gateways/warung.py", "tests/gateways/contract/accents/warung.py"):
        file = tmp_path / path.replace("/", "_")
        file.write_text(BLOCKS[path])
        module = path.removesuffix(".py").replace("/", ".")
        spec = importlib.util.spec_from_file_location(module, file)
        assert spec is not None
        assert spec.loader is not None
        loaded = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, module, loaded)
        spec.loader.exec_module(loaded)
    monkeypatch.setitem(GATEWAYS, *entry("kiosk/gateways/__init__.py").popitem())
    monkeypatch.setitem(ACCENTS, *entry("tests/gateways/contract/accents/__init__.py").popitem())


@pytest.mark.parametrize("misfortune", TABLE, ids=lambda misfortune: misfortune.name)
def test_the_example_keeps_the_contract(misfortune: Misfortune) -> None:
    for call in Call:
        test_money.test_each_misfortune_has_one_conclusion(NAME, call, misfortune)


def test_the_example_understands_its_own_words() -> None:
    for standing in accent_of(NAME).standings():
        test_money.test_each_standing_is_understood(NAME, standing)
    assert Standing.PAID in accent_of(NAME).standings()


def test_the_example_does_what_it_declares() -> None:
    for call in Call:
        test_capabilities.test_a_call_is_made_exactly_if_it_is_declared(NAME, call, "the least contract")
    test_money.test_a_gateway_answers_for_exactly_the_fields_that_it_declares_to_carry(NAME)
    test_money.test_an_older_answer_after_a_newer_one_takes_nothing_back(NAME)


def test_the_examples_configuration_is_right(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    toml = BLOCKS["/etc/qris-kiosk/kiosk.toml"]
    gateways, _, table = toml.partition("\n\n")
    assert tomllib.loads(toml)["gateways"] == [NAME]
    text = RIGHT[: RIGHT.index("[gateway.midtrans]")].replace('gateways = ["midtrans"]', gateways) + table
    store_secret(tmp_path / "credentials", "warung-canary", "warung.api_key")
    path = tmp_path / "kiosk.toml"
    path.write_text(text.replace("CREDENTIALS", str(tmp_path / "credentials")))
    assert check(path, capsys) == []
