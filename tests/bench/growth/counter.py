"""A machine whose operator cannot be reached: customers press its keys, and what it has to tell gathers."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Final

from msgspec import Struct

from kiosk.simulator.box import Box
from kiosk.simulator.changes import Changes
from kiosk.simulator.ledger import Charge, Ledger, Payment
from kiosk.simulator.story import Story
from kiosk.simulator.wiring import Files, furnish
from tests.bench.machine import modelled
from tests.bench.shop import PLAN, SAID_FOR, Edges, opened_gateway, started, with_oled
from tests.bench.starts import Start
from tests.mqtt.broker import free_port

FINGER: Final = 0.01
ORDERED: Final = 1.0
TRIES: Final = 20


class PromptLedger(Ledger):
    """Every charge is paid as soon as it is made, by a customer who is very quick."""

    def open(self, charge: Charge) -> None:
        """Book it, and pay it."""
        super().open(charge)
        self.pay(charge.transaction, Payment(charge.amount, "gopay", time.time()))


class Counter(Struct, frozen=True, kw_only=True):
    """Open; the journal is in `folder`."""

    box: Box
    lamps: Edges
    changed: Changes
    folder: Path
    pid: int
    start: Start

    async def sold_whole(self) -> float:
        """One sale; seconds from the key that confirms it to the relay's edge.

        The customer presses "I have paid" again and again, so that the machine asks as soon as it may.
        """
        for _ in range(TRIES):
            self.box.press("1")
            begun = time.monotonic()
            if await self._moves_after(begun):
                return self.lamps.began - begun
        raise AssertionError("it sells no more")

    async def _moves_after(self, begun: float) -> bool:
        while time.monotonic() < begun + ORDERED:
            self.box.press("#")
            if await self.changed.until(lambda: self.lamps.began > begun, FINGER):
                return True
        return False


@asynccontextmanager
async def counter(folder: Path, lay: Callable[[Files], None]) -> AsyncIterator[Counter]:
    """A machine that is ready to sell."""
    async with AsyncExitStack() as stack:
        changed, lamps = Changes(), Edges()
        files = Files(folder, folder / "box.sock")
        box = Box(files.socket, Story(time.time), str, changed)
        box.lamps = lamps
        _, branch = await opened_gateway(stack, "midtrans", PromptLedger())
        furnish(files, PLAN, [branch], free_port())
        files.config.write_text(with_oled(files.config.read_text()))
        lay(files)
        await stack.enter_async_context(box)
        pid, start = await started(stack, folder, modelled(files.config, SAID_FOR))
        yield Counter(box=box, lamps=lamps, changed=changed, folder=folder, pid=pid, start=start)
