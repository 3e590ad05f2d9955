"""What the daemon does beside selling: signs of life, the disk, the journal's health."""

from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue

import pytest

from kiosk.daemon import Stop
from kiosk.model import Now, Status
from kiosk.notify import Notifier
from tests.daemon.lines import Lines
from tests.daemon.machine import SOON, Machine


class Manager(Notifier):
    """Stands for systemd, and hears everything; a socket takes ten messages unread, and no more."""

    def __init__(self, watchdog_usec: str = "100000") -> None:
        super().__init__(None, watchdog_usec)
        self._told: SimpleQueue[str] = SimpleQueue()

    def tell(self, message: str) -> None:
        self._told.put(message)

    def until(self, message: str) -> list[str]:
        """Wait for it; what came before it."""
        return list(iter(lambda: self._told.get(timeout=SOON), message))


@pytest.fixture
def lines() -> Iterator[Lines]:
    with Lines() as heard:
        yield heard


def test_an_idle_machine_gives_signs_of_life_in_half_the_time_that_is_allowed(tmp_path: Path) -> None:
    manager = Manager()
    assert manager.beat == 0.05
    machine = Machine(tmp_path, notifier=manager).start()
    manager.until("READY=1")
    for _ in range(5):
        manager.until("WATCHDOG=1")
    assert machine.stop() == 0
    manager.until("STOPPING=1")


def test_a_busy_machine_gives_no_more_signs_of_life_than_are_wanted(tmp_path: Path) -> None:
    manager = Manager("1000000000")
    machine = Machine(tmp_path, notifier=manager).start()
    manager.until("READY=1")
    for key in "1*1*1*":
        machine.keys.press(key)
    machine.boot.sleep(manager.beat or 0.0)
    assert machine.stop() == 0
    assert 1 <= len(manager.until("STOPPING=1")) <= 2


def test_a_release_that_is_let_finish_gives_signs_of_life_too(tmp_path: Path) -> None:
    manager = Manager()
    machine = Machine(tmp_path, notifier=manager).start()
    machine.lamp.hold.clear()
    for key in "1#":
        machine.keys.press(key)
    machine.wait_for("QR_SHOWN")
    machine.gateway.status_now = Status.PAID
    assert machine.diary.get(timeout=SOON) == "on"
    machine.daemon.put(Stop())
    manager.until("STOPPING=1")
    for _ in range(5):
        manager.until("WATCHDOG=1")
    machine.lamp.hold.set()
    assert machine.ended() == 0


def test_a_full_disk_is_told_and_so_is_its_end(tmp_path: Path, lines: Lines) -> None:
    machine = Machine(tmp_path)
    room = [False]
    machine.journal.has_room = lambda: room[0]  # type: ignore[method-assign]
    machine.start()
    assert lines.until("K403")[1] == "less than 64 MiB are free"
    room[0] = True
    machine.boot.sleep(61.0)
    machine.keys.press("#")
    lines.until("K208")
    assert machine.stop() == 0


def test_damage_found_after_the_start_ends_the_selling(tmp_path: Path, lines: Lines) -> None:
    machine = Machine(tmp_path)
    machine.journal.check = lambda: "page 7 is damaged"  # type: ignore[method-assign]
    machine.start()
    assert lines.until("K404")[1] == "page 7 is damaged"
    assert machine.stop() == 0


def test_what_is_old_is_forgotten_minute_by_minute(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    pruned: SimpleQueue[Now] = SimpleQueue()

    def prune(now: Now, *, by_age_alone: bool = True) -> int:
        pruned.put(now)
        return 0

    machine.journal.prune = prune  # type: ignore[method-assign]
    machine.start()
    first = pruned.get(timeout=SOON)
    machine.boot.sleep(61.0)
    machine.keys.press("#")
    assert pruned.get(timeout=SOON).elapsed - first.elapsed >= 60.0
    assert machine.stop() == 0
