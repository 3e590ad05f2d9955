"""What a technician looks at first, all of it, each with what to do: `kiosk doctor` prints it.

Every look is bounded in time, costs no money, moves nothing, and disturbs no kiosk that runs: that is asked
through its control socket.  All of them together take less than a minute, for they are made side by side.
"""

from collections.abc import Iterator
from concurrent.futures import wait
from functools import partial
from pathlib import Path

from kiosk.config import basics, examine
from kiosk.configuration import Basics, Configuration
from kiosk.doctor import books, disk, network, papers, system, wires
from kiosk.doctor.books import Running
from kiosk.doctor.findings import Finding, Verdict
from kiosk.doctor.probes import Probe, begun, side_by_side
from kiosk.doctor.surroundings import Surroundings
from kiosk.errors import ConfigError, KioskError
from kiosk.tables import Problem

__all__ = ["Finding", "Surroundings", "Verdict", "examined"]

FIRST_WITHIN = 12.0
"""Seconds in which the kiosk answers and the disk keeps a few pages, before anything else is begun."""
READING_WITHIN = 20.0
"""Seconds in which the whole journal is read."""


def examined(path: Path, around: Surroundings) -> Iterator[Finding]:
    """Every finding, in order; what cannot be looked at without the file is left out."""
    right, problems = examine(path)
    known = right or _top(path)
    yield from side_by_side(_on_paper(path, right, problems))
    if known is None:
        yield from side_by_side([Probe("service", partial(system.service, around))])
        return
    asked, kept = begun(partial(books.running, known)), begun(partial(around.keep, known.state))
    wait([asked], FIRST_WITHIN)
    wait([kept], FIRST_WITHIN)
    silent = Running(None, KioskError(f"the kiosk gave no answer within {FIRST_WITHIN:g} seconds"))
    running = asked.result() if asked.done() else silent
    yield from side_by_side(
        [  # from the ground up: what comes first is often why the rest is bad
            Probe("power", partial(system.power, around)),
            Probe("clock", partial(system.clock, around)),
            Probe("disk", partial(disk.disk, known, around, kept)),
            Probe("journal", partial(books.journal, known, running.standing)),
            Probe("journal", partial(books.soundness, known), READING_WITHIN),
            *(_plugged_in(right, around, running) if right else []),
            Probe("service", partial(system.service, around)),
            Probe("kiosk", partial(books.selling, running)),
            Probe("versions", partial(system.versions, running.standing, around)),
            Probe("last faults", partial(system.warnings, around)),
        ]
    )


def _on_paper(path: Path, right: Configuration | None, problems: list[Problem]) -> list[Probe]:
    probes = [
        Probe("configuration", partial(papers.configuration, path, right, problems)),
        Probe("credentials", partial(papers.credentials, path, problems)),
    ]
    return [*probes, Probe("pushed", partial(papers.pushed, right))] if right else probes


def _plugged_in(right: Configuration, around: Surroundings, running: Running) -> list[Probe]:
    site = wires.Site(right, around, running.standing)
    parts = {"panel": wires.panel, "keypad": wires.keypad, "outputs": wires.outputs, "inputs": wires.inputs}
    gateways = [
        Probe(f"gateway {name}", partial(network.gateway, right, name), network.ANSWERS_WITHIN)
        for name in right.gateway
    ]
    broker = Probe("broker", partial(network.broker, right, running.standing), network.ANSWERS_WITHIN)
    return [*(Probe(name, partial(look, site)) for name, look in parts.items()), *gateways, broker]


def _top(path: Path) -> Basics | None:
    try:
        return basics(path)
    except ConfigError:
        return None
