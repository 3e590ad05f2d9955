"""A machine that is killed while it takes configurations: it has the old one or the new one, and whole."""

import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.config import load
from kiosk.mqtt.signatures import digest
from kiosk.pushing import lay, own_file, remembered
from tests.pushing.machine import journaled
from tests.pushing.pusher import document_of

ROOT = Path(__file__).parents[2]
CUTS = 10


def pushed_until_killed(folder: Path, run: int) -> int:
    """The newest version that the process said it holds when SIGKILL met it, elsewhere in each run."""
    command = [sys.executable, "-m", "tests.pushing.pusher", str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as pusher:
        assert pusher.stdout is not None
        said = [pusher.stdout.readline() for _ in range(1 + run * 3)]
        pusher.kill()
        said += pusher.stdout.readlines()
    return int(said[-1])


@pytest.mark.power
def test_after_any_kill_one_configuration_holds_whole_and_none_that_was_said_to_hold_is_lost(
    tmp_path: Path,
) -> None:
    path = journaled(tmp_path)
    for run in range(CUTS):
        said = pushed_until_killed(tmp_path, run)
        kept = remembered(load(path))
        assert kept.in_effect in {said, said + 1}
        assert kept.document == document_of(kept.in_effect)
        assert (kept.version, kept.hash) == (kept.in_effect, digest(kept.document))
        laid = lay(own_file(path), kept)
        prices = {slot.number: slot.price for slot in laid.configuration.slots}
        assert (prices[1], prices[2], prices[7]) == (5_000 + kept.in_effect, 5_000 + kept.in_effect, 8_000)
        assert laid.configuration.merchant == f"Toko {kept.in_effect}"
