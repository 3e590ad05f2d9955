"""The simulator's broker as a process of its own, and the line that leads from the kiosk to it."""

import asyncio
import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TypeVar

import pytest

from kiosk.errors import KioskError
from kiosk.mqtt.news import Arrived, Connected, Disconnected, Identity
from kiosk.simulator.broker import BrokerProcess, kept_ports
from kiosk.simulator.cable import Cable
from kiosk.simulator.story import Story
from tests.mqtt.inbox import Link, broker_at
from tests.ports import deaf_port

TOPIC = "kiosk/v1/K01/config/desired"
SOON = 60.0

K = TypeVar("K")


def run(story: Awaitable[None]) -> None:
    async def waited() -> None:
        await story

    asyncio.run(waited())


@asynccontextmanager
async def process() -> AsyncIterator[BrokerProcess]:
    with kept_ports() as draw:
        async with BrokerProcess(Story(time.time), draw) as broker:
            yield broker


@contextmanager
def linked(port: int) -> Iterator[Link]:
    link = Link(broker_at(port), Identity(client_id="K01", filters=(TOPIC,)))
    try:
        yield link
    finally:
        link.client.close()


async def waits_for(link: Link, kind: type[K]) -> K:
    return await asyncio.to_thread(link.waits_for, kind)


def test_it_listens_on_loopback_alone_and_is_gone_with_the_world() -> None:
    async def story() -> None:
        async with process() as broker:
            port = broker.port
            with socket.create_connection(("127.0.0.1", port)):
                pass
            with pytest.raises(OSError, match="refused"):
                socket.create_connection(("127.0.0.2", port))
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.1", port))

    run(story())


def test_it_carries_the_largest_configuration_a_kiosk_reads() -> None:
    async def story() -> None:
        async with process() as broker:
            with linked(broker.port) as link:
                await waits_for(link, Connected)
                link.client.publish(TOPIC, b"x" * 64 * 1024, retain=True)
                arrived = await waits_for(link, Arrived)
                assert len(arrived.payload) == 64 * 1024

    run(story())


def test_killed_it_comes_back_where_it_was_with_nothing_of_what_it_kept() -> None:
    async def story() -> None:
        async with process() as broker:
            with linked(broker.port) as link:
                await waits_for(link, Connected)
                link.client.publish(TOPIC, b"kept", retain=True)
                await waits_for(link, Arrived)
                before = broker.pid
                broker.kill()
                await waits_for(link, Disconnected)
                await waits_for(link, Connected)
                assert broker.pid != before
                link.client.publish(TOPIC, b"new")
                arrived = await waits_for(link, Arrived)
                assert arrived.payload == b"new"

    run(story())


def test_one_that_cannot_listen_says_why() -> None:
    async def story() -> None:
        with deaf_port() as taken:
            broker = BrokerProcess(Story(time.time), lambda: taken)
            with pytest.raises(KioskError, match=r"broker does not start: .+ in use"):
                await broker.__aenter__()

    run(story())


def free_port() -> int:
    """One that was free a moment ago, and that whoever is quicker may take."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def test_a_port_that_somebody_took_meanwhile_is_passed_over() -> None:
    async def story() -> None:
        with deaf_port() as taken:
            ports = iter([taken, free_port()])
            async with BrokerProcess(Story(time.time), lambda: next(ports)) as broker:
                assert broker.port != taken

    run(story())


def test_a_kept_port_is_given_to_nobody_and_free_for_who_names_it() -> None:
    with kept_ports() as draw:
        here = "127.0.0.1", draw()
        with socket.socket() as other, pytest.raises(OSError, match="in use"):
            other.bind(here)
        socket.create_server(here).close()


def test_killed_while_its_port_is_taken_it_comes_back_when_it_is_free() -> None:
    async def story() -> None:
        told, failed = Story(time.time), asyncio.Event()
        told.listen(lambda line: failed.set() if line.who == "trouble" else None)
        async with BrokerProcess(told, free_port) as broker:
            before = broker.pid
            broker.kill()
            other = await bound(broker.port)
            with linked(broker.port) as link:
                async with asyncio.timeout(SOON):
                    await failed.wait()
                assert "broker does not start" in told.lines()[-1].text
                other.close()
                await waits_for(link, Connected)
                assert broker.pid != before

    run(story())


async def bound(port: int) -> socket.socket:
    """Take a port as soon as it is free."""
    while True:
        other = socket.socket()
        try:
            other.bind(("127.0.0.1", port))
        except OSError:
            other.close()
            await asyncio.sleep(0.01)
        else:
            return other


def test_it_ends_by_itself_when_whoever_started_it_is_gone() -> None:
    port = str(free_port())
    child = subprocess.Popen(
        [sys.executable, "-P", "-m", "kiosk.simulator.broker_program", "127.0.0.1", port],
        stdin=subprocess.PIPE,
    )
    with child:
        assert child.stdin
        child.stdin.close()
        assert child.wait(SOON) == 0


class Far:
    """What the line leads to: it answers each word with the same word."""

    def __init__(self) -> None:
        self.gone = asyncio.Event()

    async def echo(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(OSError):
                while word := await reader.read(100):
                    writer.write(word)
                    await writer.drain()
            self.gone.set()
        finally:
            writer.close()


def cabled(told: Callable[[Cable, Far], Awaitable[None]]) -> None:
    async def story() -> None:
        far = Far()
        server = await asyncio.start_server(far.echo, "127.0.0.1", 0)
        async with server, Cable(server.sockets[0].getsockname()[1]) as cable:
            await told(cable, far)

    run(story())


async def said(cable: Cable, word: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", cable.port)
    writer.write(word)
    return reader, writer


async def hears(reader: asyncio.StreamReader) -> bytes:
    async with asyncio.timeout(SOON):
        return await reader.read(100)


def test_a_cut_is_an_accident_at_both_ends() -> None:
    async def story(cable: Cable, far: Far) -> None:
        reader, writer = await said(cable, b"hello")
        assert await hears(reader) == b"hello"
        cable.cut()
        with pytest.raises(ConnectionResetError):
            await hears(reader)
        async with asyncio.timeout(SOON):
            await far.gone.wait()
        writer.close()

    cabled(story)


def test_what_is_dialled_while_it_is_cut_gets_through_once_it_is_mended() -> None:
    async def story(cable: Cable, far: Far) -> None:
        cable.cut()
        reader, writer = await said(cable, b"hello")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.read(100), 0.2)
        cable.mend()
        assert await hears(reader) == b"hello"
        writer.close()

    cabled(story)


def test_nobody_at_the_far_end_is_an_accident_too() -> None:
    async def story() -> None:
        with kept_ports() as draw:
            async with Cable(draw()) as cable:
                reader, writer = await said(cable, b"hello")
                with pytest.raises(ConnectionResetError):
                    await hears(reader)
                writer.close()

    run(story())
