"""The journal under rebuilt disks: every call of a long life recorded, the power cut after any of them.

The disk is rebuilt as a card might leave it and opened by the journal itself.  What was said to be on disk
must be there, all of it, and nothing of anything that had not begun; then it must sell on.

`python -m tests.proof.disks [--quick | --long]`
"""

import json
import os
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path
from random import Random
from typing import Final, NamedTuple

from kiosk.errors import JournalMissing
from tests.journal.sale import Machine, at, intent, sale
from tests.proof import recording
from tests.proof.platter import LOSSES, Image, Platter
from tests.proof.recording import Call, Said, record
from tests.proof.scribe import CHAPTERS, contents

CERTAIN: Final = ("kept", "dropped", "dropped, named")
STOCK_EVERY: Final = 4
"""One disk of so many is first opened by SQLite alone, in a copy."""
NEVER_SOLD: Final = 900_000


class Found(NamedTuple):
    """What must be on the disk: the contents, and whether that is RECOVERY."""

    contents: str
    recovery: bool


class Moment(NamedTuple):
    """Just after a call: what was said to be on disk, and what may be there though nobody was told."""

    number: int
    after: str
    said: Found | None
    next: Found | None

    def agrees(self, found: Found) -> bool:
        """Whether a disk found so has lost and made up nothing."""
        fit = [each for each in (self.said, self.next) if each]
        return found.contents in {each.contents for each in fit} and found.recovery in {
            each.recovery for each in fit
        }


class Tally(NamedTuple):
    """What came of the disks: how many of each kind, and what was wrong with any."""

    disks: Counter[str]
    moments: int
    wrong: list[str]


class Scale(NamedTuple):
    """How many disks of each uncertain kind are built at a moment, after which share of the calls of what."""

    each: int
    share: float
    chapters: Sequence[str] = tuple(CHAPTERS)


SHORT: Final = ("founded", "first_day", "second_day", "old_copy")
SCALES: Final = {"quick": Scale(1, 0.1, SHORT), "default": Scale(1, 0.6), "long": Scale(20, 1.0)}


def recorded(folder: Path, chapters: Sequence[str], *careless: str) -> list[Call]:
    """A life, chapter after chapter."""
    trace, machine = folder / "trace", folder / "machine"
    machine.mkdir()
    calls: list[Call] = []
    for chapter in chapters:
        calls += record(machine, trace, "tests.proof.scribe", str(machine), chapter, *careless)
    return calls


def moments(calls: Sequence[Call]) -> Iterator[tuple[Call, Moment]]:
    """Each call, and the moment after it."""
    said = [_found(call) if isinstance(call, Said) else None for call in calls]
    coming: list[Found | None] = [None] * len(calls)
    for number in range(len(calls) - 1, 0, -1):
        coming[number - 1] = said[number] or coming[number]
    last: Found | None = None
    words = "the beginning"
    for number, call in enumerate(calls):
        last = said[number] or last
        words = json.loads(call.text)["what"] if isinstance(call, Said) else words
        yield call, Moment(number, words, last, coming[number])


def _found(call: Said) -> Found:
    told = json.loads(call.text)
    return Found(told["contents"], told["recovery"])


def swept(calls: Sequence[Call], scale: Scale, part: int, parts: int) -> Tally:
    """Rebuild and judge every `parts`-th moment's disks; each different disk of a moment once."""
    tally, platter = Tally(Counter(), 0, []), Platter()
    met = 0
    with tempfile.TemporaryDirectory(dir=_fast_place()) as scratch:
        for call, moment in moments(calls):
            platter.take(call)
            dice = Random(moment.number)  # noqa: S311  # seeded, so that a disk can be built again
            if moment.number % parts != part or dice.random() >= scale.share:
                continue
            met += 1
            for kind, image in _images(platter, scale.each, dice):
                tally.disks[kind] += 1
                if wrong := judged(image, moment, Path(scratch), dice):
                    tally.wrong.append(f"call {moment.number}, after {moment.after}, {kind}: {wrong}")
    return tally._replace(moments=met)


def _images(platter: Platter, each: int, dice: Random) -> Iterator[tuple[str, Image]]:
    known = set()
    for kind, loss in LOSSES.items():
        for _ in range(1 if kind in CERTAIN or platter.is_settled else each):
            image = platter.image(loss, dice)
            if (key := hash(frozenset(image.items()))) not in known:
                known.add(key)
                yield kind, image


def _fast_place() -> str | None:
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108  # a folder of our own within


def judged(image: Image, moment: Moment, scratch: Path, dice: Random) -> str:
    """What is wrong with a disk, "" where nothing is."""
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        place = Path(folder)
        try:
            if dice.randrange(STOCK_EVERY) == 0 and (wrong := _by_stock(image, moment, place / "stock")):
                return wrong
            return _by_journal(image, moment, place / "own", dice)
        except Exception as error:  # noqa: BLE001  # whatever it is, this disk could not be used
            return f"{type(error).__name__}: {error}"


def _by_journal(image: Image, moment: Moment, folder: Path, dice: Random) -> str:
    machine = _laid_out(image, folder)
    if dice.random() < 0.3:  # what lies in memory only may have been written at any time, or never
        (folder / "state" / "journal.db-shm").write_bytes(dice.randbytes(32_768))
    try:
        with machine.start() as journal:
            found = Found(contents(journal._db), bool(journal.recovery))
            wrong = _compared(found, moment) or journal.check()
            if not wrong:
                journal.commit(sale(NEVER_SOLD)[0], at())
    except JournalMissing:
        return "" if moment.said is None else "there is no journal"
    if wrong:
        return wrong
    with machine.start() as journal:
        return "" if intent(NEVER_SOLD) in journal.open_lives() else "it takes nothing more"


def _by_stock(image: Image, moment: Moment, folder: Path) -> str:
    path = _laid_out(image, folder).path
    if not path.exists():
        return ""
    with closing(sqlite3.connect(path)) as db:
        (whole,) = db.execute("PRAGMA integrity_check").fetchone()
        if whole != "ok":
            return f"SQLite says: {whole}"
        fit = {each.contents for each in (moment.said, moment.next) if each}
        return "" if contents(db) in fit else "SQLite alone reads something else"


def _compared(found: Found, moment: Moment) -> str:
    if moment.said is None and found.recovery:
        return ""  # cut while it was being set up: it says so, and nothing was sold yet
    if moment.agrees(found):
        return ""
    return f"it holds {found}, and should {moment.said} or {moment.next}"


def _laid_out(image: Image, folder: Path) -> Machine:
    for directory in ("state", "etc"):
        (folder / directory).mkdir(parents=True)
    for name, data in image.items():
        if not name.endswith("-shm"):
            (folder / name).write_bytes(data)
    return Machine(folder)


def sweep(calls: Sequence[Call], scale: Scale, workers: int) -> Tally:
    """The whole sweep, over so many processes."""
    with ProcessPoolExecutor(workers) as pool:
        parts = list(pool.map(partial(swept, calls, scale, parts=workers), range(workers)))
    disks = sum((part.disks for part in parts), Counter[str]())
    wrong = [words for part in parts for words in part.wrong]
    return Tally(disks, sum(part.moments for part in parts), wrong)


def prove(scale: str, *careless: str) -> tuple[list[Call], Tally]:
    """Record a life and sweep it."""
    with tempfile.TemporaryDirectory(dir=_fast_place()) as folder:
        calls = recorded(Path(folder), SCALES[scale].chapters, *careless)
    return calls, sweep(calls, SCALES[scale], os.cpu_count() or 1)


def main(words: Sequence[str]) -> int:
    """Print the figures; exit 0 when nothing was lost."""
    if not recording.is_possible():
        sys.stdout.write("not run: strace is needed (sudo apt install strace)\n")
        return 1
    scale = next((name for name in SCALES if f"--{name}" in words), "default")
    began = time.monotonic()
    calls, tally = prove(scale, *(word for word in words if not word.startswith("--")))
    for wrong in tally.wrong[:20]:
        sys.stdout.write(f"{wrong}\n")
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in tally.disks.items())
    sys.stdout.write(
        f"SQLite {sqlite3.sqlite_version}: {len(calls):,} calls recorded, the power cut after "
        f"{tally.moments:,} of them, {tally.disks.total():,} disks rebuilt ({kinds}): "
        f"{len(tally.wrong):,} wrong, {time.monotonic() - began:.0f} s\n"
    )
    return 1 if tally.wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
