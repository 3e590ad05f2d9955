"""What a release publishes of its proof: every figure that was promised has its place."""

import os
import shutil
from pathlib import Path

import pytest

from tests.proof import catalogue, units
from tests.proof.report import PARTS, page
from tests.proof.sections import Scale, Section
from tests.proof.stories import Size, section
from tests.proof.work import tallied

OPEN_UNIT = "[Service]\nExecStart=/bin/true\n"
needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None and "CI" not in os.environ, reason="systemd judges its units"
)


@needs_systemd
def test_every_unit_is_in_the_report_and_within_its_limit() -> None:
    found = units.run(Scale.DEFAULT)
    assert len(found.figures) == 4
    assert found.failures == ()


@needs_systemd
def test_a_unit_that_may_do_everything_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "open.service").write_text(OPEN_UNIT)
    monkeypatch.setattr(units, "UNITS", tmp_path)
    assert len(units.run(Scale.DEFAULT).failures) == 1


def test_the_world_names_its_rarest_fault_and_every_seed_that_ever_failed() -> None:
    tally = tallied((("sold", None), ("never paid", (9,))))
    found = section((tally, tally, tally, tally), 1, Size(2, 1, 0, 0), (), 1.0)
    figures = dict(found.figures)
    assert "0 times" in figures["the fault that was injected the least"]
    assert any("`scripts/prove --seed 5228`" in note for note in found.notes)
    assert figures["violations"] == "0"


def test_the_page_says_commit_command_versions_and_where_speed_and_memory_are_measured() -> None:
    said = page(Scale.LONG, [Section("The world", (("seeds told", "5"),), notes=("a note",))])
    for words in (
        "| commit |",
        "`scripts/prove --long`",
        "SQLite",
        "systemd",
        "performance.md",
        "| seeds told | 5 |",
    ):
        assert words in said


def test_what_was_not_run_is_never_told_as_proven() -> None:
    said = page(Scale.DEFAULT, [Section("Real power cuts", (), not_run="linux.uml is needed")])
    assert "Not run: linux.uml is needed." in said
    assert set(PARTS) >= {"world", "disks", "processes", "forged", "planted", "power-cuts", "units"}


def test_the_rarest_fault_is_the_one_with_the_fewest_hits() -> None:
    rows = [row for row in catalogue.rows() if row.hits][:3]
    hit = [row._replace(hits=dict.fromkeys(row.hits, number)) for number, row in enumerate(rows, 4)]
    assert catalogue.rarest(hit).endswith(f"(row {rows[0].number}): 4 times")
