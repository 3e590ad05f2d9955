"""What is thrown away unread, and how often that is told."""

from queue import Queue

from hypothesis import given
from hypothesis import strategies as st

from kiosk.mqtt.client.sieve import LARGEST, LONGEST_TOPIC, Sieve
from kiosk.mqtt.news import Dropped, Item


class Told:
    """A sieve, its clock, and what it told."""

    def __init__(self) -> None:
        self.now = 0.0
        self.items = Queue[Item]()
        self.sieve = Sieve(self.items.put, lambda: self.now)

    def counts(self) -> list[int]:
        return [item.count for item in list(self.items.queue) if isinstance(item, Dropped)]


def test_a_flood_is_told_once_a_second_and_counted_whole() -> None:
    told = Told()
    for number in range(1000):
        told.now = number / 100
        told.sieve.takes("cmd/charge", LARGEST + 1)
    assert told.counts() == list(range(1, 1000, 100))


def test_the_topic_in_the_report_is_short_and_has_no_line_breaks() -> None:
    told = Told()
    told.sieve.takes("a\n" * LONGEST_TOPIC, 0)
    item = told.items.get_nowait()
    assert isinstance(item, Dropped)
    assert "\n" not in item.reason
    assert len(item.reason) < 200


@given(st.text(max_size=LONGEST_TOPIC), st.integers(0, LARGEST))
def test_what_is_small_enough_passes_without_a_word(topic: str, size: int) -> None:
    told = Told()
    assert told.sieve.takes(topic, size)
    assert told.counts() == []
