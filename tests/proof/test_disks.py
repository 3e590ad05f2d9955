"""The sweep over rebuilt disks, short; and journals that are opened carelessly, which it must catch."""

import os
from pathlib import Path

import pytest

from tests.proof import disks, recording
from tests.proof.disks import SHORT, Extent, recorded, swept
from tests.proof.platter import LOSSES
from tests.proof.scribe import CARELESS

pytestmark = pytest.mark.skipif(
    not recording.is_possible() and "CI" not in os.environ, reason="strace records what the journal does"
)
FEW = Extent(1, 0.02)
SEEN_WITHIN = {"unsynced": 0.02, "psow": 0.2}
"""Of the calls of two chapters; a trashed sector is rare."""


def test_nothing_that_was_said_to_be_on_disk_is_missing_after_a_cut(tmp_path: Path) -> None:
    tally = swept(recorded(tmp_path, SHORT), FEW, 0, 1)
    assert tally.wrong == []
    assert tally.disks.total() > 100
    assert set(tally.disks) >= {"kept", "dropped", "mixed", "torn", "trashed"}


@pytest.mark.parametrize("how", CARELESS)
def test_a_journal_that_is_opened_carelessly_is_seen_to_lose_sales(tmp_path: Path, how: str) -> None:
    assert swept(recorded(tmp_path, SHORT[:2], how), Extent(1, SEEN_WITHIN[how]), 0, 1).wrong


def test_a_disk_is_rebuilt_in_every_way_that_has_a_name() -> None:
    assert set(disks.CERTAIN) < set(LOSSES)
