"""What the operating system says: the service, the clock, the last warnings."""

import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeAlias

from kiosk.control.calling import START
from kiosk.doctor.findings import Finding, bad, ok, warn

Shell: TypeAlias = Callable[[Sequence[str]], str | None]
"""Runs a program of the system and gives what it prints; None where it is not there or does not end."""

UNIT: Final = "qris-kiosk"
PATIENCE: Final = 10.0
BUILT: Final = 1_767_225_600.0
"""The first second of 2026: no clock that is set says less."""
RESTARTS_ALLOWED: Final = 3
MOST_WARNINGS: Final = 5
LINES_LOOKED_AT: Final = "50"
_HINTS: Final = "journalctl -u qris-kiosk tells the whole story, docs/codes.md what the codes mean"


def shell(words: Sequence[str]) -> str | None:
    """Run it for real."""
    try:
        ended = subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        return None
    return ended.stdout if ended.returncode == 0 else None


def service(run: Shell) -> Iterator[Finding]:
    """Whether systemd keeps the kiosk going."""
    said = run(["systemctl", "show", UNIT, "--property=LoadState,ActiveState,UnitFileState,NRestarts"])
    facts = dict(line.partition("=")[::2] for line in (said or "").splitlines())
    if facts.get("LoadState") != "loaded":
        yield warn("service", f"systemd knows no {UNIT}", "on a Pi: sudo scripts/install")
        return
    if facts.get("ActiveState") != "active":
        yield bad("service", f"{UNIT} is {facts.get('ActiveState', 'unknown')}", START)
        return
    restarts = int(facts.get("NRestarts", "0") or "0")
    if restarts > RESTARTS_ALLOWED:
        yield warn("service", f"{UNIT} runs, but was started anew {restarts} times", _HINTS)
    elif facts.get("UnitFileState") != "enabled":
        advice = f"sudo systemctl enable {UNIT}"
        yield warn("service", f"{UNIT} runs, but does not start with the machine", advice)
    else:
        yield ok("service", f"{UNIT} runs and starts with the machine")


def clock(run: Shell, now: Callable[[], float] = time.time) -> Iterator[Finding]:
    """Whether this machine knows what time it is; gateways sign it."""
    said = time.strftime("%Y-%m-%d %H:%M:%S %z", time.localtime(now()))
    advice = "look at the network; timedatectl says more"
    if now() < BUILT:
        yield bad("clock", f"it is {said} here, which cannot be", advice)
        return
    synchronised = (run(["timedatectl", "show", "--property=NTPSynchronized", "--value"]) or "").strip()
    if synchronised == "no":
        yield warn("clock", f"it is {said} here, and nobody confirms it", advice)
    else:
        yield ok("clock", f"it is {said}" + (", as the network says" if synchronised == "yes" else ""))


def warnings(run: Shell) -> Iterator[Finding]:
    """The last lines of the kiosk that were warnings or worse."""
    words = ["journalctl", "--unit", UNIT, "--priority=warning", "--lines", LINES_LOOKED_AT, "--no-pager"]
    said = run([*words, "--quiet", "--output=short-iso", "--since=-1day"])
    if said is None:
        yield warn("last faults", "the system's journal cannot be read here", "try it with sudo")
        return
    lines = said.strip().splitlines()
    if not lines:
        yield ok("last faults", "none within a day")
    for line in lines[-MOST_WARNINGS:]:
        yield warn("last faults", line)
    if lines:
        yield warn("last faults", f"{len(lines)} within a day", _HINTS)
