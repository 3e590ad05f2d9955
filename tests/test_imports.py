"""Who may import whom.  The tables are the design; the rest reads the sources and compares.

A new module of the core is entered in its line; one that is entered nowhere is an edge.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.gateways import GATEWAYS

ROOT = Path(__file__).parents[1]

# From the top: a module imports from its own line and from the lines below, never from one above.
CHAIN = (
    "cli",
    "simulator",
    "assembly",
    "daemon",
    "clerk sides",
    "performing",
    "post",
    "till reopening",
    "session order readiness shelf staff telling view",
    "events effects screens staff_screens",
    "pushed",
    "settings admission",
    "trains",
    "commands states",
    "model",
)
LINE = {name: depth for depth, names in enumerate(CHAIN) for name in names.split()}

# They decide: values in, values out.  They import one another and msgspec, nothing that acts.
LEAVES = {"qris", "codes", "errors", "nesting", "pin", "refusals", "secret"}
CORE = {name for name, depth in LINE.items() if depth >= LINE["till"]} | LEAVES
SPLIT = {
    "mqtt": ("topics", "messages", "reports", "signatures", "strict"),
    "operator": ("amounts", "statement", "numbers", "sales", "matching", "outcomes"),
}
"""Packages of which some modules decide and the rest act."""
PURE = CORE | {f"{package}.{name}" for package, names in SPLIT.items() for name in names}
IMPURE = frozenset(
    """
    asyncio datetime io logging multiprocessing os pathlib queue random secrets select shutil
    signal socket sqlite3 ssl subprocess tempfile threading time urllib uuid zoneinfo
    """.split()  # noqa: SIM905  # twenty-three words read better without quotes
)

# Everything else is an edge: it may know what the core is made of, never what drives it.
DRIVERS = {name for name, depth in LINE.items() if depth <= LINE["till"]}

# Each with the modules named after it: `midtrans_answers` is midtrans'.  The rest there is shared.
PROVIDERS = {"doku", "doku_indodana", "indodana", "interactive", "midtrans", *GATEWAYS}

# Libraries with one door each.
DOORS = {
    "requests": "kiosk.gateways.http",
    "paho": "kiosk.mqtt.client",
    "redis": "kiosk.webhooks.stream",
    "sqlite3": "kiosk.journal",
}


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def short(name: str) -> str:
    """`kiosk.order.desk` is `order`; of a split package each module has its own place."""
    parts = name.split(".")[1:]
    return ".".join(parts[: 2 if parts[:1] and parts[0] in SPLIT else 1])


def imported(module: str, source: str) -> Iterator[str]:
    """Every dotted name a source imports, late ones included; relative ones are made absolute."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            home = module.split(".")[: -node.level] if node.level else []
            origin = ".".join([*home, *([node.module] if node.module else [])])
            yield from (f"{origin}.{alias.name}" for alias in node.names)


def provider(name: str) -> str | None:
    """The provider a module belongs to, the longest name first; None for what the providers share."""
    if not within(name, "kiosk.gateways"):
        return None
    own = f"{name.removeprefix('kiosk.gateways.').partition('.')[0]}_"
    return max((each for each in PROVIDERS if own.startswith(f"{each}_")), key=len, default=None)


def wrong_in_hardware(module: str, name: str) -> bool:
    return within(module, "hardware") and within(name, "kiosk")


def wrong_upwards(module: str, name: str) -> bool:
    if not (within(module, "kiosk") and within(name, "kiosk")):
        return False
    here, there = short(module), short(name)
    if here in LINE:
        return there in LINE and LINE[there] < LINE[here]
    return there in DRIVERS


def wrong_in_core(module: str, name: str) -> bool:
    if not within(module, "kiosk") or short(module) not in PURE:
        return False
    if within(name, "kiosk"):
        return name != "kiosk" and short(name) not in PURE
    top = name.partition(".")[0]
    return top in IMPURE or (top not in sys.stdlib_module_names and top != "msgspec")


def wrong_between_gateways(module: str, name: str) -> bool:
    if not within(module, "kiosk.gateways") or module == "kiosk.gateways":
        return False
    return provider(name) not in {None, provider(module)}


def wrong_door(module: str, name: str) -> bool:
    door = DOORS.get(name.partition(".")[0])
    return door is not None and not within(module, door)


def wrong_world(module: str, name: str) -> bool:
    """The machine cannot know that it is simulated."""
    return within(name, "kiosk.simulator") and not (
        within(module, "kiosk.simulator") or within(module, "kiosk.cli")
    )


RULES = (
    wrong_in_hardware,
    wrong_upwards,
    wrong_in_core,
    wrong_between_gateways,
    wrong_door,
    wrong_world,
)


def offences(module: str, source: str) -> list[str]:
    names = set(imported(module, source))
    return [
        f"{module} imports {name}: {rule.__name__}"
        for name in sorted(names)
        for rule in RULES
        if rule(module, name)
    ]


def sources() -> Iterator[tuple[str, str]]:
    for path in sorted([*ROOT.glob("kiosk/**/*.py"), *ROOT.glob("hardware/**/*.py")]):
        dotted = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        yield dotted.removesuffix(".__init__"), path.read_text()


def test_every_module_imports_only_what_its_place_allows() -> None:
    assert [offence for module, source in sources() for offence in offences(module, source)] == []


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("hardware.relay", "import kiosk"),
        ("hardware.oled", "from kiosk.model import Rupiah"),
        ("kiosk.model", "from kiosk import states"),
        ("kiosk.model", "from .states import State"),
        ("kiosk.states", "from kiosk.events import Part"),
        ("kiosk.screens", "import kiosk.session"),
        ("kiosk.order.desk", "from kiosk.till import decide"),
        ("kiosk.till", "from kiosk.daemon import Daemon"),
        ("kiosk.daemon", "def late():\n    from kiosk.assembly import assemble"),
        ("kiosk.assembly", "import kiosk.cli"),
        ("kiosk.journal.writer", "from kiosk.daemon import Daemon"),
        ("kiosk.drawing.qr", "from kiosk.till import Till"),
        ("kiosk.till", "import time"),
        ("kiosk.order.closing", "from datetime import datetime"),
        ("kiosk.session", "import random"),
        ("kiosk.settings", "from pathlib import Path"),
        ("kiosk.commands", "import os.path"),
        ("kiosk.qris", "import logging"),
        ("kiosk.mqtt.topics", "from secrets import token_hex"),
        ("kiosk.mqtt.messages", "import socket"),
        ("kiosk.operator.sales", "from zoneinfo import ZoneInfo"),
        ("kiosk.operator.matching", "from kiosk.operator.sheet import load"),
        ("kiosk.till", "from hardware.base import Pulse"),
        ("kiosk.session", "from kiosk.drawing import draw"),
        ("kiosk.order", "from kiosk.gateways.base import Gateway"),
        ("kiosk.gateways.doku", "from kiosk.gateways.midtrans import Midtrans"),
        ("kiosk.gateways.doku", "from kiosk.gateways import midtrans"),
        ("kiosk.gateways.doku", "from kiosk.gateways.doku_indodana import DokuIndodana"),
        ("kiosk.gateways.base", "from .midtrans import Midtrans"),
        ("kiosk.gateways.midtrans", "import requests"),
        ("kiosk.daemon", "from requests import Session"),
        ("kiosk.mqtt.link", "import paho.mqtt.client"),
        ("kiosk.webhooks.receiver", "from redis.asyncio import Redis"),
        ("kiosk.daemon", "import sqlite3"),
        ("kiosk.assembly", "from kiosk.simulator.box import Box"),
        ("kiosk.gateways", "from kiosk import simulator"),
    ],
)
def test_an_import_out_of_place_is_found(module: str, line: str) -> None:
    assert offences(module, line) != []


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("kiosk.cli.simulate", "from kiosk.simulator import start"),
        ("kiosk.assembly", "from hardware import PANELS"),
        ("kiosk.till", "from kiosk import effects as do\nfrom msgspec import Struct"),
        ("kiosk.order.closing", "from kiosk.order.desk import Desk"),
        ("kiosk.gateways", "from kiosk.gateways.midtrans import Midtrans"),
        ("kiosk.gateways.doku", "from kiosk.gateways import snap\nfrom kiosk.gateways.http import Http"),
        ("kiosk.gateways.midtrans", "from kiosk.gateways.midtrans_answers import read"),
        ("kiosk.config", "from kiosk.gateways import GATEWAYS"),
        ("kiosk.gateways.http", "import requests.adapters"),
        ("kiosk.journal.rows", "import sqlite3\nfrom kiosk.states import Life"),
        ("kiosk.daemon", "import time, threading"),
    ],
)
def test_an_import_in_its_place_is_left_alone(module: str, line: str) -> None:
    assert offences(module, line) == []
