"""A journal that cannot be opened stops selling, not the process."""

import signal
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue

import pytest
from msgspec.structs import replace

from hardware.base import Pulse, Silence
from hardware.board import Board
from kiosk import assembly
from kiosk import journal as journals
from kiosk.config import load
from kiosk.drawing import Artist
from kiosk.errors import JournalError
from kiosk.notify import Notifier
from kiosk.parts import Parts
from kiosk.senses import Senses
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
    outputs, plans = {"spiral1": Lamp(diary)}, {"spiral1": Pulse(50)}
    parts = Parts(Board(), BenchBoot("b"), outputs, plans, glass, Keys(), Senses({}), Silence())
    artist = Artist(glass.size, glass.mode)
    with Lines() as lines:
        code = assembly._out_of_service(configuration, parts, artist, Notifier(None, None), UNREADABLE)
        assert lines.until("K402")[1] == str(UNREADABLE)
    assert code == 0
    assert drain(diary) == ["closed"]
    assert not glass.pictures.empty()


def test_a_machine_whose_control_socket_cannot_be_opened_sells_all_the_same(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    configuration = replace(load(_written(tmp_path)), control=blocked / "control")
    with Lines() as lines:
        server = assembly._server(configuration, SimpleQueue())
        assert str(blocked) in lines.until("K513")[1]
    server.start()
    server.close()


def _written(folder: Path) -> Path:
    places = f'state = "{folder / "state"}"\nmarker = "{folder / "epoch"}"\n'
    return written(folder, RIGHT, ('gateways = ["midtrans"]\n', 'gateways = ["midtrans"]\n' + places))
