"""Does what was decided, once it is on disk: pictures, calls to gateways, releases.

Whatever takes time is a job of a lane, and what comes of it an event.
"""

from collections.abc import Callable, Mapping
from math import inf
from typing import Any

from hardware.errors import HardwareError
from kiosk import calls, logs, minting, view
from kiosk import effects as do
from kiosk import events as on
from kiosk.drawing import Artist
from kiosk.errors import PictureError
from kiosk.gateways.base import Gateway
from kiosk.journal import Journal
from kiosk.lanes import Lanes
from kiosk.model import Drop, Now, Order, Trouble, TroubleKind
from kiosk.order.desk import Effects
from kiosk.parts import Parts
from kiosk.screens import PayByCode
from kiosk.searching import Search
from kiosk.settings import NOTHING
from kiosk.states import Why
from kiosk.till import Till
from kiosk.till.value import open_id
from kiosk.tunes import TUNES
from kiosk.watching import watched

BACK, RELEASE, UPKEEP, LOOK = "background", "release", "upkeep", "look-up"
ELSEWHERE = Trouble(
    TroubleKind.MISCONFIGURED, "the order was made at a gateway, environment or merchant no longer configured"
)
ANSWER_WITHIN = 0.05
"""Seconds for which the word "checking" waits for the answer that makes it outdated.

It is drawn beside the question that it speaks of, Python runs one thread at a time, and a gateway that is
near has answered before the picture is finished.
"""


def lanes_of(gateways: Mapping[str, Gateway]) -> tuple[str, ...]:
    """The names of the lanes: one a gateway, so that one that hangs delays no other that is tried next."""
    return (*map(_front, gateways), BACK, RELEASE, UPKEEP, LOOK)


class Performer:
    """Performs acts for the deciding thread; `put` is the inbox, `stop` ends the process in good order."""

    def __init__(
        self,
        parts: Parts,
        artist: Artist,
        gateways: Mapping[str, Gateway],
        journal: Journal,
        lanes: Lanes,
        search: Search,
        clock: Callable[[], Now],
        put: Callable[[on.Event], None],
        stop: Callable[[], None],
    ) -> None:
        self._parts = parts
        self._artist = artist
        self._gateways = gateways
        self._journal = journal
        self._lanes = lanes
        self._search = search
        self._clock = clock
        self._put = put
        self._stop = stop
        self._waiting: list[tuple[do.Show, Till]] = []
        self.draws_at = inf
        self._acts: dict[type[do.Act], Callable[[Any, Till], None]] = {
            do.Show: self._show,
            do.Mint: self._mint,
            do.Create: self._call,
            do.Ask: self._call,
            do.Cancel: self._call,
            do.Refund: self._call,
            do.Release: self._release,
            do.Play: self._play,
            do.TryOutput: self._try_output,
            do.CheckPin: self._look,
            do.LookUp: self._look,
            do.LookAround: self._look,
            do.Restart: self._restart,
            do.Log: self._log,
        }

    def perform(self, effects: Effects, till: Till) -> None:
        """Do the acts among them, in their order; `till` is what was decided."""
        for act in effects:
            if not isinstance(act, do.DURABLE):
                self._acts[type(act)](act, till)

    def minted(self, kiosk: str, reference: str = "", attempt: int = 0) -> on.Minted:
        """An id and a claim code for an order; with a reference the id follows from it."""
        now = self._clock()
        code = minting.claim_code(lambda code, rest: self._journal.claim_code_is_free(code, now, rest))
        secret = self._journal.id_secret
        id_ = (
            minting.order_id_for(kiosk, reference, attempt, secret) if reference else minting.order_id(kiosk)
        )
        return on.Minted(id_, code)

    def levels(self) -> dict[str, str | int]:
        """What every input says right now."""
        return {**self._parts.senses.levels()}

    def say_without_memory(self, till: Till) -> None:
        """The last picture of a machine whose journal cannot be written."""
        self._show(do.Show(view.without_memory(till.settings, till.session, till.opened)), till)

    def catch_up(self) -> None:
        """Draw the picture that waits, if its time `draws_at` has come."""
        if self._elapsed() >= self.draws_at:
            self._draw(*self._waiting.pop())

    def _show(self, act: do.Show, till: Till) -> None:
        """At once, unless it says no more than that the gateway is being asked; the newest one counts."""
        if _only_checks(act):
            self._waiting = [(act, till)]
            self.draws_at = min(self.draws_at, self._elapsed() + ANSWER_WITHIN)
        else:
            self._draw(act, till)

    def _draw(self, act: do.Show, till: Till) -> None:
        self._waiting.clear()
        self.draws_at = inf
        try:
            self._parts.panel.show(self._artist.draw(act.view))
        except HardwareError as error:
            self._put(on.PartFailed(on.Part.PANEL, str(error)))
        except PictureError as error:
            logs.write("K103", open_id(till), {"reason": str(error)})
            self._put(on.CloseAsked(open_id(till), Why.BAD_CODE))
        else:
            if on.Part.PANEL in till.faults:
                self._put(on.PartHealed(on.Part.PANEL))

    def _mint(self, act: do.Mint, till: Till) -> None:
        self._put(self.minted(till.settings.kiosk, act.reference, act.attempt))

    def _call(self, act: do.GatewayCall, till: Till) -> None:
        gateway = self._gateway_of(act.order, till)
        if gateway is None:
            self._put(calls.failed(act, ELSEWHERE))
            return
        lane = _front(act.order.gateway) if act.order.id == open_id(till) else BACK
        self._lanes.do(lane, calls.job(act, gateway, self._elapsed))

    def _gateway_of(self, order: Order, till: Till) -> Gateway | None:
        """The gateway the order was born with; another merchant or environment knows nothing of it."""
        gateway = self._gateways.get(order.gateway)
        same = order.environment is till.settings.environment
        return gateway if gateway and same and gateway.terms.merchant == order.merchant else None

    def _release(self, act: do.Release, till: Till) -> None:
        order = act.order
        if order.output == NOTHING:
            # the controller vends by itself, and waits for our `done`
            self._put(on.Released(order.id, Drop.NO_SENSOR, act.last))
            return
        output = self._parts.outputs.get(order.output)
        if output is None:
            reason = f"no output {order.output} is configured"
            self._put(on.ReleaseFailed(order.id, energised=False, reason=reason))
            return
        job = calls.release(act, output, self._parts.plans[order.output])
        self._lanes.do(RELEASE, watched(job, act, self._parts.senses.eye(order.slot)))

    def _play(self, act: do.Play, till: Till) -> None:
        """Begun here and played elsewhere: nobody who decides waits for a sound."""
        try:
            self._parts.sounder.play(TUNES[act.tune])
        except HardwareError as error:
            self._put(on.PartFailed(on.Part.BUZZER, str(error)))
        else:
            if on.Part.BUZZER in till.faults:
                self._put(on.PartHealed(on.Part.BUZZER))

    def _try_output(self, act: do.TryOutput, till: Till) -> None:
        output = self._parts.outputs.get(act.output)
        if output is None:
            self._put(on.OutputTried(act.command, f"no output {act.output} is configured"))
            return
        self._lanes.do(RELEASE, calls.try_output(act.command, output, self._parts.plans[act.output]))

    def _look(self, act: do.StaffAct, till: Till) -> None:
        self._lanes.do(LOOK, self._search.job(act))

    def _restart(self, act: do.Restart, till: Till) -> None:
        self._stop()

    def _log(self, act: do.Log, till: Till) -> None:
        logs.write(act.code, act.order_id, act.fields)

    def _elapsed(self) -> float:
        return self._clock().elapsed


def _front(gateway: str) -> str:
    """The lane of a gateway for the order on the panel."""
    return f"gateway {gateway}"


def _only_checks(act: do.Show) -> bool:
    return isinstance(act.view.screen, PayByCode) and act.view.screen.checking
