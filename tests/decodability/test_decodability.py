"""The bench of decodability itself: small, and able to see a difference."""

from pathlib import Path

import pytest

from tests.decodability import __main__ as bench
from tests.decodability import report
from tests.decodability.cells import Cell, Count, Store, measured
from tests.decodability.encoders import ENCODERS, INVERTED, OURS
from tests.decodability.glasses import GLASSES
from tests.decodability.payloads import payloads
from tests.decodability.rates import comparisons, rate
from tests.drawing.eyes import zbar

pytestmark = pytest.mark.usefixtures("decoders")


@pytest.fixture(scope="module")
def decoders() -> None:
    """Skips where ZBar's library is missing, as `zbar` does."""
    from PIL import Image

    zbar(Image.new("L", (8, 8)))


def counted(panel: str, distance: int, encoder: str, tmp_path: Path, count: int = 22) -> dict[str, int]:
    cell = Cell(panel, distance, encoder)
    return dict(measured([cell], count, Store(tmp_path / "store.jsonl"), 1))[cell].read


def test_from_nearby_nearly_every_code_is_read_and_from_far_away_none(tmp_path: Path) -> None:
    near, far = (counted("128x128", distance, OURS, tmp_path) for distance in (150, 900))
    assert min(near.values()) >= 18
    assert far == {"zxing": 0, "zbar": 0}


def test_an_inverted_code_is_not_read_by_zbar(tmp_path: Path) -> None:
    assert counted("128x128", 150, INVERTED, tmp_path)["zbar"] == 0


def test_what_was_measured_is_not_measured_again(tmp_path: Path) -> None:
    store = Store(tmp_path / "store.jsonl")
    cell = Cell("128x64", 60, OURS)
    first = dict(measured([cell], 2, store, 1))
    lines = store.path.read_text()
    assert dict(measured([cell], 2, Store(store.path), 1)) == first
    assert (store.path.read_text(), len(lines.splitlines())) == (lines, 1)


def test_the_interval_is_wilsons() -> None:
    """Textbook values: 0 of 10, and 15 of 20."""
    assert rate(0, 10) == pytest.approx((0.0, 0.0, 0.2775), abs=1e-4)
    assert rate(15, 20) == pytest.approx((0.75, 0.5313, 0.8881), abs=1e-4)


def invented(ours: int, other: int) -> dict[Cell, Count]:
    return {
        Cell(panel, distance, name): Count(
            1000, dict.fromkeys(("zxing", "zbar"), ours if name == OURS else other)
        )
        for panel, glass in GLASSES.items()
        for distance in glass.distances
        for name in ENCODERS
    }


@pytest.mark.parametrize(("ours", "other", "lost"), [(500, 500, False), (500, 520, False), (500, 540, True)])
def test_a_cell_is_lost_where_another_lies_above_our_interval(ours: int, other: int, lost: bool) -> None:
    assert {each.lost for each in comparisons(invented(ours, other))} == {lost}


def test_the_page_says_who_won(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "PAGE", tmp_path / "page.md")
    monkeypatch.setattr(report, "PICTURE", tmp_path / "picture.svg")
    report.write(invented(600, 500), "scripts/decodability --write")
    page = (tmp_path / "page.md").read_text()
    assert "ours 60.0%, the best of the others" in page
    cells = 2 * sum(len(glass.distances) for glass in GLASSES.values())
    assert f"In {cells} of {cells} cells" in page
    assert (tmp_path / "picture.svg").read_text().count("<polyline") == 2 * len(GLASSES) * len(ENCODERS)


def test_a_quick_run_of_one_panel_goes_from_payloads_to_rates(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = str(tmp_path / "store.jsonl")
    bench.main(["--panel", "128x64", "--count", "2", "--workers", "1", "--store", store])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines[::2]] == [["128x64", "close"]] + [
        ["128x64", str(distance // 10)] for distance in GLASSES["128x64"].distances
    ]


def test_the_strings_are_the_same_each_time_and_of_every_length() -> None:
    lengths = [len(payload) for payload in payloads()]
    assert payloads() == payloads()
    assert (min(lengths) < 100, max(lengths)) == (True, 330)
