"""What a configuration is: the shape of the file, and what becomes of it once everything in it is right."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from msgspec import Meta, Struct

from hardware.plans import Train as PulseTrain
from kiosk import __version__
from kiosk.model import Environment, FreeAmount, Language, Rupiah, Slot
from kiosk.mqtt.broker import Broker, Prefix
from kiosk.pin import CREDENTIAL
from kiosk.roles import Role
from kiosk.secret import Secret
from kiosk.settings import Limits, Settings
from kiosk.trains import Train

_ONE_LINE = r"^[^\x00-\x1f\x7f]{%s}\Z"

KioskId = Annotated[
    str, Meta(pattern=r"^[A-Z0-9]{3,12}\Z", description='3 to 12 of A-Z and 0-9, such as "K01"')
]
Line = Annotated[
    str, Meta(pattern=_ONE_LINE % "0,40", description="a text of at most 40 characters in quotes")
]
Name = Annotated[str, Meta(pattern=_ONE_LINE % "1,20", description="a text of 1 to 20 characters in quotes")]
Price = Annotated[int, Meta(ge=1, le=10_000_000, description="a whole number of rupiah")]
SlotNumber = Annotated[int, Meta(ge=1, le=99, description="a whole number")]
Stocked = Annotated[int, Meta(ge=0, le=9_999, description="a whole number")]
Tables = Annotated[dict[str, dict[str, Any]], Meta(description="tables, each under a name of its own")]


class Part(Struct, frozen=True, kw_only=True):
    """One piece of equipment: the driver's name in its registry, and that driver's own settings."""

    driver: str
    config: Struct


class Sense(Struct, frozen=True, kw_only=True):
    """One input, what it is for, and its driver; `timeout` in seconds, 0 where nobody waits for it."""

    role: Role
    slots: tuple[int, ...]
    timeout: float
    part: Part


class Basics(Struct, frozen=True, kw_only=True):
    """The settings at the top of the file."""

    kiosk: KioskId
    environment: Environment
    merchant: Name
    gateways: tuple[str, ...]
    contact: Line = ""
    language: Language = Language.INDONESIAN
    timezone: str = "Asia/Jakarta"
    state: Path = Path("/var/lib/qris-kiosk")
    control: Path = Path("/run/qris-kiosk/control")
    marker: Path = Path("/var/lib/qris-kiosk-marker/epoch")
    credentials: Path | None = None
    sandbox_moves_outputs: bool = False

    @property
    def journal(self) -> Path:
        """The journal's file."""
        return self.state / "journal.db"


class Mqtt(Broker, frozen=True, kw_only=True):
    """[mqtt]; `home_assistant` is the prefix under which Home Assistant looks for machines, if any does.

    `signed`: commands and configurations are taken signed only, so the command key must be there.
    """

    home_assistant: Prefix | None = None
    signed: bool = False


class File(Basics, frozen=True, kw_only=True):
    """The whole file as it is written: the parts are tables still, for their drivers know what they hold."""

    panel: dict[str, Any]
    keypad: dict[str, Any]
    outputs: Tables
    gateway: Tables
    clock: dict[str, Any] = {}
    inputs: Tables = {}
    buzzer: dict[str, Any] | None = None
    limits: dict[str, Any] = {}
    slots: Annotated[list[dict[str, Any]], Meta(description="tables that begin with [[slots]]")] = []
    free_amount: dict[str, Any] | None = None
    mqtt: dict[str, Any] | None = None


class SlotTable(Struct, frozen=True, kw_only=True):
    """One [[slots]]."""

    number: SlotNumber
    name: Name
    price: Price
    output: str
    counts_stock: bool = False
    low_stock: Stocked = 0


class InputTable(Struct, frozen=True, kw_only=True):
    """What [inputs.NAME] says besides what its driver asks for.

    `slots` of a sensor, all where none is named; `timeout`: seconds for which it is waited for after a
    release, its role's own where it is missing.
    """

    role: Role
    slots: tuple[SlotNumber, ...] = ()
    timeout: Annotated[float, Meta(gt=0, le=60, description="a number of seconds")] | None = None


class FreeAmountTable(Struct, frozen=True, kw_only=True):
    """[free_amount]."""

    name: Name
    minimum: Price
    maximum: Price
    step: Price
    output: str


def train_of(plan: PulseTrain) -> Train:
    """What the core needs to know of an output that gives pulses."""
    return Train(
        worth=Rupiah(plan.rupiah_per_pulse),
        most=plan.most_pulses,
        rounds_down=plan.remainder == "round_down",
        counted=plan.is_counted,
    )


class Configuration(Basics, frozen=True, kw_only=True):
    """A configuration in which everything fits together.

    `mqtt` is None where no operator's side is configured.  `secrets` are named as their files,
    `midtrans.server_key`; `given` holds the keys that the file set and `pushed` those that its operator set
    from afar, as `tables.shown` writes them; the rest are defaults.
    """

    panel: Part
    keypad: Part
    clock: Part
    outputs: Mapping[str, Part]
    gateway: Mapping[str, Struct]
    limits: Limits
    slots: tuple[Slot, ...]
    free_amount: FreeAmount | None
    mqtt: Mqtt | None
    secrets: Mapping[str, Secret]
    given: frozenset[str]
    source: Path
    pushed: frozenset[str] = frozenset()
    inputs: Mapping[str, Sense] = {}
    buzzer: Part | None = None

    @property
    def settings(self) -> Settings:
        """What the core decides with."""
        return Settings(
            kiosk=self.kiosk,
            merchant=self.merchant,
            contact=self.contact,
            version=__version__,
            environment=self.environment,
            gateways=self.gateways,
            slots=self.slots,
            free=self.free_amount,
            language=self.language,
            limits=self.limits,
            timezone=self.timezone,
            staff_pin=CREDENTIAL in self.secrets,
            inputs=frozenset(self.inputs),
            has_buzzer=self.buzzer is not None,
            trains={name: train_of(plan) for name, plan in self.trains.items()},
        )

    @property
    def trains(self) -> dict[str, PulseTrain]:
        """The outputs that give pulses for the amount, each with the table that says so."""
        found = {name: getattr(part.config, "train", None) for name, part in self.outputs.items()}
        return {name: train for name, train in found.items() if train}

    def secrets_of(self, part: str) -> dict[str, Secret]:
        """A gateway's own secrets, or those of `mqtt`, by the names it has for them."""
        prefix = f"{part}."
        return {
            name.removeprefix(prefix): secret
            for name, secret in self.secrets.items()
            if name.startswith(prefix)
        }


class PartDraft(Struct, frozen=True):
    """A part as far as it could be read: its good values by field, and what its driver asks for.

    `config` is its driver's own settings, None where something in them was bad.
    """

    driver: str
    values: dict[str, Any]
    schema: type[Struct]
    config: Struct | None


class InputDraft(Struct, frozen=True):
    """An input as far as it could be read: the good values of its own settings, and its driver's."""

    values: dict[str, Any]
    part: PartDraft | None


class Draft(Struct, frozen=True, kw_only=True):
    """A file as far as it could be read, on which the rules between fields are checked all the same.

    `basics` and the rest lack what was bad; `mqtt` is None where there is no such table; `given` are the
    names at the top of the file that hold something, and `named_outputs` and `named_gateways` those of their
    tables, good or bad.
    """

    basics: dict[str, Any]
    given: frozenset[str]
    named_outputs: frozenset[str]
    named_gateways: frozenset[str]
    panel: PartDraft | None
    keypad: PartDraft | None
    clock: PartDraft | None
    outputs: dict[str, PartDraft]
    gateway: dict[str, PartDraft]
    limits: dict[str, Any]
    slots: list[dict[str, Any]]
    free_amount: dict[str, Any]
    mqtt: dict[str, Any] | None
    inputs: dict[str, InputDraft] = {}
    buzzer: PartDraft | None = None
