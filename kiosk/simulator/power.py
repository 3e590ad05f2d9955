"""The plug of the pretended machine: the kiosk as a process that loses its power, dies, and comes back.

It does what a power supply and systemd do: SIGKILL and nothing else for a cut, a new start a second after a
death, at once after a clean exit.  It ends only processes that it started itself.
"""

import asyncio
import contextlib
import signal
from collections import deque
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Final

from kiosk.simulator.box import Box
from kiosk.simulator.changes import Changes
from kiosk.simulator.story import Story

RESTARTS_AFTER: Final = 1.0
"""Seconds from a death to the next start, as in the unit file."""
PATIENCE: Final = 5.0
LAST_WORDS: Final = 12


class Supply(StrEnum):
    """How the machine stands."""

    ON = "on"
    OFF = "off"
    FAILED = "failed"


class Power:
    """Starts `command` and keeps it alive; `hear` gets each line that it prints on its stderr."""

    def __init__(
        self, command: Sequence[str], box: Box, story: Story, changed: Changes, hear: Callable[[str], None]
    ) -> None:
        self.supply = Supply.OFF
        self.complaint = ""
        self._command = list(command)
        self._box = box
        self._story = story
        self._changed = changed
        self._hear = hear
        self._plugged = asyncio.Event()
        self._last_words: deque[str] = deque(maxlen=LAST_WORDS)
        self._process: asyncio.subprocess.Process | None = None
        self._was_alive = False
        self._lives = asyncio.create_task(self._live())

    @property
    def pid(self) -> int:
        """The process id of the kiosk that was started last; 0 before the first."""
        return self._process.pid if self._process else 0

    def back(self) -> None:
        """Switch the power on: a new boot.  Also tries again after a start that failed."""
        self._box.boot_anew()
        self.complaint = ""
        self._set(Supply.ON)
        self._story.tell("power", "The power is on: the kiosk starts")
        self._plugged.set()

    async def cut(self) -> None:
        """Take the power away in the middle of whatever happens; returns when everything is dark."""
        self._plugged.clear()
        self._set(Supply.OFF)
        self._story.tell("power", "The power was cut")
        self._kill()
        await self._box.until_gone()
        self._box.darken()

    def kill_daemon(self) -> None:
        """Kill the program alone: the same boot goes on."""
        self._story.tell("power", "The kiosk's program was killed; it will be started again")
        self._kill()

    def restart(self) -> bool:
        """Ask the kiosk to stop; it is started again at once, in the same boot.  False where it is off."""
        if self.supply is Supply.FAILED:
            self.back()
        elif self._process is not None and self._process.returncode is None:
            self._process.terminate()
        return self.supply is Supply.ON

    async def close(self) -> None:
        """Ask the kiosk to stop, then make it."""
        self._lives.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._lives
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), PATIENCE)
        except TimeoutError:
            self._kill()
            await process.wait()

    async def _live(self) -> None:
        while True:
            await self._plugged.wait()
            code = await self._one_life()
            if not self._plugged.is_set():
                continue
            if code > 0 and not self._was_alive:
                self._give_up()
            elif code != 0:
                await asyncio.sleep(RESTARTS_AFTER)

    async def _one_life(self) -> int:
        self._was_alive = False
        self._last_words.clear()
        process = self._process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        if not self._plugged.is_set():  # cut while it was being started
            self._kill()
        assert process.stderr is not None
        async for raw in process.stderr:
            self._said(raw.decode(errors="replace").rstrip())
        return await process.wait()

    def _said(self, line: str) -> None:
        self._was_alive = self._was_alive or self._box.is_connected
        self._last_words.append(line)
        self._hear(line)
        self._changed()

    def _give_up(self) -> None:
        self._plugged.clear()
        self.complaint = "\n".join(self._last_words)
        self._set(Supply.FAILED)
        self._story.tell("trouble", "The kiosk did not start")

    def _kill(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGKILL)

    def _set(self, supply: Supply) -> None:
        self.supply = supply
        self._changed()
