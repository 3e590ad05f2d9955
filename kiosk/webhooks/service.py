"""Receiver and forwarders as one running service, alone or together, in their own process or in another's.

`running` is all of it as a context, handed its Redis clients; `run` is the program around it.
"""

import asyncio
import os
import platform
import re
import secrets
import signal
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from threading import Event, Thread
from typing import Final

import uvicorn
from msgspec import Struct

from kiosk import logs
from kiosk.errors import KioskError
from kiosk.mqtt.news import Identity
from kiosk.mqtt.patience import Pace as LinkPace
from kiosk.mqtt.topics import Fleet
from kiosk.notify import Notifier, from_environment
from kiosk.webhooks.config import Role, Settings
from kiosk.webhooks.forwarder import Forwarder, Pace
from kiosk.webhooks.impatience import IN_TIME, Limits
from kiosk.webhooks.line import Line
from kiosk.webhooks.receiver import Doors, Receiver
from kiosk.webhooks.stream import AwaitingClient, Client, Inlet, Outlet, connect, connect_awaiting
from kiosk.webhooks.tally import Tally

STUCK: Final = 60.0
"""Seconds without a turn after which a forwarder is no longer vouched for to systemd."""
SUMMARY: Final = 60.0
"""Seconds between two summaries in the log."""
RECONNECT: Final = LinkPace(most=15.0, contested=15.0)
"""Forwarders are few and come back to the broker soon; their names are their own, so nobody contests them."""


class Clients(Struct, frozen=True):
    """The two clients of one Redis: what the receiver awaits, and what the forwarders' threads call."""

    awaiting: AwaitingClient
    calling: Client


class Running:
    """What is up: where it listens, and whether all of it is well."""

    def __init__(self, tally: Tally) -> None:
        self.tally = tally
        self.port = 0
        self.forwarders: list[Forwarder] = []
        self.error: BaseException | None = None

    @property
    def is_well(self) -> bool:
        """Whether every forwarder took a turn lately."""
        now = time.monotonic()
        return all(now - each.turned_at < STUCK for each in self.forwarders)


class _Server(uvicorn.Server):
    """Leaves the signals to whoever runs it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def running(
    settings: Settings,
    role: Role,
    clients: Clients,
    *,
    tally: Tally | None = None,
    pace: Pace | None = None,
    in_time: float = IN_TIME,
) -> AsyncIterator[Running]:
    """All that a role does, until the context ends; what it holds is finished then.

    Port 0 is any free one.  Raises KioskError where it cannot listen or the broker's TLS files are unusable.
    The receiver's client is closed at the end, the forwarders' is left to whoever made it.
    """
    state = Running(tally or Tally())
    forwarding = _forwarding(settings, clients.calling, state, pace) if role.forwards else _nothing()
    async with forwarding:
        if not role.receives:
            yield state
            return
        inlet = Inlet(clients.awaiting, settings.file.redis.partitions, settings.file.redis.replicas)
        async with _receiving(settings, inlet, state, in_time):
            yield state


@asynccontextmanager
async def _nothing() -> AsyncIterator[None]:
    yield


@asynccontextmanager
async def _forwarding(
    settings: Settings, client: Client, state: Running, pace: Pace | None
) -> AsyncIterator[None]:
    """A thread and a line to the broker for each partition."""
    stopping = Event()
    state.forwarders = forwarders(settings, client, state.tally, pace)
    threads = [Thread(target=_guarded, args=(each, stopping, state)) for each in state.forwarders]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stopping.set()
        for thread in threads:
            await asyncio.to_thread(thread.join)


def forwarders(settings: Settings, client: Client, tally: Tally, pace: Pace | None = None) -> list[Forwarder]:
    """One for each partition, under a name that no other process has."""
    broker, table = settings.file.mqtt, settings.file.forwarder
    assert broker, "checked with the file"
    host = re.sub(r"[^A-Za-z0-9]", "", platform.node())[:20]
    name = f"webhooks-{host}-{os.getpid()}-{secrets.token_hex(3)}"
    user, password = settings.secrets.get("mqtt.user"), settings.secrets.get("mqtt.password")

    def forwarder(partition: int) -> Forwarder:
        identity = Identity(client_id=f"{name}-{partition}", durable=False, user=user, password=password)
        return Forwarder(
            Outlet(client, partition, identity.client_id),
            Line(broker, identity, tally, RECONNECT),
            Fleet(broker.prefix),
            tally,
            label=str(partition),
            oldest=table.oldest_hours * 3600.0,
            pace=pace or Pace(abandoned=table.take_over_seconds),
        )

    return [forwarder(partition) for partition in range(settings.file.redis.partitions)]


def _guarded(forwarder: Forwarder, stopping: Event, state: Running) -> None:
    try:
        forwarder.run(stopping)
    except BaseException as error:  # noqa: BLE001  # the process must not go on without this thread
        state.error = error


@asynccontextmanager
async def _receiving(settings: Settings, inlet: Inlet, state: Running, in_time: float) -> AsyncIterator[None]:
    table = settings.file.receiver
    listener = _listener(table.host, table.port)
    state.port = listener.getsockname()[1]
    doors = Doors(settings.keys, table.prefix, table.kiosks)
    server = _Server(Limits(Receiver(doors, inlet, state.tally).application(), state.tally, in_time))
    serving = asyncio.create_task(server.serve([listener]))
    try:
        while not server.started:
            if serving.done():
                await serving
            await asyncio.sleep(0.005)
        yield
    finally:
        server.should_exit = True
        await serving
        listener.close()
        await inlet.close()


def _listener(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise KioskError(f"nothing can listen at {host}:{port}: {error.strerror}; see [receiver]") from error


def run(settings: Settings, role: Role) -> int:
    """Serve until told to stop; returns the exit code."""
    import uvloop

    logs.start()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        try:
            return runner.run(_run(settings, role, from_environment()))
        except KioskError as error:
            logs.write("K612", fields={"reason": str(error)})
            return 1


async def _run(settings: Settings, role: Role, notifier: Notifier) -> int:
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    for gateway in (name for name, keys in settings.keys.items() if not any(keys.values())):
        logs.write("K611", fields={"gateway": gateway})
    clients = Clients(connect_awaiting(settings), connect(settings))
    async with running(settings, role, clients) as state:
        logs.write("K601", fields={"role": role.value, **({"port": state.port} if state.port else {})})
        notifier.tell("READY=1")
        await _watch(state, notifier, stopping)
        notifier.tell("STOPPING=1")
        logs.write("K602")
    clients.calling.close()
    state.tally.sum_up()
    return _judged(state)


def _judged(state: Running) -> int:
    if state.error is None:
        return 0
    logs.write("K613", fields={"reason": f"{type(state.error).__name__}: {state.error}"})
    return 1


async def _watch(state: Running, notifier: Notifier, stopping: asyncio.Event) -> None:
    """Vouch for the service until it is told to stop, or a thread of it died."""
    sum_up_at = time.monotonic() + SUMMARY
    pause = min(1.0, notifier.beat or 1.0)
    while not stopping.is_set() and state.error is None:
        if state.is_well:
            notifier.tell("WATCHDOG=1")
        if time.monotonic() >= sum_up_at:
            sum_up_at = time.monotonic() + SUMMARY
            state.tally.sum_up()
        try:
            await asyncio.wait_for(stopping.wait(), pause)
        except TimeoutError:
            continue
