"""Forged input in short: what once broke something, a few hundred inputs, and a reader that is careless."""

import json
import pkgutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.proof import forged
from tests.proof.door import Door
from tests.proof.forged import KEPT, Visit, in_silence, kept_inputs, kinds, visited

CHEAP = (
    "answers of interactive",
    "QRIS strings",
    "notifications",
    "control socket",
    "marker, secrets and PIN",
)


class Careless(Door):
    """A reader as nobody should write one."""

    name = "careless"
    share = 3_000

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.heard: list[bytes] = []

    def seeds(self) -> Iterator[bytes]:
        yield b'{"amount": 25000}'
        yield b'{"amount": "25000"}'

    def tokens(self) -> list[bytes]:
        return [b"amount"]

    def knock(self, data: bytes) -> str:
        self.heard.append(data)
        try:
            amount = json.loads(data)["amount"]
        except (ValueError, RecursionError, KeyError, TypeError):
            return "refused"
        assert type(int(amount)) is int
        return type(amount).__name__


@pytest.mark.parametrize("name", CHEAP)
def test_nothing_that_is_said_at_a_door_breaks_anything(name: str) -> None:
    found = visited(name, seed=7, rounds=1)
    assert [fault.words for fault in found.faults] == []
    assert found.edges > 50
    assert found.inputs > 50


@pytest.mark.parametrize("name", sorted({line["door"] for line in json.loads(KEPT.read_text())}))
def test_what_once_broke_something_breaks_nothing_now(name: str, tmp_path: Path) -> None:
    with in_silence(), closing(kinds()[name](tmp_path)) as door:
        assert all(door.knock(data) for data in kept_inputs(name))


def test_the_same_seed_makes_the_same_inputs(tmp_path: Path) -> None:
    doors = [Careless(tmp_path) for _ in range(3)]
    for door, seed in zip(doors, (1, 1, 2), strict=True):
        Visit(door, seed).go((), rounds=1)
    first, again, other = (door.heard for door in doors)
    assert first == again
    assert first != other


def test_a_careless_reader_is_seen_to_break(tmp_path: Path) -> None:
    found = Visit(Careless(tmp_path), 1).go((), rounds=1)
    broken = {fault.words.partition(" ")[0] for fault in found.faults}
    assert {"ValueError", "TypeError"} <= broken
    assert all(len(fault.data) < 200 for fault in found.faults), "made smaller"


def test_every_door_has_a_name_of_its_own_and_is_given_inputs() -> None:
    doors = [kind for module in forged.MODULES for kind in pkgutil.resolve_name(f"{module}:doors")()]
    assert len(kinds()) == len(doors) > 10
    assert all(kind.share > 0 for kind in doors)
