"""What systemd is told, and a manager that is not there or does not read."""

import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from kiosk.notify import Notifier


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.setblocking(False)
        yield manager


def told(manager: socket.socket) -> Iterator[bytes]:
    try:
        while True:
            yield manager.recv(100)
    except BlockingIOError:
        return


def test_a_message_reaches_the_manager(manager: socket.socket) -> None:
    Notifier(manager.getsockname(), None).tell("READY=1")
    assert list(told(manager)) == [b"READY=1"]


def test_a_manager_that_does_not_read_holds_nobody_up(manager: socket.socket) -> None:
    notifier = Notifier(manager.getsockname(), None)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other:
        other.setblocking(False)
        with suppress(BlockingIOError):
            while True:
                other.sendto(b"full", manager.getsockname())
    notifier.tell("WATCHDOG=1")
    assert set(told(manager)) == {b"full"}


def test_a_manager_that_is_gone_is_no_reason_to_stop(tmp_path: Path) -> None:
    Notifier(str(tmp_path / "nobody"), None).tell("WATCHDOG=1")


def test_the_beat_is_half_of_what_systemd_allows() -> None:
    assert Notifier(None, "10000000").beat == 5.0
