"""A machine of which only the file and the credentials exist, and documents pushed to it."""

from pathlib import Path
from typing import Any

import msgspec

from kiosk.drawing import Artist
from kiosk.journal import create
from kiosk.mqtt.messages import Desired, decode
from kiosk.pushed import Candidate, Pushed
from kiosk.pushing import Examiner, Own, lay, own_file
from tests.config.files import RIGHT, store_secret, written

SLOTS = """\
[[slots]]
number = 7
name = "Teh manis"
price = 8000
output = "spiral1"

[[slots]]
number = 2
name = "Air"
price = 5000
output = "spiral1"
counts_stock = true

"""
TWO_GATEWAYS = RIGHT.replace('["midtrans"]', '["midtrans", "interactive"]').replace(
    "[gateway.midtrans]", f'{SLOTS}[gateway.interactive]\nmerchant_id = "195255685725"\n\n[gateway.midtrans]'
)
"""Slots 1, 7 and 2 in this order, sold through Midtrans and then through InterActive."""

FREE = TWO_GATEWAYS[: TWO_GATEWAYS.index("[[slots]]")] + (
    TWO_GATEWAYS[TWO_GATEWAYS.index("[gateway.interactive]") :]
    + '[free_amount]\nname = "Parkir"\nminimum = 2000\nmaximum = 50000\nstep = 1000\noutput = "spiral1"\n'
)
"""The same machine with a free amount."""


def own(folder: Path, text: str = TWO_GATEWAYS, *changes: tuple[str, str]) -> Own:
    """The machine's own file, read as a start reads it."""
    path = written(folder, text, *changes)
    store_secret(folder / "credentials", "interactive-canary-0123456789", "interactive.api_key")
    store_secret(folder / "credentials", "SK-canary-0123456789", "doku_indodana.secret_key")
    return own_file(path)


def desired(document: Any, version: int = 7) -> Desired:
    """A document as it comes from the broker: through JSON, strictly."""
    message = decode(Desired, msgspec.json.encode({"version": version, "document": document}))
    assert isinstance(message, Desired), message
    return message


def running(own: Own, document: Any = None) -> Examiner:
    """The examiner of a machine with a small panel that started while that document was in effect."""
    pushed = Pushed() if document is None else in_effect(document)
    return Examiner(lay(own, pushed), Artist((128, 64)).require_room_for)


def examined(own: Own, document: Any) -> Candidate:
    """What a document comes to."""
    return running(own).examine(desired(document))


def faults(own: Own, document: Any) -> list[tuple[str, str]]:
    """Path and reason of everything that is wrong with a document."""
    return [(fault.path, fault.reason) for fault in examined(own, document).errors]


def in_effect(document: dict[str, Any], version: int = 7) -> Pushed:
    """What the journal says while that document holds."""
    return Pushed(version=version, hash="0" * 64, in_effect=version, document=document)


def journaled(folder: Path) -> Path:
    """A machine whose journal lies beside its file."""
    places = f'state = "{folder}/state"\nmarker = "{folder}/epoch"\n'
    own(folder, TWO_GATEWAYS, ("\n[panel]", f"{places}\n[panel]"))
    create(folder / "state" / "journal.db", folder / "epoch")
    return folder / "kiosk.toml"
