"""Which pictures are drawn, and when: a performer with a clock that the test turns."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from queue import SimpleQueue

import pytest
from PIL.Image import Image

from hardware.board import Board
from kiosk import effects as do
from kiosk import journal as journals
from kiosk.assembly import remembered
from kiosk.drawing import Artist
from kiosk.journal import Journal
from kiosk.lanes import Lanes
from kiosk.model import Now
from kiosk.parts import Parts
from kiosk.performing import ANSWER_WITHIN, Performer
from kiosk.reopening import reopen
from kiosk.screens import Paid, PayByCode, Screen, View
from kiosk.searching import Search
from kiosk.senses import Senses
from tests.daemon.machine import PAYLOAD, PRICE, SETTINGS, BenchBoot, Ear, Glass, Keys

UNPAID = PayByCode(PAYLOAD, PRICE, "Kopi Kita", 60, "000001")
CHECKING = PayByCode(PAYLOAD, PRICE, "Kopi Kita", 60, "000001", checking=True)
LATER = PayByCode(PAYLOAD, PRICE, "Kopi Kita", 59, "000001", checking=True)


class Stage:
    """Shows what it is told to; `drawn` is what came onto the glass."""

    def __init__(self, folder: Path, journal: Journal) -> None:
        self._seconds = 0.0
        self._glass = Glass()
        self._artist = Artist(self._glass.size, self._glass.mode)
        self._till, _ = reopen(SETTINGS, {}, remembered(journal), self._now())
        parts = Parts(Board(), BenchBoot("first"), {}, {}, self._glass, Keys(), Senses({}), Ear())
        inbox = SimpleQueue[object]()
        lanes = Lanes((), inbox.put, lambda: self._seconds)
        search = Search(folder / "journal.db", "", tuple, lambda: "")
        self.performer = Performer(
            parts, self._artist, {}, journal, lanes, search, self._now, inbox.put, lambda: None
        )

    def show(self, *screens: Screen) -> None:
        self.performer.perform(tuple(do.Show(View(screen)) for screen in screens), self._till)

    def wait(self, seconds: float) -> None:
        """So much later the deciding thread has nothing else to do."""
        self._seconds += seconds
        self.performer.catch_up()

    def is_on_glass(self, *screens: Screen) -> bool:
        """Whether these pictures came since it was asked the last time, and no others."""
        return self._drawn() == [self._artist.draw(View(screen)).tobytes() for screen in screens]

    def _drawn(self) -> list[bytes]:
        found = list[Image]()
        while not self._glass.pictures.empty():
            found.append(self._glass.pictures.get_nowait())
        return [image.tobytes() for image in found]

    def _now(self) -> Now:
        return Now("first", self._seconds, 1_800_000_000.0 + self._seconds)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    path, marker = tmp_path / "journal.db", tmp_path / "epoch"
    journals.create(path, marker)
    with closing(Journal(path, marker, room=0)) as journal:
        yield Stage(tmp_path, journal)


def test_a_code_is_drawn_at_once(stage: Stage) -> None:
    stage.show(UNPAID)
    assert stage.is_on_glass(UNPAID)


def test_that_the_gateway_is_asked_is_not_drawn_where_its_answer_is_quicker(stage: Stage) -> None:
    stage.show(UNPAID, CHECKING)
    stage.wait(ANSWER_WITHIN / 2)
    stage.show(Paid(PRICE, "Kopi susu"))
    stage.wait(ANSWER_WITHIN)
    assert stage.is_on_glass(UNPAID, Paid(PRICE, "Kopi susu"))


def test_that_the_gateway_is_asked_is_drawn_as_soon_as_it_takes_longer(stage: Stage) -> None:
    stage.show(CHECKING)
    assert stage.is_on_glass()
    stage.wait(ANSWER_WITHIN)
    assert stage.is_on_glass(CHECKING)
    stage.wait(ANSWER_WITHIN)
    assert stage.is_on_glass()


def test_hints_one_after_another_keep_no_picture_from_the_glass(stage: Stage) -> None:
    stage.show(CHECKING)
    stage.wait(ANSWER_WITHIN * 0.6)
    stage.show(LATER)
    stage.wait(ANSWER_WITHIN * 0.6)
    assert stage.is_on_glass(LATER)
