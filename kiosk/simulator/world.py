"""The pretended world put together: the gateways over one ledger, the box, the phone, the plug.

`async with World(...)` opens it; the power is off until somebody switches it on.
"""

import asyncio
import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from msgspec.structs import replace

from kiosk.simulator import hooks, offsite
from kiosk.simulator.box import Box
from kiosk.simulator.changes import Changes
from kiosk.simulator.counter import Counter
from kiosk.simulator.hint_way import Way
from kiosk.simulator.hooks import Hooks
from kiosk.simulator.lamps import DROPS_AFTER, Pulse
from kiosk.simulator.ledger import Charge, Ledger, Paid
from kiosk.simulator.logbook import Logbook
from kiosk.simulator.misfortunes import CARDS, Bench, Misfortune
from kiosk.simulator.phone import Phone
from kiosk.simulator.power import Power
from kiosk.simulator.providers import PROVIDERS, title_of
from kiosk.simulator.serving import Serving, listen
from kiosk.simulator.story import Line, Story
from kiosk.simulator.surroundings import Surroundings
from kiosk.simulator.wire import Wire
from kiosk.simulator.wiring import KIOSK, Branch, Files, Plan, configure, furnish, kiosk_run

if TYPE_CHECKING:
    from kiosk.simulator.webhook_service import WebhookService

UNPLUGGED: Final = {
    Misfortune.PANEL_UNPLUGGED: ("panel",),
    Misfortune.RELAY_UNPLUGGED: ("output",),
}
"""Which parts a misfortune of the machine unplugs; `output` stands for all of them."""


class World:
    """Everything but the page.

    The machine's files are thrown away at the end, unless `keep` names a folder for them; `command` says what
    is started as the kiosk.
    """

    def __init__(
        self, plan: Plan, keep: Path | None = None, command: Callable[[Files], list[str]] = kiosk_run
    ) -> None:
        self.plan = plan
        self.changed = Changes()
        self.ledger = Ledger()
        self.bench = Bench(time.monotonic)
        self.benches: dict[str, Bench] = {}
        self.story = Story(time.time)
        self._branches: list[Branch] = []
        self.log = Logbook(self.story, title_of)
        self.way = Way(self.story, time.monotonic, plan.poll)
        self.fallen: list[str] = []
        # the socket's path must stay short, wherever the rest is kept
        self._scratch = Path(tempfile.mkdtemp(prefix="kiosk-"))
        self.files = Files(keep.resolve() if keep else self._scratch, self._scratch / "box.sock")
        self.box = Box(self.files.socket, self.story, self._newest_order, self.changed)
        self.phone = Phone(
            self.box.glass, self.ledger, self.bench, self.story, self.changed, plan.claim_window + plan.late
        )
        self.around = Surroundings(self.box, plan.profile, self.story)
        self._command = command(self.files)
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        self.story.listen(self._story_went_on)
        self.box.pulsed.append(self._tell_pulse)
        self.ledger.listen(self._stands)
        async with AsyncExitStack() as opened:
            await self._enter(opened)
            self._open = opened.pop_all()
        return self

    async def _enter(self, opened: AsyncExitStack) -> None:
        opened.callback(self._clear_up)
        libraries = asyncio.create_task(asyncio.to_thread(hooks.load)) if self.plan.webhooks else None
        for name in (*self.plan.gateways, *self.plan.beside):
            await self._open_branch(name, opened)
        self.offsite = await opened.enter_async_context(offsite.opened(self.story, self.bench, self.changed))
        self.offsite.cable.brought.append(self.way.brought)
        furnish(self.files, self.plan, self._branches, self.offsite.cable.port)
        await opened.enter_async_context(self.box)
        self.hooks = await self._open_hooks(await libraries, opened) if libraries else None
        self.power = Power(self._command, self.box, self.story, self.changed, self._hear)
        opened.push_async_callback(self.power.close)
        opened.callback(self.phone.close)
        opened.callback(self.around.close)

    async def __aexit__(self, *reason: object) -> None:
        await self._open.aclose()

    async def _open_branch(self, name: str, opened: AsyncExitStack) -> None:
        bench = self.benches[name] = Bench(time.monotonic, self.bench)
        counter = Counter(title_of(name), self.ledger, bench, self.story, time.time)
        provider = PROVIDERS[name].opened(self.plan, counter)
        face = provider.face
        gateway = Serving(lambda cut: Wire(face.app(), bench, self.story, cut, title_of(name)), listen())
        await opened.enter_async_context(gateway)
        opened.callback(face.close)
        self._branches.append(provider.branch(name, gateway.url))

    async def _open_hooks(self, kind: "type[WebhookService]", opened: AsyncExitStack) -> Hooks:
        whole = hooks.opened(
            kind,
            self.offsite.broker.port,
            self._branches,
            self.plan.merchant,
            self.bench,
            self.way,
            self.story,
            self.changed,
        )
        return await opened.enter_async_context(whole)

    async def choose(self, gateways: tuple[str, ...]) -> None:
        """Sell through other gateways: the kiosk gets a new configuration and starts again.

        The old ones keep their tables: an order is finished at the gateway it was born with.
        """
        self.plan = replace(self.plan, gateways=gateways)
        for name in gateways:
            if name not in self.benches:
                await self._open_branch(name, self._open)
        if self.hooks is not None:
            await self.hooks.admit(self._branches)
        configure(self.files, self.plan, self._branches, self.offsite.cable.port)
        names = ", then ".join(map(title_of, gateways))
        restarted = ", and starts again" if self.power.restart() else ""
        self.story.tell("power", f"The kiosk was given a new configuration, for {names}{restarted}")

    def inflict(self, misfortune: Misfortune, gateway: str = "") -> None:
        """Let a misfortune happen, or arm it, at every gateway or at one; a second time calls it off."""
        match misfortune:
            case Misfortune.DAEMON_KILLED:
                self.power.kill_daemon()
            case Misfortune.BROKER_KILLED:
                self.offsite.broker.kill()
            case Misfortune.LINE_CUT:
                self.offsite.cut_or_mend()
            case _ if misfortune in hooks.STOPPABLE:
                if self.hooks is not None:
                    self.hooks.inflict(misfortune)
            case _ if parts := self._parts(misfortune):
                self._pull_or_plug(parts)
            case _:
                self._arm_or_call_off(misfortune, self.benches.get(gateway, self.bench))
        self.changed()

    def is_active(self, misfortune: Misfortune, gateway: str = "") -> bool:
        """Whether it is armed, its part unplugged, or the line cut."""
        if misfortune is Misfortune.LINE_CUT:
            return self.offsite.cable.is_cut
        if misfortune in hooks.STOPPABLE:
            return self.hooks is not None and self.hooks.is_active(misfortune)
        parts = self._parts(misfortune)
        bench = self.benches.get(gateway, self.bench)
        return any(part in self.box.troubles for part in parts) or bench.is_armed(misfortune)

    def _arm_or_call_off(self, misfortune: Misfortune, bench: Bench) -> None:
        if bench.is_armed(misfortune):
            bench.disarm(misfortune)
            self.story.tell("trouble", f"Called off: {CARDS[misfortune].title}")
        else:
            bench.arm(misfortune)
            self.story.tell("trouble", f"Armed: {CARDS[misfortune].title}")

    def _parts(self, misfortune: Misfortune) -> list[str]:
        kinds = UNPLUGGED.get(misfortune, ())
        outputs = [f"output:{name}" for name in self.plan.outputs] if "output" in kinds else []
        return [kind for kind in kinds if kind != "output"] + outputs

    def _pull_or_plug(self, parts: list[str]) -> None:
        pulled = any(part in self.box.troubles for part in parts)
        for part in parts:
            if pulled:
                self.box.plug_in(part)
            else:
                self.box.unplug(part, f"{part} is unplugged: look at its cable")
        what = "panel" if "panel" in parts else "relay board"
        self.story.tell("trouble", f"The {what} was {'plugged in again' if pulled else 'unplugged'}")

    def _newest_order(self) -> str:
        charges = self.ledger.charges()
        return charges[-1].order if charges else ""

    def _tell_pulse(self, pulse: Pulse) -> None:
        words = f"The relay of {pulse.output} pulsed for {pulse.milliseconds} ms"
        if pulse.was_cut:
            words = f"The relay of {pulse.output} dropped after {pulse.milliseconds} ms: nobody held it"
        self.story.tell("machine", words)
        if self.plan.gives_coins(pulse.output):
            number = len(self.box.lamps.of_order(pulse.order))
            self.story.tell("machine", f"The machine counted coin {number}")
        elif pulse.milliseconds >= self.plan.pulse_of(pulse.output) * DROPS_AFTER and (
            seen := self.around.moved(pulse.output)
        ):
            self.fallen.append(pulse.output)
            self.story.tell("machine", seen)

    def _stands(self, charge: Charge) -> None:
        paid = isinstance(charge.standing, Paid) and not charge.standing.refunds
        if paid and charge.order.startswith(KIOSK):
            self.way.begin(charge, title_of(charge.gateway))
        if self.hooks is not None:
            self.hooks.stands(charge)

    def _hear(self, line: str) -> None:
        self.log.hear(line)
        self.way.hear(line)

    def _story_went_on(self, line: Line) -> None:
        self.changed()

    def _clear_up(self) -> None:
        shutil.rmtree(self._scratch, ignore_errors=True)
