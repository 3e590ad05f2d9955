"""A journal that cannot be opened stops selling, not the process."""

import signal
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue

import pytest

from hardware.base import Pulse
from hardware.board import Board
from kiosk import assembly
from kiosk import journal as journals
from kiosk.config import load
from kiosk.drawing import Artist
from kiosk.errors import JournalError
from kiosk.notify import Notifier
from kiosk.parts import Parts
from tests.config.files import RIGHT, written
from tests.daemon.lines import Lines
from tests.daemon.machine import BenchBoot, Glass, Keys, Lamp, drain

UNREADABLE = JournalError("journal.db: the disk is full; make room, then restart")


@pytest.fixture(autouse=True)
def signals() -> Iterator[None]:
    """The machine takes SIGTERM and SIGINT for itself."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_it_says_so_and_ends_once_the_journal_can_be_opened_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assembly, "TRY_AGAIN_EVERY", 0.01)
    configuration = load(_written(tmp_path))
    journals.create(configuration.state / "journal.db", configuration.marker)
    diary: SimpleQueue[str] = SimpleQueue()
    glass = Glass()
    parts = Parts(Board(), BenchBoot("b"), {"spiral1": Lamp(diary)}, {"spiral1": Pulse(50)}, glass, Keys())
    artist = Artist(glass.size, glass.mode)
    with Lines() as lines:
        code = assembly._out_of_service(configuration, parts, artist, Notifier(None, None), UNREADABLE)
        assert lines.until("K402")[1] == str(UNREADABLE)
    assert code == 0
    assert drain(diary) == ["closed"]
    assert not glass.pictures.empty()


def _written(folder: Path) -> Path:
    places = f'state = "{folder / "state"}"\nmarker = "{folder / "epoch"}"\n'
    return written(folder, RIGHT, ('gateways = ["midtrans"]\n', 'gateways = ["midtrans"]\n' + places))
