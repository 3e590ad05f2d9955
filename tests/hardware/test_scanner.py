"""The scanner's thread."""

from itertools import pairwise
from queue import Queue
from threading import Event, Thread

import pytest

from hardware.errors import DeviceFailed
from hardware.scanner import PERIOD, Scanner

DEADLINE = 30


def unexpected(reason: str) -> None:
    """A part that must not fail in this test."""
    raise AssertionError(reason)


@pytest.fixture
def scanner() -> Scanner:
    return Scanner()


def test_everything_given_is_scanned_again_and_again(scanner: Scanner) -> None:
    one, other = Queue[float](), Queue[float]()
    scanner.add(one.put, unexpected)
    scanner.add(other.put, unexpected)
    for seen in (one, other):
        first, second = seen.get(timeout=DEADLINE), seen.get(timeout=DEADLINE)
        assert second - first > PERIOD / 2, "it does not rest between two scans"
    scanner.close()


def test_what_is_looked_at_closely_is_scanned_more_often_and_the_rest_is_not(scanner: Scanner) -> None:
    slow, close = Queue[float](), Queue[float]()
    scanner.add(slow.put, unexpected)
    first = slow.get(timeout=DEADLINE)
    scanner.add(close.put, unexpected, PERIOD / 10)
    second = slow.get(timeout=DEADLINE)
    assert second - first >= PERIOD
    looks = (close.get(timeout=DEADLINE) for _ in range(1_000))
    assert any(later - sooner < PERIOD / 2 for sooner, later in pairwise(looks)), "not even now and then"
    scanner.close()


def test_what_was_removed_is_not_scanned_again(scanner: Scanner) -> None:
    kept, removed = Queue[float](), Queue[float]()
    scanner.add(removed.put, unexpected)
    scanner.add(kept.put, unexpected)
    removed.get(timeout=DEADLINE)
    scanner.remove(removed.put)
    before = removed.qsize()
    for _ in range(3):
        kept.get(timeout=DEADLINE)
    assert removed.qsize() == before
    scanner.close()


def test_removing_waits_for_the_scan_that_is_running(scanner: Scanner) -> None:
    """So that its pins may be let go at once."""
    begun, go, finished = Event(), Event(), Event()
    finished_when_removed = Queue[bool]()

    def slow(now: float) -> None:
        begun.set()
        go.wait(DEADLINE)
        finished.set()

    def remove() -> None:
        scanner.remove(slow)
        finished_when_removed.put(finished.is_set())

    scanner.add(slow, unexpected)
    assert begun.wait(DEADLINE)
    removing = Thread(target=remove)
    removing.start()
    go.set()
    assert finished_when_removed.get(timeout=DEADLINE)
    removing.join()
    scanner.close()


def test_a_scan_that_fails_is_told_once_and_the_others_go_on(scanner: Scanner) -> None:
    told, good = Queue[str](), Queue[float]()

    def broken(now: float) -> None:
        raise DeviceFailed("keypad column 1 on GPIO5 cannot be read")

    scanner.add(broken, told.put)
    scanner.add(good.put, unexpected)
    assert told.get(timeout=DEADLINE) == "keypad column 1 on GPIO5 cannot be read"
    for _ in range(3):
        good.get(timeout=DEADLINE)
    assert told.empty()
    scanner.close()


def test_a_scan_that_fails_without_words_is_told_by_its_kind(scanner: Scanner) -> None:
    told = Queue[str]()

    def broken(now: float) -> None:
        raise ZeroDivisionError

    scanner.add(broken, told.put)
    assert told.get(timeout=DEADLINE) == "ZeroDivisionError()"
    scanner.close()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_scanner_that_dies_tells_every_part(scanner: Scanner) -> None:
    told, scanned = Queue[str](), Event()

    def good(now: float) -> None:
        scanned.set()

    def broken(now: float) -> None:
        scanned.wait(DEADLINE)
        raise ZeroDivisionError

    def cannot_even_listen(reason: str) -> None:
        raise RuntimeError(reason)

    scanner.add(good, told.put)
    scanner.add(broken, cannot_even_listen)
    assert "scanner thread died" in told.get(timeout=DEADLINE)
    scanner.close()


def test_a_scanner_closes_without_ever_having_scanned(scanner: Scanner) -> None:
    scanner.close()
    scanner.close()


def test_a_part_may_stop_scanning_from_within_its_scan(scanner: Scanner) -> None:
    scanned, other = Queue[float](), Queue[float]()

    def once(now: float) -> None:
        scanned.put(now)
        scanner.remove(once)

    scanner.add(once, unexpected)
    scanner.add(other.put, unexpected)
    for _ in range(3):
        other.get(timeout=DEADLINE)
    assert scanned.qsize() == 1
    scanner.close()
