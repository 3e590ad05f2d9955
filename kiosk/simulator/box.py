"""The box: glass, keys, lamps, contacts and boot of the pretended machine, at the far end of its UNIX socket.

It is what is left when the power is gone.  One kiosk is connected at a time; when its connection ends, every
lamp drops.
"""

import asyncio
import contextlib
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Final, Self

import msgspec

from hardware.lines import (
    LONGEST_LINE,
    BootLine,
    FromBox,
    Heal,
    Held,
    Key,
    Lamp,
    PanelOff,
    Picture,
    Shown,
    Sound,
    ToBox,
    Touch,
    Trouble,
)
from kiosk.simulator.glass import Glass
from kiosk.simulator.lamps import Lamps, Pulse
from kiosk.simulator.story import Story

KEYS: Final = "0123456789#*"

_decoder = msgspec.json.Decoder(ToBox)
_encode = msgspec.json.Encoder().encode


class Box:
    """`newest_order` names the order a pulse is for; `changed` is called after everything that changes."""

    def __init__(
        self, path: Path, story: Story, newest_order: Callable[[], str], changed: Callable[[], None]
    ) -> None:
        self.glass = Glass()
        self.lamps = Lamps()
        self.inputs: dict[str, bool] = {}
        self._sound: Sound | None = None
        self._sounded_at = 0.0
        self._newest_key = ""
        self._pressed_at = 0.0
        self._held_at = float("-inf")
        self.pulsed: list[Callable[[Pulse], None]] = []
        self._path = path
        self._story = story
        self._newest_order = newest_order
        self._changed = changed
        self._troubles: dict[str, str] = {}
        self._kiosks: list[asyncio.StreamWriter] = []
        self._gone = asyncio.Event()
        self._gone.set()
        self.boot_anew()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_unix_server(self._serve, self._path, limit=LONGEST_LINE)
        return self

    async def __aexit__(self, *reason: object) -> None:
        self._server.close()
        for kiosk in self._kiosks:
            kiosk.close()
        await self._gone.wait()
        await self._server.wait_closed()

    @property
    def is_connected(self) -> bool:
        """Whether a kiosk is there."""
        return bool(self._kiosks)

    @property
    def troubles(self) -> list[str]:
        """The parts that are unplugged."""
        return sorted(self._troubles)

    def boot_anew(self) -> None:
        """A new boot begins now: another id, a clock from zero."""
        self._boot = str(uuid.uuid4())
        self._booted = time.monotonic()

    def press(self, key: str) -> None:
        """Press a key; without power it only clicks."""
        self._story.tell("customer", f"You pressed {key}")
        self._newest_key = key
        self._pressed_at = time.monotonic()
        self._send(Key(key))
        self._changed()

    def hold(self, key: str) -> None:
        """Go on pressing the key that was pressed, for three seconds and more."""
        self._story.tell("customer", f"You hold {key}")
        self._held_at = time.monotonic()
        self._send(Held(key))
        self._changed()

    def held(self, within: float) -> bool:
        """Whether a key was held, so many seconds ago at most."""
        return time.monotonic() - self._held_at < within

    def pressed(self, within: float) -> str:
        """The newest key, if it was pressed so many seconds ago at most."""
        return self._newest_key if time.monotonic() - self._pressed_at < within else ""

    def touch(self, name: str, active: bool) -> None:
        """An input is active from now on, or no longer; it stays so over restarts."""
        self.inputs[name] = active
        self._send(Touch(name, active))
        self._changed()

    def heard(self, within: float) -> Sound | None:
        """The newest tune, if it began so many seconds ago at most."""
        return self._sound if time.monotonic() - self._sounded_at < within else None

    def unplug(self, part: str, reason: str) -> None:
        """Make a part fail until it is plugged in again, over restarts too."""
        self._troubles[part] = reason
        self._send(Trouble(part, reason))
        if part == "panel":
            self.glass.darken()
        self._changed()

    def plug_in(self, part: str) -> None:
        """Make a part work again."""
        if self._troubles.pop(part, None):
            self._send(Heal(part))
        self._changed()

    async def until_gone(self) -> None:
        """Wait until no kiosk is connected, its last words read."""
        await self._gone.wait()

    def darken(self) -> None:
        """The panel has no power."""
        self.glass.darken()
        self._changed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._kiosks:  # a second kiosk may not take the wires out of the first one's hands
            writer.close()
            return
        self._kiosks.append(writer)
        self._gone.clear()
        self._greet()
        self._changed()
        try:
            while line := await reader.readline():
                self._take(_decoder.decode(line), writer)
        except (OSError, ValueError) as error:
            self._story.tell("trouble", f"The kiosk's link broke: {error}")
        finally:
            await self._part_from(writer)

    async def _part_from(self, writer: asyncio.StreamWriter) -> None:
        self._kiosks.remove(writer)
        for pulse in self.lamps.all_off(time.monotonic()):
            self._ended(pulse)
        if not self._kiosks:
            self._gone.set()
        self._changed()
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()

    def _greet(self) -> None:
        self._send(BootLine(self._boot, time.monotonic() - self._booted, self.inputs))
        for part, reason in self._troubles.items():
            self._send(Trouble(part, reason))

    def _send(self, line: FromBox) -> None:
        for kiosk in self._kiosks:
            kiosk.write(_encode(line) + b"\n")

    def _take(self, line: ToBox, writer: asyncio.StreamWriter) -> None:
        match line:
            case Picture():
                if "panel" not in self._troubles:
                    self.glass.take(line)
                    writer.write(_encode(Shown(line.n)) + b"\n")
            case PanelOff():
                self.glass.darken()
            case Lamp():
                self._switch(line)
            case Sound():
                self._sound, self._sounded_at = line, time.monotonic()
        self._changed()

    def _switch(self, lamp: Lamp) -> None:
        at = lamp.at or time.monotonic()
        if lamp.on:
            self.lamps.on(lamp.name, self._newest_order(), at)
        elif pulse := self.lamps.off(lamp.name, at):
            self._ended(pulse)

    def _ended(self, pulse: Pulse) -> None:
        for listener in self.pulsed:
            listener(pulse)
