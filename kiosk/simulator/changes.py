"""Word that something changed, for everybody who waits for the newest state and not for each step."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any


class Changes:
    """Call it when something changed."""

    def __init__(self) -> None:
        self._next = asyncio.Event()

    def __call__(self) -> None:
        self._next.set()
        self._next = asyncio.Event()

    def next(self) -> Coroutine[Any, Any, object]:
        """Wait for the next change from this call on, even if it is awaited only later."""
        return self._next.wait()

    async def until(self, holds: Callable[[], object], seconds: float) -> bool:
        """Wait until something holds; False when it still does not after so many seconds."""
        try:
            async with asyncio.timeout(seconds):
                while not holds():
                    await self.next()
        except TimeoutError:
            return False
        return True
