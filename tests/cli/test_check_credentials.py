"""`kiosk check` about credentials: which one is wrong and the form expected, never what it holds."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from kiosk.cli import main
from kiosk.gateways import GATEWAYS
from tests.config.files import RIGHT, store_secret
from tests.gateways.doku_papers import pem, public_pem

CANARY = "canary"
CUSTOMER = """
[gateway.doku_indodana.customer]
first_name = "Kopi"
email = "kopi@toko.example"
phone = "6281122334455"
[gateway.doku_indodana.billing_address]
first_name = "Kopi"
address = "Jalan Contoh 1"
city = "Jakarta"
postal_code = "12960"
phone = "6281122334455"
"""
LOOK = 'link_hosts = ["pay.example"]\nwebhook_service = "https://hooks.example"\n'
TABLES = {
    "midtrans": 'merchant_id = "G123456789"',
    "doku": 'client_id = "BRN-0201-1"\nmerchant_id = "2115"\npostal_code = "13120"',
    "doku_indodana": f'client_id = "MCH-0001-1"\n{LOOK}{CUSTOMER}',
    "interactive": 'merchant_id = "195255685725"',
    "indodana": "",
}
WORD = f"SK-{CANARY}"
KEYS: dict[str, dict[str, Callable[[], str]]] = {
    "midtrans": {"server_key": lambda: f"Mid-server-{CANARY}"},
    "doku": {"secret_key": lambda: WORD, "private_key": pem},
    "doku_indodana": {"secret_key": lambda: WORD},
    "interactive": {"api_key": lambda: WORD},
    "indodana": {"api_key": lambda: WORD, "secret_key": lambda: WORD},
}
SANDBOX = 'sandbox_moves_outputs = true\nenvironment = "sandbox"'
FILES = [(gateway, name) for gateway, names in KEYS.items() for name in names]
WORDS = [each for each in FILES if each != ("doku", "private_key")]


class Bad(NamedTuple):
    """A credential of the wrong form, and what is expected instead."""

    name: str
    text: Callable[[], str]
    expected: str
    environment: str = "production"


BAD = {
    "a PEM that is a public key": Bad("doku.private_key", public_pem, "an RSA private key is wanted"),
    "half of a PEM": Bad("doku.private_key", lambda: pem()[:400], "an RSA private key is wanted"),
    "a word for a PEM": Bad("doku.private_key", lambda: WORD, "an RSA private key is wanted"),
    "a key too short": Bad("doku.private_key", lambda: pem(1024), "at least 2048"),
    "a key of the sandbox": Bad(
        "midtrans.server_key", lambda: f"SB-Mid-server-{CANARY}", "production, which does not begin with SB-"
    ),
    "a key of production": Bad(
        "midtrans.server_key", lambda: f"Mid-server-{CANARY}", "sandbox, which begins with SB-", "sandbox"
    ),
}


def configured(folder: Path, gateway: str, environment: str = "production") -> Path:
    """A machine that sells through Midtrans and knows this gateway, with every key in its place."""
    tables = {"midtrans": TABLES["midtrans"], gateway: TABLES[gateway]}
    text = RIGHT[: RIGHT.index("[gateway.midtrans]")]
    text += "".join(f"[gateway.{name}]\n{table}\n" for name, table in tables.items())
    if environment == "sandbox":
        text = text.replace('environment = "production"', SANDBOX)
    for each in tables:
        for name, key in KEYS[each].items():
            store_secret(folder / "credentials", key(), f"{each}.{name}")
    path = folder / "kiosk.toml"
    path.write_text(text.replace("CREDENTIALS", str(folder / "credentials")))
    return path


def check(path: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The problems that it says, a line each."""
    code = main(["check", "--config", str(path)])
    said = capsys.readouterr()
    assert CANARY not in said.out + said.err
    return said.err.splitlines() if code else []


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_with_every_key_in_its_place_there_is_no_problem(
    gateway: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(configured(tmp_path, gateway), capsys) == []


@pytest.mark.parametrize(("gateway", "name"), FILES)
def test_a_credential_that_is_missing_is_named_with_its_place(
    gateway: str, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = configured(tmp_path, gateway)
    place = tmp_path / "credentials" / f"{gateway}.{name}"
    place.unlink()
    wanted = f"{place}: this secret is missing; set it with: kiosk secret set {gateway}.{name}"
    assert check(path, capsys) == [wanted]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"two {CANARY} words", "one word"),
        (f"{CANARY}\n{CANARY}", "one word"),
        (CANARY * 40, "one word"),
        (f"clé-{CANARY}", "one word"),
        (f"-----BEGIN PRIVATE KEY-----\n{CANARY}", "one word"),
    ],
    ids=["with a blank", "of two lines", "too long", "not of English letters", "a PEM"],
)
@pytest.mark.parametrize(("gateway", "name"), WORDS)
def test_a_credential_that_is_no_word_is_named_with_its_form(
    gateway: str,
    name: str,
    text: str,
    expected: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = configured(tmp_path, gateway)
    store_secret(tmp_path / "credentials", text, f"{gateway}.{name}")
    (said,) = check(path, capsys)
    assert f"{gateway}.{name}" in said
    assert expected in said
    assert f"kiosk secret set {gateway}.{name}" in said


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_a_key_of_the_wrong_kind_is_named_with_the_right_one(
    bad: Bad, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = configured(tmp_path, bad.name.partition(".")[0], bad.environment)
    store_secret(tmp_path / "credentials", bad.text(), bad.name)
    said = [line for line in check(path, capsys) if bad.name in line]
    assert [bad.expected in line for line in said] == [True]


@pytest.mark.parametrize("gateway", ["doku", "doku_indodana"])
def test_a_client_id_with_blanks_is_named_with_its_line(
    gateway: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = configured(tmp_path, gateway)
    lines = path.read_text().splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("client_id"))
    lines[at] = lines[at].replace("-", " ")
    path.write_text("\n".join(lines))
    (said,) = check(path, capsys)
    assert said.startswith(f"{path}:{at + 1}: gateway.{gateway}.client_id: must be the client id DOKU gave")
