"""The gateways in the suite, each by its accent; a new one is a module and a line here."""

import pkgutil

from tests.gateways.contract.accent import Accent

ACCENTS = {
    "midtrans": "tests.gateways.contract.accents.midtrans:Midtrans",
    "doku": "tests.gateways.contract.accents.doku:Doku",
    "doku_indodana": "tests.gateways.contract.accents.doku_indodana:DokuIndodana",
    "interactive": "tests.gateways.contract.accents.interactive:Interactive",
    "indodana": "tests.gateways.contract.accents.indodana:Indodana",
}


def accent_of(name: str) -> Accent:
    """The accent of a gateway."""
    accent: Accent = pkgutil.resolve_name(ACCENTS[name])()
    return accent
