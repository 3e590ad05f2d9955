"""Events, orders and the gateway's report: what was sold, and whether the money agrees."""

import csv
import io
import sys
from argparse import Namespace
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from kiosk.cli import books_words
from kiosk.cli.operator_fleet import caller_of, machines_of, settings_of
from kiosk.errors import KioskError
from kiosk.mqtt.topics import Fleet
from kiosk.operator import sheet
from kiosk.operator.amounts import Unclear
from kiosk.operator.following import Follower
from kiosk.operator.line import Line, filters
from kiosk.operator.matching import compare
from kiosk.operator.numbers import Name, Numbers
from kiosk.operator.sales import NO_DAY, Sale, Told, day_named, rebuild
from kiosk.operator.settings import zone_of
from kiosk.operator.sheet import Book
from kiosk.operator.statement import Reading, Row, Standing, bare, known_columns, rows

LARGEST: Final = 256 * 1024 * 1024
"""Bytes of a gateway's report; a line takes two hundred."""
DELIMITERS: Final = ",;\t|"


def follow(given: Namespace) -> int:
    """Print and keep what happens, until Ctrl-C or until it is quiet."""
    _check(given)
    kiosks, known = machines_of(given), settings_of(given)
    zone = zone_of(known.timezone)
    reports = ("event", "event/ack") if given.ack else ("event",)
    topics = filters(Fleet(known.mqtt.prefix), kiosks, reports)
    line = Line(known.mqtt, caller_of(known, given.name or ""), topics)
    with _book(given.out, zone) as book, line:
        books = Books(given, zone, book)
        follower = Follower(line, books.write, books.known(), kiosks)
        _until_interrupted(lambda: follower.follow(acks=given.ack, quiet=given.quiet))
    books.close()
    for gap in books_words.gaps(follower.gaps):
        print(f"kiosk operator: {gap}", file=sys.stderr)
    for kiosk in follower.unreadable:
        words = f"{kiosk} tells what this version cannot read; install the newest"
        print(f"kiosk operator: {words}", file=sys.stderr)
    return 1 if follower.unreadable else 0


class Books:
    """What becomes of new events: kept, shown, and summed up in the end."""

    def __init__(self, given: Namespace, zone: ZoneInfo, book: Book | None) -> None:
        self._zone = zone
        self._book = book
        self._what = given.what
        self._as_line = _shape(given, zone)
        self._for_program = given.csv or given.json
        self._all: list[Told] | None = [] if given.totals else None
        if given.csv:
            print(sheet.heading(), end="", flush=True)

    def known(self) -> Iterable[Name]:
        """What is kept already; it is held on to only where the totals count it."""
        if self._book is None:
            return ()
        if self._all is None:
            return self._book.known
        self._all.extend(self._book.load())
        return [each.name for each in self._all]

    def write(self, fresh: list[Told]) -> None:
        """Keep them first, then show those that were asked for.

        The totals have them before the book: whoever interrupts in between finds nothing written uncounted.
        """
        if self._all is not None:
            self._all.extend(fresh)
        if self._book:
            self._book.add(fresh)
        for each in fresh:
            if each.event.what.startswith(self._what):
                print(self._as_line(each))
        sys.stdout.flush()

    def close(self) -> None:
        """The days, where they were asked for."""
        if self._all is not None:
            out = sys.stderr if self._for_program else sys.stdout
            print("\n".join(["", *books_words.totals(rebuild(self._all), _day_of(self._zone))]), file=out)


def orders(given: Namespace) -> int:
    """Orders put together from events."""
    zone = zone_of(given.timezone)
    told = list(_events(given.events))
    for gap in books_words.gaps(Numbers(each.name for each in told).gaps):
        print(f"kiosk operator: {gap}", file=sys.stderr)
    sales = [sale for sale in rebuild(told) if _is_wanted(given, sale, zone)]
    if given.totals:
        print("\n".join(books_words.totals(sales, _day_of(zone))))
    elif given.json:
        print(books_words.orders_json(sales, zone))
    elif given.csv:
        print(books_words.orders_csv(sales, zone), end="")
    else:
        print("\n".join(books_words.orders(sales, zone)))
    return 0


def reconcile(given: Namespace) -> int:
    """The gateway's report beside the events; 1 where a person must look at something."""
    zone = zone_of(given.timezone)
    found = compare(
        _report(given),
        rebuild(sheet.load(given.events)),
        lambda sale: _is_expected(given, sale, zone),
    )
    if given.json:
        print(books_words.comparison_json(found))
    else:
        print("\n".join(books_words.comparison(found)))
    return 1 if found.findings else 0


def _check(given: Namespace) -> None:
    """Nobody may be told that we have what was never kept."""
    if given.ack and not given.name:
        given.parser.error(
            "--ack needs --name: without one the broker keeps nothing while this is not running"
        )
    if given.ack and given.what and not given.out:
        given.parser.error("--ack with --what needs --out: what is not printed would be forgotten as well")
    if given.csv and given.json:
        given.parser.error("--csv and --json exclude each other")


@contextmanager
def _book(path: Path | None, zone: ZoneInfo) -> Iterator[Book | None]:
    """Where events are kept, if anywhere."""
    if path is None:
        yield None
        return
    with Book(path, zone) as book:
        yield book


def _shape(given: Namespace, zone: ZoneInfo) -> Callable[[Told], str]:
    if given.json:
        return books_words.event_json
    if given.csv:
        return lambda told: sheet.line(told, zone).rstrip("\n")
    return lambda told: books_words.event_line(told, zone)


def _until_interrupted(deed: Callable[[], None]) -> None:
    """Ctrl-C is how a person ends it."""
    try:
        deed()
    except KeyboardInterrupt:
        if sys.stderr.isatty():
            print(file=sys.stderr)


def _events(name: str) -> Iterable[Told]:
    return sheet.read(None, sys.stdin) if name == "-" else sheet.load(Path(name))


def _is_wanted(given: Namespace, sale: Sale, zone: ZoneInfo) -> bool:
    is_of_day = given.day in (None, day_named(sale, _day_of(zone)))
    return is_of_day and given.kiosk in (None, sale.kiosk) and (sale.is_owed or not given.owed)


def _is_expected(given: Namespace, sale: Sale, zone: ZoneInfo) -> bool:
    """Whether the report must know it: a day that no clock told may be any."""
    day = day_named(sale, _day_of(zone))
    in_time = day == NO_DAY or (given.first or day) <= day <= (given.last or day)
    return in_time and given.gateway in (None, sale.gateway)


def _report(given: Namespace) -> list[Row]:
    roles = ("order", "reference", "amount", "status")
    columns = {role: name for role in roles if (name := getattr(given, f"{role}_column"))}
    reading = Reading(
        columns=columns,
        statuses={bare(word): Standing(meaning) for word, meaning in given.status},
        all_paid=given.all_paid,
    )
    try:
        return rows(_table(given.report, reading), reading)
    except Unclear as error:
        raise KioskError(f"{given.report}: {error}; nothing was compared") from error


def _table(path: Path, reading: Reading) -> list[tuple[int, list[str]]]:
    """The lines of a CSV file, whatever divides its columns."""
    if path.stat().st_size > LARGEST:
        raise KioskError(f"{path}: is larger than {LARGEST} bytes; take a shorter time")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise KioskError(f"{path}: is no text in UTF-8; save it as CSV in UTF-8") from error
    try:
        tables = [_divided(text, delimiter) for delimiter in DELIMITERS]
    except csv.Error as error:
        raise KioskError(f"{path}: is no CSV file: {error}") from error
    return max(tables, key=lambda table: known_columns(table, reading))


def _divided(text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    table = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return [(table.line_num, cells) for cells in table]


def _day_of(zone: ZoneInfo) -> Callable[[int], str]:
    return lambda moment: datetime.fromtimestamp(moment, zone).strftime("%Y-%m-%d")
