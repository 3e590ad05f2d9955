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
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Final, NamedTuple

from kiosk.errors import JournalMissing
from tests.journal.sale import Machine, at, intent, sale
from tests.proof import recording
from tests.proof.platter import LOSSES, Image, Platter
from tests.proof.recording import Call, Said, record
from tests.proof.scribe import CHAPTERS, contents
from tests.proof.sections import Scale, Section

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


class Extent(NamedTuple):
    """How many disks of each uncertain kind are built at a moment, after which share of the calls of what."""

    each: int
    share: float
    chapters: Sequence[str] = tuple(CHAPTERS)


SHORT: Final = ("founded", "first_day", "second_day", "old_copy")
EXTENTS: Final = {
    Scale.QUICK: Extent(1, 0.1, SHORT),
    Scale.DEFAULT: Extent(1, 0.6),
    Scale.LONG: Extent(20, 1.0),
}
CONTROL: Final = Extent(2, 0.5, SHORT[:2])
"""Of journals that are opened carelessly, to see that losses are seen."""
CARELESS_WORDS: Final = {
    "unsynced": "with `synchronous=NORMAL`, to see that losses are seen",
    "psow": "without `psow=0`, the same",
}
MODEL: Final = (
    "Every call by which the shipped journal changes the disk is recorded with strace, in the process "
    "that makes it: a shim below another copy of SQLite would have recorded that copy. The power is "
    "then cut after a call; of what was not synced each write is kept, dropped, torn (some 512-byte "
    "sectors) or trashed (noise over whole sectors of 512 or 4096 bytes, neighbours included), names "
    "reach the disk in their order, and the index in memory is gone or noise. The journal itself "
    "opens what is left: it must hold all that was said to be on disk, or that and the one decision "
    "under way, whole; it must pass its own check, and sell on. One disk in four is opened by SQLite "
    "alone first. Cards that lie about a sync are outside the model."
)


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


def swept(calls: Sequence[Call], extent: Extent, part: int, parts: int) -> Tally:
    """Rebuild and judge every `parts`-th moment's disks; each different disk of a moment once."""
    tally, platter = Tally(Counter(), 0, []), Platter()
    met = 0
    with tempfile.TemporaryDirectory(dir=_fast_place()) as scratch:
        for call, moment in moments(calls):
            platter.take(call)
            dice = Random(moment.number)  # noqa: S311  # seeded, so that a disk can be built again
            if moment.number % parts != part or dice.random() >= extent.share:
                continue
            met += 1
            for kind, image in _images(platter, extent.each, dice):
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


def sweep(calls: Sequence[Call], extent: Extent) -> Tally:
    """The whole sweep, over all cores."""
    workers = os.cpu_count() or 1
    # a copy of this very process could take a lock with it that another thread of it holds
    with ProcessPoolExecutor(workers, get_context("forkserver")) as pool:
        parts = list(pool.map(partial(swept, calls, extent, parts=workers), range(workers)))
    disks = sum((part.disks for part in parts), Counter[str]())
    wrong = [words for part in parts for words in part.wrong]
    return Tally(disks, sum(part.moments for part in parts), wrong)


def prove(extent: Extent, *careless: str) -> tuple[list[Call], Tally]:
    """Record a life and sweep it."""
    with tempfile.TemporaryDirectory(dir=_fast_place()) as folder:
        calls = recorded(Path(folder), extent.chapters, *careless)
    return calls, sweep(calls, extent)


def run(scale: Scale) -> Section:
    """The section of the proof."""
    title = "The journal under rebuilt disks"
    if not recording.is_possible():
        return Section(title, (), not_run="strace is needed (sudo apt install strace)")
    began = time.monotonic()
    calls, tally = prove(EXTENTS[scale])
    controls = [] if scale is Scale.QUICK else [(how, prove(CONTROL, how)[1]) for how in CARELESS_WORDS]
    unseen = [
        f"a journal that is {how} was not seen to lose anything" for how, each in controls if not each.wrong
    ]
    figures = (*_lines(calls, tally), *(_control(how, each) for how, each in controls))
    return Section(title, figures, (*tally.wrong, *unseen), (MODEL,), seconds=time.monotonic() - began)


def _lines(calls: Sequence[Call], tally: Tally) -> Iterator[tuple[str, str]]:
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in tally.disks.most_common())
    said = sum(isinstance(call, Said) for call in calls)
    yield "SQLite", sqlite3.sqlite_version
    yield "calls recorded, and commits acknowledged among them", f"{len(calls):,}, {said:,}"
    yield "power cut after", f"{tally.moments:,} of them"
    yield "disks rebuilt, all different at their moment", f"{tally.disks.total():,}: {kinds}"
    yield "lost, half or refused", f"{len(tally.wrong):,}"


def _control(how: str, tally: Tally) -> tuple[str, str]:
    return f"lost {CARELESS_WORDS[how]}", f"{len(tally.wrong):,} of {tally.disks.total():,}"


def main(words: Sequence[str]) -> int:
    """Print the figures; exit 0 when nothing was lost."""
    section = run(next((each for each in Scale if f"--{each}" in words), Scale.DEFAULT))
    for wrong in section.failures[:20]:
        sys.stdout.write(f"{wrong}\n")
    for name, figure in section.figures:
        sys.stdout.write(f"{name}: {figure}\n")
    sys.stdout.write(section.not_run or f"{section.seconds:.0f} s on {os.cpu_count()} cores\n")
    return 1 if section.failures or section.not_run else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
