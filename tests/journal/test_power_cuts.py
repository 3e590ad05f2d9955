"""A process that is killed in the middle of its sales: nothing it said was on disk is missing."""

import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.journal import Journal, Ledger
from tests.journal.sale import Machine, at, sale

ROOT = Path(__file__).parents[2]
CUTS = 12
PER_RUN = 50


def sold_until_killed(directory: Path, run: int) -> list[tuple[int, int]]:
    """What the process acknowledged before SIGKILL met it, at another place in each run."""
    first = run * PER_RUN + 1
    command = [sys.executable, "-m", "tests.journal.seller", str(directory), str(first), str(first + PER_RUN)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as seller:
        assert seller.stdout is not None
        said = [seller.stdout.readline() for _ in range(1 + run * 7)]
        seller.kill()
        said += seller.stdout.readlines()
    return [(int(number), int(step)) for number, step in map(str.split, said)]


def is_controlled(number: int) -> bool:
    return number % 2 == 1


def controlled(journal: Journal, number: int) -> tuple[str, bool] | None:
    """How the sale of a controller stands, and whether its command is unfinished."""
    known, sold = journal.command(f"c-20260101-{number:06d}"), journal.sale(f"sale-{number:06d}")
    if known is None or sold is None:
        assert (known, sold) == (None, None)
        return None
    return sold.state, known.is_unfinished


@pytest.mark.power
def test_nothing_acknowledged_is_missing_after_any_kill(machine: Machine, tmp_path: Path) -> None:
    """Of a controller's sale, order, command and sale always stand together as one decision left them."""
    newest: dict[int, int] = {}
    for run in range(CUTS):
        newest.update(sold_until_killed(tmp_path, run))
        with machine.start() as journal, Ledger(machine.path) as ledger:
            assert journal.recovery == ""
            lives = {life.order.id: life for life in ledger.recent(CUTS * PER_RUN)}
            told = journal.unsent(CUTS * PER_RUN * 5)
            for number in filter(is_controlled, range(CUTS * PER_RUN)):
                life = lives.get(f"K01{number:019d}A")
                assert controlled(journal, number) == (life and (life.state_name, not life.is_over))
        for number, step in newest.items():
            assert len(lives[f"K01{number:019d}A"].history) > step
        assert [row.seq for row in told] == list(range(1, sum(len(x.history) for x in lives.values()) + 1))
    assert len(newest) > CUTS


def test_another_process_is_kept_out_while_one_writes(machine: Machine, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.journal.seller", str(tmp_path), "1", "9"]
    with machine.start():
        kept_out = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert kept_out.stdout == ""
    assert "another process writes it" in kept_out.stderr


def test_a_kill_leaves_no_lock_behind(machine: Machine, tmp_path: Path) -> None:
    sold_until_killed(tmp_path, 0)
    with machine.start() as journal:
        journal.commit(sale(PER_RUN * 2)[0], at())
