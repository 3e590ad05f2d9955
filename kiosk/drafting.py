"""From the tables of a file to a draft: each part's table read against its own driver's settings.

Drivers and gateways are found by name in the registries, late, so that a missing library is one more problem
of the file and not the end of the reading.
"""

import pkgutil
from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import fields

from hardware import BOOTS, INPUTS, KEYPADS, OUTPUTS, PANELS, SOUNDERS
from kiosk.configuration import (
    Basics,
    Draft,
    File,
    FreeAmountTable,
    InputDraft,
    InputTable,
    Mqtt,
    PartDraft,
    SlotTable,
)
from kiosk.gateways import GATEWAYS
from kiosk.leaves import nearest
from kiosk.roles import HABITS
from kiosk.settings import Limits
from kiosk.tables import Key, Reader, shown


def drafted(raw: Mapping[str, Any], reader: Reader) -> Draft:
    """Read all tables as far as they can be read; the reader keeps the complaints."""
    file = reader.values(raw, File, ())
    outputs, gateway = file.get("outputs", {}), file.get("gateway", {})
    clock = {"driver": "kernel", **file.get("clock", {})}
    slots = enumerate(file.get("slots", []))
    free_amount, mqtt = file.get("free_amount"), file.get("mqtt")
    return Draft(
        basics={field.name: file[field.name] for field in fields(Basics) if field.name in file},
        given=frozenset(name for name in raw if raw[name] != []),
        named_outputs=frozenset(outputs),
        named_gateways=frozenset(gateway),
        panel=_part(reader, file.get("panel"), PANELS, ("panel",)),
        keypad=_part(reader, file.get("keypad"), KEYPADS, ("keypad",)),
        clock=_part(reader, clock, BOOTS, ("clock",)),
        outputs=outputs_drafted(reader, outputs),
        gateway=_gateways(reader, gateway),
        limits=reader.values(file.get("limits", {}), Limits, ("limits",)),
        slots=[reader.values(table, SlotTable, ("slots", index)) for index, table in slots],
        free_amount=reader.values(free_amount, FreeAmountTable, ("free_amount",))
        if free_amount is not None
        else {},
        mqtt=reader.values(mqtt, Mqtt, ("mqtt",)) if mqtt is not None else None,
        inputs={name: _input(reader, table, name) for name, table in file.get("inputs", {}).items()},
        buzzer=_part(reader, file.get("buzzer"), SOUNDERS, ("buzzer",)),
    )


def outputs_drafted(reader: Reader, tables: Any) -> dict[str, PartDraft]:
    """The outputs as far as they can be read; the reader keeps the complaints."""
    if not isinstance(tables, dict):
        reader.complain(("outputs",), "must be tables, each under a name of its own")
        return {}
    parts = {name: _part(reader, table, OUTPUTS, ("outputs", name)) for name, table in tables.items()}
    return {name: part for name, part in parts.items() if part}


def _input(reader: Reader, table: dict[str, Any], name: str) -> InputDraft:
    """Its own settings first, for the usual debounce time follows from its role."""
    key = ("inputs", name)
    own = {setting: table[setting] for setting in InputTable.__struct_fields__ if setting in table}
    values = reader.values(own, InputTable, key)
    driver = {setting: value for setting, value in table.items() if setting not in own}
    if table.get("driver") == "gpio" and "role" in values:
        driver = {"debounce": HABITS[values["role"]].debounce, **driver}
    return InputDraft(values, _part(reader, driver, INPUTS, key))


def _part(reader: Reader, table: Any, registry: Mapping[str, str], key: Key) -> PartDraft | None:
    if not isinstance(table, dict):
        if table is not None:
            reader.complain(key, "must be a table", f"write [{shown(key)}] and its settings below")
        return None
    driver = table.get("driver")
    if not isinstance(driver, str) or driver not in registry:
        _refuse_driver(reader, driver, registry, key)
        return None
    schema = _schema(reader, registry[driver], (*key, "driver"))
    if schema is None:
        return None
    settings = {name: value for name, value in table.items() if name != "driver"}
    return _read(reader, driver, settings, schema, key)


def _refuse_driver(reader: Reader, driver: Any, registry: Mapping[str, str], key: Key) -> None:
    choices = f"one of {', '.join(sorted(registry))}"
    if driver is None:
        reader.complain((*key, "driver"), f"is missing: {choices}")
    else:
        advice = nearest(driver, registry) if isinstance(driver, str) else ""
        reader.complain((*key, "driver"), "no such driver", advice or choices)


def _gateways(reader: Reader, tables: Mapping[str, Any]) -> dict[str, PartDraft]:
    parts = {name: _gateway(reader, name, table) for name, table in tables.items()}
    return {name: part for name, part in parts.items() if part}


def _gateway(reader: Reader, name: str, table: dict[str, Any]) -> PartDraft | None:
    key = ("gateway", name)
    if name not in GATEWAYS:
        reader.complain(key, "no such gateway", nearest(name, GATEWAYS) or f"one of {', '.join(GATEWAYS)}")
        return None
    schema = _schema(reader, GATEWAYS[name], key)
    if schema is None:
        return None
    misplaced = [secret for secret in secrets_of(name) if secret in table]
    for secret in misplaced:
        advice = f"take it out, change it, and: kiosk secret set {name}.{secret}"
        reader.complain((*key, secret), "a secret never stands in this file", advice)
    settings = {field: value for field, value in table.items() if field not in misplaced}
    return _read(reader, name, settings, schema, key)


def _read(reader: Reader, driver: str, table: dict[str, Any], schema: type[Struct], key: Key) -> PartDraft:
    before = len(reader.complaints)
    values = reader.values(table, schema, key)
    config = reader.built(values, schema, key) if len(reader.complaints) == before else None
    return PartDraft(driver, values, schema, config)


def _schema(reader: Reader, place: str, key: Key) -> type[Struct] | None:
    """The `Config` of the driver at that place, or None after saying which library it lacks."""
    try:
        schema: type[Struct] = resolved(place, "Config")
    except (ImportError, AttributeError, OSError) as error:
        library = getattr(error, "name", None) or "a part of this program"
        advice = "install it, or choose another driver"
        reader.complain(key, f"needs {library}, which cannot be loaded here", advice)
        return None
    return schema


def resolved(place: str, name: str) -> Any:
    """What a registry names, `module:Class`: its `Config` or `SECRETS`, of the class or beside it."""
    driver = pkgutil.resolve_name(place)
    if hasattr(driver, name):
        return getattr(driver, name)
    return pkgutil.resolve_name(f"{place.partition(':')[0]}:{name}")


def secrets_of(gateway: str) -> tuple[str, ...]:
    """The names of the secrets a gateway needs."""
    return tuple(resolved(GATEWAYS[gateway], "SECRETS"))
