"""The broker of the pretended world: iotcore as a process of its own, on a port of loopback that was free.

It keeps nothing over a restart, neither retained messages nor sessions: of all brokers the most forgetful.
"""

import asyncio
import contextlib
import socket
import sys
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, Self

from kiosk.errors import KioskError
from kiosk.simulator.serving import LOOPBACK
from kiosk.simulator.story import Story

STARTS_WITHIN: Final = 30.0
ENDS_WITHIN: Final = 2.0
LOOKS_EVERY: Final = 0.02
TRIES: Final = 3
DEAD_FOR: Final = 1.0
"""Seconds from its death to its next start."""


class BrokerProcess:
    """Listening when entered, and started again whenever it dies; raises KioskError where it cannot start.

    It ends by itself when this process is gone, however that came.  `draw` says which port is free; where
    somebody else was quicker to take it, it is asked again.
    """

    def __init__(self, story: Story, draw: Callable[[], int]) -> None:
        self.port = draw()
        self._draw = draw
        self._story = story
        self._last_words: deque[str] = deque(maxlen=1)

    async def __aenter__(self) -> Self:
        await self._start_somewhere()
        self._lives = asyncio.create_task(self._live())
        return self

    async def __aexit__(self, *reason: object) -> None:
        self._lives.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._lives
        await _end(self._process)

    @property
    def pid(self) -> int:
        """The process id of the one that was started last."""
        return self._process.pid

    def kill(self) -> None:
        """Let it die with everything it kept; it is started again a second later."""
        self._story.tell("broker", "The broker was killed, and starts again: it has forgotten what it kept")
        if self._process.returncode is None:
            self._process.kill()

    async def _live(self) -> None:
        while True:
            await self._process.wait()
            await asyncio.sleep(DEAD_FOR)
            try:
                await self._start()
            except KioskError as error:
                self._story.tell("trouble", str(error))

    async def _start_somewhere(self) -> None:
        for _ in range(TRIES - 1):
            try:
                await self._start()
            except KioskError:
                self.port = self._draw()
            else:
                return
        await self._start()

    async def _start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "kiosk.simulator.broker_program", LOOPBACK, str(self.port)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        try:
            await self._until_it_listens()
        except BaseException:
            await _end(self._process)
            raise

    async def _until_it_listens(self) -> None:
        ears = asyncio.create_task(self._hear(self._process))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STARTS_WITHIN):
                while not ears.done():
                    if await _listens(self.port):
                        return
                    await asyncio.sleep(LOOKS_EVERY)
        words = "".join(self._last_words) or f"it does not listen at {LOOPBACK}:{self.port}"
        raise KioskError(f"the simulator's broker does not start: {words}")

    async def _hear(self, process: asyncio.subprocess.Process) -> None:
        assert process.stderr is not None
        async for raw in process.stderr:
            self._last_words.append(raw.decode(errors="replace").strip())


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), ENDS_WITHIN)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):  # at this very moment it ended after all
            process.kill()
        await process.wait()


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection(LOOPBACK, port)
    except OSError:
        return False
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return True


@contextmanager
def kept_ports() -> Iterator[Callable[[], int]]:
    """Draws free ports of loopback, and keeps them for whoever listens there by number, until the end.

    A stranger who was given a port meanwhile would be taken for the broker.
    """
    with contextlib.ExitStack() as kept:

        def draw() -> int:
            keeper = kept.enter_context(socket.socket())
            # bound and not listened at: the system gives it to nobody, and refuses it to nobody who names it
            keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            keeper.bind((LOOPBACK, 0))
            return int(keeper.getsockname()[1])

        yield draw
