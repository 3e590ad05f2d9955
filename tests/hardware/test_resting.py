"""OLEDs that are left alone are dimmed, moved and darkened."""

from queue import Queue
from typing import NamedTuple

import pytest
from PIL import Image

from hardware.base import Rest
from hardware.errors import DeviceFailed
from hardware.newest import Newest
from hardware.presenting import is_slow, presented
from hardware.resting import DIMMED, MARK, Care, Resting, care, cared_for, next_care
from tests.hardware.glass import noise

DEADLINE = 30
REST = Rest(dim_after=120.0, dark_after=1000.0)


class Seen(NamedTuple):
    """A picture and how brightly it shone."""

    share: float
    image: Image.Image


class Glow:
    """A panel that remembers what it was told; `broken` makes it fail."""

    size = (128, 64)
    mode = "1"

    def __init__(self, rest: Rest, refresh_seconds: float = 0.0) -> None:
        self.rest = rest
        self.refresh_seconds = refresh_seconds
        self.seen: Queue[Seen] = Queue()
        self.broken = self.closed = False
        self._share = 1.0

    def glow(self, share: float) -> None:
        self._share = share

    def show(self, image: Image.Image) -> None:
        if self.broken:
            raise DeviceFailed("nothing answers at 0x3c")
        self.seen.put(Seen(self._share, image))

    def close(self) -> None:
        self.closed = True


@pytest.mark.parametrize(
    ("quiet", "wanted"),
    [
        (0, Care()),
        (119.9, Care()),
        (120, Care(dim=True)),
        (179.9, Care(dim=True)),
        (180, Care(dim=True, step=1)),
        (999, Care(dim=True, step=14)),
        (1000, Care(dim=True, dark=True, step=14)),
        (100_000, Care(dim=True, dark=True, step=1664)),
    ],
)
def test_the_longer_nothing_new_is_shown_the_less_shines(quiet: float, wanted: Care) -> None:
    assert care(REST, quiet) == wanted


@pytest.mark.parametrize(
    ("rest", "quiet", "left"),
    [
        (REST, 0, 120),
        (REST, 119, 1),
        (REST, 120, 60),
        (REST, 150, 30),
        (REST, 970, 30),
        (REST, 995, 5),
        (REST, 1000, 20),
        (Rest(0, 300), 0, 300),
        (Rest(0, 300), 301, 59),
        (Rest(300, 0), 10, 290),
        (Rest(0, 0), 0, None),
        (Rest(0, 0), 10_000, None),
    ],
)
def test_it_is_known_when_to_look_again(rest: Rest, quiet: float, left: float | None) -> None:
    assert next_care(rest, quiet) == left


def test_a_panel_that_shall_never_rest_does_not() -> None:
    assert care(Rest(0, 0), 1_000_000) == Care()


@pytest.mark.parametrize("mode", ["1", "L", "RGB"])
def test_a_dimmed_picture_moves_by_a_dot_at_a_time_and_comes_home(mode: str) -> None:
    picture = noise((128, 64)).convert(mode)
    shown = [cared_for(picture, Care(dim=True, step=step)) for step in range(10)]
    assert shown[0].tobytes() == shown[9].tobytes() == picture.tobytes()
    inner = (1, 1, 127, 63)
    moved = {each.tobytes() for each in shown}
    assert len(moved) == 9
    assert shown[2].crop((2, 2, 128, 64)).tobytes() == picture.crop((1, 1, 127, 63)).tobytes()
    assert all(each.crop(inner).getbbox() for each in shown)


@pytest.mark.parametrize("size", [(128, 64), (128, 128), (256, 64)])
def test_a_dark_panel_has_one_mark_that_prefers_no_spot(size: tuple[int, int]) -> None:
    picture = Image.new("L", size, 255)
    spots = (size[0] // MARK) * (size[1] // MARK)
    boxes = [cared_for(picture, Care(dim=True, dark=True, step=step)).getbbox() for step in range(spots)]
    assert len(set(boxes)) == spots
    assert all(box and (box[2] - box[0], box[3] - box[1]) == (MARK, MARK) for box in boxes)


def test_a_new_picture_is_bright_and_goes_on_the_glass_before_show_returns() -> None:
    panel = Glow(REST)
    resting = Resting(panel, Queue[str]().put)
    resting.show(noise((128, 64)))
    seen = panel.seen.get_nowait()
    assert (seen.share, seen.image.tobytes()) == (1.0, noise((128, 64)).tobytes())
    resting.close()
    assert panel.closed


def is_whole(image: Image.Image) -> bool:
    """Whether it shows more than the mark of a dark panel."""
    box = image.getbbox()
    return box is not None and box[2] - box[0] > MARK


def test_a_picture_that_stays_is_dimmed_then_darkened_and_the_next_is_bright() -> None:
    times = [0.0]
    panel = Glow(Rest(0.02, 0.1))
    resting = Resting(panel, Queue[str]().put, clock=lambda: times[0], moved_every=0.02)
    resting.show(noise((128, 64)))
    seen = panel.seen.get(timeout=DEADLINE)
    assert seen.share == 1.0
    times[0] = 0.05
    while seen.share != DIMMED:
        seen = panel.seen.get(timeout=DEADLINE)
    assert is_whole(seen.image)
    times[0] = 0.15
    while is_whole(seen.image):
        seen = panel.seen.get(timeout=DEADLINE)
    assert (seen.share, bool(seen.image.getbbox())) == (DIMMED, True)
    other = Image.new("1", (128, 64), 255)
    resting.show(other)
    while seen.image.tobytes() != other.tobytes():
        seen = panel.seen.get(timeout=DEADLINE)
    assert seen.share == 1.0
    resting.close()


def test_a_picture_that_is_shown_again_wakes_nobody() -> None:
    """Who looks whether the panel still answers shows the same picture again."""
    times = [0.0]
    panel = Glow(REST)
    resting = Resting(panel, Queue[str]().put, clock=lambda: times[0])
    resting.show(noise((128, 64)))
    times[0] = 500.0
    resting.show(noise((128, 64)))
    resting.show(Image.new("1", (128, 64)))
    assert [panel.seen.get_nowait().share for _ in range(3)] == [1.0, DIMMED, 1.0]
    resting.close()


def test_a_panel_that_goes_while_it_rests_is_told_of_and_looked_after_again() -> None:
    panel, failures = Glow(Rest(0.02, 0)), Queue[str]()
    resting = Resting(panel, failures.put, moved_every=0.02)
    resting.show(noise((128, 64)))
    panel.broken = True
    assert failures.get(timeout=DEADLINE) == "nothing answers at 0x3c"
    panel.broken = False
    while panel.seen.get(timeout=DEADLINE).share != DIMMED:
        continue
    resting.close()


def test_a_closed_panel_shows_nothing_more() -> None:
    resting = Resting(Glow(REST), Queue[str]().put)
    resting.close()
    resting.close()
    with pytest.raises(DeviceFailed, match="closed"):
        resting.show(noise((128, 64)))


class Plain:
    """A panel that is neither slow nor wears out."""

    size = (128, 64)
    mode = "1"

    def show(self, image: Image.Image) -> None:
        pass

    def close(self) -> None:
        pass


def test_a_panel_gets_around_it_what_it_needs_and_no_more() -> None:
    plain = Plain()
    assert presented(plain, Queue[str]().put) is plain
    oled = presented(Glow(REST), Queue[str]().put)
    assert isinstance(oled, Resting)
    oled.close()
    slow_panel = Glow(REST, refresh_seconds=0.8)
    slow = presented(slow_panel, Queue[str]().put)
    assert isinstance(slow, Newest)
    assert is_slow(slow)
    slow.show(noise((128, 64)))
    assert slow_panel.seen.get(timeout=DEADLINE).share == 1.0
    slow.close()
    assert slow_panel.closed
