"""What the parts of one machine share: pins, buses, the scanner, the simulator's link."""

from collections.abc import Callable
from contextlib import ExitStack
from threading import RLock
from types import TracebackType
from typing import TYPE_CHECKING, Self

from hardware.i2c import Bus, Wire, open_bus, smbus

if TYPE_CHECKING:  # each costs memory and start time, and few machines use all of them
    from hardware.event_devices import EventDevices
    from hardware.leds import Led
    from hardware.link import Link
    from hardware.pins import Pins
    from hardware.scanner import Scanner
    from hardware.spi import Port, SpiDev


def _pi_pins() -> "Pins":
    from hardware.pins import lgpio_pins

    return lgpio_pins()


def _pi_spi(bus: int, chip_select: int) -> "SpiDev":
    from hardware.spi import spidev

    return spidev(bus, chip_select)


def _kernel_events() -> "EventDevices":
    from hardware.event_devices import KernelDevices

    return KernelDevices()


def _kernel_led(name: str) -> "Led":
    from hardware.leds import KernelLed

    return KernelLed(name)


class Board:
    """Opens what is shared when the first part asks for it, once, and closes it last.

    What cannot be opened is `DeviceMissing` and is tried again at the next request; nothing is ever replaced
    by a pretended one.
    """

    def __init__(
        self,
        open_pins: Callable[[], "Pins"] = _pi_pins,
        open_bus: Callable[[int], Bus] = smbus,
        open_spi: Callable[[int, int], "SpiDev"] = _pi_spi,
        open_events: Callable[[], "EventDevices"] = _kernel_events,
        open_led: Callable[[str], "Led"] = _kernel_led,
    ) -> None:
        self._open_pins = open_pins
        self._open_bus = open_bus
        self._open_spi = open_spi
        self._open_events = open_events
        self._open_led = open_led
        self._lock = RLock()
        self._pins: list[Pins] = []
        self._buses: dict[int, Bus] = {}
        self._ports: dict[tuple[int, int], Port] = {}
        self._scanners: list[Scanner] = []
        self._links: dict[str, Link] = {}

    def pins(self) -> "Pins":
        """The GPIO lines."""
        with self._lock:
            if not self._pins:
                self._pins.append(self._open_pins())
            return self._pins[0]

    def i2c(self, bus: int, address: int) -> Wire:
        """The way to one address of a bus; that anything answers there is not yet known."""
        with self._lock:
            if bus not in self._buses:
                self._buses[bus] = open_bus(bus, self._open_bus)
            return Wire(self._buses[bus], bus, address)

    def spi(self, bus: int, chip_select: int, hertz: int) -> "Port":
        """The way to the one part behind a chip select; nobody can know whether it is there."""
        from hardware.spi import open_port

        with self._lock:
            if (bus, chip_select) not in self._ports:
                self._ports[bus, chip_select] = open_port(bus, chip_select, hertz, self._open_spi)
            return self._ports[bus, chip_select]

    def event_devices(self) -> "EventDevices":
        """The keyboards and pads that the kernel knows; each is opened by who reads it."""
        return self._open_events()

    def led(self, name: str) -> "Led":
        """The files of what the kernel calls an LED; that there is one is not yet known."""
        return self._open_led(name)

    def scanner(self) -> "Scanner":
        """The one thread that looks at keys and inputs."""
        from hardware.scanner import Scanner

        with self._lock:
            if not self._scanners:
                self._scanners.append(Scanner())
            return self._scanners[0]

    def link(self, path: str) -> "Link":
        """The connection to the simulator's box that listens on this UNIX socket."""
        from hardware.link import Link

        with self._lock:
            if path not in self._links:
                self._links[path] = Link(path)
            return self._links[path]

    def close(self) -> None:
        """Close everything, the scanner before the pins it reads; twice is once."""
        with self._lock:
            shared: list[Scanner | Pins | Link | Bus | Port] = [
                *self._scanners,
                *self._pins,
                *self._links.values(),
                *self._buses.values(),
                *self._ports.values(),
            ]
            for group in (self._scanners, self._pins, self._links, self._buses, self._ports):
                group.clear()
        with ExitStack() as closing:  # from the last to the first, one that fails stops no other
            for each in reversed(shared):
                closing.callback(each.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
