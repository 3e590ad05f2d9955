"""The line between a kiosk and its broker, cut at the worst moment."""

import asyncio
import contextlib
import socket

import pytest

from kiosk.simulator.cable import Cable
from kiosk.simulator.serving import LOOPBACK
from tests.mqtt.broker import free_port

SOON = 20.0


async def _cut_after(steps: int) -> bytes:
    """What somebody hears who just dialled, over a line to nobody that is cut so many steps later."""
    async with Cable(free_port()) as cable:
        with socket.create_connection((LOOPBACK, cable.port), SOON) as kiosk:
            for _ in range(steps):
                await asyncio.sleep(0)
            cable.cut()
            await asyncio.sleep(0)
            cable.mend()
            with contextlib.suppress(ConnectionResetError):
                return await asyncio.to_thread(kiosk.recv, 1)
    return b""


@pytest.mark.parametrize("steps", range(8))
def test_whoever_dialled_hears_of_a_cut_whenever_it_comes(steps: int) -> None:
    assert asyncio.run(_cut_after(steps)) == b""
