"""A numeric pad on USB, read from the kernel's event device, which it has to itself.

It may be pulled out and plugged in again at any time.  While no key is down its thread sleeps without waking;
while no pad is there it looks once a second.  NumLock, on or off, by the pad's own firmware or by ours, makes
no difference: a key is what is printed on it in large.
"""

import errno
import os
import select
import time
from collections.abc import Callable
from threading import Thread, current_thread
from typing import Annotated, Final, NamedTuple

from msgspec import Meta, Struct

from hardware.base import no_matter, nothing
from hardware.board import Board
from hardware.errors import DeviceMissing
from hardware.event_devices import DOWN, DROPPED, KEY, SYNC, UP, Event, EventDevices, Events, Identity
from hardware.strokes import Noticed, Strokes

# fmt: off
MEANING: Final = {
    # the pad's own digits, and the row above the letters
    82: "0", 79: "1", 80: "2", 81: "3", 75: "4", 76: "5", 77: "6", 71: "7", 72: "8", 73: "9",
    11: "0", 2: "1", 3: "2", 4: "3", 5: "4", 6: "5", 7: "6", 8: "7", 9: "8", 10: "9",
    # what a pad sends for its digits that has NumLock in itself, and off: Ins, End, Down, PgDn, Left, ...
    110: "0", 107: "1", 108: "2", 109: "3", 105: "4", 355: "5", 106: "6", 102: "7", 103: "8", 104: "9",
    # Enter; Backspace, *, the point with Del on it, Del, Esc
    96: "#", 28: "#", 14: "*", 55: "*", 83: "*", 111: "*", 1: "*",
}
# fmt: on
"""What a key means, by the kernel's code for it; all others mean nothing."""
_PAD: Final = frozenset({71, 72, 73, 75, 76, 77, 79, 80, 81, 82})
_ROW: Final = frozenset(range(2, 12))
_ENTER: Final = frozenset({28, 96})
LOOKS_EVERY: Final = 1.0
"""Seconds between two looks for a pad that is gone."""
_AT_ONCE: Final = 64 * 24
"""Bytes of events that are read together."""
WHY: Final = {
    "stuck": "has been down for more than 10 s: free it",
    "bounces": "flickers faster than a finger can: its contact is worn out, or its cable is loose",
}


class _Pad(NamedTuple):
    descriptor: int
    name: str


class UsbKeypad:
    """The pad, from its constructor on not typing anywhere else."""

    class Config(Struct, frozen=True, kw_only=True):
        """Which pad, where there are several: all that is given must be true; else the first with digits.

        `device` is a path, best one of /dev/input/by-id or by-path, which are the same after every boot.
        """

        device: Annotated[
            str, Meta(pattern=r"^(/dev/input/[ -~]+)?\Z", description="a path in /dev/input, in quotes")
        ] = ""
        name: str = ""
        id: Annotated[
            str,
            Meta(
                pattern=r"^([0-9a-f]{4}:[0-9a-f]{4})?\Z",
                description='an id as lsusb prints it, such as "1a2c:0b2a"',
            ),
        ] = ""

        def fits(self, identity: Identity) -> bool:
            """Whether this is the pad that was meant; without a name the first numeric pad is."""
            keys = identity.keys
            digits = keys >= _PAD or (bool(self.device or self.name or self.id) and keys >= _ROW)
            return (
                digits
                and bool(keys & _ENTER)
                and self.name in ("", identity.name)
                and self.id in ("", identity.id)
            )

    def __init__(self, config: Config, board: Board) -> None:
        self._config = config
        self._devices = board.event_devices()
        self._events = Events()
        self._strokes = Strokes()
        self._bad = False
        self._put: Callable[[str], None] = no_matter
        self._held: Callable[[str], None] = no_matter
        self._failed: Callable[[str], None] = no_matter
        self._healed: Callable[[], None] = nothing
        self._pads = [found(config, self._devices)]
        self._asleep, self._waker = os.pipe()
        self._thread = Thread(target=self._run, name="usb keypad", daemon=True)
        self._closed = False

    def listen(
        self,
        put: Callable[[str], None],
        failed: Callable[[str], None],
        healed: Callable[[], None] = nothing,
        held: Callable[[str], None] = no_matter,
    ) -> None:
        """Begin to read; all four are called from the keypad's thread.  Keys pressed before mean nothing."""
        self._put, self._failed, self._healed, self._held = put, failed, healed, held
        for pad in self._pads:
            _forget_what_waits(pad.descriptor)
        self._thread.start()

    def close(self) -> None:
        """Read no more, and let the pad type elsewhere again."""
        if self._closed:
            return
        self._closed = True
        os.write(self._waker, b"\0")
        if self._thread.is_alive() and self._thread is not current_thread():
            self._thread.join()
        for descriptor in (self._asleep, self._waker, *(pad.descriptor for pad in self._pads)):
            os.close(descriptor)
        self._pads.clear()

    def _run(self) -> None:
        try:
            while not self._closed:
                if self._pads:
                    self._read(self._pads[0])
                else:
                    self._look()
        finally:
            if not self._closed:
                self._failed("the keypad's thread died: no key is read any more")

    def _read(self, pad: _Pad) -> None:
        """Wait for keys, or for the moment at which one that is down means something."""
        due = self._strokes.due
        seconds = None if due is None else max(0.0, due - time.monotonic())
        if pad.descriptor in self._wait(seconds, pad.descriptor):
            try:
                data = os.read(pad.descriptor, _AT_ONCE)
            except BlockingIOError:
                return
            except OSError as error:
                self._lose(pad, error.strerror or str(error))
                return
            if not data:
                self._lose(pad, "it hung up")
                return
            for event in self._events.feed(data):
                self.take(event, time.monotonic())
        self.ripen(time.monotonic())

    def _wait(self, seconds: float | None, *descriptors: int) -> set[int]:
        waiting = select.poll()
        for descriptor in (self._asleep, *descriptors):
            waiting.register(descriptor, select.POLLIN)
        # a millisecond more, so that what is due then is not asked for a moment too early
        found = waiting.poll(None if seconds is None else seconds * 1000 + 1)
        return {descriptor for descriptor, _ in found}

    def take(self, event: Event, now: float) -> None:
        """One event, at a monotonic time."""
        if event.type == SYNC and event.code == DROPPED:
            self._strokes.forget()
        if event.type == KEY and event.code in MEANING and event.value in (UP, DOWN):
            self._tell(self._strokes.change(event.code, event.value == DOWN, now))

    def ripen(self, now: float) -> None:
        """What comes of time passing."""
        self._tell(self._strokes.ripen(now))
        was_bad, self._bad = self._bad, self._strokes.doubtful
        if was_bad and not self._bad:
            self._healed()

    def _tell(self, noticed: Noticed) -> None:
        for code in noticed.presses:
            self._put(MEANING[code])
        for code in noticed.holds:
            self._held(MEANING[code])
        for code, why in noticed.doubts:
            self._bad = True
            self._failed(f"key {MEANING[code]} {WHY[why]}; it is ignored until it is released")

    def _lose(self, pad: _Pad, why: str) -> None:
        self._pads.remove(pad)
        os.close(pad.descriptor)
        self._events, self._bad = Events(), True
        self._strokes.forget()
        self._failed(f"the keypad {pad.name} is gone ({why}): plug it in again, it is taken up where it was")

    def _look(self) -> None:
        if self._wait(LOOKS_EVERY):
            return
        try:
            self._pads.append(found(self._config, self._devices))
        except DeviceMissing:
            return  # that it is gone was told
        self.ripen(time.monotonic())


def found(config: UsbKeypad.Config, devices: EventDevices) -> _Pad:
    """The pad that is meant, opened and grabbed; raises `DeviceMissing` with what is to be done."""
    nodes = [config.device] if config.device else devices.nodes()
    closed: list[str] = []
    for node in nodes:
        try:
            pad = _opened(node, config, devices)
        except PermissionError:
            closed.append(node)
            continue
        except OSError as error:
            if config.device or error.errno == errno.EBUSY:
                raise DeviceMissing(_refusal(node, error)) from error
            continue  # a mouse that was pulled out just now
        if pad is not None:
            return pad
    raise DeviceMissing(_nowhere(config, nodes, closed))


def _opened(node: str, config: UsbKeypad.Config, devices: EventDevices) -> _Pad | None:
    """The pad behind this node, or None where something else is behind it."""
    descriptor = devices.open(node)
    try:
        identity = devices.identity(descriptor)
        if config.fits(identity):
            devices.grab(descriptor)
            return _Pad(descriptor, f"{identity.name} ({identity.id}, {node})")
    except OSError:
        os.close(descriptor)
        raise
    os.close(descriptor)
    return None


def _refusal(node: str, error: OSError) -> str:
    if error.errno == errno.EBUSY:
        return f"the USB keypad at {node} is held by another program: `sudo fuser {node}` names it, end it"
    if isinstance(error, FileNotFoundError):
        return f"no USB keypad at {node}: plug it in, or look for it with `ls -l /dev/input/by-id`"
    return f"the USB keypad at {node} cannot be read: {error.strerror or error}"


def _nowhere(config: UsbKeypad.Config, nodes: list[str], closed: list[str]) -> str:
    given = (("named", config.name), ("with the id", config.id), ("at", config.device))
    wanted = " ".join(f"{what} {value}" for what, value in given if value)
    kind = f"no USB keypad with digits and Enter {wanted}".rstrip()
    if closed:
        return (
            f"{kind} among the input devices that may be opened; there is no permission for "
            f"{', '.join(closed)}: scripts/install brings the udev rule, by hand be in the group input"
        )
    there = f"among {len(nodes)} input devices" if nodes else "is plugged in"
    return f"{kind} {there}: `cat /proc/bus/input/devices` shows what is there"


def _forget_what_waits(descriptor: int) -> None:
    try:
        while os.read(descriptor, _AT_ONCE):
            pass
    except OSError:
        return  # nothing more waits; what is worse shows when it is read
