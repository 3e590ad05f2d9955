"""Who holds a line: the kernel's structs taken apart, and what a technician reads where there is none."""

import struct
from pathlib import Path

import pytest

from hardware import line_info
from hardware.errors import DeviceMissing
from hardware.line_info import Line, header_chip, line_of


class Kernel:
    """Answers an ioctl as the kernel would: chips by their label, one line that is held."""

    def __init__(self, chips: dict[str, str]) -> None:
        self._chips = chips
        self.files: dict[int, str] = {}

    def open(self, path: Path, _: int) -> int:
        if path.name not in self._chips:
            raise PermissionError(13, "Permission denied")
        self.files[len(self.files)] = path.name
        return len(self.files) - 1

    def close(self, descriptor: int) -> None:
        del self.files[descriptor]

    def ioctl(self, descriptor: int, request: int, packed: bytes) -> bytes:
        if request == 0x8044B401:
            return struct.pack("32s32sI", b"chip", self._chips[self.files[descriptor]].encode(), 54)
        assert request == 0xC100B405
        offset = struct.unpack_from("I", packed, 64)[0]
        held = {17: (b"lg", 0b1001), 18: (b"", 0b101)}.get(offset, (b"", 0b100))
        return struct.pack("32s32sIIQ160s16s", b"GPIO", held[0], offset, 0, held[1], b"", b"")


@pytest.fixture
def kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kernel:
    chips = {"gpiochip0": "gpio-brcmstb@107d508500", "gpiochip4": "pinctrl-rp1"}
    for name in chips:
        (tmp_path / name).touch()
    kernel = Kernel(chips)
    monkeypatch.setattr("hardware.line_info.os.open", kernel.open)
    monkeypatch.setattr("hardware.line_info.os.close", kernel.close)
    monkeypatch.setattr(line_info, "ioctl", kernel.ioctl)
    return kernel


def test_the_chip_behind_the_header_is_known_by_its_label(kernel: Kernel, tmp_path: Path) -> None:
    assert header_chip(tmp_path).name == "gpiochip4"
    assert kernel.files == {}


@pytest.mark.parametrize(
    ("number", "line"),
    [(17, Line("lg", is_output=True)), (18, Line("a program without a name", False)), (22, Line("", False))],
)
def test_a_line_says_who_holds_it(kernel: Kernel, number: int, line: Line, tmp_path: Path) -> None:
    assert line_of(tmp_path / "gpiochip4", number) == line
    assert kernel.files == {}


def test_a_chip_that_may_not_be_opened_is_told(kernel: Kernel, tmp_path: Path) -> None:
    with pytest.raises(DeviceMissing, match="gpiochip9 cannot be asked: Permission denied"):
        line_of(tmp_path / "gpiochip9", 17)


def test_a_machine_without_chips_is_no_pi(tmp_path: Path) -> None:
    with pytest.raises(DeviceMissing, match="no Raspberry Pi"):
        header_chip(tmp_path)
