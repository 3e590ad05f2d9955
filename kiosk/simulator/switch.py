"""A part of the world that somebody switches off and on again at any moment."""

import asyncio
import contextlib
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, Self

from kiosk.simulator.changes import Changes


class Switch:
    """Keeps what `opened` makes open for as long as it is on, from its own context on; `changed` is told."""

    def __init__(self, opened: Callable[[], AbstractAsyncContextManager[Any]], changed: Changes) -> None:
        self.is_on = True
        self.is_up = False
        self._opened = opened
        self._changed = changed
        self._turned = Changes()

    async def __aenter__(self) -> Self:
        self._lives = asyncio.create_task(self._live())
        await self._until(lambda: self.is_up)
        return self

    async def __aexit__(self, *reason: object) -> None:
        if not self._lives.done():
            self._lives.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._lives

    def turn(self) -> None:
        """Off if it is on, else on."""
        self.is_on = not self.is_on
        self._turned()

    async def restart(self) -> None:
        """Off and on again; nothing where it is off."""
        if self.is_on:
            self.turn()
            await self._until(lambda: not self.is_up)
            self.turn()
            await self._until(lambda: self.is_up)

    async def _live(self) -> None:
        while True:
            await self._wait(lambda: self.is_on)
            async with self._opened():
                self._is_up(True)
                await self._wait(lambda: not self.is_on)
            self._is_up(False)

    async def _wait(self, holds: Callable[[], bool]) -> None:
        while not holds():
            await self._turned.next()

    async def _until(self, holds: Callable[[], bool]) -> None:
        """Wait for its own doing; raises what ended it."""
        while not holds():
            if self._lives.done():
                await self._lives
            turned = asyncio.create_task(self._turned.next())
            await asyncio.wait({turned, self._lives}, return_when=asyncio.FIRST_COMPLETED)
            turned.cancel()

    def _is_up(self, is_up: bool) -> None:
        self.is_up = is_up
        self._turned()
        self._changed()
