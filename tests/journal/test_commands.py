"""Commands: taken once, answered the same ever after, and forgotten only when nobody can send them again."""

from collections.abc import Iterator

import pytest

from kiosk.effects import Answer, Durable, Remember, Save, Tell
from kiosk.errors import JournalError
from kiosk.journal import Journal, Remembered, pruning
from kiosk.mqtt.reports import Answer as Status
from tests.journal.sale import DAY, MONDAY, Machine, at, intent, reply, taken

DIGEST = "d" * 64
EXP = int(MONDAY) + 60


def ids(journal: Journal) -> list[str]:
    return [id_ for (id_,) in journal._db.execute("SELECT id FROM commands ORDER BY row")]


def finished(id_: str, exp: int | None = EXP) -> list[Durable]:
    """A command that is answered at once for good."""
    return [Remember(id_, "ping", DIGEST, exp), Answer(reply(id_, Status.DONE))]


def test_a_command_that_never_came_is_not_remembered(machine: Machine) -> None:
    with machine.start() as journal:
        assert journal.command("c-1") is None


def test_a_command_is_remembered_over_a_restart_with_its_answer(machine: Machine) -> None:
    with machine.start() as journal:
        journal.commit(taken("c-1"), at())
    with machine.start() as journal:
        answer = reply("c-1", Status.ACCEPTED)
        assert journal.command("c-1") == Remembered("c-1", "charge", DIGEST, EXP, answer)
        assert journal.command("c-10") is None


def test_a_later_answer_is_what_a_repeat_gets(machine: Machine) -> None:
    last = reply("c-1", Status.DONE, order_id="K01")
    with machine.start() as journal:
        journal.commit(taken("c-1"), at())
        journal.commit([Answer(last)], at())
    with machine.start() as journal:
        known = journal.command("c-1")
        assert known
        assert (known.answer, known.digest) == (last, DIGEST)


def test_of_two_answers_of_one_decision_the_later_counts(machine: Machine) -> None:
    last = reply("c-1", Status.FAILED)
    with machine.start() as journal:
        journal.commit([*taken("c-1"), Answer(last)], at())
        known = journal.command("c-1")
        assert known
        assert known.answer == last
        assert journal.unsent_answers(9) == [last]


def test_what_was_accepted_and_not_answered_since_is_unfinished(machine: Machine) -> None:
    with machine.start() as journal:
        journal.commit(taken("c-1"), at())
        journal.commit(taken("c-2", exp=None), at())
        journal.commit(taken("c-3"), at())
        journal.commit(finished("c-4"), at())
        journal.commit([Answer(reply("c-1", Status.FAILED))], at())
    with machine.start() as journal:
        assert [command.id for command in journal.unfinished()] == ["c-2", "c-3"]


def test_a_command_taken_twice_is_refused_before_anything_is_done(machine: Machine) -> None:
    with machine.start() as journal:
        journal.commit(taken("c-1"), at())
        with pytest.raises(JournalError, match="taken once already"):
            journal.commit([Save(intent(1)), *taken("c-1")], at())
    with machine.start() as journal:
        assert (journal.recovery, journal.open_lives()) == ("", [])


def test_a_command_without_an_answer_is_refused(machine: Machine) -> None:
    with machine.start() as journal, pytest.raises(JournalError, match="without an answer"):
        journal.commit([Remember("c-1", "ping", DIGEST, EXP)], at())


def test_an_answer_to_a_command_long_forgotten_stops_nothing(machine: Machine) -> None:
    """It comes with the end of an order, which must be written down in any case."""
    with machine.start() as journal:
        journal.commit([Answer(reply("c-0", Status.DONE)), Save(intent(1))], at())
        assert journal.open_lives() == [intent(1)]
        assert (journal.unsent_answers(9), journal.command("c-0")) == ([], None)


def test_answers_that_were_not_sent_are_there_after_a_restart_oldest_first(machine: Machine) -> None:
    with machine.start() as journal:
        for number in (3, 1, 2):
            journal.commit(taken(f"c-{number}"), at())
        before = journal.unsent_answers(9)
    with machine.start() as journal:
        assert [answer.id for answer in before] == ["c-3", "c-1", "c-2"]
        assert journal.unsent_answers(9) == before
        assert journal.unsent_answers(2) == before[:2]


def test_an_answer_that_was_sent_stays_away_over_a_restart(machine: Machine) -> None:
    with machine.start() as journal:
        journal.commit([*taken("c-1"), *taken("c-2")], at())
        journal.answer_sent(reply("c-1", Status.ACCEPTED))
        assert [answer.id for answer in journal.unsent_answers(9)] == ["c-2"]
    with machine.start() as journal:
        assert [answer.id for answer in journal.unsent_answers(9)] == ["c-2"]


def test_what_was_sent_goes_with_the_next_commit(machine: Machine) -> None:
    with machine.start() as journal:
        journal.commit(taken("c-1"), at())
        before = journal._db.total_changes
        journal.answer_sent(reply("c-1", Status.ACCEPTED))
        assert journal._db.total_changes == before
        journal.commit([Tell("a", "", {})], at())
        assert journal._db.execute("SELECT sent FROM commands").fetchall() == [(1,)]


def test_a_later_answer_is_sent_though_the_first_one_was(machine: Machine) -> None:
    with machine.start() as journal:
        journal.commit(taken("c-1"), at())
        journal.answer_sent(reply("c-1", Status.ACCEPTED))
        journal.commit([Answer(reply("c-1", Status.DONE))], at())
        assert journal.unsent_answers(9) == [reply("c-1", Status.DONE)]
    with machine.start() as journal:
        assert journal.unsent_answers(9) == [reply("c-1", Status.DONE)]


def test_word_that_an_older_answer_was_sent_takes_no_newer_one_out(machine: Machine) -> None:
    with machine.start() as journal:
        journal.commit(taken("c-1"), at())
        journal.commit([Answer(reply("c-1", Status.DONE))], at())
        journal.answer_sent(reply("c-1", Status.ACCEPTED))
        assert journal.unsent_answers(9) == [reply("c-1", Status.DONE)]
    with machine.start() as journal:
        assert journal.unsent_answers(9) == [reply("c-1", Status.DONE)]


def test_answers_to_local_commands_are_never_sent(machine: Machine) -> None:
    with machine.start() as journal:
        journal.commit(taken("c-1", exp=None), at())
        journal.commit([Answer(reply("c-1", Status.DONE))], at())
        assert journal.unsent_answers(9) == []
    with machine.start() as journal:
        assert journal.unsent_answers(9) == []
        known = journal.command("c-1")
        assert known
        assert known.answer == reply("c-1", Status.DONE)


def test_a_command_is_found_by_index(machine: Machine) -> None:
    with machine.start() as journal:
        plan = journal._db.execute(
            "EXPLAIN QUERY PLAN SELECT * FROM commands WHERE id = ?", ("a",)
        ).fetchall()
        assert "command_ids" in plan[0][3]


@pytest.fixture
def journal(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Journal]:
    """A journal that keeps the newest two commands whatever happens, and looks at four at once."""
    monkeypatch.setattr(pruning, "NEWEST_ALWAYS_KEPT", 2)
    monkeypatch.setattr(pruning, "AT_ONCE", 4)
    with machine.start() as one:
        yield one


def take(journal: Journal, *names: str, wall: float = MONDAY) -> None:
    for name in names:
        journal.commit(finished(name, int(wall) + 60), at(wall=wall))


def pruned(journal: Journal, wall: float) -> list[str]:
    for _ in range(9):
        journal.prune(at(wall=wall), by_age_alone=False)
    return ids(journal)


def test_a_command_is_forgotten_a_day_after_its_time(journal: Journal) -> None:
    take(journal, "a", "b", "c")
    take(journal, "y", "z", wall=MONDAY + DAY)
    assert pruned(journal, EXP + DAY) == ["a", "b", "c", "y", "z"]
    assert pruned(journal, EXP + DAY + 1) == ["y", "z"]
    assert journal.command("a") is None


def test_a_local_command_is_forgotten_a_day_after_it_came(journal: Journal) -> None:
    journal.commit(finished("a", None), at(wall=MONDAY))
    take(journal, "y", "z", wall=MONDAY + DAY)
    assert pruned(journal, MONDAY + DAY) == ["a", "y", "z"]
    assert pruned(journal, MONDAY + DAY + 1) == ["y", "z"]


def test_few_are_forgotten_at_once(journal: Journal) -> None:
    take(journal, *"abcdef")
    take(journal, "y", "z", wall=MONDAY + 3 * DAY)
    journal.prune(at(wall=MONDAY + 3 * DAY))
    assert ids(journal) == ["e", "f", "y", "z"]


def test_an_unfinished_command_is_never_forgotten(journal: Journal) -> None:
    for number in range(6):
        journal.commit(taken(f"open-{number}"), at())
    take(journal, "a", "b")
    take(journal, "y", "z", wall=MONDAY + 3 * DAY)
    assert pruned(journal, MONDAY + 3 * DAY) == [*(f"open-{number}" for number in range(6)), "y", "z"]


def test_the_newest_commands_stay_whatever_their_date(journal: Journal) -> None:
    take(journal, "a", "b", "c")
    assert pruned(journal, MONDAY + 30 * DAY) == ["b", "c"]


@pytest.mark.parametrize("wall", [0.0, MONDAY - 2 * DAY, MONDAY + 60 * DAY, 4e9])
def test_a_clock_that_does_not_agree_with_the_newest_command_forgets_none(
    journal: Journal, wall: float
) -> None:
    take(journal, "a", "b", wall=0.0)
    take(journal, "c", "d", "e")
    assert pruned(journal, wall) == ["a", "b", "c", "d", "e"]


def test_a_crowd_of_commands_is_bounded(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pruning, "MOST_COMMANDS", 5)
    take(journal, *"abcdefghij")
    assert pruned(journal, MONDAY) == list("fghij")


def test_an_answer_sent_after_its_command_was_forgotten_is_no_trouble(journal: Journal) -> None:
    take(journal, "a", "b", "c")
    assert pruned(journal, MONDAY + 30 * DAY) == ["b", "c"]
    journal.answer_sent(reply("a", Status.DONE))
    journal.commit([Tell("x", "", {})], at())
    assert [answer.id for answer in journal.unsent_answers(9)] == ["b", "c"]
