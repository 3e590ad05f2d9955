"""Each gateway's own limits at the keypad: an amount outside them is refused, and they are shown."""

from contextlib import closing

import pytest
from msgspec.structs import replace

from kiosk import effects as do
from kiosk import events as on
from kiosk.model import Rupiah, Terms
from kiosk.screens import AmountNotAccepted
from tests.core.shop import PARKING, SETTINGS, Shop
from tests.gateways.contract.accent import Call
from tests.gateways.contract.accents import ACCENTS, accent_of
from tests.gateways.contract.case import NOWHERE, offers

SELLING = [name for name in ACCENTS if offers(accent_of(name), Call.CREATE)]
ANY_AMOUNT = replace(PARKING, minimum=Rupiah(1), maximum=Rupiah(99_999_999), step=Rupiah(1))


def terms_of(name: str) -> Terms:
    accent = accent_of(name)
    with closing(accent.opened(NOWHERE, 1.0, {})) as gateway:
        return gateway.terms


def asked_for(amount: int, terms: Terms) -> Shop:
    shop = Shop(replace(SETTINGS, slots=(), free=ANY_AMOUNT), terms)
    shop.happen(on.TimePassed())
    shop.press(f"{amount}#")
    return shop


@pytest.mark.parametrize("name", SELLING)
def test_an_amount_outside_a_gateways_limits_is_refused_with_the_limits_shown(name: str) -> None:
    terms = terms_of(name)
    for amount in {terms.minimum - 1, terms.maximum + 1} - {0}:
        shop = asked_for(amount, terms)
        assert shop.screen == AmountNotAccepted(Rupiah(amount), terms.minimum, terms.maximum, Rupiah(1))
        assert not shop.waits_for(do.Mint)


@pytest.mark.parametrize("name", SELLING)
def test_an_amount_at_a_gateways_limits_is_sold(name: str) -> None:
    terms = terms_of(name)
    for amount in (terms.minimum, terms.maximum):
        assert asked_for(amount, terms).waits_for(do.Mint)
