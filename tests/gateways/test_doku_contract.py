"""What an operator agreed with DOKU: the numbers, the limits, and keys of the wrong form."""

import subprocess
import sys
from typing import Any

import msgspec
import pytest

from kiosk.errors import ConfigError, Misconfigured
from kiosk.gateways import GATEWAYS
from kiosk.gateways.doku import Doku
from kiosk.model import Environment, Field, Terms, Tips
from kiosk.secret import Secret
from tests.config.files import written
from tests.gateways.conftest import NOON
from tests.gateways.doku_papers import CLIENT, MALL, SECRET, pem, public_pem

REAL = [Environment.PRODUCTION, Environment.SANDBOX]
ACCOUNT: dict[str, Any] = {"client_id": CLIENT, "merchant_id": MALL, "postal_code": "13120"}


def terms(environment: Environment, **settings: Any) -> Terms:
    return Doku.terms_of(Doku.Config(**{**ACCOUNT, **settings}), environment)


def problems(environment: Environment, **settings: Any) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        terms(environment, **settings)
    return caught.value.problems


def opened(environment: Environment, **secrets: str) -> Doku:
    kept = {name: Secret(text) for name, text in secrets.items()}
    return Doku(Doku.Config(**ACCOUNT), environment, kept, "KSK01", lambda: NOON)


@pytest.mark.parametrize("environment", REAL)
def test_without_settings_the_numbers_are_those_of_the_handbook(environment: Environment) -> None:
    declared = terms(environment)
    assert (declared.on_screen, declared.poll, declared.wait_for_code) == (180, (5,), 20)
    assert (declared.create_deadline, declared.status_deadline, declared.claim_window) == (10, 5, 45)
    assert (declared.refunds, declared.refunds_in_part, declared.cancels) == (False, False, False)
    assert (declared.tips, declared.signs_time, declared.lapses_after) == (Tips.REFUSE, True, 1200)
    assert declared.carries == {Field.ORDER_ID, Field.AMOUNT, Field.CURRENCY}


def test_a_code_that_lives_longer_lapses_later() -> None:
    assert terms(Environment.SANDBOX, validity_minutes=30).lapses_after == 30 * 60 + 600


@pytest.mark.parametrize("environment", REAL)
@pytest.mark.parametrize(
    ("setting", "value", "problem"),
    [
        ("poll", (4.9,), "gateway.doku.poll: 4.9 s is below 5 s"),
        ("create_deadline", 9, "gateway.doku.create_deadline: 9 s is below 10 s"),
        ("status_deadline", 4, "gateway.doku.status_deadline: 4 s is below 5 s"),
        ("claim_window", 44, "gateway.doku.claim_window: 44 s is below 45 s"),
        ("base_url", "http://127.0.0.1:1", "gateway.doku.base_url: is for the simulator only"),
        ("validity_minutes", 3, "gateway.doku.validity_minutes: the code expires (3 min) while it is"),
        ("on_screen", 556, "gateway.doku.validity_minutes: the code expires (10 min) while it is"),
    ],
)
def test_real_money_is_not_hurried(environment: Environment, setting: str, value: Any, problem: str) -> None:
    (said,) = problems(environment, **{setting: value})
    assert said.startswith(problem)


def test_a_code_may_just_outlive_its_time_on_the_panel() -> None:
    assert terms(Environment.PRODUCTION, on_screen=555).on_screen == 555


@pytest.mark.parametrize(
    "settings",
    [
        {"client_id": ""},
        {"client_id": "BRN 0201"},
        {"client_id": "BRN-0201\n"},
        {"client_id": "a" * 65},
        {"merchant_id": ""},
        {"merchant_id": 2115},
        {"merchant_id": "21-15"},
        {"postal_code": "1312"},
        {"postal_code": 13120},
        {"terminal": "A1"},
        {"terminal": "A" * 17},
        {"terminal": "A-01"},
        {"service_code": "5"},
        {"service_code": 51},
        {"validity_minutes": 0},
        {"validity_minutes": 1441},
        {"channel_id": "H2H\n"},
        {"poll": []},
        {"secret_key": SECRET},
    ],
    ids=str,
)
def test_a_setting_of_the_wrong_kind_is_refused_by_its_type(settings: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({**ACCOUNT, **settings}, Doku.Config)


@pytest.mark.parametrize("field", ACCOUNT)
def test_an_account_is_told_whole(field: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=field):
        msgspec.convert({name: ACCOUNT[name] for name in ACCOUNT if name != field}, Doku.Config)


@pytest.mark.parametrize(
    ("secrets", "said"),
    [
        ({"private_key": pem()}, "doku.secret_key is missing"),
        ({"private_key": pem(), "secret_key": "two words"}, "doku.secret_key is not one word"),
        ({"private_key": pem(), "secret_key": pem()}, "doku.secret_key is a key in PEM form"),
        ({"secret_key": SECRET}, "doku.private_key: it is no whole PEM"),
        ({"secret_key": SECRET, "private_key": SECRET}, "doku.private_key: it is no whole PEM"),
        ({"secret_key": SECRET, "private_key": public_pem()}, "doku.private_key: it holds a public key"),
        ({"secret_key": SECRET, "private_key": pem()[:99]}, "doku.private_key: it is no whole PEM"),
    ],
    ids=["no secret key", "two words", "exchanged", "no private key", "not a PEM", "public", "cut off"],
)
@pytest.mark.parametrize("environment", REAL)
def test_a_key_of_the_wrong_form_is_refused_at_the_start(
    environment: Environment, secrets: dict[str, str], said: str
) -> None:
    with pytest.raises(Misconfigured, match=said) as caught:
        opened(environment, **secrets)
    assert "kiosk secret set doku." in str(caught.value)
    assert not [text for text in secrets.values() if text in str(caught.value)]


def test_a_private_key_of_the_wrong_form_is_told_the_right_one() -> None:
    with pytest.raises(
        Misconfigured, match="an RSA private key is wanted, from `-----BEGIN PRIVATE KEY-----`"
    ):
        opened(Environment.PRODUCTION, secret_key=SECRET, private_key=public_pem())


def test_without_the_library_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cryptography.exceptions", None)
    with pytest.raises(Misconfigured, match="install the extra `doku`"):
        opened(Environment.PRODUCTION, secret_key=SECRET, private_key=pem())


@pytest.mark.parametrize("environment", REAL)
def test_keys_that_fit_are_taken_without_a_network(environment: Environment) -> None:
    gateway = opened(environment, secret_key=SECRET, private_key=pem())
    assert (gateway.name, gateway.merchant, gateway.clock_offset) == ("doku", MALL, None)


def test_the_registry_names_it() -> None:
    assert GATEWAYS["doku"] == f"{Doku.__module__}:{Doku.__qualname__}"


def test_where_only_midtrans_is_configured_nothing_of_rsa_is_loaded(tmp_path: Any) -> None:
    """It costs a Pi memory and start time: the whole configuration is read, and the gateway opened."""
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from kiosk.config import load\n"
        "from kiosk.keyring import opened\n"
        "import kiosk.daemon, kiosk.assembly, kiosk.gateways.doku\n"
        "opened(load(Path(sys.argv[1])), 'midtrans').close()\n"
        "print(sorted(name for name in sys.modules if name.partition('.')[0] == 'cryptography'))\n"
    )
    config = written(tmp_path)
    run = subprocess.run(
        [sys.executable, "-c", program, str(config)], capture_output=True, text=True, check=True, timeout=60
    )
    assert run.stdout == "[]\n"
