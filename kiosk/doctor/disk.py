"""The disk that must not lose anything: room, mounts, how fast it keeps, its health."""

import re
import shutil
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple

from kiosk.configuration import Basics
from kiosk.doctor.findings import Finding, bad, doubtful, good
from kiosk.doctor.surroundings import Surroundings

MIB: Final = 1024 * 1024
LEAST: Final = 64
LITTLE: Final = 512
SLOW: Final = 0.25
"""Seconds until one page is kept, at the median; a sale waits for about eight."""
WAITED: Final = 5.0
TOO_FAST: Final = 0.000_2
"""Seconds: no card turns a page into flash in less; one that says so keeps it in a memory that forgets."""
WORN: Final = 9
"""Life used up, in tenths, as eMMC counts it: 9 is 80 to 90 percent."""
FORGETFUL: Final = {"tmpfs", "ramfs", "overlay", "squashfs"}
CARDS: Final = {"SD", "MMC"}
"""What the kernel calls them; other disks say other things there."""
_OCTAL: Final = re.compile(r"\\([0-7]{3})")
_END_OF_LIFE: Final = {2: "it has used up most of its spare blocks", 3: "its spare blocks are used up"}


class Mount(NamedTuple):
    """One line of /proc/self/mountinfo."""

    at: Path
    options: frozenset[str]
    kind: str


def disk(known: Basics, around: Surroundings, kept: Future[list[float]]) -> Iterator[Finding]:
    """Everything about the disk below the state; `kept` was measured while nothing else was looked at."""
    try:
        free = shutil.disk_usage(known.state).free // MIB
        device = around.device(known.state)
    except OSError as error:
        yield bad("disk", "K402", f"{known.state}: {error.strerror}", "sudo scripts/install makes it")
        return
    yield _room(free, known.state)
    yield from _mounts(known, around)
    yield from _speed(kept, _is_card(around, device))
    yield from _card(around, device)


def _room(free: int, state: Path) -> Finding:
    advice = "make room; du -xh / | sort -h | tail shows what takes it"
    if free < LEAST:
        said = f"{free} MiB are free at {state}; nothing is sold below {LEAST}"
        return bad("disk", "K403", said, advice)
    if free < LITTLE:
        return doubtful("disk", "K403", f"{free} MiB are free at {state}", advice)
    return good("disk", f"{free} MiB are free at {state}")


def _mounts(known: Basics, around: Surroundings) -> Iterator[Finding]:
    found = {place: _mount_of(place, around) for place in (known.marker.parent, known.state)}
    for mount, place in {mount: place for place, mount in found.items() if mount}.items():
        if mount.kind in FORGETFUL:
            yield bad("disk", "K808", f"{place} is on {mount.kind}, which a power cut empties")
        elif "ro" in mount.options:
            advice = f"dmesg says why; sudo mount -o remount,rw {mount.at}, then look at the card"
            yield bad("disk", "K402", f"{mount.at} is mounted read-only", advice)
        elif mount.options & {"nobarrier", "barrier=0"}:
            advice = "take nobarrier out of /etc/fstab and restart"
            yield doubtful("disk", "K806", f"{mount.at} is mounted without barriers", advice)


def _mount_of(place: Path, around: Surroundings) -> Mount | None:
    """The mount that holds a place: the deepest one above it."""
    try:
        lines = (around.proc / "self" / "mountinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    above = [mount for mount in map(_mount, lines) if place.is_relative_to(mount.at)]
    return max(above, key=lambda mount: len(mount.at.parts), default=None)


def _mount(line: str) -> Mount:
    own, _, rest = line.partition(" - ")
    at, options = own.split()[4:6]
    kind, _, all_of_it = rest.split()[:3]
    at = _OCTAL.sub(lambda found: chr(int(found[1], 8)), at)
    return Mount(Path(at), frozenset([*options.split(","), *all_of_it.split(",")]), kind)


def _speed(kept: Future[list[float]], is_card: bool) -> Iterator[Finding]:
    if not kept.done():
        yield bad("disk", "K805", "it has not kept a page within ten seconds")
        return
    if error := kept.exception():
        words = error.strerror if isinstance(error, OSError) else type(error).__name__
        is_ours = isinstance(error, PermissionError)
        advice = "try it with sudo" if is_ours else ""
        judge, code = (doubtful, "K813") if is_ours else (bad, "K402")
        yield judge("disk", code, f"a page cannot be written and kept: {words}", advice)
        return
    yield _judged(median(kept.result()), max(kept.result()), is_card)


def _judged(usual: float, most: float, is_card: bool) -> Finding:
    said = f"it keeps a page in {_milliseconds(usual)}, at most {_milliseconds(most)}"
    if usual > SLOW or most > WAITED:
        return doubtful("disk", "K805", said)
    if is_card and usual < TOO_FAST:
        return doubtful("disk", "K806", f"{said}: no card is so fast")
    return good("disk", said)


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.2g} ms" if seconds < 0.1 else f"{seconds:.1f} s"


def _is_card(around: Surroundings, device: str) -> bool:
    return _of_card(around, device, "type") in CARDS


def _of_card(around: Surroundings, device: str, name: str) -> str:
    """What an SD card or eMMC says of itself; a partition's device is its disk's."""
    for where in ("device", "../device"):
        if said := around.said(f"dev/block/{device}/{where}/{name}"):
            return said
    return ""


def _card(around: Surroundings, device: str) -> Iterator[Finding]:
    errors = _errors(around, device)
    if errors:
        yield doubtful("card", "K807", f"its file system has counted {errors} errors")
    kind = _of_card(around, device, "type")
    if kind not in CARDS:
        return
    name = f"{kind} {_of_card(around, device, 'name')} of {_of_card(around, device, 'date') or 'unknown age'}"
    used, spare = _tenths(around, device), _number(_of_card(around, device, "pre_eol_info"))
    if spare in _END_OF_LIFE:
        yield bad("card", "K807", f"{name}: {_END_OF_LIFE[spare]}")
    elif used >= WORN:
        yield doubtful("card", "K807", f"{name}: {used * 10} percent of its life are used up")
    elif _is_forged(around, device):
        yield doubtful("card", "K807", f"{name}: its maker or its serial number is nothing but zeros")
    else:
        life = f", at most {used * 10} percent of its life used" if used else ""
        yield good("card", f"{name}{life}")


def _errors(around: Surroundings, device: str) -> int:
    partition = next(iter((around.sys / "dev" / "block" / device).resolve().parts[-1:]), "")
    return _number(around.said(f"fs/ext4/{partition}/errors_count"))


def _tenths(around: Surroundings, device: str) -> int:
    return max([_number(word) for word in _of_card(around, device, "life_time").split()], default=0)


def _is_forged(around: Surroundings, device: str) -> bool:
    said = [_of_card(around, device, name) for name in ("manfid", "serial")]
    return any(text and not _number(text) for text in said)


def _number(text: str) -> int:
    try:
        return int(text, 0)
    except ValueError:
        return 0
