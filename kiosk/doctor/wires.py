"""What is plugged in, each part with its bus and its pins, as far as can be seen without moving anything."""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final, NamedTuple

from msgspec import Struct

from hardware.errors import HardwareError
from hardware.header import called
from hardware.i2c import open_bus
from hardware.led_output import LedOutput, overlay
from hardware.usb_keypad import UsbKeypad, found
from kiosk.configuration import Configuration, Part
from kiosk.control.standing import Standing
from kiosk.doctor.findings import Finding, bad, doubtful, good
from kiosk.doctor.surroundings import Surroundings

_SPI: Final = "switch SPI on with `sudo raspi-config nonint do_spi 0` and restart"
_I2C: Final = "switch I2C on with `sudo raspi-config nonint do_i2c 0` and restart"
_ROOT: Final = "try it with sudo; the kiosk's user must be in the groups gpio, i2c, spi and input"
_ELSEWHERE: Final = "the parts are looked at on the machine itself; elsewhere  scripts/simulate  draws them"
_LIBRARY: Final = "sudo apt install python3-lgpio"
FEW: Final = 4
"""Pins up to which each is told with its place on the header."""
_OURS: Final = "lg"
"""The name that lgpio gives to every line it holds for us."""


class Site(NamedTuple):
    """Where the parts are, and what the kiosk that uses them says, if it runs."""

    configuration: Configuration
    around: Surroundings
    standing: Standing | None

    @property
    def is_running(self) -> bool:
        """Then nothing that it uses is touched."""
        return self.standing is not None

    def fault(self, code: str) -> str:
        """What the running kiosk says of a part, "" where it says nothing bad."""
        faults = self.standing.faults if self.standing else ()
        return next((fault for fault in faults if fault.startswith(code)), "")


def panel(site: Site) -> Iterator[Finding]:
    """Whether the panel's bus is there, and on I2C whether the panel answers.

    A panel that a kiosk is drawing on is not disturbed: the kiosk knows whether it answers.
    """
    driver, config = site.configuration.panel.driver, site.configuration.panel.config
    if site.fault("K201"):
        yield bad("panel", "K201", f"{driver}: the kiosk cannot draw on it")
    elif driver == "emulated":
        yield good("panel", "drawn by the simulator")
    elif hasattr(config, "bus"):
        yield _on_i2c(config, site)
    elif hasattr(config, "spi"):
        node = site.around.devices / f"spidev{config.spi}.{getattr(config, 'chip_select', 0)}"
        yield _node("panel", "K201", node, _SPI)
    else:
        yield good("panel", f"{driver}: nothing to look at from here")
    yield from _pins("panel", "K201", config, site)


def keypad(site: Site) -> Iterator[Finding]:
    """Whether a USB pad is plugged in, and the pins of a matrix; one that a kiosk reads is not disturbed."""
    config = site.configuration.keypad.config
    if fault := site.fault("K206"):
        yield doubtful("keypad", "K206", fault.removeprefix("K206 ").partition(":")[0])
    if not isinstance(config, UsbKeypad.Config):
        yield from _part("keypad", "K206", site.configuration.keypad, site)
        return
    if site.is_running:
        yield good("keypad", "read by the kiosk")
        return
    try:
        pad = found(config, site.around.pads())
    except HardwareError as error:
        yield bad("keypad", "K206", str(error), _ROOT)
    else:
        os.close(pad.descriptor)
        yield good("keypad", f"{pad.name} is plugged in")


def outputs(site: Site) -> Iterator[Finding]:
    """Every output, by its name: its pin, or the kernel's files of it."""
    for name, part in site.configuration.outputs.items():
        config, what = part.config, f"output {name}"
        if isinstance(config, LedOutput.Config):
            yield _led(what, config, site.around)
        else:
            yield from _part(what, "K202", part, site)


def inputs(site: Site) -> Iterator[Finding]:
    """Every input and the buzzer."""
    for name, sense in site.configuration.inputs.items():
        yield from _part(f"input {name}", "K508", sense.part, site)
    if site.configuration.buzzer:
        yield from _part("buzzer", "K214", site.configuration.buzzer, site)


def _part(what: str, code: str, part: Part, site: Site) -> Iterator[Finding]:
    if part.driver == "emulated":
        yield good(what, "drawn by the simulator")
    else:
        yield from _pins(what, code, part.config, site)


def _pins(what: str, code: str, config: Struct, site: Site) -> Iterator[Finding]:
    """One line for all pins of a part, or one for each that is wrong."""
    numbers = _numbers(config)
    if not numbers:
        return
    try:
        chip = site.around.chip(site.around.devices)
        lines = {number: site.around.line(chip, number) for number in numbers}
    except HardwareError as error:
        yield bad(what, code, str(error), _ROOT if _has_pins(site.around) else _ELSEWHERE)
        return
    if lacking := "" if site.is_running else site.around.library():
        yield bad(what, code, f"no pin can be moved without lgpio: {lacking}", _LIBRARY)
        return
    wrong = [number for number, line in lines.items() if bool(line.holder) is not site.is_running]
    for number in wrong:
        yield _misplaced(what, code, number, lines[number].holder)
    strange = {number: line.holder for number, line in lines.items() if line.holder not in ("", _OURS)}
    for number, holder in strange.items() if site.is_running else ():
        yield bad(what, code, f"{called(number)} is held by {holder}, not by the kiosk", "gpioinfo names all")
    if not (wrong or (strange and site.is_running)):
        how = "held by the kiosk" if site.is_running else "free for the kiosk"
        few = called if len(numbers) < FEW else "GPIO{}".format
        yield good(what, f"{', '.join(map(few, numbers))}: {how}")


def _has_pins(around: Surroundings) -> bool:
    return any(around.devices.glob("gpiochip*"))


def _misplaced(what: str, code: str, number: int, holder: str) -> Finding:
    if holder:
        said = f"{called(number)} is held by {holder}, so the kiosk cannot have it"
        return bad(what, code, said, "stop that program, or take its dtoverlay out of config.txt; gpioinfo")
    return bad(what, code, f"{called(number)} is not held by the kiosk that runs", "kiosk restart")


def _numbers(config: Struct) -> list[int]:
    """Every line of the header that a part's settings name."""
    found: list[int] = []
    for name in config.__struct_fields__:
        value = getattr(config, name)
        if name == "pin" or name.endswith("_pin"):
            found += [value] if isinstance(value, int) else []
        elif name in ("rows", "columns"):
            found += value
    return found


def _led(what: str, config: LedOutput.Config, around: Surroundings) -> Finding:
    name = f"kiosk-gpio{config.pin}"
    triggers = around.said(f"class/leds/{name}/trigger")
    line = overlay(config.pin, active_high=config.active_high)
    if not triggers:
        advice = f"put {line} into /boot/firmware/config.txt and start the Pi anew"
        return bad(what, "K202", f"the kernel has no LED {name} on {called(config.pin)}", advice)
    if "oneshot" not in triggers:
        return bad(what, "K202", "this kernel has no oneshot trigger", "sudo modprobe ledtrig-oneshot")
    is_on = around.said(f"class/leds/{name}/brightness") not in ("", "0")
    return good(what, f"{called(config.pin)}: timed by the kernel, {'on' if is_on else 'off'} now")


def _on_i2c(config: Any, site: Site) -> Finding:
    node = site.around.devices / f"i2c-{config.bus}"
    there = _node("panel", "K201", node, _I2C)
    if there.verdict != "good" or site.is_running:
        return there
    place = f"0x{config.address:02X} on {node}"
    try:
        with closing(open_bus(config.bus, site.around.bus)) as bus:
            bus.read_byte_data(config.address, 0)
    except HardwareError as error:
        return bad("panel", "K201", str(error))
    except OSError:
        advice = f"look at its wires (SDA, SCL, 3V3, GND); i2cdetect -y {config.bus} shows who answers"
        return bad("panel", "K201", f"nobody answers at {place}", advice)
    return good("panel", f"answers at {place}")


def _node(what: str, code: str, node: Path, advice: str) -> Finding:
    if not node.exists():
        return bad(what, code, f"there is no {node}", advice)
    if not os.access(node, os.R_OK | os.W_OK):
        return bad(what, code, f"no permission for {node}", _ROOT)
    return good(what, f"{node} is there")
