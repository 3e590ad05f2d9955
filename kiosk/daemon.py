"""The runner: takes what happened from the inbox, lets the till decide, writes that down, and performs it.

It is the one thread that decides and the only writer of the journal.  Whatever takes time is done by a lane
whose result comes back through the inbox.  If a thread dies, or the journal cannot be written, the process
ends with its outputs off; systemd starts it anew, and the journal says how to go on.
"""

from collections.abc import Callable, Mapping
from math import inf
from queue import Empty, SimpleQueue
from threading import Event
from typing import NamedTuple, TypeAlias, cast, get_args

from kiosk import effects as do
from kiosk import events as on
from kiosk import logs
from kiosk.clerk import Clerk
from kiosk.control import Asked
from kiosk.drawing import Artist
from kiosk.errors import JournalError
from kiosk.gateways.base import Gateway
from kiosk.journal import Journal
from kiosk.lanes import Died, Done, Job, Lanes
from kiosk.model import Now
from kiosk.mqtt import news
from kiosk.notify import Notifier
from kiosk.order.desk import Effects
from kiosk.parts import Parts
from kiosk.performing import LOOK, RELEASE, UPKEEP, Performer
from kiosk.searching import Search
from kiosk.sides import Sides
from kiosk.till import Till, decide, due
from kiosk.till.value import open_id
from kiosk.upkeep import CHECK_WITHIN, Upkeep

READ_ME_FOR = 15.0
SIGNS_APART = 0.2
"""Of the time between two signs of life, what lies between them at least: each wakes systemd too."""


class Stop(NamedTuple):
    """Somebody asks the process to end."""


Item: TypeAlias = on.Event | Done | Died | Stop | Asked | news.Item
NEWS = get_args(news.Item)
Inbox: TypeAlias = "SimpleQueue[Item]"


class ThreadDied(Exception):  # named by what happened, like the events
    """A thread ended that should not have; the process must end too."""


class Equipment(NamedTuple):
    """Everything a daemon works with.

    `sides` are the operator's, over MQTT, and that of somebody on the spot; `facts` is what the process knows
    of itself.
    """

    inbox: Inbox
    parts: Parts
    artist: Artist
    gateways: Mapping[str, Gateway]
    journal: Journal
    clock: Callable[[], Now]
    notifier: Notifier
    lanes: Lanes
    sides: Sides
    search: Search
    facts: Callable[[], dict[str, str | int]]


class Daemon:
    """Owns the till; `opening` are the effects of the recovery that made it."""

    def __init__(self, equipment: Equipment, till: Till, opening: Effects) -> None:
        self._till, self._opening = till, opening
        self._inbox, self._lanes, self._parts = equipment.inbox, equipment.lanes, equipment.parts
        self._clock, self._notifier = equipment.clock, equipment.notifier
        self._journal, self._sides = equipment.journal, equipment.sides
        self._performer = _performer(equipment)
        self._clerk = Clerk(
            equipment.journal, self._performer, equipment.search, equipment.lanes, equipment.facts
        )
        self._upkeep = Upkeep(equipment.journal, equipment.inbox.put, is_told=equipment.sides.is_told)
        self._beat_at = -inf

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
            self._sides.close("K503")
            return 1
        return 0

    def _begin(self) -> None:
        self._parts.keypad.listen(self._key, self._keypad_failed, self._keypad_healed, self._held)
        started = do.Tell("kiosk.started", "", {"version": self._till.settings.version})
        self._remember((started, *self._opening), self._clock())
        self._performer.perform(self._opening, self._till)
        for told in self._parts.senses.listen(self._inbox.put):
            self._decide(told)  # before anything that waits for its release is looked after
        self._decide(on.TimePassed())
        self._sides.start()
        self._notifier.tell("READY=1")
        logs.write("K501", fields={"version": self._till.settings.version, "recovery": self._till.recovery})
        self._lanes.do(UPKEEP, Job(self._upkeep.check, CHECK_WITHIN, on.TimePassed()))

    def _key(self, key: str) -> None:
        self._inbox.put(on.KeyPressed(key))

    def _held(self, key: str) -> None:
        self._inbox.put(on.KeyHeld(key))

    def _keypad_failed(self, reason: str) -> None:
        self._inbox.put(on.PartFailed(on.Part.KEYPAD, reason))

    def _keypad_healed(self) -> None:
        self._inbox.put(on.PartHealed(on.Part.KEYPAD))

    def _next(self) -> Item:
        """The next thing that happened; time passing is one of them, and so is a lane that is stuck.

        What came already counts first: where this thread was held up, by a slow card for one, the answer of a
        lane that looks late may lie there.
        """
        now = self._elapsed()
        if self._inbox.empty() and (lost := self._stuck(now)):
            return lost
        self._performer.catch_up()
        self._upkeep.keep(self._clock(), self._till.faults)
        if job := self._sides.job(self._clock()):
            self._lanes.do(LOOK, job)
        self._beat(now)
        wake = min(self._wakes())
        try:
            return self._inbox.get(timeout=max(0.0, wake - now))
        except Empty:
            return on.TimePassed()

    def _beat(self, now: float) -> None:
        every = self._notifier.beat
        if every and now >= self._beat_at + every * SIGNS_APART:
            self._notifier.tell("WATCHDOG=1")
            self._beat_at = now

    def _wakes(self) -> list[float]:
        beat = [self._beat_at + self._notifier.beat] if self._notifier.beat else []
        drawn = self._performer.draws_at
        times = [due(self._till), drawn, self._upkeep.due_at, self._lanes.next_stuck, self._sides.due, *beat]
        return [time for time in times if time is not None]

    def _stuck(self, now: float) -> on.Event | None:
        """Give up one stuck gateway call; a second one, or a stuck release, ends the process."""
        lane = self._lanes.stuck(now)
        if lane is None:
            return None
        if lane.name == RELEASE or lane.losses:
            raise ThreadDied(f"the {lane.name} lane is stuck past its deadline")
        logs.write("K506", fields={"lane": lane.name})
        return lane.give_up()

    def _take(self, item: Item) -> None:
        """Whatever happened becomes an event for the till, or needs none."""
        event = self._event_of(item)
        if isinstance(event, on.Commanded):
            event = self._complete(event)
        elif isinstance(event, on.LookedUp):
            event = self._clerk.refreshed(event)
        if event is not None:
            self._decide(event)

    def _event_of(self, item: Item) -> on.Event | None:
        match item:
            case Done():
                return self._lanes.finished(item)
            case Died(thread=name, error=error):
                raise ThreadDied(f"{name}: {error!r}") from error
            case Stop():
                return None
            case Asked():
                return self._sides.asked(item, self._till, self._clock())
            case _ if isinstance(item, NEWS):
                return self._heard(cast("news.Item", item))
            case _:
                return cast("on.Event", item)

    def _heard(self, item: news.Item) -> on.Event | None:
        """What the broker tells; where it shows the journal to be an old copy, a new start is due at once."""
        known = self._journal.recovery
        event = self._sides.heard(item, self._till, self._clock())
        if self._journal.recovery and not known:
            logs.write("K401", fields={"reason": self._journal.recovery})
            self._inbox.put(Stop())
        return event

    def _complete(self, event: on.Commanded) -> on.Commanded | None:
        if self._clerk.is_known(event):
            self._sides.decided(event, (), self._till, self._clock())
            return None
        return self._clerk.completed(event, self._till)

    def _decide(self, event: on.Event) -> None:
        """Decide, write down, act: in this order, always."""
        now = self._clock()
        till, effects = decide(self._till, event, now)
        self._remember(effects, now)
        self._till = till
        self._performer.perform(effects, till)
        self._sides.decided(event, effects, till, now)

    def _remember(self, effects: Effects, now: Now) -> None:
        """What must be on disk before anything of this decision is done."""
        durable = [effect for effect in effects if isinstance(effect, do.DURABLE)]
        self._journal.commit(durable, now, time_ok=on.Part.CLOCK not in self._till.faults)

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
        self._sides.close()
        self._lanes.close()
        self._journal.close()

    def _finish_release(self) -> None:
        """Up to its last pulse, which takes longer than systemd's patience with a silent process."""
        while (end := self._lanes.stuck_at(RELEASE)) is not None:
            left = end - self._elapsed()
            if left <= 0 and self._inbox.empty():
                return
            self._notifier.tell("WATCHDOG=1")
            try:
                item = self._inbox.get(timeout=max(0.0, min(left, self._notifier.beat or left)))
            except Empty:
                continue
            if isinstance(item, Done) and item.lane == RELEASE:
                self._take(item)

    def _cannot_remember(self, error: JournalError) -> int:
        """Nothing may be done that cannot be written down: outputs off, say the claim code, end."""
        self._parts.close_outputs()
        logs.write("K402", open_id(self._till), {"reason": str(error)})
        self._performer.say_without_memory(self._till)
        self._sides.close("K402")
        self._notifier.tell(f"STATUS=K402 {error}")
        self._linger()
        return 1

    def _linger(self) -> None:
        """Leave the claim code on the panel long enough to be written down."""
        for _ in range(round(READ_ME_FOR)):
            self._notifier.tell("WATCHDOG=1")
            Event().wait(1.0)


def _performer(equipment: Equipment) -> Performer:
    return Performer(
        equipment.parts,
        equipment.artist,
        equipment.gateways,
        equipment.journal,
        equipment.lanes,
        equipment.search,
        equipment.clock,
        equipment.inbox.put,
        lambda: equipment.inbox.put(Stop()),
    )
