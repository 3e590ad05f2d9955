"""Events in a CSV file that a spreadsheet opens and that this program reads back as what they were.

One event is one line, so that a line cut off by a power cut can be told and taken away.  A text that a
spreadsheet would take for a formula begins with an apostrophe; the columns lose nothing.
"""

import csv
import fcntl
import io
import json
import os
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, TypeVar
from zoneinfo import ZoneInfo

from kiosk.errors import KioskError
from kiosk.mqtt.messages import decode
from kiosk.mqtt.reports import Event
from kiosk.operator.numbers import Name
from kiosk.operator.sales import Told
from kiosk.refusals import Refusal
from kiosk.spreadsheets import harmless

NUMBERS: Final = ("amount", "slot")
TEXTS: Final = ("item", "gateway", "claim_code", "why", "gateway_reference", "issuer", "rrn")
COLUMNS: Final = (
    *("time", "kiosk", "epoch", "seq", "what", "order_id", "reference", *NUMBERS, *TEXTS),
    *("time_ok", "event_id", "more"),
)
SHAPE: Final = "%Y-%m-%dT%H:%M:%S%z"
T = TypeVar("T")


def line(told: Told, zone: ZoneInfo) -> str:
    """One event as a line of the file, its end included."""
    return _joined(_cells(told, zone))


def heading() -> str:
    """The first line."""
    return _joined(COLUMNS)


def _joined(cells: Iterable[Any]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow([_guarded(cell) for cell in cells])
    return text.getvalue()


def _guarded(cell: Any) -> Any:
    if not isinstance(cell, str):
        return cell
    return harmless("".join(each if each.isprintable() else "?" for each in cell))


def _cells(told: Told, zone: ZoneInfo) -> Iterator[Any]:
    event, fields = told.event, dict(told.event.fields)
    yield datetime.fromtimestamp(event.time, zone).strftime(SHAPE)
    yield from (told.kiosk, event.epoch, event.seq, event.what, event.order_id, event.reference)
    for names, kind in ((NUMBERS, int), (TEXTS, str)):
        for name in names:
            fits = isinstance(fields.get(name), kind) and fields[name] != ""
            yield fields.pop(name) if fits else ""
    yield from ("yes" if event.time_ok else "no", event.event_id)
    yield json.dumps(fields, ensure_ascii=False, sort_keys=True) if fields else ""


def read(path: Path | None, lines: Iterable[str]) -> Iterator[Told]:
    """The events of a file; raises KioskError naming the line that is none."""
    return _read(str(path or "the input"), lines, _told)


def _read(where: str, lines: Iterable[str], reader: Callable[[list[str]], T]) -> Iterator[T]:
    try:
        table = csv.reader(lines, strict=True)
        if tuple(next(table, ())) != COLUMNS:
            raise _foreign(where)
        for cells in table:
            yield reader(cells)
    except (ValueError, KeyError, csv.Error) as error:
        raise KioskError(
            f"{where}:{table.line_num}: is no event as kiosk operator events writes it"
        ) from error


def _foreign(where: str) -> KioskError:
    return KioskError(f"{where}: is no file of kiosk operator events; its first line is another")


def _told(cells: list[str]) -> Told:
    row = {
        name: cell.removeprefix("'") if cell.startswith("'") else cell
        for name, cell in zip(COLUMNS, cells, strict=True)
    }
    fields: dict[str, Any] = json.loads(row["more"] or "{}")
    fields |= {name: int(row[name]) for name in NUMBERS if row[name]}
    fields |= {name: row[name] for name in TEXTS if row[name]}
    raw = {
        **{name: row[name] for name in ("event_id", "what", "order_id", "reference")},
        **{name: int(row[name]) for name in ("epoch", "seq")},
        "time": int(datetime.strptime(row["time"], SHAPE).astimezone(UTC).timestamp()),
        "time_ok": row["time_ok"] == "yes",
        "fields": fields,
    }
    event = decode(Event, json.dumps(raw).encode())
    if isinstance(event, Refusal):
        raise ValueError(event.words)  # noqa: TRY004  # it is the text that is wrong
    return Told(row["kiosk"], event)


def _name(cells: list[str]) -> Name:
    """What names an event for good; a hundredth of the work that the whole of it is."""
    row = dict(zip(COLUMNS, cells, strict=True))
    return row["kiosk"], int(row["epoch"]), int(row["seq"])


def load(path: Path) -> list[Told]:
    """All events of a file; raises KioskError, and OSError where it cannot be read."""
    return list(_each(path, _told))


def _each(path: Path, reader: Callable[[list[str]], T]) -> Iterator[T]:
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            yield from _read(str(path), lines, reader)
    except UnicodeDecodeError as error:
        raise KioskError(f"{path}: is no text in UTF-8; is it the file that the tool wrote?") from error


class Book:
    """A file that events are added to, by one program at a time; raises KioskError where another has it.

    A line that a power cut had cut off is gone, for it was never acknowledged and comes again.
    """

    def __init__(self, path: Path, zone: ZoneInfo) -> None:
        self._path, self._zone = path, zone
        self._file = path.open("a+b")
        try:
            self._lock(path)
            self._recognise(path)
            self._mend()
        except BaseException:
            self._file.close()
            raise

    def _lock(self, path: Path) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise KioskError(f"{path}: another program is adding to it; end that one first") from error

    def _recognise(self, path: Path) -> None:
        """Before anything is cut off: the first line is ours, or as much of it as there is."""
        wanted = heading().encode()
        self._file.seek(0)
        if not wanted.startswith(self._file.read(len(wanted))):
            raise _foreign(str(path))

    def _mend(self) -> None:
        size = end = self._file.seek(0, os.SEEK_END)
        while end and not self._ends_a_line(end):
            end -= 1
        if end < size:
            self._file.truncate(end)
        if not end:
            self._file.write(heading().encode())
            self._sync()

    def _ends_a_line(self, end: int) -> bool:
        self._file.seek(end - 1)
        return self._file.read(1) == b"\n"

    @property
    def known(self) -> Iterator[Name]:
        """Which events are in it by now, read one after the other; raises as `load` does."""
        return _each(self._path, _name)

    def load(self) -> list[Told]:
        """All of them."""
        return load(self._path)

    def add(self, told: Iterable[Told]) -> None:
        """Write them; they are on the disk when this returns."""
        self._file.write("".join(line(each, self._zone) for each in told).encode())
        self._sync()

    def _sync(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
