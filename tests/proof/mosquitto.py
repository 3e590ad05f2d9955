"""A real mosquitto in the place of the simulator's broker: started again when it dies, its database kept."""

import asyncio
import contextlib
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final, Self

from kiosk.simulator.story import Story
from tests.mqtt.broker import PLAIN

DEAD_FOR: Final = 0.5
STARTS_WITHIN: Final = 60.0
LOOKS_EVERY: Final = 0.02


def program() -> str | None:
    """Where it is."""
    return shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")


class MosquittoProcess:
    """Of the same make as `kiosk.simulator.broker.BrokerProcess`; listening when entered."""

    def __init__(self, story: Story, draw: Callable[[], int]) -> None:
        self.port = draw()
        self._story = story
        self._folder = Path(tempfile.mkdtemp(prefix="broker-"))
        text = PLAIN.format(port=self.port, folder=self._folder)
        (self._folder / "mosquitto.conf").write_text("user root\n" + text)

    async def __aenter__(self) -> Self:
        self._process = await self._started()
        self._lives = asyncio.create_task(self._live())
        return self

    async def __aexit__(self, *reason: object) -> None:
        self._lives.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._lives
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def pid(self) -> int:
        """The process id of the one that was started last."""
        return self._process.pid

    def kill(self) -> None:
        """Let it die; it comes back with what it had saved."""
        self._story.tell("broker", "The broker was killed")
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    async def _live(self) -> None:
        while True:
            await self._process.wait()
            await asyncio.sleep(DEAD_FOR)
            self._process = await self._started()

    async def _started(self) -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(
            *(str(program()), "-c", str(self._folder / "mosquitto.conf")),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        async with asyncio.timeout(STARTS_WITHIN):
            while not await self._listens():  # noqa: ASYNC110  # it listens, and tells nobody
                await asyncio.sleep(LOOKS_EVERY)
        return process

    async def _listens(self) -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return False
        writer.close()
        return True
