"""A Pi on paper: its devices, what its kernel says, who holds its pins, how fast its card is."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from hardware.errors import DeviceMissing
from hardware.i2c import Bus
from hardware.line_info import Line
from kiosk.doctor.surroundings import Surroundings
from tests.doctor.system import System, healthy

TODAY: Final = 1_800_000_000.0
DEVICES: Final = ("i2c-1", "spidev0.0", "gpiochip0")
CARD: Final = {"type": "SD", "name": "SC32G", "date": "09/2025", "manfid": "0x000003", "serial": "0x1d2e3f40"}
FREE: Final = Line("", is_output=False)


class Glass:
    """A bus with one panel at an address, or with none."""

    def __init__(self, address: int) -> None:
        self.address = address
        self.is_closed = False

    def write_i2c_block_data(self, i2c_addr: int, register: int, data: list[int], /) -> None:
        raise AssertionError("a doctor writes nothing")

    def read_byte_data(self, i2c_addr: int, register: int, /) -> int:
        if i2c_addr != self.address:
            raise OSError(121, "Remote I/O error")
        return 0x43

    def close(self) -> None:
        self.is_closed = True


def never(number: int) -> Bus:
    """A bus that must not be touched."""
    raise AssertionError(number)


class Place:
    """Arranged by its attributes, looked at as `around`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.run: System = healthy()
        self.glass = Glass(0x3C)
        self.lines: dict[int, Line] = {}
        self.seconds: list[float] | OSError = [0.004, 0.005, 0.012]
        self.lacking = ""
        self.touch("dev", *DEVICES)
        self.says("sys/firmware/devicetree/base/model", "Raspberry Pi 4 Model B Rev 1.5\0")
        self.says("sys/class/thermal/thermal_zone0/temp", "47712")
        self.card(CARD)
        self.mounted("/", "ext4", "rw,noatime")

    def touch(self, *path: str) -> None:
        """Devices that are there."""
        (self.folder / path[0]).mkdir(parents=True, exist_ok=True)
        for name in path[1:]:
            (self.folder / path[0] / name).touch()

    def says(self, path: str, text: str) -> None:
        """A small file of the kernel."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{text}\n")

    def card(self, facts: Mapping[str, str]) -> None:
        """What the card says of itself."""
        for name, text in facts.items():
            self.says(f"sys/dev/block/179:2/device/{name}", text)

    def mounted(self, at: str, kind: str, options: str) -> None:
        """One file system more."""
        path = self.folder / "proc" / "self" / "mountinfo"
        path.parent.mkdir(parents=True, exist_ok=True)
        before = path.read_text() if path.exists() else ""
        path.write_text(f"{before}29 1 179:2 / {at} {options} shared:1 - {kind} /dev/root rw\n")

    @property
    def around(self) -> Surroundings:
        """As a doctor sees it."""
        return Surroundings(
            run=self.run,
            devices=self.folder / "dev",
            sys=self.folder / "sys",
            proc=self.folder / "proc",
            now=lambda: TODAY,
            bus=lambda _: self.glass,
            chip=self._chip,
            line=lambda _, number: self.lines.get(number, FREE),
            keep=self._keep,
            device=lambda folder: "179:2" if folder.stat() else "",
            library=lambda: self.lacking,
        )

    def _chip(self, devices: Path) -> Path:
        if not (devices / "gpiochip0").exists():
            raise DeviceMissing(f"there is no {devices}/gpiochip*: this is no Raspberry Pi")
        return devices / "gpiochip0"

    def _keep(self, _: Path) -> list[float]:
        if isinstance(self.seconds, OSError):
            raise self.seconds
        return self.seconds
