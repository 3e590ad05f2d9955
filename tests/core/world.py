"""A kiosk in its world: a gateway that holds the truth, a panel, relays, customers, power that fails.

Time, power and replies are in the hands of the story.  A call is sent, has its effect at the gateway, and is
answered: three moments, and each may be lost or late.  A decision is committed, then its acts are performed
one by one; power may fail before the commit, after it, and after each act.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache

import msgspec
from msgspec.structs import replace

from kiosk import effects as do
from kiosk import events as on
from kiosk.model import Drop, Now, SlotRecord, Terms, Trouble, TroubleKind
from kiosk.mqtt.reports import Taken
from kiosk.reopening import Memory, reopen
from kiosk.screens import PayByCode, Screen
from kiosk.settings import Settings
from kiosk.states import Life
from kiosk.till import Till, decide, due
from kiosk.till.pushing import began
from tests.core.bank import Bank, No, Sale
from tests.core.books import Books
from tests.core.watch import Watch

UNREACHABLE = Trouble(TroubleKind.UNREACHABLE, "no answer")
FLOATS = 60.0
"""Seconds for which a request that nobody waits for any more may still reach the gateway."""


class Cut(Exception):  # named by what happened, like the events
    """The process is gone at this very moment."""


@dataclass
class Call:
    """A request under way; `answer` is what the gateway made of it, None while it has not seen it."""

    act: do.GatewayCall
    sent_at: float
    asked_at: float
    deadline: float
    answer: on.Event | None = None


@dataclass
class Trip:
    """When the process ends: after so many steps of a decision, the commit being the first."""

    steps: int
    power: bool


def as_it_is(settings: Settings, document: dict[str, int]) -> Settings:
    """Where nothing is ever pushed."""
    return settings


class World:
    """One machine with everything around it; `watch` is told of every act as it is performed.

    `lay` makes settings of the machine's own and of a pushed document.
    """

    def __init__(
        self,
        settings: Settings,
        terms: dict[str, Terms],
        watch: Watch,
        lay: Callable[[Settings, dict[str, int]], Settings] = as_it_is,
    ) -> None:
        self.settings, self.terms, self.watch, self.lay = settings, terms, watch, lay
        self.bank = Bank(terms)
        self.books = Books()
        self.time, self.elapsed, self.boots = 1000.0, 1000.0, 1
        self.lives: dict[str, bytes] = {}
        self.records: dict[int, bytes] = {}
        self.last_boot = ""
        self.minted = 0
        self.calls: list[Call] = []
        self.floating: list[Call] = []
        self.minting: do.Mint | None = None
        self.releasing: do.Release | None = None
        self.trying: do.TryOutput | None = None
        self.looking: list[on.Commanded] = []
        self.named: dict[str, str] = {}
        self.restarts = self.is_broken = False
        self.trips: list[Trip] = []
        self.screen: Screen | None = None
        self.seen: list[Sale] = []
        self.till = self._start()

    @property
    def now(self) -> Now:
        """This moment as the kiosk knows it."""
        return Now(f"boot-{self.boots}", self.elapsed, self.time)

    def life(self, order_id: str) -> Life:
        """The order as it is on disk."""
        return _read(self.lives[order_id])

    def all_lives(self) -> list[Life]:
        """Every order on disk, oldest first."""
        return [_read(life) for life in self.lives.values()]

    @property
    def is_going(self) -> bool:
        """Whether any order is not over."""
        return not all(life.is_over for life in self.all_lives())

    def happen(self, event: on.Event) -> None:
        """Let the machine decide and act; where the power is to fail on the way, it does."""
        try:
            till, effects = decide(self.till, event, self.now)
            self._do(effects)
            self.till = till
            self.watch.decided(self)
        except Cut:
            self._restart()
        except AssertionError:
            self.is_broken = True
            raise
        if self.restarts and not isinstance(event, on.Stopping):
            self.happen(on.Stopping())
            self.end(power=False)

    @property
    def is_resting(self) -> bool:
        """Whether nothing goes on by itself any more."""
        goes_on = self.calls or self.minting or self.releasing or self.trying or self.looking
        return not (goes_on or self.till.restart or self.is_going)

    def wait(self, seconds: float, patience: float = float("inf")) -> None:
        """Let time pass, waking the machine when it wants to be woken.

        Calls end at their deadlines; with `patience` the gateway has answered each of them before.
        """
        end = self.time + seconds
        while self.time + (moment := self._next_moment(patience)) - self.elapsed <= end:
            self._sleep(moment - self.elapsed, moment)
            if not self._ends_a_call(patience):
                self._wake()
        self._sleep(end - self.time, self.elapsed + end - self.time)
        self.floating = [call for call in self.floating if call.sent_at + FLOATS > self.time]

    def oversleep(self, seconds: float) -> None:
        """Time passes and nobody wakes the machine: the next event comes late, before any timer."""
        self._sleep(seconds, self.elapsed + seconds)

    def _sleep(self, seconds: float, until: float) -> None:
        """Both clocks move on; `until` is the boot clock's new value, free of rounding."""
        if seconds > 0.0:
            self.time, self.elapsed = self.time + seconds, until

    def _ends_a_call(self, patience: float) -> bool:
        for call in self.calls:
            if call.asked_at + patience <= self.elapsed:
                self.reply(call)
                return True
            if call.deadline <= self.elapsed:
                self.lose(call, UNREACHABLE)
                return True
        return False

    def _wake(self) -> None:
        before = self.till
        self.happen(on.TimePassed())
        wants = due(self.till)
        moved = wants is None or wants > self.elapsed or self.till != before
        assert moved, "the till goes round in circles"

    def _next_moment(self, patience: float) -> float:
        wants = due(self.till)
        moments = [min(call.deadline, call.asked_at + patience) for call in self.calls]
        moments += [] if wants is None else [wants]
        return min(moments, default=float("inf"))

    def reach(self, call: Call) -> None:
        """The request reaches the gateway; what it answers is on its way."""
        call.answer = call.answer or self._made(call)

    def pretend(self, call: Call) -> None:
        """A cancel is taken and has no effect: the payment was on its way already."""
        if isinstance(call.act, do.Cancel):
            call.answer = call.answer or on.CancelDone(call.act.order.id)

    def reply(self, call: Call) -> None:
        """The gateway's answer arrives."""
        self.reach(call)
        self.calls.remove(call)
        assert call.answer
        self.happen(call.answer)

    def lose(self, call: Call, trouble: Trouble) -> None:
        """Nobody waits any more; a request that has not reached the gateway may do so yet."""
        self.calls.remove(call)
        if call.answer is None:
            self.floating.append(call)
        self.happen(failed(call.act, trouble))

    def mint(self) -> None:
        """An id and a claim code for whoever asked."""
        act, self.minting = self.minting, None
        assert act
        self.happen(self.fresh(act.reference, act.attempt))

    def fresh(self, reference: str, attempt: int = 0) -> on.Minted:
        """An id, which follows from a reference where there is one, and a claim code."""
        self.minted += 1
        named = self.books.id_of(reference, attempt) if reference else f"K01{self.minted:019d}A"
        return on.Minted(named, f"{self.minted:06d}")

    def release_ends(self, drop: Drop) -> None:
        """The pulse is over."""
        release, self.releasing = self.releasing, None
        assert release
        self.watch.delivered(release.order.id, surely=drop is not Drop.NOT_SEEN)
        self.happen(on.Released(release.order.id, drop))

    def release_fails(self, *, energised: bool) -> None:
        """The output did not do its work."""
        release, self.releasing = self.releasing, None
        assert release
        if not energised:
            self.watch.delivered(release.order.id, surely=False)
        self.happen(on.ReleaseFailed(release.order.id, energised, "the coil is open"))

    def output_tried(self, reason: str) -> None:
        """The output moved without a sale, or could not."""
        act, self.trying = self.trying, None
        assert act
        self.happen(on.OutputTried(act.command, reason))

    def end(self, *, power: bool) -> None:
        """The process is killed, or the power fails, between two decisions."""
        self.trips.insert(0, Trip(0, power))
        self._restart()

    def _do(self, effects: tuple[do.Effect, ...]) -> None:
        self._step()
        self.last_boot = self.now.boot
        self.watch.written(self, effects)
        self.books.write(effects)
        for effect in effects:
            if isinstance(effect, do.Save):
                self.lives[effect.life.order.id] = msgspec.json.encode(effect.life)
            elif isinstance(effect, do.SaveSlot):
                self.records[effect.number] = msgspec.json.encode(effect.record)
            elif isinstance(effect, do.Tell):
                self.watch.told(effect)
        for effect in effects:
            if not isinstance(effect, do.DURABLE):
                self._step()
                self._perform(effect)

    def _step(self) -> None:
        if self.trips:
            if self.trips[0].steps == 0:
                raise Cut
            self.trips[0].steps -= 1

    def _perform(self, act: do.Effect) -> None:
        match act:
            case do.Show(view=view):
                self.screen = view.screen
                self.watch.shows(self, view.screen)
                if isinstance(view.screen, PayByCode):
                    sale = self.bank.sales[self.bank.by_code[view.screen.payload]]
                    self.seen += [] if sale in self.seen else [sale]
            case do.Mint():
                self.minting = act
            case do.Restart():
                self.restarts = True
            case do.TryOutput():
                self.watch.tries(self, act)
                self.trying = act
            case do.Release():
                self.watch.releases(self, act.order)
                self.releasing = act
            case do.Create() | do.Ask() | do.Cancel() | do.Refund():
                self.watch.calls(self, act)
                asks = isinstance(act, do.Ask)
                terms = self.terms[act.order.gateway]
                deadline = terms.status_deadline if asks else terms.create_deadline
                self.calls.append(Call(act, self.time, self.elapsed, self.elapsed + deadline))
            case _:
                pass

    def _restart(self) -> None:
        """Everything in memory is gone; requests already sent may still reach the gateway."""
        while self.trips and self.trips[0].steps == 0:
            power = self.trips.pop(0).power
            self.floating += [call for call in self.calls if call.answer is None]
            self.calls, self.minting, self.releasing, self.trying = [], None, None, None
            self.looking, self.restarts = [], False
            self._sleep(5.0, self.elapsed + 5.0)
            if power:
                self.boots += 1
                self.elapsed = 2.0
            self.watch.restarted(self)
            with suppress(Cut):
                self.till = self._start()
        self.happen(on.TimePassed())

    def _start(self) -> Till:
        slots = {number: msgspec.json.decode(each, type=SlotRecord) for number, each in self.records.items()}
        going = tuple(life for life in self.all_lives() if not life.is_over)
        pushed = self.books.pushed
        memory = Memory(
            lives=going,
            slots=slots,
            last_boot=self.last_boot,
            unfinished=self.books.unfinished,
            pushed=pushed,
        )
        laid = replace(pushed, taken=Taken.APPLIED) if pushed.taken is Taken.RESTARTING else pushed
        settings = self.lay(self.settings, pushed.document) if pushed.in_effect else self.settings
        till, effects = reopen(settings, self.terms, memory, self.now)
        till, said = began(till, laid, pushed)
        self._do((*effects, *said))
        return till

    def _made(self, call: Call) -> on.Event:
        try:
            return self._effect(call)
        except No as no:
            return failed(call.act, no.trouble)

    def _effect(self, call: Call) -> on.Event:
        act, order_id = call.act, call.act.order.id
        match act:
            case do.Create(order=order):
                return on.ChargeMade(order_id, self.bank.create(order, self.time))
            case do.Ask(order=order, charge=charge):
                return on.StatusReported(
                    order_id, self.bank.status(order, charge), call.asked_at, call.asked_at
                )
            case do.Cancel(order=order, charge=charge):
                self.bank.cancel(order, charge)
                return on.CancelDone(order_id)
            case do.Refund():
                return on.RefundDone(order_id, self.bank.refund(act))


@lru_cache(maxsize=1000)
def _read(life: bytes) -> Life:
    return msgspec.json.decode(life, type=Life)


def failed(act: do.GatewayCall, trouble: Trouble) -> on.Event:
    """The event of a call that brought nothing."""
    match act:
        case do.Create():
            return on.ChargeFailed(act.order.id, trouble)
        case do.Ask():
            return on.StatusFailed(act.order.id, trouble)
        case do.Cancel():
            return on.CancelFailed(act.order.id, trouble)
        case do.Refund():
            return on.RefundFailed(act.order.id, trouble)
