"""What a gateway declares is what it does; what it has not is refused without a request.

Nobody listens where these gateways ask: a call that is made at all is `Unreachable`.
"""

import pkgutil
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from itertools import product
from typing import Any

import pytest

from kiosk.errors import GatewayError, Unreachable, Unsupported
from kiosk.gateways import GATEWAYS
from kiosk.gateways.base import Gateway
from kiosk.gateways.contract import Shows
from kiosk.model import Order, Rupiah, TroubleKind
from tests.gateways.contract.accent import Accent, Call, Standing
from tests.gateways.contract.accents import ACCENTS, accent_of
from tests.gateways.contract.case import NOWHERE, concluded, key_of, order_for
from tests.gateways.contract.test_money import named

CONTRACTS = ["the least contract", "a generous contract"]


@contextmanager
def opened(accent: Accent, contract: str) -> Iterator[Gateway]:
    allowed: Mapping[str, Any] = {} if contract == CONTRACTS[0] else accent.contract
    with closing(accent.opened(NOWHERE, 5.0, allowed)) as gateway:
        yield gateway


def shows(name: str) -> Shows:
    found: Shows = pkgutil.resolve_name(GATEWAYS[name]).Config.shows
    return found


def refund(gateway: Gateway, accent: Accent, order: Order, amount: int) -> None:
    charge = accent.charge(order)
    gateway.refund(order, charge, accent.evidence, Rupiah(amount), key_of(order))


@pytest.mark.parametrize(("name", "call", "contract"), list(product(ACCENTS, Call, CONTRACTS)), ids=named)
def test_a_call_is_made_exactly_if_it_is_declared(name: str, call: Call, contract: str) -> None:
    accent = accent_of(name)
    with opened(accent, contract) as gateway:
        declared = {
            Call.CREATE: shows(name) is not Shows.NOTHING,
            Call.STATUS: True,
            Call.CANCEL: gateway.terms.cancels,
            Call.REFUND: gateway.terms.refunds,
        }[call]
        seen = concluded(gateway, call, order_for(accent), accent)
    assert seen is (TroubleKind.UNREACHABLE if declared else TroubleKind.UNSUPPORTED)


@pytest.mark.parametrize(("name", "contract"), list(product(ACCENTS, CONTRACTS)))
def test_a_part_is_given_back_exactly_if_that_is_declared(name: str, contract: str) -> None:
    accent = accent_of(name)
    order = order_for(accent)
    with opened(accent, contract) as gateway:
        in_part = gateway.terms.refunds_in_part
        with pytest.raises(Unreachable if in_part else Unsupported):
            refund(gateway, accent, order, order.amount - 1)


@pytest.mark.parametrize("name", ACCENTS)
def test_an_order_without_its_charge_is_asked_about_unless_the_charge_is_declared_to_be_needed(
    name: str,
) -> None:
    accent = accent_of(name)
    with opened(accent, CONTRACTS[1]) as gateway:
        needed = gateway.terms.asks_by_charge
        with pytest.raises(Unsupported if needed else Unreachable):
            gateway.status(order_for(accent), None)


@pytest.mark.parametrize("name", ACCENTS)
def test_a_gateway_that_never_says_a_final_no_says_when_its_codes_lapse(name: str) -> None:
    """Else its unpaid orders would stay open for ever."""
    accent = accent_of(name)
    with opened(accent, CONTRACTS[0]) as gateway:
        assert gateway.terms.lapses_after is not None or Standing.LAPSED in accent.standings()


@pytest.mark.parametrize("name", [name for name in ACCENTS if shows(name) is Shows.NOTHING])
def test_a_gateway_that_makes_no_code_says_which_one_does(name: str) -> None:
    accent = accent_of(name)
    with opened(accent, CONTRACTS[0]) as gateway, pytest.raises(Unsupported) as said:
        gateway.create(order_for(accent))
    assert [other for other in GATEWAYS if other in said.value.reason and shows(other) is not Shows.NOTHING]


@pytest.mark.parametrize("name", ACCENTS)
def test_an_order_id_that_would_lead_elsewhere_is_not_sent(name: str) -> None:
    accent = accent_of(name)
    with opened(accent, CONTRACTS[1]) as gateway:
        for order_id in ("a/b?c", "..", "", "A" * 33, "a b", "a&b=c", "a#b", "%2e", "é", "a\r\nb"):
            order = order_for(accent, order_id)
            for call in (gateway.create, lambda order: gateway.status(order, None)):
                with pytest.raises(GatewayError) as said:
                    call(order)
                assert not isinstance(said.value, Unreachable)
