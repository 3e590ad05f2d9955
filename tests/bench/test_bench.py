"""The bench itself: each of its sections runs, and its figures are what they say."""

import re
from pathlib import Path

import pytest

from kiosk.journal.ledger import Ledger
from tests.bench import charts, memory, report
from tests.bench.figures import Effort, Figure, Row, Target, alone, compared
from tests.bench.past import fill
from tests.bench.sections import SECTIONS
from tests.journal.sale import DAY, MONDAY, Machine, at


def say_nothing(words: str) -> None:
    """Nobody waits for progress here."""


@pytest.mark.parametrize("name", SECTIONS)
def test_a_taste_of_each_section_gives_figures(name: str) -> None:
    rows = SECTIONS[name].load()(Effort.TASTE, say_nothing)
    assert rows
    assert all(row.ours.count for row in rows)


def test_a_share_is_taken_round_by_round() -> None:
    row = compared("time", "ms", [2, 30], "peer", [1, 10], Target(most=2, is_share=True))
    assert row.share == Figure(2.5, 2, 3, 2)
    assert row.is_met is False


def test_what_was_not_promised_is_neither_met_nor_missed() -> None:
    assert alone("time", "ms", [1]).is_met is None


@pytest.mark.parametrize(("value", "is_met"), [(50, True), (50.1, False)])
def test_a_target_may_be_reached_and_not_passed(value: float, is_met: bool) -> None:
    assert alone("memory", "MiB", [value], Target(most=50)).is_met is is_met


WHERE = {"machine": "a", "load": "1", "commit": "c", "command": "scripts/bench"}


def test_a_page_keeps_what_was_not_measured_anew() -> None:
    first = report.page("", WHERE, {"idle": [alone("old", "ms", [1])], "memory": [alone("old", "ms", [2])]})
    both = report.page(first, WHERE, {"idle": [alone("new", "ms", [3])]})
    assert "| new | ms | 3 |" in both
    assert "| old | ms | 2 |" in both
    assert "| old | ms | 1 |" not in both


def test_every_section_has_its_notes() -> None:
    assert report.NOTES["sections"].keys() == SECTIONS.keys()


def sampled(growth: float) -> list[Row]:
    """Forty samples over 2,000 orders that swing by half a MiB, and grow by so many MiB in all."""
    seen = [(50.0 * n, 48 + 0.25 * (-1) ** (n // 3) + growth * n / 40) for n in range(1, 41)]
    return memory.rows(seen, 2_000)


def test_memory_that_only_swings_has_a_slope_around_zero() -> None:
    assert sampled(0)[-1].is_met


def test_memory_that_grows_is_told_from_memory_that_swings() -> None:
    assert not sampled(1)[-1].is_met


def test_what_grows_is_drawn_in_the_order_of_its_numbers() -> None:
    curve = "past", {count: Figure.of([float(count)]) for count in (1_000, 0, 100)}
    row = compared("a sale, 1,000 past orders", "ms", [3], "with 0", [1], curve=curve)
    pictures = charts.drawings("growth", [row, alone("no curve", "ms", [1])])
    assert pictures.keys() == {"growth-past.svg"}
    labels = re.findall(r">([\d,]+)</text>", pictures["growth-past.svg"])
    assert labels == ["0", "100", "1,000", "0", "100", "1,000"]


@pytest.mark.parametrize("past", [0, 3])
def test_a_past_laid_in_bulk_is_what_sales_would_have_left(past: int, tmp_path: Path) -> None:
    machine = Machine(tmp_path).set_up()
    fill(machine.path, past, at())
    with machine.start() as journal, Ledger(machine.path) as ledger:
        assert (journal.check(), journal.open_lives(), journal.recovery) == ("", [], "")
        assert [life.state_name for life in ledger.recent(9)] == ["DISPENSED"] * past
        assert [journal.sale(f"past-{number}") is not None for number in range(4)] == [True] * past + [
            False
        ] * (4 - past)
        assert journal.prune(at(wall=MONDAY + 900 * DAY), by_age_alone=False) == 0
