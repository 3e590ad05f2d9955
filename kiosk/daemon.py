"""The runner: takes what happened from the inbox, lets the till decide, writes that down, and performs it.

It is the one thread that decides and the only writer of the journal.  Whatever takes time is done by a lane
whose result comes back through the inbox.  If a thread dies, or the journal cannot be written, the process
ends with its outputs off; systemd starts it anew, and the journal says how to go on.
"""

from collections.abc import Callable, Mapping
from queue import Empty, SimpleQueue
from threading import Event
from typing import Any, NamedTuple, TypeAlias

from hardware.errors import HardwareError
from kiosk import calls, logs, minting, view
from kiosk import effects as do
from kiosk import events as on
from kiosk.drawing import Artist
from kiosk.errors import JournalError, PictureError
from kiosk.gateways.base import Gateway
from kiosk.journal import Journal
from kiosk.lanes import Died, Done, Job, Lane
from kiosk.model import Now, Order, Trouble, TroubleKind
from kiosk.notify import Notifier
from kiosk.order.desk import Effects
from kiosk.parts import Parts
from kiosk.states import Why
from kiosk.till import Till, decide, due
from kiosk.upkeep import CHECK_WITHIN, Upkeep

READ_ME_FOR = 15.0
BACK, RELEASE, UPKEEP = "background", "release", "upkeep"
ELSEWHERE = Trouble(
    TroubleKind.MISCONFIGURED, "the order was made at a gateway, environment or merchant no longer configured"
)


class Stop(NamedTuple):
    """Somebody asks the process to end."""


Item: TypeAlias = on.Event | Done | Died | Stop


class ThreadDied(Exception):  # named by what happened, like the events
    """A thread ended that should not have; the process must end too."""


class Daemon:
    """Owns the till; everything else is handed in.

    `opening` are the effects of the recovery that made the till.
    """

    def __init__(
        self,
        till: Till,
        opening: Effects,
        parts: Parts,
        artist: Artist,
        gateways: Mapping[str, Gateway],
        journal: Journal,
        clock: Callable[[], Now],
        notifier: Notifier,
    ) -> None:
        self._till = till
        self._opening = opening
        self._parts = parts
        self._gateways = gateways
        self._journal = journal
        self._clock = clock
        self._notifier = notifier
        self._artist = artist
        self._inbox: SimpleQueue[Item] = SimpleQueue()
        self._lanes = {
            name: Lane(name, self._inbox.put, self._elapsed)
            for name in (*map(_front, gateways), BACK, RELEASE, UPKEEP)
        }
        self._upkeep = Upkeep(journal, self._inbox.put)
        self._acts: dict[type[do.Act], Callable[[Any], None]] = {
            do.Show: self._show,
            do.Mint: self._mint,
            do.Create: self._call,
            do.Ask: self._call,
            do.Cancel: self._call,
            do.Refund: self._call,
            do.Release: self._release,
            do.Log: self._log,
        }

    def put(self, item: Item) -> None:
        """Tell the deciding thread what happened; safe from any thread and from a signal."""
        self._inbox.put(item)

    def run(self) -> int:
        """Sell until asked to stop; the exit code of the process."""
        try:
            self._begin()
            while not isinstance(item := self._next(), Stop):
                self._take(item)
            self._close()
        except JournalError as error:
            return self._cannot_remember(error)
        except ThreadDied as error:
            logs.write("K503", fields={"reason": str(error)})
            self._parts.close()
            return 1
        return 0

    def _begin(self) -> None:
        self._parts.keypad.listen(self._key, self._keypad_failed, self._keypad_healed)
        started = do.Tell("kiosk.started", "", {"version": self._till.settings.version})
        self._remember((started, *self._opening), self._clock())
        self._act(self._opening)
        self._decide(on.TimePassed())
        self._notifier.tell("READY=1")
        logs.write("K501", fields={"version": self._till.settings.version, "recovery": self._till.recovery})
        self._lanes[UPKEEP].do(Job(self._upkeep.check, CHECK_WITHIN, on.TimePassed()))

    def _key(self, key: str) -> None:
        self._inbox.put(on.KeyPressed(key))

    def _keypad_failed(self, reason: str) -> None:
        self._inbox.put(on.PartFailed(on.Part.KEYPAD, reason))

    def _keypad_healed(self) -> None:
        self._inbox.put(on.PartHealed(on.Part.KEYPAD))

    def _next(self) -> Item:
        """The next thing that happened; time passing is one of them, and so is a lane that is stuck."""
        now = self._elapsed()
        if lost := self._stuck(now):
            return lost
        self._upkeep.keep(self._clock(), self._till.faults)
        self._notifier.tell("WATCHDOG=1")
        wake = min(self._wakes(now))
        try:
            return self._inbox.get(timeout=max(0.0, wake - now))
        except Empty:
            return on.TimePassed()

    def _wakes(self, now: float) -> list[float]:
        stuck = [lane.stuck_at for lane in self._lanes.values()]
        beat = [now + self._notifier.beat] if self._notifier.beat else []
        times = [due(self._till), self._upkeep.due_at, *stuck, *beat]
        return [time for time in times if time is not None]

    def _stuck(self, now: float) -> on.Event | None:
        """Give up one stuck gateway call; a second one, or a stuck release, ends the process."""
        for lane in self._lanes.values():
            if lane.stuck_at is not None and now >= lane.stuck_at:
                if lane.name == RELEASE or lane.losses:
                    raise ThreadDied(f"the {lane.name} lane is stuck past its deadline")
                logs.write("K506", fields={"lane": lane.name})
                return lane.give_up()
        return None

    def _take(self, item: Item) -> None:
        match item:
            case Done(lane=name):
                event = self._lanes[name].finished(item)
            case Died(thread=name, error=error):
                raise ThreadDied(f"{name}: {error!r}") from error
            case Stop():
                return
            case _:
                event = item
        if event is not None:
            self._decide(event)

    def _decide(self, event: on.Event) -> None:
        """Decide, write down, act: in this order, always."""
        now = self._clock()
        till, effects = decide(self._till, event, now)
        self._remember(effects, now)
        self._till = till
        self._act(effects)

    def _remember(self, effects: Effects, now: Now) -> None:
        """What must be on disk before anything of this decision is done."""
        self._journal.commit([effect for effect in effects if isinstance(effect, do.DURABLE)], now)

    def _act(self, effects: Effects) -> None:
        for act in effects:
            if not isinstance(act, do.DURABLE):
                self._acts[type(act)](act)

    def _show(self, act: do.Show) -> None:
        try:
            self._parts.panel.show(self._artist.draw(act.view))
        except HardwareError as error:
            self._inbox.put(on.PartFailed(on.Part.PANEL, str(error)))
        except PictureError as error:
            logs.write("K103", self._open_id(), {"reason": str(error)})
            self._inbox.put(on.CloseAsked(self._open_id(), Why.BAD_CODE))
        else:
            if on.Part.PANEL in self._till.faults:
                self._inbox.put(on.PartHealed(on.Part.PANEL))

    def _mint(self, act: do.Mint) -> None:
        now = self._clock()
        code = minting.claim_code(lambda code: self._journal.claim_code_is_free(code, now))
        self._inbox.put(on.Minted(minting.order_id(self._till.settings.kiosk), code))

    def _call(self, act: do.GatewayCall) -> None:
        gateway = self._gateway_of(act.order)
        if gateway is None:
            self._inbox.put(calls.failed(act, ELSEWHERE))
            return
        # a lane for each gateway: one that hangs must not delay the next that is tried
        lane = _front(act.order.gateway) if act.order.id == self._open_id() else BACK
        self._lanes[lane].do(calls.job(act, gateway, self._elapsed))

    def _gateway_of(self, order: Order) -> Gateway | None:
        """The gateway the order was born with; another merchant or environment knows nothing of it."""
        gateway = self._gateways.get(order.gateway)
        same = order.environment is self._till.settings.environment
        return gateway if gateway and same and gateway.terms.merchant == order.merchant else None

    def _release(self, act: do.Release) -> None:
        order = act.order
        output = self._parts.outputs.get(order.output)
        if output is None:
            reason = f"no output {order.output} is configured"
            self._inbox.put(on.ReleaseFailed(order.id, energised=False, reason=reason))
            return
        self._lanes[RELEASE].do(calls.release(order, output, self._parts.plans[order.output]))

    def _log(self, act: do.Log) -> None:
        logs.write(act.code, act.order_id, act.fields)

    def _open_id(self) -> str:
        return self._till.opened.order.id if self._till.opened else ""

    def _elapsed(self) -> float:
        return self._clock().elapsed

    def _close(self) -> None:
        """Stop in the order in which harm could be done.

        First the outputs: from `Stopping` on no release begins, a payable code is written down as taken away,
        and a release under way is let finish, because it is paid, bounded, and cut short its outcome would be
        unknown.  Then they are off, and the panel is dark, so that nobody pays a machine that is gone.  The
        journal is closed last, since all of this goes into it.
        """
        self._notifier.tell("STOPPING=1")
        self._decide(on.Stopping())
        self._finish_release()
        self._parts.close()
        logs.write("K502")
        for lane in self._lanes.values():
            lane.close()
        self._journal.close()

    def _finish_release(self) -> None:
        lane = self._lanes[RELEASE]
        while lane.stuck_at is not None and (left := lane.stuck_at - self._elapsed()) > 0:
            try:
                item = self._inbox.get(timeout=left)
            except Empty:
                return
            if isinstance(item, Done) and item.lane == RELEASE:
                self._take(item)

    def _cannot_remember(self, error: JournalError) -> int:
        """Nothing may be done that cannot be written down: outputs off, say the claim code, end."""
        self._parts.close_outputs()
        order_id = self._open_id()
        logs.write("K402", order_id, {"reason": str(error)})
        self._show(do.Show(view.without_memory(self._till.settings, self._till.session, self._till.opened)))
        self._notifier.tell(f"STATUS=K402 {error}")
        self._linger()
        return 1

    def _linger(self) -> None:
        """Leave the claim code on the panel long enough to be written down."""
        for _ in range(round(READ_ME_FOR)):
            self._notifier.tell("WATCHDOG=1")
            Event().wait(1.0)


def _front(gateway: str) -> str:
    """The lane of a gateway for the order on the panel."""
    return f"gateway {gateway}"
