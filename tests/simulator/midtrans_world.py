"""Midtrans' face on a port of loopback, with the official SDK pointed at it."""

from collections.abc import Callable
from typing import Any

from midtransclient import CoreApi
from starlette.types import ASGIApp, Receive, Scope, Send

from kiosk.simulator.counter import Counter
from kiosk.simulator.ledger import Ledger, Payment
from kiosk.simulator.midtrans_face import Account, MidtransFace
from kiosk.simulator.misfortunes import Bench
from kiosk.simulator.serving import Cut, Serving, listen
from kiosk.simulator.story import Story
from kiosk.simulator.wire import Wire

KEY = "SB-Mid-server-simulator-witness"
NOON = 1_700_024_400.0  # 2023-11-15 12:00:00 in Jakarta


class Clock:
    """A clock that moves when it is told to."""

    def __init__(self, now: float = NOON) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


class Door:
    """One port of loopback, behind which one application after the other can live.

    `call` calls what belongs to its thread.
    """

    def __init__(self, call: Callable[[Callable[[], None]], None]) -> None:
        self.call = call
        self.serving = Serving(self._opened, listen())
        self.app: ASGIApp = _nobody

    def _opened(self, cut: Cut) -> ASGIApp:
        self.cut = cut
        return self._pass_on

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


class MidtransWorld:
    """The face behind a door, and what is behind its counter."""

    def __init__(self, door: Door, account: Account) -> None:
        self.url = door.serving.url
        self.clock = Clock()
        self.ledger = Ledger()
        self.bench = Bench(self.clock)
        self.story = Story(self.clock)
        self._counter = Counter("Midtrans", self.ledger, self.bench, self.story, self.clock)
        self._door = door
        face = MidtransFace(account, self._counter)
        door.app = Wire(face.app(), self.bench, self.story, door.cut)

    def sdk(self, key: str = KEY, headers: dict[str, str] | None = None) -> Any:
        """The official client, unchanged but for the address it talks to."""
        client = CoreApi(is_production=False, server_key=key, custom_headers=headers or {})
        client.api_config.CORE_SANDBOX_BASE_URL = self.url
        return client

    def hurry(self) -> None:
        """Let what is answered slowly be answered now."""
        self._door.call(self._counter.close)

    def pay(self, order_id: str) -> None:
        """Somebody pays the order's code, in full."""
        charge = self.ledger.find(order_id, self.clock())
        assert charge is not None
        self.ledger.pay(charge.transaction, Payment(charge.amount, "gopay", self.clock()))


async def _nobody(*_: object) -> None:
    raise AssertionError("nobody lives here yet")
