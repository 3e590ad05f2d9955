"""What is written down for this machine: its file, its secrets, and what its operator pushed over it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from kiosk.cautions import cautions
from kiosk.configuration import Configuration
from kiosk.doctor.findings import Finding, bad, doubtful, good
from kiosk.errors import ConfigError, JournalError
from kiosk.fitting import misfits
from kiosk.mqtt.reports import Taken
from kiosk.pushed import Pushed
from kiosk.pushing import lay, own_file, remembered
from kiosk.tables import Problem

MOST_PROBLEMS: Final = 5


def configuration(path: Path, right: Configuration | None, problems: list[Problem]) -> Iterator[Finding]:
    """The file alone, and what may surprise in it."""
    mine = [problem for problem in problems if problem.where == str(path)] + misfits(path)
    if not mine:
        yield good("configuration", f"{path} is right")
    for problem in mine[:MOST_PROBLEMS]:
        yield bad("configuration", "K508", str(problem), "sudo kiosk check lists everything")
    for caution in cautions(right)[:MOST_PROBLEMS] if right else []:
        said, _, advice = caution.partition("; ")
        yield doubtful("configuration", "K812", said, advice)


def credentials(path: Path, problems: list[Problem]) -> Iterator[Finding]:
    """Whether every secret that is needed can be read; no secret is ever told."""
    secrets = [problem for problem in problems if problem.where != str(path)]
    if not problems:
        yield good("credentials", "every secret that is needed can be read")
    for problem in secrets[:MOST_PROBLEMS]:
        yield bad("credentials", "K508", f"{problem.where}: {problem.reason}", problem.advice)


def pushed(right: Configuration) -> Iterator[Finding]:
    """Which of the operator's configurations is in effect, and why the newest is not."""
    try:
        known = remembered(right)
        laid = lay(own_file(right.source, right.credentials), known).pushed
    except (ConfigError, JournalError) as error:
        yield doubtful("pushed", "K813", f"nobody can tell: {error}")
        return
    if known.in_effect and not laid.in_effect:
        said = f"version {known.in_effect} does not fit this file, which holds alone: {_first_fault(laid)}"
        yield bad("pushed", "K525", said)
    elif known.in_effect:
        yield good("pushed", f"version {known.in_effect} of the operator's configuration is in effect")
    else:
        yield good("pushed", "nothing; the file alone holds")
    if known.taken is Taken.REJECTED:
        said = f"version {known.version} was refused: {_first_fault(known)}"
        yield doubtful("pushed", "K523", said)


def _first_fault(known: Pushed) -> str:
    return next((f"{fault.path}: {fault.words}" for fault in known.errors), known.reason)
