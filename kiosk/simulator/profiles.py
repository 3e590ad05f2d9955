"""The sample configurations as machines that can be simulated: what they sell, release and sense is theirs.

Only the drivers and the pins are left out, for here everything is drawn.
"""

import sysconfig
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from hardware.plans import Plan as Pulses
from kiosk.config import draft_of
from kiosk.configuration import InputTable
from kiosk.errors import KioskError
from kiosk.fitting import size_of

_CHECKOUT: Final = Path(__file__).parents[2] / "systemd" / "profiles"
_INSTALLED: Final = Path(sysconfig.get_path("data")) / "share" / "qris-kiosk" / "profiles"
FOLDER: Final = _CHECKOUT if _CHECKOUT.is_dir() else _INSTALLED
NAMES: Final = ("vending", "coin", "gate")


class Goods(Struct, frozen=True):
    """What one slot sells; `meaning` explains an Indonesian name."""

    number: int
    name: str
    meaning: str
    price: int


class Profile(Struct, frozen=True, kw_only=True):
    """One sample: its slots or its free amount, and the tables of its parts without drivers and pins.

    `size` is the panel's, in dots.
    """

    name: str
    merchant: str
    size: tuple[int, int]
    outputs: Mapping[str, dict[str, Any]]
    inputs: Mapping[str, dict[str, Any]]
    limits: Mapping[str, Any]
    slots: tuple[dict[str, Any], ...] = ()
    free: dict[str, Any] | None = None

    def pulse(self, output: str) -> int:
        """Milliseconds of one pulse."""
        return int(self.outputs[output]["milliseconds"])

    @property
    def goods(self) -> tuple[Goods, ...]:
        """What its slots sell."""
        return tuple(
            Goods(slot["number"], slot["name"], MEANINGS.get(slot["name"], ""), slot["price"])
            for slot in self.slots
        )

    def input_for(self, role: str) -> str:
        """The name of the input with this role; empty where there is none."""
        return next((name for name, table in self.inputs.items() if table["role"] == role), "")


def profile(name: str) -> Profile:
    """Read the sample; raises KioskError outside a checkout."""
    path = FOLDER / f"{name}.toml"
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise KioskError(f"the sample {path} cannot be read: start scripts/simulate in a checkout") from error
    return Profile(
        name=name,
        merchant=raw["merchant"],
        size=_panel_of(path),
        outputs={key: _only(table, Pulses) for key, table in raw["outputs"].items()},
        inputs={key: _only(table, InputTable) for key, table in raw.get("inputs", {}).items()},
        limits=raw.get("limits", {}),
        slots=tuple(raw.get("slots", ())),
        free=raw.get("free_amount"),
    )


def _panel_of(path: Path) -> tuple[int, int]:
    draft = draft_of(path)
    assert draft is not None, "it was read just now"
    assert draft.panel is not None, "the samples are valid"
    assert draft.panel.config is not None, "the samples are valid"
    return size_of(draft.panel.config)


def _only(table: dict[str, Any], kind: type[Struct]) -> dict[str, Any]:
    return {name: value for name, value in table.items() if name in kind.__struct_fields__}


MEANINGS: Final = {
    "Kopi susu": "coffee with milk",
    "Teh manis": "sweet tea",
    "Roti cokelat": "chocolate bread",
    "Air mineral": "mineral water",
    "Mobil": "car",
    "Motor": "motorcycle",
}
