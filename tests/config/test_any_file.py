"""Whatever stands in a file: a configuration, or problems in lines; never another exception."""

from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from kiosk.config import examine
from kiosk.configuration import File
from kiosk.drafting import drafted
from kiosk.rules import RULES
from kiosk.tables import Reader, Text, shown
from tests.config.files import RIGHT, store_secret

KNOWN = [
    *File.__struct_fields__,
    *("driver", "pin", "rows", "columns", "legends", "milliseconds", "active_high", "bus", "width", "socket"),
    *("number", "name", "price", "output", "minimum", "maximum", "step", "midtrans", "spiral1", "base_url"),
    *("poll", "claim_window", "merchant_id", "notification_urls", "image_hosts", "expiry_minutes", "cuts"),
]
TEXTS = some.sampled_from(
    [
        "",
        "K01",
        "production",
        "simulator",
        "sandbox",
        "midtrans",
        "relay",
        "matrix",
        "ssd1306",
        "emulated",
        "\n",
    ]
)
LEAVES = (
    some.integers()
    | some.floats()
    | some.booleans()
    | TEXTS
    | some.text(max_size=8)
    | some.sampled_from([date(2027, 1, 15), datetime(2027, 1, 15), time(7, 34), 10**400, -1, 0, 17])  # noqa: DTZ001  # as TOML has it
)
KEYS = some.sampled_from(KNOWN) | some.text(max_size=6)
VALUES = some.recursive(
    LEAVES,
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(KEYS, inner, max_size=5),
    max_leaves=25,
)
TABLES = some.dictionaries(KEYS, VALUES, max_size=12)
PARTS = some.fixed_dictionaries(
    {},
    optional={
        "environment": some.sampled_from(["production", "sandbox", "simulator"]),
        "gateways": some.lists(TEXTS, max_size=2),
        "timezone": some.text(max_size=10) | some.sampled_from(["Asia", "/etc", "../x", "\0"]),
        "panel": some.dictionaries(KEYS, VALUES, max_size=4).map(
            lambda table: {"driver": "ssd1306", **table}
        ),
        "keypad": some.dictionaries(KEYS, VALUES, max_size=4).map(
            lambda table: {"driver": "matrix", **table}
        ),
        "outputs": some.dictionaries(
            KEYS, some.dictionaries(KEYS, VALUES, max_size=4).map(lambda table: {"driver": "relay", **table})
        ),
        "slots": some.lists(some.dictionaries(KEYS, VALUES, max_size=5), max_size=3),
        "free_amount": some.dictionaries(KEYS, VALUES, max_size=5),
        "gateway": some.fixed_dictionaries({"midtrans": some.dictionaries(KEYS, VALUES, max_size=5)}),
        "limits": some.dictionaries(KEYS, VALUES, max_size=3),
    },
)


def judged(raw: dict[str, Any]) -> list[str]:
    """Every complaint about a table, as it would be printed."""
    reader = Reader(top=File.__struct_fields__)
    draft = drafted(raw, reader)
    for rule in RULES:
        reader.complaints.extend(rule(draft))
    return [f"{shown(one.key)}: {one.reason}; {one.advice}" for one in reader.complaints]


@settings(max_examples=100, deadline=None)
@given(PARTS, TABLES)
def test_any_table_is_answered_with_complaints_of_one_line(
    parts: dict[str, Any], more: dict[str, Any]
) -> None:
    complaints = judged({**more, **parts})
    assert complaints, "nothing so random is right"
    assert not [text for text in complaints if "\n" in text or "\r" in text]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with a secret."""
    folder = tmp_path_factory.mktemp("any")
    store_secret(folder)
    return folder


@settings(max_examples=150, deadline=None)
@given(some.data())
def test_any_damage_to_a_right_file_is_answered_with_problems_or_a_configuration(
    folder: Path, data: some.DataObject
) -> None:
    start = data.draw(some.integers(0, len(RIGHT)))
    end = data.draw(some.integers(start, min(len(RIGHT), start + 40)))
    patch = data.draw(
        some.text(max_size=10) | some.sampled_from(['"', "[", "[[", "=", "'''", "\n", "nan", "-1"])
    )
    path = folder / "kiosk.toml"
    path.write_bytes((RIGHT[:start] + patch + RIGHT[end:]).encode())
    configuration, problems = examine(path, folder)
    assert (configuration is None) == bool(problems)


@settings(max_examples=150, deadline=None)
@given(some.binary(max_size=200))
def test_any_bytes_are_answered_with_problems(folder: Path, content: bytes) -> None:
    path = folder / "kiosk.toml"
    path.write_bytes(content)
    assert examine(path, folder)[1]


def test_every_key_of_a_file_is_found_in_the_line_where_it_stands() -> None:
    text = Text(RIGHT)
    lines = RIGHT.split("\n")
    keys = [
        (("kiosk",), "kiosk ="),
        (("panel",), "[panel]"),
        (("keypad", "rows", 2), "rows ="),
        (("outputs", "spiral1"), "[outputs.spiral1]"),
        (("slots", 0), "[[slots]]"),
        (("slots", 0, "output"), "output ="),
        (("gateway", "midtrans", "no such key"), "[gateway.midtrans]"),
    ]
    assert [lines[text.line_of(key) - 1].startswith(start) for key, start in keys] == [True] * len(keys)
