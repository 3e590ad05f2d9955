"""What a technician looks at first, all of it, each with what to do: `kiosk doctor` prints it.

Every look is bounded in time, costs no money, moves nothing, and disturbs no kiosk that runs.
"""

from collections.abc import Iterator
from pathlib import Path

from kiosk.config import basics, examine
from kiosk.configuration import Basics
from kiosk.doctor import books, network, system, wires
from kiosk.doctor.findings import Finding, Verdict, bad, ok
from kiosk.doctor.system import Shell
from kiosk.errors import ConfigError
from kiosk.tables import Problem

__all__ = ["Finding", "Verdict", "examined"]

MOST_PROBLEMS = 5


def examined(path: Path, run: Shell) -> Iterator[Finding]:
    """Every finding, as soon as it is made; what cannot be looked at without the file is left out."""
    configuration, problems = examine(path)
    yield from _configuration(path, problems)
    known = configuration or _top(path)
    if known is None:
        yield from system.service(run)
        return
    running = books.running(known)
    yield from books.selling(running)
    yield from system.service(run)
    if configuration:
        yield from wires.panel(configuration, is_running=running.standing is not None)
        yield from wires.keypad(configuration, is_running=running.standing is not None)
        yield from wires.pins(configuration)
        yield from network.gateways(configuration)
        yield from network.broker(configuration, running.standing)
    yield from system.clock(run)
    yield from books.journal(known)
    yield from books.disk(known)
    yield from system.warnings(run)


def _configuration(path: Path, problems: list[Problem]) -> Iterator[Finding]:
    mine = [problem for problem in problems if problem.where == str(path)]
    secrets = [problem for problem in problems if problem.where != str(path)]
    if not mine:
        yield ok("configuration", f"{path} is right")
    for problem in mine[:MOST_PROBLEMS]:
        yield bad("configuration", str(problem), "sudo kiosk check lists everything")
    if not problems:
        yield ok("credentials", "every secret that is needed can be read")
    for problem in secrets[:MOST_PROBLEMS]:
        yield bad("credentials", f"{problem.where}: {problem.reason}", problem.advice)


def _top(path: Path) -> Basics | None:
    try:
        return basics(path)
    except ConfigError:
        return None
