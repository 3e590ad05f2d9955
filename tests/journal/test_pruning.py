"""What is forgotten, and that no clock can make it forget too much."""

from collections.abc import Iterator

import pytest

from kiosk.effects import Save, Tell
from kiosk.journal import Journal, pruning
from tests.journal.sale import DAY, MONDAY, Machine, at, closing, dispensed, intent

LATER = MONDAY + 200 * DAY


@pytest.fixture
def journal(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Journal]:
    """A journal that keeps the newest three whatever happens, and looks at ten at once."""
    monkeypatch.setattr(pruning, "NEWEST_ALWAYS_KEPT", 3)
    monkeypatch.setattr(pruning, "AT_ONCE", 10)
    with machine.start() as one:
        yield one


def sell(journal: Journal, numbers: range, wall: float = MONDAY) -> None:
    for number in numbers:
        made = at(wall=wall)
        journal.commit([Save(intent(number, made)), Tell("order.made", "", {})], made)
        journal.commit([Save(dispensed(number, made))], made)


def kept(journal: Journal) -> int:
    return int(journal._db.execute("SELECT count(*) FROM orders").fetchone()[0])


def pruned(journal: Journal, wall: float = LATER, *, by_age_alone: bool = True) -> int:
    return sum(journal.prune(at(wall=wall), by_age_alone=by_age_alone) for _ in range(20))


def test_old_orders_go_a_few_at_a_time(journal: Journal) -> None:
    sell(journal, range(25))
    sell(journal, range(100, 103), LATER)
    assert [journal.prune(at(wall=LATER)) for _ in range(4)] == [10, 10, 5, 0]
    assert kept(journal) == 3


def test_an_order_that_is_gone_gives_its_claim_code_back(journal: Journal) -> None:
    sell(journal, range(5))
    sell(journal, range(100, 103), LATER)
    pruned(journal)
    assert journal._db.execute("SELECT count(*) FROM claim_codes").fetchone() == (3,)


def test_an_open_order_is_never_forgotten(journal: Journal) -> None:
    journal.commit([Save(closing(1))], at())
    sell(journal, range(100, 104), LATER)
    pruned(journal)
    assert journal.open_lives() == [closing(1)]


def test_young_orders_stay(journal: Journal) -> None:
    sell(journal, range(9), LATER - 100 * DAY)
    sell(journal, range(100, 103), LATER)
    assert pruned(journal) == 0


def test_what_the_operator_has_not_acknowledged_stays(journal: Journal) -> None:
    sell(journal, range(9))
    sell(journal, range(100, 103), LATER)
    assert pruned(journal, by_age_alone=False) == 0
    journal.acknowledged(1, 4)
    assert pruned(journal, by_age_alone=False) == 4
    assert len(journal.unsent(99)) == 12


def test_the_newest_stay_whatever_their_date(journal: Journal) -> None:
    sell(journal, range(8))
    sell(journal, range(100, 101), LATER)
    pruned(journal)
    assert kept(journal) == 3


@pytest.mark.parametrize("wall", [MONDAY - 2 * DAY, 0.0, MONDAY + 300 * DAY, 4e9])
def test_a_clock_that_does_not_agree_with_the_newest_order_removes_nothing(
    journal: Journal, wall: float
) -> None:
    sell(journal, range(9), MONDAY - 400 * DAY)
    sell(journal, range(100, 104))
    assert pruned(journal, wall) == 0


def test_a_machine_that_sold_nothing_forgets_nothing(journal: Journal) -> None:
    assert pruned(journal) == 0


def test_the_number_of_orders_is_bounded_whatever_their_date(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pruning, "MOST_ORDERS", 20)
    sell(journal, range(30))
    pruned(journal, MONDAY)
    assert kept(journal) == 20


def test_messages_nobody_fetches_go_by_age(journal: Journal) -> None:
    sell(journal, range(30))
    sell(journal, range(100, 103), LATER)
    pruned(journal)
    assert [row.seq for row in journal.unsent(99)] == [31, 32, 33]


def test_pruning_goes_on_behind_orders_that_must_stay(journal: Journal) -> None:
    journal.commit([Save(closing(number)) for number in range(12)], at())
    sell(journal, range(50, 60))
    sell(journal, range(100, 104), LATER)
    assert pruned(journal) == 10
