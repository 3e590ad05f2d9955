"""What a part of the proof is: it runs at a scale and comes back with its figures."""

from enum import StrEnum
from typing import NamedTuple


class Scale(StrEnum):
    """How much of it: what CI has time for, what a release is proven with, what a night is for."""

    QUICK = "quick"
    DEFAULT = "default"
    LONG = "long"


class Section(NamedTuple):
    """One part's result.  `figures` are lines of a table, `failures` whatever is wrong, in words.

    `notes` are whole paragraphs of Markdown that follow the table; `not_run`: why nothing was proven here.
    """

    title: str
    figures: tuple[tuple[str, str], ...]
    failures: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    not_run: str = ""
    seconds: float = 0.0
