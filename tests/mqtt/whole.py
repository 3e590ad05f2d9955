"""The kiosk in a process of its own, at a real mosquitto; gateway, keys and relay are pretended.

Whatever the broker tells is heard by an operator who misses nothing.
"""

import asyncio
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Self, TypeVar

import msgspec

from kiosk.journal import Ledger
from kiosk.mqtt.reports import Answer, Event, Presence, Reply, Report, Reported, State, Status, Taken
from kiosk.mqtt.topics import Post
from kiosk.simulator.wiring import Files, Plan
from kiosk.simulator.world import World
from kiosk.states import Life
from tests.mqtt.broker import DEADLINE
from tests.post.online import TOPICS, Operator

PROGRAM: Final = Path(__file__).with_name("running.py")
PLAN: Final = Plan(
    on_screen=60.0,
    claim_window=1.0,
    poll=0.5,
    wait_for_code=20.0,
    create_deadline=10.0,
    status_deadline=5.0,
    pulse=60,
    refunds=True,
    webhooks=False,
)
R = TypeVar("R", bound=Report)


def plain(port: int) -> str:
    """The [mqtt] table for a broker on loopback."""
    return f'host = "127.0.0.1"\nport = {port}\ntls = false\n'


class Whole:
    """Entered with the power off; `starts` switches it on."""

    def __init__(self, folder: Path, table: str, operator: Operator, plan: Plan = PLAN) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.operator = operator
        self.speaks_of(table)
        self.world = World(plan, folder, _run)

    def speaks_of(self, table: str) -> None:
        """The [mqtt] table of every start from now on."""
        (self.folder / "mqtt.toml").write_text(table)

    async def __aenter__(self) -> Self:
        await self.world.__aenter__()
        return self

    async def __aexit__(self, *reason: object) -> None:
        await self.world.__aexit__(*reason)

    async def starts(self) -> Status:
        """Switch it on, and wait until the operator knows."""
        self.world.power.back()
        return await self.is_online()

    async def is_online(self) -> Status:
        """Wait until the operator hears that it is there."""
        return await self.hears(TOPICS.status, Status, lambda status: status.status is Presence.ONLINE)

    async def is_ready(self) -> State:
        """Wait until it could sell."""
        return await self.hears(TOPICS.state, State, lambda state: state.ready)

    async def hears(self, post: Post, kind: type[R], fits: Callable[[R], bool]) -> R:
        """The operator's next report of that kind that fits."""
        return await asyncio.to_thread(self.operator.hears, post, kind, fits)

    async def told(self, *what: str) -> Event:
        """The next event of one of these names."""
        return await self.hears(TOPICS.event, Event, lambda event: event.what in what)

    async def reported(self, version: int, taken: Taken) -> Reported:
        """What became of a pushed configuration, once it has come so far."""
        return await self.hears(
            TOPICS.reported, Reported, lambda told: (told.version, told.taken) == (version, taken)
        )

    async def asks(self, name: str, id_: str, **args: Any) -> None:
        """Send a command; it is the broker's now."""
        payload = msgspec.json.encode({"id": id_, "exp": int(time.time()) + 300, "args": args})
        await asyncio.to_thread(self.operator.asks, TOPICS.command(name), payload)

    async def pushes(self, version: int, document: dict[str, Any]) -> None:
        """Send a configuration; it is the broker's now."""
        payload = msgspec.json.encode({"version": version, "document": document})
        await asyncio.to_thread(self.operator.asks, TOPICS.desired, payload)

    async def charges(self) -> None:
        """Started and ready, it accepts c-1, a sale of slot 1 under the reference sale-1."""
        await self.starts()
        await self.is_ready()
        await self.asks("charge", "c-1", reference="sale-1", slot=1)
        await self.answer("c-1", Answer.ACCEPTED)

    async def answer(self, id_: str, *wanted: Answer) -> Reply:
        """The next answer to a command, or the next that is one of these."""
        return await self.hears(
            TOPICS.reply, Reply, lambda told: told.id == id_ and (not wanted or told.status in wanted)
        )

    async def end(self, id_: str) -> Reply:
        """The answer that ends a command."""
        return await self.answer(id_, *(set(Answer) - {Answer.ACCEPTED}))

    async def pays(self) -> None:
        """Somebody scans what is on the panel, and pays."""
        await self.until(lambda: self.world.box.glass.code)
        self.world.phone.scan()
        self.world.phone.pay()

    async def until(self, holds: Callable[[], object]) -> None:
        """Wait for something that the world shows."""
        assert await self.world.changed.until(holds, DEADLINE), self.said()

    def said(self) -> str:
        """What the kiosk wrote, for whoever looks at a failure."""
        return "\n".join(self.world.log.lines())

    def orders(self) -> list[Life]:
        """Every order of its journal, the newest first."""
        with Ledger(self.world.files.journal) as ledger:
            return ledger.recent(100)


def _run(files: Files) -> list[str]:
    return [sys.executable, str(PROGRAM), str(files.config)]
