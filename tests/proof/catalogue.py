"""The failure catalogue: for each fault what injects it, and how often it was hit."""

import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

TABLE = Path(__file__).with_name("catalogue.toml")


class Row(NamedTuple):
    """One fault; `hits` by label, `tests` that inject it otherwise.

    Where nothing injects it: `why`, and `instead` the tests of what the machine does about it all the same.
    """

    number: int
    fault: str
    hits: dict[str, int]
    tests: tuple[str, ...]
    why: str
    instead: tuple[str, ...]

    @property
    def is_injected(self) -> bool:
        """Whether it was injected: by a story that was told, or by a test of its own."""
        return bool(self.tests) or any(self.hits.values())

    @property
    def is_missed(self) -> bool:
        """Whether it should have been hit in these stories, and was not once."""
        return bool(self.hits) and not any(self.hits.values())


@cache
def rows() -> tuple[Row, ...]:
    """The table as it stands in its file."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))["row"]
    return tuple(
        Row(
            each["number"],
            each["fault"],
            dict.fromkeys(each.get("hits", ()), 0),
            tuple(each.get("tests", ())),
            each.get("why", ""),
            tuple(each.get("instead", ())),
        )
        for each in table
    )


def counted(hits: Counter[str]) -> list[Row]:
    """The table with what was hit."""
    return [row._replace(hits={label: hits[label] for label in row.hits}) for row in rows()]


def summary(found: Sequence[Row]) -> str:
    """In one line."""
    injected = sum(row.is_injected for row in found)
    by_stories = sum(any(row.hits.values()) for row in found)
    rest = ", ".join(str(row.number) for row in found if not row.is_injected)
    return f"{injected} of {len(found)} ({by_stories} in these stories; none: {rest or '-'})"


def rarest(found: Iterable[Row]) -> str:
    """The label that was hit the least of all that must be."""
    times, label, number = min(
        (times, label, row.number) for row in found for label, times in row.hits.items()
    )
    return f"{label} (row {number}): {times:,} times"


def table(found: Iterable[Row]) -> str:
    """As a table of Markdown."""
    lines = ["| # | fault | injected by |", "|---|---|---|"]
    lines += [f"| {row.number} | {row.fault} | {_how(row)} |" for row in found]
    return "\n".join(lines)


def _how(row: Row) -> str:
    stories = ", ".join(f"{label} ({times:,})" for label, times in row.hits.items())
    tests = ", ".join(f"`{test}`" for test in row.tests)
    instead = ", ".join(f"`{test}`" for test in row.instead)
    return "; ".join(filter(None, (stories, tests))) or f"not: {row.why} (instead: {instead})"
