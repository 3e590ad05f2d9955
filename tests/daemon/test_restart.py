"""A start that somebody asks for: the file is read first, so that a machine that sells goes on selling."""

from pathlib import Path
from queue import SimpleQueue
from threading import Thread

from hardware.base import Silence
from hardware.board import Board
from kiosk import journal as journals
from kiosk.assembly import assemble
from kiosk.control import Asked
from kiosk.daemon import Inbox, Stop
from kiosk.drawing import Artist
from kiosk.journal import Journal
from kiosk.mqtt.reports import Answer, Reply
from kiosk.parts import Parts
from kiosk.pushing import own_file
from kiosk.senses import Senses
from tests.config.files import RIGHT, written
from tests.daemon.machine import SOON, UNWATCHED, BenchBoot, Glass, Keys


def test_a_broken_file_ends_nothing_and_a_mended_one_does(tmp_path: Path) -> None:
    path = written(tmp_path, f'state = "{tmp_path}/state"\nmarker = "{tmp_path}/epoch"\n{RIGHT}')
    right, own = path.read_text(), own_file(path)
    journals.create(own.configuration.journal, own.configuration.marker)
    glass = Glass()
    parts = Parts(Board(), BenchBoot("b"), {}, {}, glass, Keys(), Senses({}), Silence())
    inbox: Inbox = SimpleQueue()
    answers, codes = SimpleQueue[Reply](), SimpleQueue[int]()
    with Journal(own.configuration.journal, own.configuration.marker) as journal:
        daemon = assemble(own, parts, Artist(glass.size, glass.mode), journal, UNWATCHED, inbox)
        Thread(target=lambda: codes.put(daemon.run()), daemon=True).start()
        try:
            path.write_text(right.replace("12000", "0"))
            daemon.put(Asked("r-1", "restart", {}, "uid 0", answers.put))
            refused = answers.get(timeout=SOON)
            assert (refused.status, refused.reason) == (Answer.REJECTED, "would_not_start")
            assert f"{path}:" in refused.words
            assert codes.empty()
            path.write_text(right)
            daemon.put(Asked("r-2", "restart", {}, "uid 0", answers.put))
            assert answers.get(timeout=SOON).status is Answer.ACCEPTED
        finally:
            daemon.put(Stop())
        assert codes.get(timeout=SOON) == 0
