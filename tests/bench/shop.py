"""A machine that sells as fast as it can: a controller orders over MQTT, the gateway's face is paid at once.

`kiosk run` is a process with its real OLED driver over modelled glass, journal, MQTT and Midtrans; gateway,
broker and the lamp of its output are on loopback.  Pulses last 1 ms, and what is said after a sale 20 ms.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import msgspec
from msgspec import Struct
from paho.mqtt.client import Client as Paho
from paho.mqtt.client import MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from kiosk.mqtt.messages import Command, Hint, encode
from kiosk.mqtt.topics import Post, Topics
from kiosk.simulator.box import Box
from kiosk.simulator.changes import Changes
from kiosk.simulator.counter import Counter
from kiosk.simulator.lamps import Lamps
from kiosk.simulator.ledger import Charge, Ledger, Payment
from kiosk.simulator.misfortunes import Bench
from kiosk.simulator.providers import PROVIDERS
from kiosk.simulator.serving import Serving, listen
from kiosk.simulator.story import Story
from kiosk.simulator.wiring import Branch, Files, Plan, furnish
from tests.bench.bare_hint import hurry
from tests.bench.machine import modelled, running
from tests.bench.starts import Start, start_of
from tests.mqtt.broker import Mosquitto

PLAN: Final = Plan(pulse=1, poll=60.0, on_screen=90.0)
"""Nobody asks before the customer would be gone, unless he is rung."""
SAID_FOR: Final = "0.02"
"""Seconds for which a screen stays after a sale."""
PATIENCE: Final = 60.0
TRIES: Final = 200
KEPT: Final = 4
TOPICS: Final = Topics("K01")
BROKER: Final = """
listener {port} 127.0.0.1
allow_anonymous true
log_dest stderr
log_type information
set_tcp_nodelay true
"""


class ShortLedger(Ledger):
    """Forgets all but the newest charges, so that the gateway is as quick after many as after few."""

    def open(self, charge: Charge) -> None:
        """Book it."""
        super().open(charge)
        while len(self._charges) > KEPT:
            del self._charges[next(iter(self._charges))]


class Controller:
    """Speaks MQTT, and keeps what the machine tells until somebody asks for it."""

    def __init__(self, port: int) -> None:
        self.told: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._loop = asyncio.get_running_loop()
        self._paho = Paho(CallbackAPIVersion.VERSION2)
        self._paho.on_message = self._heard
        self._paho.on_connect = self._connected
        self._paho.on_socket_open = hurry
        self._paho.connect("127.0.0.1", port)
        self._paho.loop_start()

    def _connected(self, paho: Paho, *_: Any) -> None:
        paho.subscribe([(post.topic, 1) for post in (TOPICS.event, TOPICS.reply, TOPICS.state)])

    def _heard(self, _paho: Paho, _data: Any, message: MQTTMessage) -> None:
        self._loop.call_soon_threadsafe(self.told.put_nowait, msgspec.json.decode(message.payload))

    def says(self, post: Post, payload: bytes) -> None:
        """Publish, and go on."""
        self._paho.publish(post.topic, payload, 1)

    async def until(self, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The next thing told that fits; what does not is forgotten."""
        async with asyncio.timeout(PATIENCE):
            while not holds(told := await self.told.get()):
                pass
        return told

    def close(self) -> None:
        """Say goodbye."""
        self._paho.disconnect()
        self._paho.loop_stop()


class Edges(Lamps):
    """Keeps the newest pulses only; `began` is when the newest did, 0 before the first."""

    began = 0.0

    def on(self, output: str, order: str, now: float) -> bool:
        """Note the moment."""
        self.began = now
        del self._pulses[:-KEPT]
        return super().on(output, order, now)


class Shop(Struct, frozen=True, kw_only=True):
    """Open; `broker` is a port of loopback, `gateway` an address, `folder` lies on the journal's disk."""

    ledger: Ledger
    lamps: Edges
    controller: Controller
    changed: Changes
    broker: int
    gateway: str
    folder: Path
    pid: int
    start: Start
    numbers: Iterator[int]

    async def ordered(self) -> Charge:
        """A charge whose code is on the panel; asked for again while the last sale is still on it."""
        return (await self.asked())[0]

    async def asked(self) -> tuple[Charge, float]:
        """The same, and the moment at which the command for it went out."""
        for _ in range(TRIES):
            number, begun = next(self.numbers), time.monotonic()
            args = {"reference": f"s-{number}", "slot": 1}
            asked = Command(id=f"c-{number}", exp=int(time.time()) + 300, args=args)
            self.controller.says(TOPICS.command("charge"), encode(asked))
            told = await self.controller.until(lambda told: _is_shown(told) or _is_rejected(told))
            if _is_shown(told):
                return self.ledger.charges()[-1], begun
            await asyncio.sleep(float(SAID_FOR))
        raise AssertionError(f"it takes no order any more: {told}")

    async def paid(self, charge: Charge) -> float:
        """Seconds from the hint to the relay's edge; returns when the sale is in its books."""
        self.ledger.pay(charge.transaction, Payment(charge.amount, "gopay", time.time()))
        hint = Hint(id=f"h-{charge.order}", reference=charge.order, received=int(time.time()))
        begun = time.monotonic()
        self.controller.says(TOPICS.notify("midtrans"), encode(hint))
        await self.controller.until(lambda told: told.get("what") == "order.dispensed")
        moved = await self.changed.until(lambda: self.lamps.began > begun, PATIENCE)
        assert moved, "the relay never moved"
        return self.lamps.began - begun

    async def sell(self) -> float:
        """One sale; seconds from the hint to the relay's edge."""
        return await self.paid(await self.ordered())

    async def sold_whole(self) -> float:
        """One sale of a customer who pays at once; seconds from the command to the relay's edge."""
        charge, begun = await self.asked()
        await self.paid(charge)
        return self.lamps.began - begun


def _is_shown(told: dict[str, Any]) -> bool:
    return told.get("what") == "order.qr_shown"


def _is_rejected(told: dict[str, Any]) -> bool:
    return told.get("status") == "rejected"


def as_it_is(_: Files) -> None:
    """Nothing is laid into its files before it starts."""


@asynccontextmanager
async def shop(
    folder: Path | None = None, lay: Callable[[Files], None] = as_it_is, beside: Sequence[Branch] = ()
) -> AsyncIterator[Shop]:
    """A machine that is ready to sell; in a folder of its own unless one is given, which it may know already.

    `beside` are gateways at which it sells no more.
    """
    async with AsyncExitStack() as stack:
        folder = folder or Path(stack.enter_context(TemporaryDirectory(prefix="kiosk-")))
        broker = stack.enter_context(Mosquitto(folder, BROKER))
        ledger, changed, lamps = ShortLedger(), Changes(), Edges()
        files = Files(folder, folder / "box.sock")
        box = Box(files.socket, Story(time.time), str, changed)
        box.lamps = lamps
        gateway, branch = await opened_gateway(stack, "midtrans", ledger)
        controller = Controller(broker.port)
        stack.callback(controller.close)
        furnish(files, PLAN, [branch, *beside], broker.port)
        files.config.write_text(with_oled(files.config.read_text()))
        lay(files)
        await stack.enter_async_context(box)
        pid, start = await started(stack, folder, modelled(files.config, SAID_FOR))
        await controller.until(lambda told: told.get("ready") is True)
        yield Shop(
            ledger=ledger, lamps=lamps, controller=controller, changed=changed, broker=broker.port,
            gateway=gateway, folder=folder, pid=pid, start=start, numbers=count(time.time_ns() // 1_000_000),
        )  # fmt: skip


async def opened_gateway(stack: AsyncExitStack, name: str, ledger: Ledger) -> tuple[str, Branch]:
    """The address of a pretended gateway over this ledger, and what a machine's files say of it."""
    counter = Counter(name, ledger, Bench(time.monotonic), Story(time.time), time.time)
    opened = PROVIDERS[name].opened(PLAN, counter)
    serving = await stack.enter_async_context(Serving(lambda _: opened.face.app(), listen()))
    stack.callback(opened.face.close)
    return serving.url, opened.branch(name, serving.url)


def with_oled(config: str) -> str:
    """The same with a real panel driver."""
    head, _, rest = config.partition('[panel]\ndriver = "emulated"\n')
    _, _, rest = rest.partition("\n")
    return f'{head}[panel]\ndriver = "ssd1306"\n{rest}'


async def started(stack: AsyncExitStack, folder: Path, command: list[str]) -> tuple[int, Start]:
    """Started and stopped by another thread: meanwhile the box and the gateway are to answer."""
    process = running(folder, command)

    def enter() -> tuple[int, Start]:
        pid, seconds = process.__enter__()
        return pid, start_of(pid, seconds)

    pid, start = await asyncio.to_thread(enter)
    stack.push_async_callback(asyncio.to_thread, process.__exit__, None, None, None)
    return pid, start
