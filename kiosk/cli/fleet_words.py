"""What became of something that was asked of many machines, for people and for programs."""

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any, Final

from msgspec import to_builtins

from kiosk.cli.columns import aligned
from kiosk.cli.parsing import printable
from kiosk.mqtt.reports import Taken
from kiosk.operator.outcomes import Outcome, Result, fault
from kiosk.operator.rollcall import Present
from kiosk.refusals import WORDS

EACH: Final = 20
"""Up to so many machines each have a line of their own; of more, those who took it share one."""
NAMED: Final = 6
REASONS: Final = {reason.value: words for reason, words in WORDS.items()}
"""A machine of another age may give a reason that is not among them."""


class Bar:
    """How many have answered, on a terminal only; nothing of it is left in the end."""

    def __init__(self) -> None:
        self._is_shown = sys.stderr.isatty()

    def __call__(self, done: int, of: int) -> None:
        """Draw it."""
        if self._is_shown and of:
            filled = "#" * (30 * done // of)
            print(f"\r[{filled:30}] {done} of {of} ", end="", file=sys.stderr, flush=True)

    def close(self) -> None:
        """Wipe it away."""
        if self._is_shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def table(outcomes: Sequence[Outcome]) -> list[str]:
    """Who took it, who refused and why, who is away, and how many of each."""
    took = [outcome for outcome in outcomes if outcome.took]
    rest = [outcome for outcome in outcomes if not outcome.took]
    listed = rest if len(took) > EACH else [*took, *rest]
    rows = [("machine", "result", "why"), *map(_row, listed)] if listed else []
    return [*aligned(rows), *([""] if rows else []), *_counts(outcomes)]


def _row(outcome: Outcome) -> tuple[str, str, str]:
    return outcome.kiosk, outcome.result.value, why(outcome)


def why(outcome: Outcome) -> str:
    """The reason and its words, and what the answer brought."""
    words = outcome.words or REASONS.get(outcome.reason, "")
    said = ": ".join(filter(None, (outcome.reason, words)))
    data = ", ".join(f"{name} {value}" for name, value in outcome.data.items())
    return "; ".join(filter(None, (said, data)))


def _counts(outcomes: Sequence[Outcome]) -> list[str]:
    rows = []
    for result in Result:
        names = [outcome.kiosk for outcome in outcomes if outcome.result is result]
        if names:
            rows.append((result.value, str(len(names)), _some(names)))
    return aligned(rows, frozenset({1}))


def _some(names: list[str]) -> str:
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")


def as_json(outcomes: Iterable[Outcome], **about: Any) -> str:
    """All of them, whatever their number."""
    listed = [to_builtins(outcome) for outcome in outcomes]
    return json.dumps({**about, "outcomes": listed}, indent=2, ensure_ascii=False)


def configurations(machines: Sequence[Present]) -> list[str]:
    """A line for each machine: what it was told and what is in effect."""
    heading = ("machine", "is", "wanted", "in effect", "result", "why")
    return aligned([heading, *map(_configuration, machines)], frozenset({2, 3}))


def _configuration(machine: Present) -> tuple[str, ...]:
    reported, desired = machine.reported, machine.desired
    return (
        machine.kiosk,
        machine.status.status.value if machine.status else "unknown",
        str(desired.version) if desired else "none",
        str(reported.in_effect) if reported else "unknown",
        _result(machine),
        _reason(machine),
    )


def _result(machine: Present) -> str:
    reported, desired = machine.reported, machine.desired
    if reported is None or desired is None:
        # what it refused could not be read by us either
        return Taken.REJECTED.value if reported and reported.taken is Taken.REJECTED else ""
    if _holds_all_the_same(machine):
        return Taken.APPLIED.value
    return reported.taken.value if reported.version == desired.version else "not answered"


def _reason(machine: Present) -> str:
    reason = machine.reported.reason if machine.reported else ""
    return f"then refused another: {reason}" if _holds_all_the_same(machine) else reason


def _holds_all_the_same(machine: Present) -> bool:
    """Whether the wanted one is in effect, although another came and was refused since."""
    reported, desired = machine.reported, machine.desired
    return bool(reported and desired and reported.in_effect == desired.version != reported.version)


def in_full(machine: Present) -> list[str]:
    """What one machine says of its configuration."""
    reported = machine.reported
    if reported is None:
        return []
    values = sorted(
        (name, json.dumps(value, ensure_ascii=False)) for name, value in reported.effective.items()
    )
    errors = [f"  {printable(fault(each))}" for each in reported.errors]
    which = f"version {reported.version}" if reported.version else "what came last"
    said = ["", f"what is wrong with {which}:", *errors] if errors else []
    return [*said, "", "in effect:", *(f"  {line}" for line in aligned(values))] if values else said


def configurations_as_json(machines: Iterable[Present]) -> str:
    """All that is kept of each."""
    return json.dumps([to_builtins(machine) for machine in machines], indent=2, ensure_ascii=False)
