"""How the machine is: what is measured, where it comes from, and what is left out."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from kiosk.journal import Journal
from kiosk.post.vitals import Survey, Vitals, midnight
from tests.journal.sale import DAY, MONDAY, Machine, at, sale

JAKARTA = ZoneInfo("Asia/Jakarta")


@pytest.fixture
def pi(tmp_path: Path) -> Path:
    """The files of a Pi's kernel: 48.3 degrees, 10,240 pages."""
    (tmp_path / "self").mkdir()
    (tmp_path / "self" / "statm").write_text("90000 10240 3000 1 0 12000 0\n")
    zone = tmp_path / "class" / "thermal" / "thermal_zone0"
    zone.mkdir(parents=True)
    (zone / "temp").write_text("48312\n")
    return tmp_path


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[tuple[Machine, Journal]]:
    machine = Machine(tmp_path / "kiosk").set_up()
    with machine.start() as journal:
        yield machine, journal


def measured(survey: Survey) -> Vitals:
    survey.job().work()
    found = survey.found()
    assert found is not None
    return found


def test_the_kernel_says_how_warm_and_how_large_it_is(pi: Path, journal: tuple[Machine, Journal]) -> None:
    health = measured(Survey(journal[0].path, "Asia/Jakarta", lambda: MONDAY, pi, pi)).health
    assert (health["temperature_c"], health["memory_mib"]) == (48, 40)
    assert health["disk_free_mib"] > 0


def test_what_this_machine_has_not_is_left_out(tmp_path: Path, journal: tuple[Machine, Journal]) -> None:
    nothing = tmp_path / "nothing"
    health = measured(Survey(journal[0].path, "Asia/Jakarta", lambda: MONDAY, nothing, nothing)).health
    assert health.keys() == {"disk_free_mib"}


def test_the_sales_are_those_since_midnight_where_the_machine_stands(
    pi: Path, journal: tuple[Machine, Journal]
) -> None:
    machine, book = journal
    noon = midnight(MONDAY, JAKARTA) + DAY / 2
    for number, wall in enumerate([noon - DAY, noon - 1, noon]):
        for step in sale(number, at(wall=wall)):
            book.commit(step, at(wall=wall))
    found = measured(Survey(machine.path, "Asia/Jakarta", lambda: noon, pi, pi))
    assert (found.sales, found.takings) == (2, 24_000)
    assert (found.seq, found.outbox) == (15, 15)


def test_what_was_told_waits_no_longer_with_the_next_commit(
    pi: Path, journal: tuple[Machine, Journal]
) -> None:
    machine, book = journal
    for step in sale(1):
        book.commit(step, at())
    book.remove([1, 2])
    book.commit(sale(2)[0], at())
    found = measured(Survey(machine.path, "Asia/Jakarta", lambda: MONDAY, pi, pi))
    assert (found.seq, found.outbox) == (6, 4)


def test_a_journal_that_cannot_be_read_leaves_what_it_said_last(
    pi: Path, journal: tuple[Machine, Journal]
) -> None:
    machine, book = journal
    for step in sale(1):
        book.commit(step, at())
    survey = Survey(machine.path, "Asia/Jakarta", lambda: MONDAY, pi, pi)
    assert measured(survey).sales == 1
    machine.path.rename(machine.path.with_suffix(".away"))
    assert measured(survey).sales == 1


def test_nothing_is_found_before_it_is_measured_and_nothing_twice(tmp_path: Path) -> None:
    survey = Survey(tmp_path / "journal.db", "Asia/Jakarta")
    assert survey.found() is None
    measured(survey)
    assert survey.found() is None


def test_a_day_begins_at_midnight_where_the_machine_stands() -> None:
    evening = datetime(2026, 1, 1, 23, 30, tzinfo=JAKARTA)
    morning = datetime(2026, 1, 1, tzinfo=JAKARTA)
    assert midnight(evening.timestamp(), JAKARTA) == morning.timestamp()
