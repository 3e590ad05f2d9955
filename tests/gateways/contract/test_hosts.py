"""Where each gateway asks: the very hosts of its document, over TLS."""

import pkgutil
from contextlib import closing

import msgspec
import pytest

from kiosk.errors import Misconfigured
from kiosk.gateways import GATEWAYS
from kiosk.gateways.base import Gateway
from kiosk.model import Environment
from kiosk.secret import Secret
from tests.gateways.conftest import NOON
from tests.gateways.contract.accents import accent_of

PRODUCTION = {
    "midtrans": "https://api.midtrans.com",
    "doku": "https://api.doku.com",
    "doku_indodana": "https://api.doku.com",
    "interactive": "https://qris.online",
    "indodana": "https://api.indodanafinance.co.id",
}
SANDBOX = {
    "midtrans": "https://api.sandbox.midtrans.com",
    "doku": "https://api-sandbox.doku.com",
    "doku_indodana": "https://api-sandbox.doku.com",
    "indodana": "https://stg-k-api.indodanafinance.com",
}


def opened(name: str, environment: Environment) -> Gateway:
    accent, kind = accent_of(name), pkgutil.resolve_name(GATEWAYS[name])
    texts = {secret: text() for secret, text in accent.secrets.items()}
    if environment is Environment.PRODUCTION:
        texts = {secret: text.removeprefix("SB-") for secret, text in texts.items()}
    config = msgspec.convert(accent.settings, kind.Config)
    secrets = {secret: Secret(text) for secret, text in texts.items()}
    gateway: Gateway = kind(config, environment, secrets, "KSK01", lambda: NOON)
    return gateway


@pytest.mark.parametrize("name", GATEWAYS)
def test_real_money_is_asked_about_at_the_host_of_the_document(name: str) -> None:
    with closing(opened(name, Environment.PRODUCTION)) as gateway:
        assert vars(gateway)["_http"]._base_url == PRODUCTION[name]


@pytest.mark.parametrize("name", SANDBOX)
def test_the_sandbox_is_another_host(name: str) -> None:
    with closing(opened(name, Environment.SANDBOX)) as gateway:
        assert vars(gateway)["_http"]._base_url == SANDBOX[name]


@pytest.mark.parametrize("name", sorted(GATEWAYS.keys() - SANDBOX.keys()))
def test_where_there_is_no_sandbox_none_is_made_up(name: str) -> None:
    with pytest.raises(Misconfigured, match="no sandbox"):
        opened(name, Environment.SANDBOX)
