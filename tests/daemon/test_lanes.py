"""A lane alone."""

from queue import SimpleQueue
from threading import Event

from kiosk import events as on
from kiosk.lanes import Died, Done, Job, Lane

PASSED = on.TimePassed()
LOST = on.Stopping()


class Book:
    """A lane, its inbox and a clock the test moves."""

    def __init__(self) -> None:
        self.inbox: SimpleQueue[Done | Died] = SimpleQueue()
        self.now = 100.0
        self.lane = Lane("gateway", self.inbox.put, lambda: self.now)

    def next(self) -> Done:
        item = self.inbox.get(timeout=10)
        assert isinstance(item, Done)
        return item


def test_jobs_are_done_one_after_another() -> None:
    book = Book()
    events = [on.KeyPressed(key) for key in "12"]
    for event in events:
        book.lane.do(Job(lambda event=event: event, 1.0, LOST))  # type: ignore[misc]
    assert [book.lane.finished(book.next()), book.lane.finished(book.next())] == events
    assert book.lane.stuck_at is None
    book.lane.close()


def test_an_idle_lane_is_never_stuck() -> None:
    book = Book()
    assert book.lane.stuck_at is None
    book.lane.close()


def test_a_job_counts_as_stuck_past_its_own_deadline_and_a_grace() -> None:
    book = Book()
    gate = Event()
    book.lane.do(Job(lambda: PASSED if gate.wait(10) else LOST, 5.0, LOST))
    assert book.lane.stuck_at == 107.0
    gate.set()
    book.lane.finished(book.next())
    book.lane.close()


def test_the_late_answer_of_a_job_that_was_given_up_is_dropped() -> None:
    book = Book()
    gate = Event()
    book.lane.do(Job(lambda: PASSED if gate.wait(10) else LOST, 5.0, LOST))
    book.lane.do(Job(lambda: on.KeyPressed("2"), 5.0, LOST))
    assert book.lane.give_up() is LOST
    assert book.lane.finished(book.next()) == on.KeyPressed("2")
    gate.set()
    assert book.lane.finished(book.next()) is None
    book.lane.close()


def test_an_error_nobody_expected_is_told_with_the_lane_s_name() -> None:
    book = Book()

    def breaks() -> on.Event:
        raise ZeroDivisionError

    book.lane.do(Job(breaks, 1.0, LOST))
    died = book.inbox.get(timeout=10)
    assert isinstance(died, Died)
    assert died.thread == "gateway"
    assert isinstance(died.error, ZeroDivisionError)
