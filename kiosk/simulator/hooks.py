"""The way of a hint in the pretended world: gateways push, the real webhook service takes and forwards it.

Every link of it can be cut; the kiosk then asks of its own accord, and only later.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from kiosk.secret import Secret
from kiosk.simulator.broker import kept_ports
from kiosk.simulator.changes import Changes
from kiosk.simulator.courier import Courier
from kiosk.simulator.eavesdropper import Eavesdropper
from kiosk.simulator.hint_way import Way
from kiosk.simulator.ledger import Charge
from kiosk.simulator.merchant import Merchant
from kiosk.simulator.misfortunes import Bench, Misfortune
from kiosk.simulator.notifications import HABITS
from kiosk.simulator.story import Story
from kiosk.simulator.switch import Switch
from kiosk.simulator.wiring import Branch

if TYPE_CHECKING:
    from kiosk.simulator.webhook_service import WebhookService

SENTENCES: Final = {
    "K603": ("trouble", "The webhook service refused something: {kind}"),
    "K604": ("trouble", "The webhook service has no Redis: it answers 503, so that gateways try again"),
    "K605": ("webhooks", "The webhook service has its Redis again"),
    "K606": ("trouble", "The forwarder lost the broker: hints wait in the stream"),
    "K607": ("webhooks", "The forwarder has the broker again, and brings what waits"),
    "K609": ("trouble", "The forwarder set a hint aside that nobody could read"),
    "K613": ("trouble", "The webhook service met an error of its own: {kind}"),
}
STOPPABLE: Final = {
    Misfortune.RECEIVER_STOPPED: "The receiver",
    Misfortune.REDIS_AWAY: "The webhook service's Redis",
    Misfortune.FORWARDER_STOPPED: "The forwarder",
}
"""What is stopped until somebody starts it again."""
PAIRS: Final = {"K604": "K605", "K605": "K604", "K606": "K607", "K607": "K606"}
"""What is told once until the other is."""


class Hearsay:
    """What the service tells, as sentences of the story; made on the loop on which they are told."""

    def __init__(self, story: Story) -> None:
        self._story = story
        self._loop = asyncio.get_running_loop()
        self._told: set[str] = set()

    def hear(self, code: str, kind: str) -> None:
        """Comes from any thread."""
        self._loop.call_soon_threadsafe(self._tell, code, kind)

    def _tell(self, code: str, kind: str) -> None:
        if code in self._told or code not in SENTENCES:
            return
        if code in PAIRS:
            self._told = (self._told | {code}) - {PAIRS[code]}
        who, sentence = SENTENCES[code]
        self._story.tell(who, sentence.format(kind=kind))


class Hooks:
    """The service, its two halves to be switched, and who pushes to it."""

    def __init__(self, service: "WebhookService", courier: Courier, story: Story, changed: Changes) -> None:
        self.service = service
        self.receiver = Switch(service.receiving, changed)
        self.forwarder = Switch(service.forwarding, changed)
        self._courier = courier
        self._story = story
        self._branches: dict[str, Branch] = {}

    async def admit(self, branches: Iterable[Branch]) -> None:
        """Let these push; where there is a new one among them the receiver starts again with its keys."""
        if self.know(branches):
            await self.receiver.restart()

    def know(self, branches: Iterable[Branch]) -> bool:
        """Give gateways' keys to the receiver for its next start; whether one of them is new."""
        new = [branch for branch in branches if branch.name not in self._branches]
        for branch in new:
            self._branches[branch.name] = branch
            kinds = HABITS[branch.name].keys.items()
            self.service.keys[branch.name] = {kind: (Secret(branch.secrets[name]),) for kind, name in kinds}
        return bool(new)

    def stands(self, charge: Charge) -> None:
        """A charge stands otherwise than before, and perhaps its gateway notifies."""
        branch = self._branches.get(charge.gateway)
        if branch is not None and HABITS[charge.gateway].about(charge):
            self._courier.carry(charge, branch)

    def is_active(self, misfortune: Misfortune) -> bool:
        """Whether what it stops is stopped; one of `STOPPABLE`."""
        if misfortune is Misfortune.REDIS_AWAY:
            return not self.service.has_redis
        return not self._switch(misfortune).is_on

    def inflict(self, misfortune: Misfortune) -> None:
        """Stop one of `STOPPABLE`; a second time starts it again."""
        if misfortune is Misfortune.REDIS_AWAY:
            self.service.has_redis = not self.service.has_redis
        else:
            self._switch(misfortune).turn()
        done = "stopped" if self.is_active(misfortune) else "started again"
        self._story.tell("webhooks", f"{STOPPABLE[misfortune]} was {done}")

    def _switch(self, misfortune: Misfortune) -> Switch:
        return self.receiver if misfortune is Misfortune.RECEIVER_STOPPED else self.forwarder


def load() -> "type[WebhookService]":
    """The service with its libraries: takes a while, and may be called in a thread."""
    from kiosk.simulator.webhook_service import WebhookService

    return WebhookService


@asynccontextmanager
async def opened(
    kind: "type[WebhookService]",
    broker: int,
    branches: Iterable[Branch],
    merchant: Merchant,
    bench: Bench,
    way: Way,
    story: Story,
    changed: Changes,
) -> AsyncIterator[Hooks]:
    """The service and all around it, for these gateways; `broker` is its port on loopback."""
    service = kind(broker, Hearsay(story).hear)
    courier = Courier(merchant, bench, story, way, lambda: service.port)
    hooks = Hooks(service, courier, story, changed)
    hooks.know(branches)
    ear = Eavesdropper(broker, way.at_broker)
    try:
        with kept_ports() as draw:
            service.port = draw()  # gateways find it there again after it was stopped
            async with hooks.receiver, hooks.forwarder:
                yield hooks
                await courier.close()
    finally:
        await ear.close()
