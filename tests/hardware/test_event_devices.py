"""The numbers of the kernel's header, and what is made of its answers."""

import fcntl
import os
import struct
from pathlib import Path

import pytest

from hardware.event_devices import Event, Events, Identity, KernelDevices, request


@pytest.mark.parametrize(
    ("direction", "number", "size", "printed"),
    [
        (1, 0x90, 4, 0x40044590),
        (2, 0x02, 8, 0x80084502),
        (2, 0x06, 256, 0x81004506),
        (2, 0x21, 96, 0x80604521),
    ],
    ids=["EVIOCGRAB", "EVIOCGID", "EVIOCGNAME(256)", "EVIOCGBIT(EV_KEY, 96)"],
)
def test_requests_are_those_of_linux_input_h(direction: int, number: int, size: int, printed: int) -> None:
    assert request(direction, number, size) == printed


def test_the_nodes_come_as_they_were_plugged_in(tmp_path: Path) -> None:
    for name in ("event10", "event2", "event0", "mouse0", "by-id"):
        (tmp_path / name).touch()
    assert [Path(node).name for node in KernelDevices(tmp_path).nodes()] == ["event0", "event2", "event10"]


def test_a_machine_without_the_folder_has_no_devices(tmp_path: Path) -> None:
    assert KernelDevices(tmp_path / "input").nodes() == []


class Kernel:
    """Answers ioctls as a pad does, and remembers who was grabbed."""

    def __init__(self) -> None:
        self.grabbed: list[int] = []

    def ioctl(self, descriptor: int, number: int, argument: bytearray | int) -> int:
        if isinstance(argument, int):
            assert (number, argument) == (0x40044590, 1)
            self.grabbed.append(descriptor)
            return 0
        answer = {
            0x81004506: b"SIGMACHIP USB Keyboard\0",
            0x80084502: struct.pack("4H", 3, 0x1C4F, 0x0002, 0x0110),
            0x80604521: bytes([0, 0, 0, 0, 0, 0, 0, 0, 0b10000000, 0b1]),
        }[number]
        argument[: len(answer)] = answer
        return len(answer)


def test_a_pad_says_who_it_is_and_is_grabbed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = Kernel()
    monkeypatch.setattr(fcntl, "ioctl", kernel.ioctl)
    (tmp_path / "event0").touch()
    devices = KernelDevices(tmp_path)
    descriptor = devices.open(devices.nodes()[0])
    identity = devices.identity(descriptor)
    devices.grab(descriptor)
    os.close(descriptor)
    assert identity == Identity("SIGMACHIP USB Keyboard", 0x1C4F, 0x0002, frozenset({71, 72}))
    assert (identity.id, kernel.grabbed) == ("1c4f:0002", [descriptor])


def test_what_is_no_event_device_is_an_os_error(tmp_path: Path) -> None:
    (tmp_path / "event0").touch()
    devices = KernelDevices(tmp_path)
    descriptor = devices.open(str(tmp_path / "event0"))
    with pytest.raises(OSError, match="ioctl"):
        devices.identity(descriptor)
    os.close(descriptor)


def test_events_are_whole_only_once_all_their_bytes_are_there() -> None:
    data = struct.pack("llHHi", 1, 2, 1, 71, 1) + struct.pack("llHHi", 1, 2, 0, 0, 0)
    events = Events()
    assert events.feed(data[:30]) == [Event(1, 71, 1)]
    assert events.feed(data[30:]) == [Event(0, 0, 0)]
