"""Whole orders on e-paper: real pictures by the real driver, down to what a camera finds on the glass."""

from pathlib import Path
from queue import SimpleQueue

import pytest
from msgspec.structs import replace

from hardware.base import Silence
from hardware.board import Board
from kiosk import effects as do
from kiosk import journal as journals
from kiosk.assembly import SLOW_TICK, assemble
from kiosk.daemon import Stop
from kiosk.drawing import Artist
from kiosk.journal import Journal
from kiosk.parts import Parts
from kiosk.pushing import own_file
from kiosk.screens import PayByCode, View
from kiosk.senses import Senses
from tests.config.files import RIGHT, written
from tests.core.shop import Shop
from tests.daemon.machine import UNWATCHED, BenchBoot, Glass, Keys
from tests.drawing.eyes import seen, zxing
from tests.hardware.test_epaper import KINDS, Bench

PAPERS = pytest.mark.parametrize("kind", KINDS)


class Paper:
    """A shop and its e-paper; `drawn` are the views that were shown, and how each was refreshed."""

    def __init__(self, kind: str) -> None:
        self.shop = Shop()
        self.shop.till = replace(self.shop.till, tick=SLOW_TICK)
        self.bench = Bench(kind)
        self.panel = self.bench.open()
        self.artist = Artist(self.panel.size, self.panel.mode)
        self.drawn: list[tuple[View, str]] = []

    def draws(self) -> None:
        """Everything the shop showed since it was last asked."""
        for act in self.shop.asked(do.Show)[len(self.drawn) :]:
            self.panel.show(self.artist.draw(act.view))
            self.drawn.append((act.view, self.bench.paper.refreshes[-1]))

    def codes(self) -> list[bytes]:
        """What a phone finds on the glass."""
        return zxing(seen(self.bench.paper.picture(), 2))

    def refreshed_under_the_code(self) -> list[str]:
        """How the glass was refreshed while a code that stood on it already went on standing there."""
        pairs = zip(self.drawn, self.drawn[1:], strict=False)
        return [how for (before, _), (view, how) in pairs if _is_code(before) and _is_code(view)]


def _is_code(view: View) -> bool:
    return isinstance(view.screen, PayByCode)


@PAPERS
def test_a_countdown_of_three_minutes_costs_six_refreshes_without_a_flash(kind: str) -> None:
    paper = Paper(kind)
    paper.shop.shows_code()
    for _ in range(179):
        paper.shop.passes(1.0)
    paper.draws()
    assert _is_code(paper.drawn[-1][0])
    assert len(paper.codes()) == 1
    under = paper.refreshed_under_the_code()
    assert len(under) <= 6
    assert set(under) == ({"full"} if kind == "4in2_old" else {"partial"})
    paper.panel.close()


@PAPERS
@pytest.mark.parametrize("end", ["paid", "cancelled", "expired"])
def test_at_the_end_of_every_order_nothing_of_its_code_is_left_on_the_glass(kind: str, end: str) -> None:
    paper = Paper(kind)
    paper.shop.shows_code()
    paper.draws()
    assert len(paper.codes()) == 1
    ENDS[end](paper.shop)
    paper.draws()
    after = next(n for n, (view, _) in enumerate(paper.drawn) if _is_code(view)) + 1
    gone = next(how for view, how in paper.drawn[after:] if not _is_code(view))
    assert gone == "full"
    assert paper.codes() == []
    expected = paper.artist.draw(paper.drawn[-1][0])
    assert paper.bench.paper.picture().tobytes() == expected.tobytes(), "a ghost of what was there before"
    paper.panel.close()


@pytest.mark.parametrize(("seconds", "tick"), [(0.2, 1), (2.0, SLOW_TICK)])
def test_how_a_machine_counts_down_follows_from_its_panel(seconds: float, tick: int, tmp_path: Path) -> None:
    glass = Glass()
    glass.refresh_seconds = seconds  # type: ignore[attr-defined]  # which a slow panel has
    own = own_file(written(tmp_path, f'state = "{tmp_path}/state"\nmarker = "{tmp_path}/epoch"\n{RIGHT}'))
    state = own.configuration.state
    journals.create(state / "journal.db", own.configuration.marker)
    parts = Parts(Board(), BenchBoot("b"), {}, {}, glass, Keys(), Senses({}), Silence())
    journal = Journal(state / "journal.db", own.configuration.marker)
    artist = Artist(glass.size, glass.mode)
    daemon = assemble(own, parts, artist, journal, UNWATCHED, SimpleQueue())
    assert daemon._till.tick == tick
    daemon.put(Stop())
    assert daemon.run() == 0


ENDS = {
    "paid": lambda shop: shop.is_paid(),
    "cancelled": lambda shop: shop.press("**"),
    "expired": lambda shop: shop.passes(181.0),
}
