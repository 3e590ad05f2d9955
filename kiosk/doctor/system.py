"""What the operating system says: the service, the clock, the supply, the versions, the last warnings."""

import platform
import re
import time
from collections.abc import Iterator
from typing import Final

from kiosk import __version__
from kiosk.codes import CODES
from kiosk.control.calling import START
from kiosk.control.standing import Standing
from kiosk.doctor.findings import Finding, bad, doubtful, good
from kiosk.doctor.surroundings import Surroundings

UNIT: Final = "qris-kiosk"
BUILT: Final = 1_767_225_600.0
"""The first second of 2026: no clock that is set says less."""
RESTARTS_ALLOWED: Final = 3
MOST_WARNINGS: Final = 5
LINES_LOOKED_AT: Final = "50"
HOT: Final = 80
"""Degrees at which a Pi begins to slow down."""
_HINTS: Final = "journalctl -u qris-kiosk tells the whole story, docs/codes.md what the codes mean"
_CODE: Final = re.compile(r"\bK[1-8]\d\d\b")
_NOW, _SINCE_START = 0x1, 0x1_0000
_SLOWED: Final = 0xE


def service(around: Surroundings) -> Iterator[Finding]:
    """Whether systemd keeps the kiosk going."""
    said = around.run(["systemctl", "show", UNIT, "--property=LoadState,ActiveState,UnitFileState,NRestarts"])
    facts = dict(line.partition("=")[::2] for line in (said or "").splitlines())
    if facts.get("LoadState") != "loaded":
        yield doubtful("service", "K801", f"systemd knows no {UNIT}", "on a Pi: sudo scripts/install")
        return
    if facts.get("ActiveState") != "active":
        yield bad("service", "K801", f"{UNIT} is {facts.get('ActiveState', 'unknown')}", START)
        return
    restarts = int(facts.get("NRestarts", "0") or "0")
    if restarts > RESTARTS_ALLOWED:
        yield doubtful("service", "K801", f"{UNIT} runs, but was started anew {restarts} times", _HINTS)
    elif facts.get("UnitFileState") != "enabled":
        advice = f"sudo systemctl enable {UNIT}"
        yield doubtful("service", "K801", f"{UNIT} runs, but does not start with the machine", advice)
    else:
        yield good("service", f"{UNIT} runs and starts with the machine")


def clock(around: Surroundings) -> Iterator[Finding]:
    """Whether this machine knows what time it is; gateways sign it."""
    said = time.strftime("%Y-%m-%d %H:%M:%S %z", time.localtime(around.now()))
    if around.now() < BUILT:
        yield bad("clock", "K104", f"it is {said} here, which cannot be")
        return
    words = ["timedatectl", "show", "--property=NTPSynchronized", "--value"]
    synchronised = (around.run(words) or "").strip()
    if synchronised == "no":
        yield doubtful("clock", "K802", f"it is {said} here, and nobody confirms it")
    else:
        yield good("clock", f"it is {said}" + (", as the network says" if synchronised == "yes" else ""))


def power(around: Surroundings) -> Iterator[Finding]:
    """Whether the supply holds its voltage and the processor stays cool, as the firmware counts."""
    bits = _throttled(around)
    if bits is None:
        yield good("power", "this machine does not measure its supply")
    elif bits & _NOW:
        yield bad("power", "K803", "the supply gives too little voltage at this moment")
    elif bits & _SINCE_START:
        yield doubtful("power", "K803", "the supply gave too little voltage since the start")
    else:
        yield good("power", "the supply held its voltage since the start")
    yield from _warmth(around, is_slowed=bool((bits or 0) & _SLOWED))


def versions(standing: Standing | None, around: Surroundings) -> Iterator[Finding]:
    """What runs here; an update that was not followed by a start is told."""
    board = around.said("firmware/devicetree/base/model").strip("\0") or platform.machine()
    python = platform.python_version()
    said = f"kiosk {__version__}, Python {python}, {platform.system()} {platform.release()}, {board}"
    yield good("versions", said)
    if standing and standing.version != __version__:
        yield doubtful("versions", "K809", f"the kiosk that runs is {standing.version}, not {__version__}")


def warnings(around: Surroundings) -> Iterator[Finding]:
    """The last lines of the kiosk that were warnings or worse."""
    words = ["journalctl", "--unit", UNIT, "--priority=warning", "--lines", LINES_LOOKED_AT, "--no-pager"]
    said = around.run([*words, "--quiet", "--output=short-iso", "--since=-1day"])
    if said is None:
        yield doubtful("last faults", "K813", "the system's journal cannot be read here", "try it with sudo")
        return
    lines = said.strip().splitlines()
    if not lines:
        yield good("last faults", "none within a day")
    for line in lines[-MOST_WARNINGS:]:
        found = _CODE.search(line)
        code = found[0] if found and found[0] in CODES else "K811"
        yield doubtful("last faults", code, line)
    if len(lines) > MOST_WARNINGS:
        yield doubtful("last faults", "K811", f"{len(lines)} within a day, of which these are the last")


def _throttled(around: Surroundings) -> int | None:
    """The firmware's flags, by its program or by its file; None where there is neither."""
    said = (around.run(["vcgencmd", "get_throttled"]) or "").partition("=")[2]
    said = said or around.said("devices/platform/soc/soc:firmware/get_throttled")
    try:
        return int(said.strip(), 16)
    except ValueError:
        return None


def _warmth(around: Surroundings, *, is_slowed: bool) -> Iterator[Finding]:
    said = around.said("class/thermal/thermal_zone0/temp")
    degrees = int(said) // 1000 if said.isdigit() else 0
    if degrees >= HOT or (is_slowed and degrees):
        slower = " and it has slowed down" if is_slowed else ""
        yield doubtful("warmth", "K804", f"the processor has {degrees} °C{slower}")
    elif degrees:
        yield good("warmth", f"the processor has {degrees} °C")
