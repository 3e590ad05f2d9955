"""One server for all tests of a module; the world behind it is new for each."""

from collections.abc import Iterator

import pytest

from kiosk.simulator.midtrans_face import Account

from .loop import LoopThread
from .midtrans_world import KEY, Door, MidtransWorld


@pytest.fixture(scope="module")
def door() -> Iterator[Door]:
    with LoopThread() as loop:
        one = Door(loop.call)
        loop.enter(one.serving)
        try:
            yield one
        finally:
            loop.leave(one.serving)


@pytest.fixture
def world(door: Door) -> MidtransWorld:
    return MidtransWorld(door, Account(KEY))
