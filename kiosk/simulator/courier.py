"""Carries a gateway's notifications to the webhook service: over HTTP, and again as that gateway does.

A minute of a gateway's patience is a second here.
"""

import asyncio
import contextlib
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Final

from kiosk.simulator.hint_way import Way
from kiosk.simulator.ledger import Charge
from kiosk.simulator.merchant import Merchant
from kiosk.simulator.misfortunes import Bench, Misfortune
from kiosk.simulator.notifications import HABITS, PREFIX, Letter, Sender, letter
from kiosk.simulator.providers import title_of
from kiosk.simulator.serving import LOOPBACK
from kiosk.simulator.story import Story
from kiosk.simulator.wiring import Branch

A_MINUTE: Final = 1.0
"""Seconds that stand for a minute between two tries."""
HOUR: Final = 60
PATIENCE: Final = 15.0
"""Seconds that an answer may take; Midtrans says so, the others say nothing."""


class Courier:
    """On one event loop; `port` says where the receiver listens."""

    def __init__(
        self, merchant: Merchant, bench: Bench, story: Story, way: Way, port: Callable[[], int]
    ) -> None:
        self._merchant = merchant
        self._bench = bench
        self._story = story
        self._way = way
        self._port = port
        self._under_way: set[asyncio.Task[None]] = set()

    def carry(self, charge: Charge, branch: Branch) -> None:
        """Notify of a charge as it stands now."""
        task = asyncio.create_task(self._carry(charge, branch))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def close(self) -> None:
        """Forget what was not delivered."""
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _carry(self, charge: Charge, branch: Branch) -> None:
        for tries in range(1000):
            status = await self._try(charge, branch)
            if 200 <= status < 300:
                return
            pauses = HABITS[charge.gateway].pauses(status)
            pause = pauses[tries] if tries < len(pauses) else None
            self._failed(charge, status, pause)
            if pause is None:
                return
            await asyncio.sleep(pause * A_MINUTE)

    async def _try(self, charge: Charge, branch: Branch) -> int:
        """The status that came back, 0 for none."""
        self._way.passed(charge.order, "gateway")
        if self._bench.strikes(Misfortune.PUSH_LOST):
            return 0
        path = PREFIX + HABITS[charge.gateway].path
        sender = Sender(branch, self._merchant, path, str(uuid.uuid4()), time.time())
        status = await post(self._port(), letter(charge, sender))
        if status:
            self._way.passed(charge.order, "receiver")
        if 200 <= status < 300:
            self._way.passed(charge.order, "receiver", "stream")
            self._way.failed(charge.order, "")
            title = title_of(charge.gateway)
            words = f"{title} pushed a notification, and the webhook service took it ({status})"
            self._story.tell("webhooks", words)
        return status

    def _failed(self, charge: Charge, status: int, pause: float | None) -> None:
        title = title_of(charge.gateway)
        why = f"answered only {status}" if status else "did not answer"
        self._way.failed(charge.order, f"answered {status}" if status else "lost on the way")
        again = f"{title} tries again in {_words(pause)}" if pause else f"{title} does not try again"
        self._story.tell("trouble", f"{title} pushed a notification, but the webhook service {why}: {again}")


def _words(minutes: float) -> str:
    theirs = f"{minutes / HOUR:g} hours" if minutes > HOUR else f"{minutes:g} minutes"
    return f"{theirs} ({minutes * A_MINUTE:g} s here)"


async def post(port: int, written: Letter) -> int:
    """The status that loopback answers a letter with; 0 where there is no answer in time."""
    with contextlib.suppress(OSError, TimeoutError, ValueError, IndexError):
        async with asyncio.timeout(PATIENCE):
            reader, writer = await asyncio.open_connection(LOOPBACK, port)
            try:
                writer.write(_request(port, written))
                return int((await reader.readline()).split()[1])
            finally:
                writer.close()
    return 0


def _request(port: int, written: Letter) -> bytes:
    headers: Mapping[str, str] = {
        "Host": f"{LOOPBACK}:{port}",
        "Connection": "close",
        "Content-Length": str(len(written.body)),
        **written.headers,
    }
    lines = [f"POST {written.path} HTTP/1.1", *(f"{name}: {text}" for name, text in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + written.body
