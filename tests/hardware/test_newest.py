"""A slow panel that nobody waits for."""

from contextlib import suppress
from queue import Queue
from threading import Event
from time import monotonic, sleep

import pytest
from PIL import Image

from hardware.errors import DeviceFailed
from hardware.newest import Newest

DEADLINE = 30


class SlowPanel:
    """A panel that finishes a picture when told to; `drawn` gets the lit pixels of each."""

    size = (8, 8)
    mode = "1"

    def __init__(self) -> None:
        self.began, self.drawn = Queue[int](), Queue[int]()
        self.orders = Queue[Exception | None]()
        self.closed = Event()

    def show(self, image: Image.Image) -> None:
        assert not self.closed.is_set()
        self.began.put(lit(image))
        if error := self.orders.get(timeout=DEADLINE):
            raise error
        self.drawn.put(lit(image))

    def close(self) -> None:
        self.closed.set()


def picture(number: int) -> Image.Image:
    """As many lit pixels as the number says."""
    image = Image.new("1", (8, 8))
    for n in range(number):
        image.putpixel((n, 0), 255)
    return image


def lit(image: Image.Image) -> int:
    return image.histogram()[255]


def show_once_it_is_well(newest: Newest, image: Image.Image) -> None:
    """Show until it is heard of that the picture before got through; the thread tells it a moment later."""
    give_up = monotonic() + DEADLINE
    while monotonic() < give_up:
        with suppress(DeviceFailed):
            newest.show(image)
            return
    raise AssertionError("it never got well")


def test_showing_does_not_wait_and_only_the_newest_does() -> None:
    panel, failures = SlowPanel(), Queue[str]()
    newest = Newest(panel, failures.put)
    newest.show(picture(1))
    assert panel.began.get(timeout=DEADLINE) == 1
    for number in (2, 3, 4):
        newest.show(picture(number))
    for _ in range(2):
        panel.orders.put(None)
    assert [panel.drawn.get(timeout=DEADLINE) for _ in range(2)] == [1, 4]
    newest.close()
    assert panel.drawn.empty()
    assert failures.empty()


def test_a_picture_that_is_changed_afterwards_is_shown_as_it_was_given() -> None:
    panel = SlowPanel()
    newest = Newest(panel, Queue[str]().put)
    newest.show(picture(1))
    panel.began.get(timeout=DEADLINE)
    mine = picture(2)
    newest.show(mine)
    mine.paste(0, (0, 0, 8, 8))
    for _ in range(2):
        panel.orders.put(None)
    assert [panel.drawn.get(timeout=DEADLINE) for _ in range(2)] == [1, 2]
    newest.close()


@pytest.mark.parametrize("error", [DeviceFailed("nothing answers at 0x3c"), ZeroDivisionError("0x3c")])
def test_a_failure_is_told_at_once_and_at_the_next_show_which_is_drawn_all_the_same(error: Exception) -> None:
    panel, failures = SlowPanel(), Queue[str]()
    newest = Newest(panel, failures.put)
    panel.orders.put(error)
    newest.show(picture(1))
    assert "0x3c" in failures.get(timeout=DEADLINE)
    with pytest.raises(DeviceFailed, match="0x3c"):
        newest.show(picture(2))
    panel.orders.put(None)
    assert panel.drawn.get(timeout=DEADLINE) == 2
    panel.orders.put(None)
    show_once_it_is_well(newest, picture(3))
    assert panel.drawn.get(timeout=DEADLINE) == 3
    newest.close()


def test_a_panel_that_goes_on_failing_is_never_taken_for_well() -> None:
    """Who asks again from time to time would sell on a panel that shows nothing."""
    panel, failures = SlowPanel(), Queue[str]()
    newest = Newest(panel, failures.put)
    newest.show(picture(1))
    for _ in range(3):
        panel.orders.put(DeviceFailed("nothing answers at 0x3c"))
        assert failures.get(timeout=DEADLINE)
        for _ in range(2):
            with pytest.raises(DeviceFailed, match="0x3c"):
                newest.show(picture(1))
    panel.orders.put(None)
    assert panel.drawn.get(timeout=DEADLINE) == 1
    show_once_it_is_well(newest, picture(1))
    newest.close()


def test_a_picture_that_is_on_the_glass_is_not_drawn_again_unless_it_failed() -> None:
    panel, failures = SlowPanel(), Queue[str]()
    newest = Newest(panel, failures.put)
    newest.show(picture(1))
    panel.orders.put(None)
    assert panel.drawn.get(timeout=DEADLINE) == 1
    newest.show(picture(1))
    while newest._waiting:
        sleep(0.001)
    newest.show(picture(2))
    panel.orders.put(DeviceFailed("nothing answers at 0x3c"))
    assert failures.get(timeout=DEADLINE)
    with pytest.raises(DeviceFailed):
        newest.show(picture(2))
    panel.orders.put(None)
    assert panel.drawn.get(timeout=DEADLINE) == 2
    assert [panel.began.get(timeout=DEADLINE) for _ in range(3)] == [1, 2, 2]
    newest.close()
    assert panel.began.empty()


def test_the_picture_before_one_that_failed_is_drawn_again() -> None:
    """Nobody knows what half a picture left on the glass."""
    panel, failures = SlowPanel(), Queue[str]()
    newest = Newest(panel, failures.put)
    for number, outcome in ((1, None), (2, DeviceFailed("nothing answers at 0x3c"))):
        panel.orders.put(outcome)
        newest.show(picture(number))
        assert panel.began.get(timeout=DEADLINE) == number
    assert failures.get(timeout=DEADLINE)
    with pytest.raises(DeviceFailed):
        newest.show(picture(1))
    panel.orders.put(None)
    assert panel.began.get(timeout=DEADLINE) == 1
    newest.close()


def test_a_picture_that_stays_is_drawn_afresh_from_time_to_time() -> None:
    panel = SlowPanel()
    newest = Newest(panel, Queue[str]().put, afresh_every=0.01)
    for _ in range(10_000):  # so that it never waits for one while it is closed
        panel.orders.put(None)
    newest.show(picture(1))
    assert [panel.drawn.get(timeout=DEADLINE) for _ in range(3)] == [1, 1, 1]
    newest.close()


def test_a_failure_that_a_later_picture_made_good_is_not_told_again() -> None:
    panel, failures = SlowPanel(), Queue[str]()
    newest = Newest(panel, failures.put)
    newest.show(picture(1))
    panel.began.get(timeout=DEADLINE)
    newest.show(picture(2))
    panel.orders.put(DeviceFailed("nothing answers at 0x3c"))
    panel.orders.put(None)
    panel.orders.put(None)
    assert panel.drawn.get(timeout=DEADLINE) == 2
    assert failures.get(timeout=DEADLINE)
    show_once_it_is_well(newest, picture(3))
    assert panel.drawn.get(timeout=DEADLINE) == 3
    newest.close()


def test_closing_waits_for_the_picture_that_is_being_drawn_and_drops_the_one_that_waits() -> None:
    panel = SlowPanel()
    newest = Newest(panel, Queue[str]().put)
    newest.show(picture(1))
    panel.began.get(timeout=DEADLINE)
    newest.show(picture(2))
    newest._closed = True  # as `close` does before it waits
    panel.orders.put(None)
    newest.close()
    assert panel.closed.is_set()
    assert panel.drawn.get(timeout=DEADLINE) == 1
    assert panel.drawn.empty()
    with pytest.raises(DeviceFailed, match="closed"):
        newest.show(picture(3))


def test_it_is_a_panel_of_the_same_size_and_mode() -> None:
    panel = SlowPanel()
    newest = Newest(panel, Queue[str]().put)
    assert (newest.size, newest.mode) == (panel.size, panel.mode)
    newest.close()
