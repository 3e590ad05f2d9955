"""What is plugged in, as far as it can be seen without moving anything."""

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from hardware.errors import HardwareError
from hardware.event_devices import EventDevices, KernelDevices
from hardware.i2c import Bus, open_bus, smbus
from hardware.usb_keypad import UsbKeypad, found
from kiosk.configuration import Configuration, Part
from kiosk.doctor.findings import Finding, bad, ok

DEVICES: Final = Path("/dev")
_SPI: Final = "switch SPI on with `sudo raspi-config nonint do_spi 0` and restart"
_ROOT: Final = "try it with sudo; the kiosk's user must be in the groups gpio, i2c, spi and input"


def panel(
    configuration: Configuration,
    *,
    is_running: bool,
    open_by: Callable[[int], Bus] = smbus,
    devices: Path = DEVICES,
) -> Iterator[Finding]:
    """Whether the panel's bus is there, and on I2C whether the panel answers.

    A panel that a kiosk is drawing on is not disturbed: the kiosk knows whether it answers.
    """
    driver, config = configuration.panel.driver, configuration.panel.config
    if driver == "emulated":
        yield ok("panel", "drawn by the simulator")
    elif hasattr(config, "bus"):
        yield _on_i2c(config, is_running=is_running, open_by=open_by, devices=devices)
    elif hasattr(config, "spi"):
        node = devices / f"spidev{config.spi}.{getattr(config, 'chip_select', 0)}"
        yield _node("panel", node, _SPI)
    else:
        yield ok("panel", f"{driver}: nothing to look at from here")


def pins(configuration: Configuration, devices: Path = DEVICES) -> Iterator[Finding]:
    """Whether the machine has pins, where anything is on one."""
    parts = list(_parts(configuration))
    if all(part.driver == "emulated" for part in parts):
        yield ok("pins", "drawn by the simulator")
        return
    if not any(hasattr(part.config, name) for part in parts for name in ("pin", "rows")):
        yield ok("pins", "none is used")
        return
    chips = sorted(devices.glob("gpiochip*"))
    if not chips:
        advice = "run it on the Pi that has the relay"
        yield bad("pins", f"there is no {devices}/gpiochip*: this is no Raspberry Pi", advice)
    else:
        yield _node("pins", chips[0], _ROOT)


def _parts(configuration: Configuration) -> Iterator[Part]:
    yield configuration.keypad
    yield from configuration.outputs.values()
    yield from (sense.part for sense in configuration.inputs.values())
    yield from [configuration.buzzer] if configuration.buzzer else []


def keypad(
    configuration: Configuration, *, is_running: bool, open_by: Callable[[], EventDevices] = KernelDevices
) -> Iterator[Finding]:
    """Whether a USB pad is plugged in; one that a kiosk reads is not disturbed."""
    config = configuration.keypad.config
    if not isinstance(config, UsbKeypad.Config) or is_running:
        return
    try:
        pad = found(config, open_by())
    except HardwareError as error:
        yield bad("keypad", str(error), _ROOT)
    else:
        os.close(pad.descriptor)
        yield ok("keypad", f"{pad.name} is plugged in")


def _on_i2c(config: Any, *, is_running: bool, open_by: Callable[[int], Bus], devices: Path) -> Finding:
    node = devices / f"i2c-{config.bus}"
    there = _node("panel", node, "switch I2C on with `sudo raspi-config nonint do_i2c 0` and restart")
    if there.verdict != "ok" or is_running:
        return there
    place = f"0x{config.address:02X} on {node}"
    try:
        with closing(open_bus(config.bus, open_by)) as bus:
            bus.read_byte_data(config.address, 0)
    except HardwareError as error:
        return bad("panel", str(error))
    except OSError:
        advice = f"look at its wires (SDA, SCL, 3V3, GND); i2cdetect -y {config.bus} shows who answers"
        return bad("panel", f"nobody answers at {place}", advice)
    return ok("panel", f"answers at {place}")


def _node(what: str, node: Path, advice: str) -> Finding:
    if not node.exists():
        return bad(what, f"there is no {node}", advice)
    if not os.access(node, os.R_OK | os.W_OK):
        return bad(what, f"no permission for {node}", _ROOT)
    return ok(what, f"{node} is there")
