"""The files of the pretended machine: an ordinary configuration, an invented key, an empty journal.

What is written here is what an operator would write; only the drivers are emulated and the gateway is ours.
"""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from msgspec import Struct, to_builtins

from hardware.plans import Train
from kiosk import journal, pin
from kiosk.simulator.merchant import Merchant
from kiosk.simulator.profiles import Goods, Profile
from kiosk.simulator.serving import LOOPBACK

SERVER_KEY: Final = "SB-Mid-server-simulator-0000000000"
STAFF_PIN: Final = "2468"
"""Of the staff menu; the page tells it to everybody."""
KIOSK: Final = "K01"
CONTACT: Final = "WA 0812-0000-0000"
PATIENT_SHOP: Final = 60
"""Unpaid orders within ten minutes: who plays with misfortunes leaves many."""
RUN: Final = "import sys; from kiosk.cli import main; sys.exit(main())"


SHELF: Final = (
    Goods(1, "Kopi susu", "coffee with milk", 12_000),
    Goods(2, "Teh manis", "sweet tea", 6_000),
    Goods(3, "Roti cokelat", "chocolate bread", 9_500),
    Goods(4, "Air mineral", "mineral water", 4_000),
)


class Plan(Struct, frozen=True, kw_only=True):
    """What is simulated; seconds, and milliseconds for the pulse.

    A late payment comes `late` seconds after the claim window.  `gateways` are in the order of preference;
    `beside` are those that only answer about orders made elsewhere.  `train`: outputs give pulses for the
    amount, as a machine that takes coins wants them.  With `webhooks` gateways push to a service that rings.
    A `profile` says itself what is sold, and its outputs how they pulse.
    """

    gateways: tuple[str, ...] = ("midtrans",)
    beside: tuple[str, ...] = ()
    free_amount: bool = False
    refunds: bool = False
    language: str = "en"
    on_screen: float = 30.0
    claim_window: float = 8.0
    poll: float = 2.0
    wait_for_code: float = 20.0
    create_deadline: float = 10.0
    status_deadline: float = 5.0
    pulse: int = 500
    train: Train | None = None
    late: float = 3.0
    merchant: Merchant = Merchant()
    webhooks: bool = False
    profile: Profile | None = None

    def output_of(self, number: int) -> str:
        """The output that releases a slot; slot 0 is the free amount."""
        return f"spiral{number}" if number else "gate"

    @property
    def outputs(self) -> list[str]:
        """All outputs of the machine."""
        if self.profile:
            return list(self.profile.outputs)
        return [self.output_of(0)] if self.free_amount else [self.output_of(one.number) for one in SHELF]

    @property
    def shelf(self) -> tuple[Goods, ...]:
        """What its slots sell; nothing where the amount is free."""
        if self.profile:
            return self.profile.goods
        return () if self.free_amount else SHELF

    def pulse_of(self, output: str) -> int:
        """Milliseconds of one whole pulse."""
        return self.profile.pulse(output) if self.profile else self.pulse

    def gives_coins(self, output: str) -> bool:
        """Whether it pulses for the amount."""
        return "train" in self.profile.outputs[output] if self.profile else self.train is not None


class Branch(Struct, frozen=True):
    """One gateway as the kiosk's files have it: its secrets, and its table, which may hold tables."""

    name: str
    secrets: dict[str, str]
    settings: dict[str, Any]


class Files(Struct, frozen=True):
    """Where the machine's files are; `socket` is the box's end of its wires."""

    folder: Path
    socket: Path

    @property
    def config(self) -> Path:
        """The configuration file."""
        return self.folder / "kiosk.toml"

    @property
    def journal(self) -> Path:
        """The journal."""
        return self.folder / "state" / "journal.db"

    @property
    def marker(self) -> Path:
        """The journal's epoch marker."""
        return self.folder / "epoch"

    @property
    def control(self) -> Path:
        """Where the kiosk hears people on the spot: beside its wires, for both must be short."""
        return self.socket.with_name("control")

    @property
    def credentials(self) -> Path:
        """The folder of secrets."""
        return self.folder / "credentials"


def kiosk_run(files: Files) -> list[str]:
    """The command that starts the kiosk."""
    return [sys.executable, "-P", "-c", RUN, "run", "--config", str(files.config)]


def furnish(files: Files, plan: Plan, branches: Sequence[Branch], broker: int) -> None:
    """Write whatever a kiosk needs to start; a journal that is there already stays.

    `broker` is the port of loopback by which the kiosk reaches it.
    """
    configure(files, plan, branches, broker)
    if not files.journal.exists():
        journal.create(files.journal, files.marker)
    files.socket.unlink(missing_ok=True)


def configure(files: Files, plan: Plan, branches: Sequence[Branch], broker: int) -> None:
    """Write the configuration and the secrets anew."""
    files.credentials.mkdir(mode=0o700, parents=True, exist_ok=True)
    named = {f"{branch.name}.{name}": text for branch in branches for name, text in branch.secrets.items()}
    for name, text in {**named, pin.CREDENTIAL: pin.hashed(STAFF_PIN, os.urandom(pin.SALT_BYTES))}.items():
        secret = files.credentials / name
        secret.touch(mode=0o600)
        secret.write_text(text)
    files.config.write_text(configuration(files, plan, branches, broker))


def configuration(files: Files, plan: Plan, branches: Sequence[Branch], broker: int) -> str:
    """The text of kiosk.toml; a gateway that sells no more keeps its table, for its old orders."""
    tables = [
        _table("", kiosk=KIOSK, environment="simulator", merchant=plan.merchant.name, contact=CONTACT),
        _table("", language=plan.language, gateways=list(plan.gateways), state=str(files.journal.parent)),
        _table("", marker=str(files.marker), credentials=str(files.credentials), control=str(files.control)),
        _table("[keypad]", driver="emulated", socket=str(files.socket)),
        _table("[clock]", driver="emulated", socket=str(files.socket)),
        *(_sample(files, plan.profile) if plan.profile else _coffee(files, plan)),
        *(table for branch in branches for table in _tables(f"gateway.{branch.name}", branch.settings)),
        _table("[mqtt]", host=LOOPBACK, port=broker, tls=False),
    ]
    return "\n".join(tables)


def _coffee(files: Files, plan: Plan) -> Iterator[str]:
    yield _table("[panel]", driver="emulated", socket=str(files.socket))
    yield from (_output(name, files, plan) for name in plan.outputs)
    yield from _FREE_AMOUNT if plan.free_amount else map(_slot, SHELF)
    yield _table("[limits]", unpaid_orders=PATIENT_SHOP)


def _sample(files: Files, profile: Profile) -> Iterator[str]:
    width, height = profile.size
    yield _table("[panel]", driver="emulated", socket=str(files.socket), width=width, height=height)
    for kind, parts in (("outputs", profile.outputs), ("inputs", profile.inputs)):
        for name, table in parts.items():
            emulated = {"driver": "emulated", "socket": str(files.socket), "name": name}
            yield from _tables(f"{kind}.{name}", {**table, **emulated})
    yield from (_table("[[slots]]", **slot) for slot in profile.slots)
    yield from [_table("[free_amount]", **profile.free)] if profile.free else []
    yield _table("[limits]", **{**profile.limits, "unpaid_orders": PATIENT_SHOP})


def _output(name: str, files: Files, plan: Plan) -> str:
    table = {"driver": "emulated", "socket": str(files.socket), "name": name, "milliseconds": plan.pulse}
    train = {"train": to_builtins(plan.train)} if plan.train else {}
    return "\n".join(_tables(f"outputs.{name}", {**table, **train}))


def _slot(goods: Goods) -> str:
    output = f"spiral{goods.number}"
    return _table("[[slots]]", number=goods.number, name=goods.name, price=goods.price, output=output)


def _tables(name: str, values: dict[str, Any]) -> Iterator[str]:
    own = {key: value for key, value in values.items() if not isinstance(value, dict)}
    yield _table(f"[{name}]", **own)
    for key, value in values.items():
        if isinstance(value, dict):
            yield _table(f"[{name}.{key}]", **value)


def _table(_header: str, **values: object) -> str:
    """A table of TOML; JSON's way to write strings, numbers and lists of strings is TOML's too."""
    lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in values.items()]
    return "\n".join([_header, *lines] if _header else lines)


_FREE_AMOUNT: Final = (
    _table("[free_amount]", name="Parkir", minimum=2_000, maximum=50_000, step=1_000, output="gate"),
)
