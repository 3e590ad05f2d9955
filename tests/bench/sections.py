"""Every section of the bench, by its name: one row adds one."""

from collections.abc import Callable
from importlib import import_module
from typing import Final, Protocol

from msgspec import Struct

from tests.bench.figures import Effort, Row


class Measure(Protocol):
    """Measures; `tell` takes a few words of progress."""

    def __call__(self, effort: Effort, tell: Callable[[str], None]) -> list[Row]: ...


class Section(Struct, frozen=True):
    """What it is about, and the module that measures it."""

    title: str
    module: str

    def load(self) -> Measure:
        """What measures it; imported late, so that no section pays for another."""
        measure: Measure = import_module(f"tests.bench.{self.module}").measure
        return measure


SECTIONS: Final = {
    "webhooks": Section("The webhook service", "webhooks"),
    "hints": Section("From a notification to the relay", "hints"),
    "share": Section("From a hint to the relay: the machine's own share", "own_share"),
    "pictures": Section("From a QR string to the panel's picture", "pictures"),
    "starts": Section("From the start to READY", "starts"),
    "idle": Section("While nobody buys", "idle"),
    "journal": Section("The journal", "journals"),
    "memory": Section("Memory over many orders", "memory"),
    "growth": Section("How cost grows", "growth.section"),
}
