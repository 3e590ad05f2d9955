"""Whatever is pushed: every leaf is in effect, or the whole is refused with faults that fit a message."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from kiosk.config import effective
from kiosk.configuration import File
from kiosk.mqtt.messages import Desired, decode, encode
from kiosk.mqtt.reports import Reported, Taken
from kiosk.pushing import Own, lay
from kiosk.pushing.allowed import ALLOWED, line_of
from kiosk.tables import shown
from tests.pushing.machine import FREE, desired, in_effect, own, running

NAMES = sorted({part for line in ALLOWED for part in line.replace("[]", "").split(".")} - {"*"})
KNOWN = [
    *NAMES,
    *File.__struct_fields__,
    "number",
    "output",
    "driver",
    "midtrans",
    "interactive",
    "doku",
    "server_key",
]
KEYS = some.sampled_from(KNOWN) | some.text("abyz_. 0", max_size=6)
LEAVES = (
    some.none()
    | some.booleans()
    | some.integers(-(2**53) + 1, 2**53 - 1)
    | some.integers(0, 20_000)
    | some.sampled_from(
        ["", "id", "en", "midtrans", "interactive", "Asia/Jakarta", "x" * 41, "Teh é", "\x00", "/etc"]
    )
    | some.text(max_size=8)
)
VALUES = some.recursive(
    LEAVES,
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
RIGHT: dict[str, Any] = {
    "merchant": some.sampled_from(["Toko", "Kopi Kita"]),
    "contact": some.sampled_from(["", "WA 1"]),
    "language": some.sampled_from(["id", "en"]),
    "timezone": some.sampled_from(["Asia/Jakarta", "Asia/Makassar"]),
    "gateways": some.permutations(["midtrans", "interactive"]).map(list) | some.just(["midtrans"]),
    "limits": some.fixed_dictionaries(
        {}, optional={"unpaid_orders": some.integers(1, 6), "unpaid_within": some.integers(600, 9_000)}
    ),
    "panel": some.fixed_dictionaries({}, optional={"contrast": some.integers(0, 255)}),
    "gateway": some.fixed_dictionaries(
        {},
        optional={
            "midtrans": some.fixed_dictionaries({}, optional={"on_screen": some.integers(1, 800)}),
            "interactive": some.fixed_dictionaries(
                {}, optional={"poll": some.lists(some.integers(15, 60), min_size=1)}
            ),
        },
    ),
    "slots": some.permutations([1, 7, 2]).flatmap(
        lambda numbers: some.tuples(
            *(
                some.fixed_dictionaries(
                    {"number": some.just(number)},
                    optional={"name": some.sampled_from(["A", "B"]), "price": some.integers(1, 10_000_000)},
                )
                for number in numbers
            )
        ).map(list)
    ),
    "free_amount": some.fixed_dictionaries({}, optional={"minimum": some.sampled_from([2_000, 4_000])}),
}
GOOD = some.fixed_dictionaries({}, optional=RIGHT)
SPOILT = some.builds(lambda good, bad: {**good, **bad}, GOOD, some.dictionaries(KEYS, VALUES, max_size=3))
DOCUMENTS = GOOD | SPOILT | some.dictionaries(KEYS, VALUES, max_size=6)


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> list[Own]:
    """One that sells by slots and one that sells a free amount."""
    folders: list[Path] = [tmp_path_factory.mktemp(name) for name in ("slots", "free")]
    return [own(folders[0]), own(folders[1], FREE)]


def leaves(machine: Own, document: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Every value of a document under the name that it has in the configuration."""
    places = {slot.number: index for index, slot in enumerate(machine.configuration.slots)}
    for name, value in document.items():
        if name == "slots":
            for slot in value:
                at = places[slot["number"]]
                yield from ((shown(("slots", at, key)), one) for key, one in slot.items())
        elif name == "gateway":
            for gateway, table in value.items():
                yield from ((f"gateway.{gateway}.{key}", one) for key, one in table.items())
        elif isinstance(value, dict):
            yield from ((f"{name}.{key}", one) for key, one in value.items())
        else:
            yield name, value


@settings(max_examples=300, deadline=None)
@given(some.data(), DOCUMENTS)
def test_every_leaf_is_in_effect_or_nothing_is(
    machines: list[Own], data: some.DataObject, document: Any
) -> None:
    machine = data.draw(some.sampled_from(machines))
    message = decode(Desired, msgspec.json.encode({"version": 7, "document": document}))
    if not isinstance(message, Desired):
        return
    expect_whole_or_nothing(machine, message)


def expect_whole_or_nothing(machine: Own, message: Desired) -> str:
    """Push a document, judge what came of it, and say that in a word or two."""
    candidate = running(machine).examine(message)
    assert (candidate.settings is None) == bool(candidate.errors) == bool(candidate.reason)
    laid = lay(machine, in_effect(message.document))
    if candidate.settings is None:
        assert laid.configuration == machine.configuration
        assert laid.pushed.errors == candidate.errors
        _expect_tellable(message, candidate.reason, candidate.errors)
        return f"{candidate.reason} {len(candidate.errors)}"
    values = {key: (value, origin) for key, value, origin in effective(laid.configuration)}
    for key, value in leaves(machine, message.document):
        if not key.endswith(".number"):
            assert values[key] == (value, "pushed")
    own_values = {key: value for key, value, _ in effective(machine.configuration)}
    changed = {key for key, (value, _) in values.items() if own_values.get(key) != value}
    assert {line_of(key) for key in changed} <= ALLOWED.keys()
    assert laid.configuration.settings == candidate.settings
    assert laid.configuration.outputs == machine.configuration.outputs
    return "in effect, after a start" if candidate.restarts else "in effect"


def _expect_tellable(message: Desired, reason: str, errors: Any) -> None:
    """As one message, of one line each."""
    told = Reported(
        version=message.version,
        hash="0" * 64,
        taken=Taken.REJECTED,
        in_effect=0,
        reason=reason,
        errors=errors,
        effective={},
    )
    assert len(encode(told)) < Reported.largest
    assert not [each for each in errors if not (each.words + each.advice).isprintable()]


@settings(max_examples=100, deadline=None)
@given(some.data(), GOOD)
def test_what_is_right_is_not_refused(machines: list[Own], data: some.DataObject, document: Any) -> None:
    """Without what the other machine has, and where no gateway's own rule is in the way."""
    machine = machines[0]
    document.pop("free_amount", None)
    found = running(machine).examine(desired(document)).errors
    assert not {each.reason for each in found} - {"bad_value", "above_local_limit"}
    assert {line_of(each.path) for each in found} <= {"gateway.*.on_screen", "gateway.*.expiry_minutes"}
