"""The providers of the pretended world: for each its face, its secrets, and its table in the configuration.

The secrets are invented anew at every start; the merchant's key pair for DOKU is a real one.
"""

import math
import secrets
from collections.abc import Callable
from typing import Any, Final, Protocol

from msgspec import Struct
from starlette.applications import Starlette

from kiosk.simulator.counter import Counter
from kiosk.simulator.wiring import SERVER_KEY, Branch, Plan

PAYLATER_HOST: Final = "sandbox01.indodana.com"
ADDRESS: Final = {
    "first_name": "Kopi Kita",
    "address": "Jalan Braga 17",
    "city": "Bandung",
    "postal_code": "40284",
    "phone": "6281200000000",
}
CUSTOMER: Final = {"first_name": "Kopi Kita", "email": "kasir@kopikita.example", "phone": "6281200000000"}


class Face(Protocol):
    """A provider's HTTP interface."""

    def app(self) -> Starlette:
        """The routes."""

    def close(self) -> None:
        """Answer at once what is being answered slowly."""


class Opened(Struct, frozen=True):
    """A provider's face, and what the kiosk needs to talk to it; `settings` may hold tables."""

    face: Face
    secrets: dict[str, str]
    settings: dict[str, Any]

    def branch(self, name: str, url: str) -> Branch:
        """The same as the kiosk's files want it."""
        return Branch(name, self.secrets, {"base_url": url, **self.settings})


class Provider(Struct, frozen=True):
    """One provider: its name for people, whether it makes codes, and how it is opened."""

    title: str
    sells: bool
    opened: Callable[[Plan, Counter], Opened]


def _contract(plan: Plan, *, refunds: bool) -> dict[str, Any]:
    return {
        "refunds": refunds and plan.refunds,
        "on_screen": plan.on_screen,
        "claim_window": plan.claim_window,
        "poll": [plan.poll],
        "wait_for_code": plan.wait_for_code,
        "create_deadline": plan.create_deadline,
        "status_deadline": plan.status_deadline,
    }


def _minutes(plan: Plan) -> int:
    return math.ceil((plan.on_screen + plan.claim_window) / 60)


def _midtrans(plan: Plan, counter: Counter) -> Opened:
    from kiosk.simulator.midtrans_face import Account, MidtransFace

    account = Account(SERVER_KEY, plan.merchant)
    settings = _contract(plan, refunds=True) | {
        "merchant_id": plan.merchant.id,
        "nmid": plan.merchant.nmid,
    }
    return Opened(MidtransFace(account, counter), {"server_key": SERVER_KEY}, settings)


def _doku(plan: Plan, counter: Counter) -> Opened:
    from kiosk.simulator.doku_face import DokuFace
    from kiosk.simulator.doku_gate import DokuAccount
    from kiosk.simulator.doku_signing import KeyPair

    pair, secret = KeyPair(), f"SK-{secrets.token_hex(16)}"
    client = "BRN-0000-0000000000000"
    account = DokuAccount(client_id=client, secret_key=secret, public_key=pair.public, merchant=plan.merchant)
    settings = _contract(plan, refunds=True) | {
        "client_id": client,
        "merchant_id": account.mall_id,
        "postal_code": plan.merchant.postal_code,
        "nmid": plan.merchant.nmid,
        "validity_minutes": _minutes(plan),
    }
    keys = {"secret_key": secret, "private_key": pair.private}
    return Opened(DokuFace(account, counter), keys, settings)


def _doku_indodana(plan: Plan, counter: Counter) -> Opened:
    from kiosk.simulator.doku_indodana_face import DokuIndodanaFace, IndodanaAccount

    client, secret = "MCH-0000-0000000000000", f"SK-{secrets.token_hex(16)}"
    settings = _contract(plan, refunds=False) | {
        "client_id": client,
        "link_hosts": [PAYLATER_HOST],
        "category": "food-and-beverage",
        "callback_url_cancel": "https://kopikita.example/look-at-the-machine",
        "expiry_minutes": _minutes(plan),
        "customer": CUSTOMER,
        "billing_address": ADDRESS,
    }
    return Opened(
        DokuIndodanaFace(IndodanaAccount(client, secret), counter), {"secret_key": secret}, settings
    )


def _interactive(plan: Plan, counter: Counter) -> Opened:
    from kiosk.simulator.interactive_face import InteractiveAccount, InteractiveFace

    key, merchant = f"{secrets.randbelow(10**14):014}", "195255685725"
    settings = _contract(plan, refunds=False) | {"merchant_id": merchant, "nmid": plan.merchant.nmid}
    account = InteractiveAccount(api_key=key, id=merchant, merchant=plan.merchant)
    return Opened(InteractiveFace(account, counter), {"api_key": key}, settings)


def _indodana(plan: Plan, counter: Counter) -> Opened:
    from kiosk.simulator.indodana_face import IndodanaFace, IndodanaMerchant

    account = IndodanaMerchant("kopikita", secrets.token_hex(16))
    keys = {"api_key": account.api_key, "secret_key": account.secret_key}
    return Opened(IndodanaFace(account, counter), keys, {"status_deadline": plan.status_deadline})


PROVIDERS: Final = {
    "midtrans": Provider("Midtrans", sells=True, opened=_midtrans),
    "doku": Provider("DOKU", sells=True, opened=_doku),
    "doku_indodana": Provider("DOKU Indodana", sells=True, opened=_doku_indodana),
    "interactive": Provider("InterActive", sells=True, opened=_interactive),
    "indodana": Provider("Indodana", sells=False, opened=_indodana),
}
"""Every provider there is a face of."""

SELLING: Final = tuple(name for name, one in PROVIDERS.items() if one.sells)


def title_of(name: str) -> str:
    """What people call a provider; the name itself where nobody knows it."""
    return PROVIDERS[name].title if name in PROVIDERS else name


def is_choice(names: tuple[str, ...]) -> bool:
    """Whether a machine can sell through these, in this order: each makes codes, and stands there once."""
    return bool(names) and len(set(names)) == len(names) and set(names) <= set(SELLING)
