"""What a sale costs the card, counted in the log: commits, and bytes."""

from collections.abc import Callable
from typing import NamedTuple

import pytest

from kiosk.effects import Durable
from kiosk.journal import Ledger, files
from kiosk.journal.database import WAL_PAGES
from tests.journal.sale import Machine, at, controlled_sale, sale

HEADER, FRAME = 32, 24 + 4096
MOST_COMMITS = 8
MOST_BYTES = 128 * 1024


class Frame(NamedTuple):
    """A page in the log; `commit` marks the last of a transaction."""

    page: int
    commit: bool


def frames(machine: Machine) -> list[Frame]:
    """Every page that the log holds, oldest first."""
    log = files.family(machine.path)[1].read_bytes()
    heads = [log[place : place + 8] for place in range(HEADER, len(log), FRAME)]
    return [Frame(int.from_bytes(h[:4], "big"), int.from_bytes(h[4:], "big") > 0) for h in heads]


@pytest.mark.parametrize("way", [sale, controlled_sale])
def test_a_sale_costs_no_more_commits_and_bytes_than_promised(
    machine: Machine, way: Callable[[int], list[list[Durable]]]
) -> None:
    """Even where every message and answer is away before the next step."""
    sales = 20
    with machine.start() as journal:
        for number in range(sales):
            for durable in way(number):
                journal.commit(durable, at())
                journal.remove([row.seq for row in journal.unsent(20)])
                for answer in journal.unsent_answers(20):
                    journal.answer_sent(answer)
        written = frames(machine)
    assert len(written) * FRAME / sales <= MOST_BYTES
    # each commit ends with its own marked page; copies of it fill the sector
    commits = [f for f, before in zip(written, [None, *written], strict=False) if f.commit and f != before]
    assert len(commits) / sales <= MOST_COMMITS


def test_every_commit_fills_its_own_sectors(machine: Machine) -> None:
    """`psow=0` is in force: the last page is written again until the sector is full."""
    with machine.start() as journal:
        for durable in sale(1):
            journal.commit(durable, at())
        written = frames(machine)
    assert written[-1] == written[-2]
    assert written[-1].commit


def test_the_log_stays_bounded_however_much_is_sold(machine: Machine) -> None:
    log = files.family(machine.path)[1]
    with machine.start() as journal:
        for number in range(120):
            for durable in sale(number):
                journal.commit(durable, at())
            assert log.stat().st_size <= (WAL_PAGES + 50) * FRAME


def test_a_start_builds_on_nothing_that_may_be_in_memory_only(machine: Machine) -> None:
    """What an earlier process left in the log, perhaps after a failed fsync, is copied first."""
    with machine.start() as journal, Ledger(machine.path):
        journal.commit(sale(1)[0], at())
        journal.close()
        assert frames(machine)
        with machine.start():
            assert frames(machine) == []


def test_what_was_sent_costs_no_commit_of_its_own(machine: Machine) -> None:
    with machine.start() as journal:
        journal.commit(sale(1)[0], at())
        before = len(frames(machine))
        journal.remove([1])
        assert len(frames(machine)) == before
